"""Azurite, a server that speaks Azure Blob Storage. `client()` is a small client of the tests' own, which signs by itself:
by "Authorize with Shared Key" and "Create an account SAS" of Microsoft's reference."""
import base64
import datetime
import email.utils
import hmac
import html
import http.client
import re
import ssl
import urllib.parse

from lab.parts import part
from lab.process import Process, free_port
from lab.s3 import Answer, quote

ACCOUNT, KEY = "owctllab", base64.b64encode(b"a key of the lab, 64 bytes long, as those of Azure's own accounts").decode()
VERSION = "2021-12-02"


def signature(text, key=KEY):
    return base64.b64encode(hmac.digest(base64.b64decode(key), text.encode(), "sha256")).decode()


def shared_access(permissions="rwdlac", minutes=30, version=VERSION, key=KEY):
    """A signature for all of the account's blobs, as a query."""
    ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    fields = {"sv": version, "ss": "b", "srt": "co", "sp": permissions, "se": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
              "spr": "https,http"}
    # Account, permissions, services, resource types, start, end, addresses, protocol, version, encryption scope.
    lines = [ACCOUNT, permissions, "b", "co", "", fields["se"], "", fields["spr"], version, ""]
    fields["sig"] = signature("".join(f"{line}\n" for line in lines), key)
    return urllib.parse.urlencode(fields)


class Client:
    """client(method, path, query, body, headers): one request, signed."""

    def __init__(self, port, authority=None):
        self.port, self.authority = port, authority

    def __call__(self, method, path="/", query=None, body=b"", headers=None):
        path = f"/{ACCOUNT}{quote(path, '/')}"
        headers = {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": VERSION, "Content-Length": str(len(body)),
                   **(headers or {})}
        own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-ms-"))
        asked = "".join(f"\n{name}:{value}" for name, value in sorted((query or {}).items()))
        text = f"{method}\n\n\n{len(body) or ''}\n\n\n\n\n\n\n\n\n{own}/{ACCOUNT}{path}{asked}"
        headers["Authorization"] = f"SharedKey {ACCOUNT}:{signature(text)}"
        connection = self._connection()
        try:
            connection.request(method, f"{path}?{urllib.parse.urlencode(query)}" if query else path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def _connection(self):
        if not self.authority:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        trusted = ssl.create_default_context(cafile=self.authority)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=trusted)


class Azurite(Process):
    def __init__(self, folder):
        super().__init__(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/{ACCOUNT}"
        self.containers, self.authority = 0, None

    def __str__(self):
        return "Azurite"

    def start(self, *options):
        """The SDK of a release may be newer than it."""
        home = part("azurite")
        self.spawn([home / "bin/node", home / "bin/azurite-blob", "--blobHost", "127.0.0.1", "--blobPort", self.port,
                    "--silent", "--disableTelemetry", "--inMemoryPersistence", "--skipApiVersionCheck", *options],
                   cwd=self.folder, env={"HOME": str(self.folder), "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"})
        return self

    def start_with_identities(self, certificates):
        """It takes tokens, and so speaks TLS: a folder of private.key and public.crt, which is its own authority."""
        self.url = self.url.replace("http:", "https:")
        self.authority = certificates / "public.crt"
        return self.start("--oauth", "basic", "--cert", self.authority, "--key", certificates / "private.key")

    def wait(self):
        self.wait_ready(lambda: self.client()("GET", query={"comp": "list"}).status == 200, 60)
        return self

    def client(self):
        return Client(self.port, self.authority)

    def container(self):
        """A new one; its name."""
        self.containers += 1
        name = f"container-{self.containers}"
        self.client()("PUT", f"/{name}", {"restype": "container"}).ok()
        return name

    def names(self, container):
        text = self.client()("GET", f"/{container}", {"restype": "container", "comp": "list"}).ok().text
        return [html.unescape(name) for name in re.findall("<Name>(.*?)</Name>", text)]

    def location(self, container, prefix="", **parameters):
        query = urllib.parse.urlencode({"endpoint": self.url, **parameters})
        return f"azure://{ACCOUNT}/{container}/{quote(prefix, '/')}?{query}"
