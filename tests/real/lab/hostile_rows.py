"""Rows that upstream's migrations abort on, lose or damage: named features that a test puts into an old database one by one.

Each changes a few rows of what old_database.make() has made. `column` is what has to be there, at the start, for the feature to be
one; `engines` those that take such a value. What 0.12.4 makes of each is in hostile_outcomes.py.
"""
import dataclasses
import json
import typing

from lab import hostile_json, old_values
from lab.hostile_json import dumps, encoded_twice

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


def messages(change, with_rows=False, chat="chat.chat"):
    """The messages of one chat: change(messages, keys). Without rows in chat_message, where that is there, unless asked for."""
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
        if "chat_message" in rows and not with_rows:
            rows["chat_message"] = [row for row in rows["chat_message"] if row["chat_id"] != world.chats[0].id]
    return Feature(chat, alter)


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
    first, second = rows["chat"][0], rows["chat"][1]
    one = lambda key, content: dumps({"history": {"currentId": key, "messages": {key: {"role": "user", "content": content}}}})
    second["id"] = f"{first['id']}-b"
    first["chat"], second["chat"] = one("b-c", "first"), one("c", "second")


def shared(**values):
    """A row as sharing made them before shared_chat was a table, or what old faults made of it."""
    def change(world, rows):
        original = rows["chat"][2]
        rows["chat"].append(original | {"id": world.id("hostile share"), "share_id": None, "user_id": f"shared-{original['id']}"}
                            | {name: value(world, original) if callable(value) else value for name, value in values.items()})
    return Feature("chat.user_id", change, until="shared_chat.id")


def shared_without_owner(world, rows):
    shared().change(world, rows)
    rows["chat"][2]["user_id"] = None


def again(table, row=ROW, **values):
    """A second row like one that is there."""
    def change(world, rows):
        rows[table].append(rows[table][row] | {name: value(world) if callable(value) else value for name, value in values.items()})
    return change


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


ALL_BAD = {"null": "null", "list": "[]", "empty": "", "number": "5", "text": '"text"', "not_json": "{bad", "deep": hostile_json.deep(3000),
           "nan": hostile_json.NOT_A_NUMBER}
META = {f"{table}_{name}_{kind}": put(f"{table}.{name}", text, TAKES_ANY_TEXT)
        for table, name in (("model", "meta"), ("model", "params"), ("tool", "meta"), ("function", "meta"), ("skill", "meta"))
        for kind, text in ALL_BAD.items()}

