"""Runs inside a release's own Python: the provider of its files that is for Azure, with the settings of the environment.
Reads {"upload": {name: text}, "read": [path]} and prints {"paths": {name: path}, "texts": {path: text}}."""
import io
import json
import sys

from open_webui.storage.provider import AzureStorageProvider

wanted = json.load(sys.stdin)
provider = AzureStorageProvider()
paths = {name: provider.upload_file(io.BytesIO(text.encode()), name, {})[1] for name, text in wanted.get("upload", {}).items()}
texts = {}
for path in wanted.get("read", []):
    with open(provider.get_file(path), "rb") as file:
        texts[path] = file.read().decode()
print("\n" + json.dumps({"paths": paths, "texts": texts}))
