"""What `owctl health check` finds, by code; and rows of an installation that it looks at."""
import contextlib
import json
import sqlite3
import time
import uuid

import psycopg

NOBODY = "http://127.0.0.1:1"  # no replica is there


class Findings(dict):
    """{code: [row]} of what was found, or could not be found out; `states` has {code: state} of all that was looked at."""

    def __init__(self, result):
        super().__init__()
        self.rc = result.rc
        self.states = {}
        for row in result.json():
            self.states[row["code"]] = row["state"]
            if row["state"] in ("critical", "warning", "info", "unknown"):
                self.setdefault(row["code"], []).append(row)

    def one(self, code):
        [row] = self[code]
        return row["state"], row["what"]

    def worst(self):
        """Above information."""
        return {code for code, rows in self.items() if any(row["state"] != "info" for row in rows)}


def look(owctl, *only, replica=NOBODY, words=(), **env):
    """Runs the checks of these codes, names or families."""
    chosen = [word for check in only for word in ("--only", check)]
    places = ["--replica", replica] if isinstance(replica, str) else [word for one in replica for word in ("--replica", one)]
    result = owctl("health", "check", *chosen, *places, *words, "-o", "json", env=env)
    assert result.rc in (0, 1, 2, 3), result.err
    return Findings(result)


@contextlib.contextmanager
def changing(url):
    """execute(sql, *values) in a database, `?` for a value on both engines; committed at the end."""
    path = url.removeprefix("sqlite:///")
    connection = psycopg.connect(url) if path == url else sqlite3.connect(path)

    def execute(sql, *values):
        return connection.execute(sql if path != url else sql.replace("?", "%s"), values)

    with contextlib.closing(connection):
        yield execute
        connection.commit()


def add_user(execute, role="user"):
    number = str(uuid.uuid4())
    now = int(time.time())
    execute('insert into "user" (id, name, email, role, profile_image_url, last_active_at, updated_at, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)',
            number, "Grace", f"{number}@example.org", role, "/user.png", now, now, now)
    return number


def add_file(execute, before, name="notes.txt", age=3600):
    """A row of `file`, with a path that begins with `before`; the name of its blob."""
    number = str(uuid.uuid4())
    blob, made = f"{number}_{name}", int(time.time()) - age
    execute("insert into file (id, user_id, filename, path, meta, data, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
            number, "somebody", name, before + blob, "{}", "{}", made, made)
    return blob


def set_config(execute, **values):
    """Dots of keys are written as two underscores."""
    for name, value in values.items():
        key = name.replace("__", ".")
        execute("delete from config where key = ?", key)
        execute("insert into config (key, value, updated_at) values (?, ?, ?)", key, json.dumps(value), int(time.time()))