FEATURES = META | {
    # 242a2047eae0 while chat is text; 8452d01d26d7 and 9a1b2c3d4e5f afterwards
    "chat_null": put("chat.chat", None),
    "chat_not_json": put("chat.chat", "{bad", TAKES_ANY_TEXT),
    "chat_empty_text": put("chat.chat", "", TAKES_ANY_TEXT),
    "chat_list": put("chat.chat", '[{"a": 1}]'),
    "chat_number": put("chat.chat", "5"),
    "chat_true": put("chat.chat", "true"),
    "chat_text_with_a_list": put("chat.chat", '"[1]"'),
    "chat_deep": put("chat.chat", hostile_json.deep(3000)),
    "chat_nul": put("chat.chat", hostile_json.NUL),
    "chat_nan": put("chat.chat", f'{{"history": {{"messages": {{"m": {{"role": "user", "usage": {hostile_json.NOT_A_NUMBER}}}}}}}}}', TAKES_ANY_TEXT),
    "chat_without_user": put("chat.user_id", None, row=1),
    "message_done_text": messages(set_in(1, done="true")),
    "message_role_list": messages(set_in(1, role=["user"])),
    "message_role_number": messages(set_in(1, role=5)),
    "message_role_nul": messages(set_in(1, role="us\0er")),
    "message_parent_number": messages(set_in(1, parentId=5)),
    "message_parent_list": messages(set_in(1, parentId=["m"])),
    "message_parent_object": messages(set_in(1, parentId={"id": "m"})),
    "message_model_list": messages(set_in(1, model=["llama3"])),
    "message_model_object": messages(set_in(1, model={"id": "llama3"})),
    "message_model_number": messages(set_in(1, model=5)),
    "message_content_nul": messages(set_in(1, content="a\0b")),
    "message_id_surrogate": messages(renamed("\ud83d")),
    "message_id_nul": messages(renamed("a\0b")),
    "message_ids_collide": Feature("chat.id", colliding, until="chat_message.id"),
    "list_times_mixed": messages(listed(*({"timestamp": time, "parentId": None} for time in (5, "6", None)))),
    "list_times_text": messages(listed(*({"timestamp": str(number)} for number in range(6)))),
    "list_time_object": messages(listed(*({"timestamp": {"at": 1}} for number in range(6)))),
    "list_id_number": messages(listed(*({"id": number + 1, "parentId": number or None} for number in range(6)))),
    "list_id_list": messages(listed({"id": ["m"]})),
    "list_parent_list": messages(listed({"parentId": ["m"]})),
    # chat.meta: d4c1a8e37b62
    "chat_meta_empty": put("chat.meta", "", SQLITE),
    "chat_meta_not_json": put("chat.meta", "{bad", SQLITE),
    "chat_meta_nan": put("chat.meta", hostile_json.NOT_A_NUMBER, SQLITE),
    "chat_meta_nul": put("chat.meta", hostile_json.NUL),
    "chat_meta_surrogate": put("chat.meta", hostile_json.SURROGATE),
    "chat_meta_deep": put("chat.meta", hostile_json.deep(900)),
    "chat_meta_deeper": put("chat.meta", hostile_json.deep(3000)),
    "chat_meta_number": put("chat.meta", "5"),
    "timer_infinite": put("chat.meta", '{"type": "timer", "status": "pending", "timer_at": 1e999}'),
    "timer_too_large": put("chat.meta", '{"type": "timer", "status": "pending", "timer_at": 9223372036854775808}'),
    "timer_far_too_large": put("chat.meta", '{"type": "timer", "status": "pending", "timer_at": "1' + "0" * 40 + '"}'),
    "timer_type_twice": put("chat.meta", '{"type": "timer", "type": "x", "status": "pending", "timer_at": 1}'),
    "timer_type_twice_reversed": put("chat.meta", '{"type": "x", "type": "timer", "status": "pending", "timer_at": 1}'),
    # shared chats: c1d2e3f4a5b6
    "shared_twice": shared(),
    "shared_original_gone": shared(user_id="shared-nobody"),
    "shared_in_capitals": shared(user_id=lambda world, original: f"SHARED-{original['id']}"),
    "shared_of_a_share": shared(user_id=lambda world, original: f"shared-{world.shares[world.chats[0].id]}"),
    "shared_without_time": shared(created_at=None, updated_at=None),
    "shared_original_without_user": Feature("chat.user_id", shared_without_owner, until="shared_chat.id"),
    # users: b10670c03dd5, f0bd01a18a3d, 6d09d1bf1f23
    "email_twice": Feature("user.email", same_mail("Same@Example.org", "same@example.ORG")),
    "email_twice_umlaut": Feature("user.email", same_mail("GRÖSSE@example.org", "größe@example.org".replace("ß", "ss"))),
    "email_empty_twice": Feature("user.email", same_mail("", "")),
    "oauth_not_json": put("user.oauth", "{bad", SQLITE),
    "oauth_empty": put("user.oauth", "", SQLITE),
    "oauth_number": put("user.oauth", "5"),
    "oauth_deep": put("user.oauth", lambda world: encoded_twice(1).replace("1", hostile_json.deep(3000).replace('"', '\\"'))),
    "settings_not_json": put("user.settings", "{bad", TAKES_ANY_TEXT),
    "settings_empty": put("user.settings", "", TAKES_ANY_TEXT),
    "settings_number": put("user.settings", "5"),
    # config: 3ff2c63645b8
    "config_list": config("[1]"), "config_number": config("5"), "config_true": config("true"), "config_text": config('"text"'),
    "config_text_with_a_list": config('"[1]"'),
    "config_empty_objects": config('{"own": {"empty": {}}, "ui": {}}'),
    "config_same_path_twice": config('{"own.a": 1, "own": {"a": 2}}'),
    "config_same_key_twice": config('{"ENABLE_SIGNUP": true, "ui": {"enable_signup": false}}'),
    "config_nul": config(hostile_json.NUL),
    "config_deep": config(hostile_json.deep(900)),
    "config_nan": Feature("config.data", config(hostile_json.NOT_A_NUMBER).change, SQLITE),
    # access_control: f1e2d3c4b5a6
    "access_read_null": put("note.access_control", '{"read": null}'),
    "access_read_list": put("note.access_control", '{"read": [], "write": {}}'),
    "access_ids_null": put("note.access_control", lambda world: dumps({"read": {"group_ids": None, "user_ids": world.ids("user")[:1]}})),
    "access_ids_text": put("note.access_control", '{"read": {"user_ids": "abc"}}'),
    "access_id_number": put("note.access_control", '{"read": {"user_ids": [5]}}'),
    "access_id_null": put("note.access_control", '{"read": {"user_ids": [null]}}'),
    "access_id_list": put("note.access_control", '{"read": {"user_ids": [["a"]]}}'),
    "access_id_nul": put("note.access_control", '{"read": {"user_ids": ["a\\u0000b"]}}'),
    "access_text_null": put("note.access_control", '"null"'),
    "access_encoded_twice": put("note.access_control", lambda world: encoded_twice({"read": {"user_ids": world.ids("user")[:1]}})),
    "access_not_json": put("note.access_control", "{bad", SQLITE),
    # groups and knowledge: 37f288994c47, 3e0e00844bb0
    "member_twice": put("group.user_ids", lambda world: dumps(ids_of("user", 1, 1)(world))),
    "member_unknown": put("group.user_ids", lambda world: dumps(ids_of("user", 1, extra=["nobody"])(world))),
    "member_number": put("group.user_ids", "[5]"),
    "member_null": put("group.user_ids", "[null]"),
    "file_twice": put("knowledge.data", lambda world: dumps({"file_ids": ids_of("file", 1, 1)(world)}), until="knowledge_file.id"),
    "file_ids_null": put("knowledge.data", '{"file_ids": null}', until="knowledge_file.id"),
    "file_id_number": put("knowledge.data", '{"file_ids": [5]}', until="knowledge_file.id"),
    "knowledge_other_keys": put("knowledge.data", '{"file_ids": [], "own": 1}', until="knowledge_file.id"),
    # the rest
    "channel_member_without_joined_at": Feature("channel_member.id", members_of_channels, until="channel_member.joined_at"),
    "document_list": put("document.content", "[1]", until="knowledge.id"),
    "document_not_json": put("document.content", "{bad", until="knowledge.id"),
    "document_without_title": put("document.title", None, until="knowledge.id"),
    "file_meta_null": put("file.meta", "null"),
    "file_meta_number": put("file.meta", "5"),
    "file_meta_not_json": put("file.meta", "{bad", TAKES_ANY_TEXT),
    "file_path_list": put("file.meta", '{"path": ["a"]}', until="file.path"),
    "file_data_nul": put("file.data", '{"status": "pending", "content": "a\\u0000b"}'),
    "pinned_note_without_user": Feature("note.is_pinned", pinned_without_owner),
    "prompt_same_command": Feature("prompt.command", same_command, until="prompt.id"),
    "prompt_without_title": put("prompt.title", None),
    "prompt_without_user": put("prompt.user_id", None, until="prompt.id"),
    "prompt_without_time": put("prompt.timestamp", None),
    "tag_same_name": Feature("tag.name", same_tag, until="tag.meta"),
    "tag_normal_already": put("tag.id", lambda world: old_values.tag_id(ROW), until="tag.meta"),
    "tag_without_name": put("tag.name", None, until="tag.meta"),
    "tag_without_user": put("tag.user_id", None, until="chat.folder_id"),
}
