"""Runs inside a release's own Python: its store of vectors that is in PostgreSQL, with the settings of the environment. Reads
{"insert": {collection: [[id, text, vector]]}, "search": [[collection, vector]]} and prints for each search [[id, text, score]]."""
import json
import sys

from open_webui.retrieval.vector.dbs.pgvector import PgvectorClient

wanted = json.load(sys.stdin)
client = PgvectorClient()
for collection, items in wanted.get("insert", {}).items():
    client.insert(collection, [{"id": id, "text": text, "vector": vector, "metadata": {"name": text, "hash": f"\\{id}"}}
                               for id, text, vector in items])
client = PgvectorClient() if "insert" in wanted else client  # which makes the index once there are rows
found = []
for collection, vector in wanted.get("search", []):
    result = client.search(collection, [vector], limit=3)
    found.append([list(row) for row in zip(result.ids[0], result.documents[0], result.distances[0])])
print("\n" + json.dumps(found))
