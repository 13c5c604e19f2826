"""What two accounts are once they were made one, worked out from all rows of the database and nothing that owctl knows:
by the names of columns, a list of keys, and what JSON says. And rows for two accounts that have something everywhere."""
import contextlib
import json

import psycopg

from lab import old_database, rows
from lab.rows import Json, as_json

# What an account can have once for each value of these columns.
ONCE = {
    "tag": ("id",), "folder": ("id",), "chatidtag": ("chat_id", "tag_name"), "group_member": ("group_id",),
    "channel_member": ("channel_id",), "message_reaction": ("message_id", "name"),
    "access_grant": ("resource_type", "resource_id", "principal_type", "permission"),
    "calendar_event_attendee": ("event_id",), "pinned_note": ("note_id",),
}
GONE = ("auth", "oauth_session")
PROFILE = ("settings", "info", "oauth", "oauth_sub", "scim", "variables", "username", "bio", "gender", "date_of_birth")
NOTHING = (None, "", "null", "{}", "[]", '""', '"null"', '"{}"')
MEMBERS = ("user_id", "principal_id")


def read(connection):
    """{table: [row]}, sorted."""
    found = rows.read(connection, since=2**40)
    return {table: sorted(listed.values(), key=repr) for table, listed in found.items()}


def renamed(value, gone, kept):
    if isinstance(value, list):
        return [renamed(item, gone, kept) for item in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, item in value.items():
        if key == "user_ids" and isinstance(item, list) and gone in item:
            item = list(dict.fromkeys(kept if one == gone else one for one in item))
        elif key in MEMBERS and item == gone:
            item = kept
        elif key == "user" and isinstance(item, dict) and item.get("id") == gone:
            item = item | {"id": kept}
        made[key] = renamed(item, gone, kept)
    return made


def renamed_cell(name, cell, gone, kept):
    if not isinstance(cell, Json):
        return cell
    value = json.loads(cell)
    if name == "user_ids":
        inner = as_json(value) if isinstance(value, str) else value
        inner = json.loads(inner) if isinstance(inner, Json) else inner
        if not isinstance(inner, list) or gone not in inner:
            return cell
        inner = renamed({name: inner}, gone, kept)[name]
        value = json.dumps(inner) if isinstance(value, str) else inner
    return Json(json.dumps(renamed(value, gone, kept), sort_keys=True))


def owner_column(table, row):
    if table == "access_grant":
        return "principal_id" if row["principal_type"] == "user" else None
    return "id" if table == "auth" else "user_id" if "user_id" in row else None


def merged(before, gone, kept):
    users = {row["id"]: row for row in before["user"]}
    same_role = users[gone]["role"] == users[kept]["role"]
    after = {}
    for table, listed in before.items():
        after[table] = []
        mine = [row for row in listed if row.get(owner_column(table, row) or "") == kept]
        for row in listed:
            row = dict(row)
            owner = owner_column(table, row)
            if table == "user":
                if row["id"] == gone:
                    continue
                if row["id"] == kept:
                    taken = [*PROFILE, *(["api_key"] if same_role else [])]
                    row |= {name: users[gone][name] for name in taken if row.get(name, "x") in NOTHING and users[gone][name] not in NOTHING}
            elif owner and row[owner] == gone:
                if table in GONE or (table == "api_key" and (mine or not same_role)):
                    continue
                if table in ONCE and any(all(other[key] == row[key] is not None for key in ONCE[table]) for other in mine):
                    continue
                if table == "calendar" and any(other["is_default"] for other in mine):
                    row["is_default"] = type(row["is_default"])(False)
                row[owner] = kept
                if table == "api_key" and row["id"] == f"key_{gone}":
                    row["id"] = f"key_{kept}"
            for name, cell in row.items():
                if name.endswith("_by") and cell == gone:
                    row[name] = kept
                row[name] = renamed_cell(name, row[name], gone, kept)
            after[table].append(row)
        after[table].sort(key=repr)
    return after


def without_stamp(tables, kept):
    """updated_at of the account that stays is the time of the merge."""
    return tables | {"user": [row | {"updated_at": 0} if row["id"] == kept else row for row in tables["user"]]}


class Filler:
    """Two accounts of a filled database, none of them its first administrator, that own something in every table."""

    def __init__(self, connection):
        self.connection = connection
        self.sqlite = old_database.engine_of(connection) == "sqlite"
        self.schema = old_database.schema(connection)
        self.place = "rowid" if self.sqlite else "ctid"
        ids = [id for [id] in self.run('select id from "user" order by id')]
        self.first, self.gone, self.kept = ids[0], ids[5], ids[3]
        self.run("update \"user\" set role = 'user', created_at = 1700000000")
        self.run("update \"user\" set role = 'admin', created_at = 1 where id = ?", self.first)

    def run(self, sql, *values):
        done = self.connection.execute(sql if self.sqlite else sql.replace("?", "%s"), values)
        return done.fetchall() if done.description else done

    def has(self, table, column="user_id"):
        return column in self.schema.get(table, {})

    def some(self, table, count, skip=0):
        return [place for [place] in self.run(f'select {self.place} from "{table}" limit {count} offset {skip}')]

    @contextlib.contextmanager
    def tried(self):
        """What a unique key refuses is left as it is."""
        self.run("savepoint tried")
        try:
            yield
        except Exception as error:
            if not isinstance(error, psycopg.IntegrityError) and "UNIQUE" not in str(error):
                raise
            self.run("rollback to savepoint tried")
        self.run("release savepoint tried")

    def set(self, table, column, place, value):
        with self.tried():
            self.run(f'update "{table}" set "{column}" = ? where {self.place} = ?', value, place)

    def give(self):
        for table, columns in self.schema.items():
            for column in columns:
                if column.endswith("user_id") or column.endswith("_by"):
                    for number, place in enumerate(self.some(table, 4)):
                        self.set(table, column, place, self.gone if number % 2 else self.kept)

    def let_in(self):
        for id in (self.gone, self.kept):
            self.run("delete from auth where id = ?", id)
            self.run("insert into auth (id, email, password, active) values (?, 'a@b', 'secret', true)", id)
        if self.has("api_key"):
            self.run("delete from api_key where user_id = ? and id <> (select min(id) from api_key where user_id = ?)", self.gone, self.gone)
            self.run("update api_key set id = ? where user_id = ?", f"key_{self.gone}", self.gone)

    def collide(self):
        """What the account that goes has, the other one has too."""
        for table in ONCE:
            if not self.has(table, "principal_id" if table == "access_grant" else "user_id"):
                continue
            owner = "principal_id" if table == "access_grant" else "user_id"
            names = list(self.schema[table])
            if table == "access_grant":
                self.run("update access_grant set principal_type = 'user', principal_id = ? where id in (select id from access_grant"
                         " where principal_id <> ? limit 2)", self.gone, self.kept)
            listed = ", ".join(f'"{name}"' for name in names)
            rows = self.run(f'select {listed} from "{table}" where {owner} = ?', self.gone)
            if table == "channel_member" and not rows:
                continue  # those of before 2f1211949ecc can't be migrated
            assert rows, table
            row = dict(zip(names, rows[0]))
            row[owner] = self.kept
            if "id" not in ONCE[table]:
                row["id"] = f"copy in {table}"
            if not self.sqlite:  # its client has read JSON
                row = {name: json.dumps(value) if value is not None and self.schema[table][name].is_json else value for name, value in row.items()}
            marks = ", ".join("?" * len(names))
            with self.tried():
                self.run(f'insert into "{table}" ({listed}) values ({marks})', *row.values())

    def documents(self):
        gone, kept = self.gone, self.kept
        message = {"user_id": gone, "content": f'"user_id": "{gone}"', "user": {"id": gone, "n": 1}}
        grants = {"access_grants": [{"principal_type": "user", "principal_id": gone}, {"principal_id": "*"}], "n": 1e5}
        access = {"read": {"group_ids": ["g"], "user_ids": ["x", gone]}, "write": {"user_ids": [gone, kept]}}
        for table in ("model", "knowledge", "prompt", "tool", "note", "channel", "file"):
            if self.has(table, "access_control"):
                for place in self.some(table, 2):
                    self.set(table, "access_control", place, json.dumps(access))
        if self.has("group", "user_ids"):
            lists = ([gone], ["x", gone, kept], json.dumps([kept, gone]), [kept])
            for place, value in zip(self.some("group", 4), lists):
                self.set("group", "user_ids", place, json.dumps(value))
        for table, column, value in (("prompt_history", "snapshot", grants | {"access_control": access}), ("config", "value", grants),
                                     ("model", "meta", {"knowledge": [message]})):
            if self.has(table, column):
                self.set(table, column, self.some(table, 1)[0], json.dumps(value))
        if "json" not in self.schema["chat"]["chat"].type:
            return
        mine = [id for [id] in self.run("select id from chat where user_id = ?", gone)]
        texts = [json.dumps({"history": {"messages": {"m": message}}}), json.dumps({"messages": [message]}, separators=(",", ":"))]
        for id, text in zip(mine, texts):
            self.run("update chat set chat = ? where id = ?", text, id)
        for [id] in self.run("select id from chat where user_id = ? limit 1", kept):
            self.run("update chat set chat = ? where id = ?", texts[1], id)
        if self.has("chat_message"):
            [[other]] = self.run("select id from chat where user_id not in (?, ?) limit 1", gone, kept)
            self.run("update chat set chat = ? where id = ?", texts[0], other)
            self.run("update chat_message set user_id = ?, chat_id = ? where id in (select id from chat_message limit 1)", gone, other)
        if self.has("feedback", "snapshot"):
            self.run("update feedback set snapshot = ? where user_id = ?", json.dumps({"chat": message}), gone)


def prepare(connection):
    """Takes a database that old_database.py has filled; the ids of the account that is to go and the one that stays."""
    filler = Filler(connection)
    filler.give()
    filler.let_in()
    filler.collide()
    filler.documents()
    connection.commit()
    return filler.gone, filler.kept
