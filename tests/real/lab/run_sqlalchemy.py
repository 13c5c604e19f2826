"""Runs in the Python of an Open WebUI release: reads one JSON text, a database URL, a line; answers with what SQLAlchemy
would hand to the driver, {"sqlite": PATH} or {"postgresql": {..}}, or {"error": ..}."""
import json
import sys

from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.url import make_url


def connect(text):
    url = make_url(text.replace("postgres://", "postgresql://"))
    if url.get_backend_name() == "sqlite":
        return {"sqlite": url.database if SQLiteDialect_pysqlite().create_connect_args(url) else None}
    if url.get_backend_name() == "postgresql":
        return {"postgresql": PGDialect_psycopg2().create_connect_args(url)[1]}
    return {"error": url.get_backend_name()}


for line in sys.stdin:
    try:
        answer = connect(json.loads(line))
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
