"""Changes that make rows hostile; hostile_features.py names them.

Each changes a few rows of what old_database.make() has made. `column` is what has to be there, at the start, for the
feature to be one, and `until` what ends it; `engines` those that take such a value.
"""
import dataclasses
import json
import typing

from lab.hostile_json import dumps

BOTH = ("sqlite", "postgresql")
SQLITE = ("sqlite",)
TAKES_ANY_TEXT = None  # SQLite, and PostgreSQL if the column is text
ROW = 5  # an ordinary one


@dataclasses.dataclass(frozen=True)
class Feature:
    column: str
    change: typing.Callable  # (world, rows)
    engines: tuple | None = BOTH
    until: str | None = None  # a column with which it is over

    def apply(self, world, rows):
        assert self.possible(world.schema, world.engine), self
        self.change(world, rows)

    def possible(self, schema, engine):
        table, name = self.column.split(".")
        if name not in schema.get(table, {}) or (self.until and has(schema, self.until)):
            return False
        any_text = engine == "sqlite" or not schema[table][name].is_json
        return any_text if self.engines is TAKES_ANY_TEXT else engine in self.engines


def has(schema, column):
    table, name = column.split(".")
    return name in schema.get(table, {})


def put(column, value, engines=BOTH, until=None, row=ROW):
    table, name = column.split(".")

    def change(world, rows):
        rows[table][row][name] = value(world) if callable(value) else value
    return Feature(column, change, engines, until)


def messages(change):
    """The messages of one chat: change(messages, keys). It has no rows in chat_message, where that is there."""
    def alter(world, rows):
        row = next(row for row in rows["chat"] if row["id"] == world.chats[0].id)
        whole = json.loads(row["chat"])
        history = whole["history"]
        keys = [*history["messages"]]
        changed = change(history["messages"], keys)
        history["currentId"] = "nowhere"
        if isinstance(changed, list):  # the messages of old imports are a list
            whole = {"messages": changed}
        row["chat"] = json.dumps(whole)
        if "chat_message" in rows:
            rows["chat_message"] = [row for row in rows["chat_message"] if row["chat_id"] != world.chats[0].id]
    return Feature("chat.chat", alter)


def set_in(number, **values):
    return lambda messages, keys: messages[keys[number]].update(values)


def listed(*changes):
    """As a list only, with one change a message."""
    def change(messages, keys):
        for key, values in zip(keys, changes):
            messages[key] |= values
        return [*messages.values()]
    return change


def renamed(key):
    def change(messages, keys):
        messages[key] = messages.pop(keys[-1])
    return change


def colliding(world, rows):
    """chat "a" with message "b-c", chat "a-b" with message "c"."""
    first = rows["chat"][0]
    def one(key, content):
        return dumps({"history": {"currentId": key, "messages": {key: {"role": "user", "content": content}}}})

    first["chat"] = one("b-c", "first")
    rows["chat"].append(first | {"id": f"{first['id']}-b", "share_id": None, "chat": one("c", "second")})


def shared(**values):
    """A row as sharing made them before shared_chat was a table, or what old faults made of it."""
    def change(world, rows):
        original = rows["chat"][2]
        own = {name: value(world, original) if callable(value) else value for name, value in values.items()}
        rows["chat"].append(original | {"id": world.id("hostile share"), "share_id": None,
                                        "user_id": f"shared-{original['id']}"} | own)
    return Feature("chat.user_id", change, until="shared_chat.id")


def shared_without_owner(world, rows):
    shared().change(world, rows)
    rows["chat"][2]["user_id"] = None


def same_mail(first, second):
    def change(world, rows):
        rows["user"][ROW]["email"], rows["user"][ROW + 2]["email"] = first, second
    return change


def members_of_channels(world, rows):
    columns = world.schema["channel_member"]
    rows["channel_member"] = [{name: world.id("member") if name == "id" else world.ids(name.removesuffix("_id"))[0]
                               if name.endswith("_id") else 1 for name in columns}]


def config(value):
    def change(world, rows):
        rows["config"][-1]["data"] = value
    return Feature("config.data", change)


def pinned_without_owner(world, rows):
    rows["note"][0] |= {"is_pinned": True, "user_id": None}


def same_command(world, rows):
    rows["prompt"][0]["command"], rows["prompt"][1]["command"] = "/same", "same"


def same_tag(world, rows):
    rows["tag"][0]["name"], rows["tag"][1]["name"] = "My Tag", "my tag"


def ids_of(table, *numbers, extra=()):
    return lambda world: [*(world.ids(table)[number] for number in numbers), *extra]
