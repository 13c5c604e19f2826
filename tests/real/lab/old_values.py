"""Columns that migrations read, or that a rule binds: {"table.column": make(world, column, number, random)}."""
import json

from lab import hostile_json
from lab.hostile_json import dumps, encoded_twice

OMIT = object()  # left to the column's default
SECOND = 1_700_000_000
NANOSECOND = SECOND * 10**9


def each(*values):
    """All of them in turn."""
    return lambda world, column, number, random: values[number % len(values)]


def written(pattern):
    return lambda world, column, number, random: pattern.format(number=number)


def now_and_then(make, every):
    return lambda world, column, number, random: make(world, column, number, random) if number % every == 0 else None


def of_chat(take):
    return lambda world, column, number, random: take(world, world.chats[number])


def accounts(world):
    """The users that can sign in: 0bd252b206fb makes a row of auth for the others. And one that is no user any more."""
    return [id for number, id in enumerate(world.ids("user")) if number % 3] + [world.id("a user that was deleted")]


def chat_text(world, column, number, random):
    """In the first revisions chat is text, where NULL makes 242a2047eae0 abort."""
    text = world.chats[number].text
    return "{}" if text is None and not column.is_json else text


TIMES_OF_TIMERS = (NANOSECOND, str(NANOSECOND), f" {SECOND} ", "1_7", 1.7e18, "tomorrow", "1.5", None, True, [1],
                   {"at": 1}, "", "9" * 5000, "١٢٣", -1, 1.9)


def chat_meta(world, column, number, random):
    due = TIMES_OF_TIMERS[number // 2 % len(TIMES_OF_TIMERS)]
    timer = {"type": "timer", "status": "pending", "timer_at": due, "tags": ["t"]}
    if number % 2:
        return dumps(timer)
    kinds = ('{}', dumps({"tags": [tag_id(number), "work", "grüße"]}), dumps(timer | {"status": "done"}),
             dumps({"type": None, "status": {}}), 'null', '[]', dumps({"type": "timer", "status": "pending"}), '"text"',
             dumps({"type": ["timer"], "status": "pending"}), *hostile_json.OBJECTS)
    return kinds[number // 2 % len(kinds)]


TAGS = ("Tag {}", "UPPER {}", "two  blanks {}", "GRÖßE {}", "\u0130STANBUL {}", "日本 {}", " at the ends {} ", "ΟΔΟΣ {}ΣΑΣ")


def names_of_tags(number):
    """Different ones also in small letters and with underlines, since 1af9b942657b keeps one of each for everybody."""
    return "Pinned" if number == 3 else TAGS[number % len(TAGS)].format(number)


def tag_id(number):
    return names_of_tags(number).replace(" ", "_").lower()


def tags(world, column, number, random):
    """An id of its own until 1af9b942657b, which deletes tags whose id is their small name already."""
    return tag_id(number) if world.has("tag.meta") else world.ids("tag")[number]


def access_control(world, column, number, random):
    users, groups = world.ids("user"), world.ids("group")
    some = lambda ids: random.sample(ids, 2)
    kinds = (
        None, 'null', '{}',
        dumps({"read": {"group_ids": some(groups), "user_ids": some(users)},
               "write": {"group_ids": [groups[0]], "user_ids": [users[0]]}}),
        dumps({"read": {"group_ids": [], "user_ids": []}, "write": {"group_ids": [], "user_ids": []}}),
        dumps({"read": {"group_ids": [groups[1], groups[1]]}}),
        dumps({"write": {"user_ids": [users[1], "*", "nobody"]}, "other": 1}),
        dumps({"read": {}, "write": {"user_ids": some(users), "group_ids": []}}),
        '[]', '""', dumps({"read": {"user_ids": ["", "🙂"]}}),
    )
    return kinds[number % len(kinds)]


def members(world, column, number, random):
    ids = random.sample(world.ids("user"), min(5, world.count))
    return (dumps(ids), None, 'null', '[]', encoded_twice(ids), '"no json"', '{}', dumps(ids[:1]))[number % 8]


def files_of_knowledge(world, column, number, random):
    """Before 3e0e00844bb0, which reads file_ids and drops all of it; what comes later has the same name only."""
    if "knowledge_file" in world.schema:
        return hostile_json.any_for(number, world.engine)
    ids = random.sample(world.ids("file"), 3)
    return (dumps({"file_ids": [*ids, world.id("a file that was deleted")]}), None, 'null', '{}',
            encoded_twice({"file_ids": ids}), dumps({"file_ids": []}), '[]', '"no json"')[number % 8]


def texts_with_json(*own):
    """What text columns hold that are read as JSON: NULL, objects of every kind."""
    def make(world, column, number, random):
        # A number that is none would get into a history, which is of type json on PostgreSQL.
        more = [hostile_json.NOT_A_NUMBER] if world.engine == "sqlite" else []
        kinds = (*own, *hostile_json.OBJECTS, hostile_json.SURROGATE, *more)
        return kinds[number % len(kinds)]
    return make


MODEL_META = (None, dumps({"hidden": True, "description": "é", "chat_variables_schema": {"a": 1}}),
              dumps({"hidden": False, "capabilities": {"vision": False}}),
              dumps({"tags": [{"name": "x"}], "profile_image_url": "data:,", "nested": {"hidden": 1}}))
PLUGIN_META = ('', None, '{}', dumps({"manifest": {"title": "x"}, "has_user_valves": True, "toggle": True}),
               dumps({"i18n": {}, "description": None}), dumps({"i18n": {"de": {"name": "Größe"}}, "toggle": False}),
               dumps({"i18n": None}))
USER_JSON = (None, 'null', '{}', dumps({"ui": {"models": ["llama3:8b"], "memory": True, "big": 2**70}}),
             encoded_twice({"ui": {}}), '[]', '""',
             dumps({"ui": {"notifications": {"webhook_url": "https://example.org/é"}}}), *hostile_json.OBJECTS)
OAUTH = (None, 'null', dumps({"google": {"sub": "1"}}), encoded_twice({"oidc": {"sub": "é\U0001f642", "n": 1e5}}),
         '"plain"', '""', '"[1]"', '[]',
         json.dumps(encoded_twice({"oidc": {"sub": "x"}})), '"{\\"a\\": 1, \\"a\\": 2}"', '{}', '"{}"', '"null"')

CONFIG = {
    "version": 0, "custom": {"deep": {"er": [1, {}]}, "number": 1e5, "null": None}, "ENABLE_SIGNUP": False,
    "ui": {"default_models": "a,b", "default_locale": "", "prompt_suggestions": [{"title": ["é", "x"]}],
           "enable_community_sharing": True, "own": {"x": "y"}, "banners": []},
    "openai": {"enable": True, "api_base_urls": ["https://example.org/v1"], "api_keys": ["sk-1"],
               "api_configs": {"0": {"enable": True, "tags": [], "prefix_id": ""}, "https://example.org": {}}},
    "ollama": {"enable": False, "base_urls": [], "api_configs": {}},
    "oauth": {"oidc": {"client_id": "id", "scopes": "openid"}, "google": {"client_id": None}, "enable_signup": False},
    "rag": {"ollama": {"url": "http://ollama", "key": ""}, "openai_api_key": "sk-2", "openai_api_base_url": "",
            "top_k": 4, "web": {"search": {"enable": True, "domain": {"filter_list": []}}},
            "template": "{{CONTEXT}} é"},
    "user": {"permissions": {"chat": {"delete": True}, "workspace": {}}}, "audio": {"tts": {"openai": {"params": {}}}},
    "ldap": {"server": {"label": "x", "port": 389}}, "webhook_url": "", "auth": {"jwt_expiry": "-1"},
}


def config_data(world, column, number, random):
    """The last row is the one that counts."""
    return ('{}', '{"version": 0, "ui": {"default_models": "older"}}', dumps(CONFIG))[number % 3]


RESOURCES = ("knowledge", "prompt", "tool", "model", "note", "channel", "file")
COMMANDS = ("/cmd-{}", "cmd {}", "//two-{}", "größe{}", "/\U0001f642{}")
COLUMNS = {
    "access_grant.permission": each("read", "write"),
    "access_grant.principal_id": lambda world, column, number, random: (
        "*" if number % 3 == 0 else random.choice(world.ids("user" if number % 3 == 1 else "group"))),
    "access_grant.principal_type": each("user", "user", "group"),
    "access_grant.resource_id": lambda world, column, number, random: world.ids(RESOURCES[number % 7])[number],
    "access_grant.resource_type": each(*RESOURCES),
    "auth.email": written("person{number}@example.org"),
    "auth.id": lambda world, column, number, random: accounts(world)[number],
    "channel.access_control": access_control,
    "channel_member.app_id": each(None),  # ck_channel_member_identity: a user or an app
    "chat.chat": chat_text,
    "chat.created_at": of_chat(lambda world, chat: chat.created_at),
    "chat.current_message_id": each(None),
    "chat.id": of_chat(lambda world, chat: chat.id),
    "chat.meta": chat_meta,
    "chat.share_id": of_chat(lambda world, chat: world.shares.get(chat.id)),
    "chat.timer_at": now_and_then(each(NANOSECOND), 5),
    "chat.title": of_chat(lambda world, chat: chat.title),
    "chat.updated_at": of_chat(lambda world, chat: chat.created_at + 3600),
    "chat.user_id": of_chat(lambda world, chat: chat.user_id),
    "chatidtag.chat_id": lambda world, column, number, random: (
        world.ids("chat")[number // 3] if number % 9 else world.id("a chat that was deleted")),
    "chatidtag.tag_name": lambda world, column, number, random: names_of_tags(number % 11),
    "config.data": config_data,
    "config.value": lambda world, column, number, random: hostile_json.any_for(number, world.engine),
    "config_old.data": config_data,
    "document.collection_name": lambda world, column, number, random: world.ids("document")[number],
    "document.content": each(None, '', '{}', dumps({"tags": [{"name": "é"}], "x": 1}), '{"tags": null}',
                             '{"tags": ["a"], "tags": ["b"]}'),
    "document.timestamp": lambda world, column, number, random: SECOND + number,
    "document.title": written("Document {number} é"),
    "document.user_id": lambda world, column, number, random: random.choice(world.ids("user")),
    "file.access_control": access_control,
    "file.data": each(None, 'null', dumps({"content": "text é " * 200}), dumps({"status": "pending", "content": ""}),
                      dumps({"status": "completed"}), dumps({"status": "processing"})),
    "file.meta": each(dumps({"path": "/app/backend/data/uploads/é", "name": "é", "size": 1}), '{}',
                      dumps({"path": None}), None, dumps({"data": {"knowledge_id": "k"}}),
                      '{"path":"/first","path":"/last"}', *hostile_json.OBJECTS),
    "function.meta": texts_with_json(*PLUGIN_META),
    "function.valves": texts_with_json(None, "gAAAAAB encrypted", '"text"'),
    "group.user_ids": members,
    "knowledge.access_control": access_control,
    "knowledge.data": files_of_knowledge,
    "model.access_control": access_control,
    "model.meta": texts_with_json(*MODEL_META),
    "model.params": texts_with_json(None, dumps({"temperature": 0.7, "stop": ["é"]}), 'null', '[]'),
    "note.access_control": access_control,
    "note.is_pinned": each(True, False, None),
    "note.user_id": lambda world, column, number, random: random.choice(world.ids("user")),
    "prompt.access_control": access_control,
    "prompt.command": lambda world, column, number, random: COMMANDS[number % 5].format(number),
    "prompt.content": written("Say {{{{x}}}} {number} é"),
    "prompt.timestamp": lambda world, column, number, random: SECOND + number,
    "prompt.title": written("Prompt {number}"),
    "prompt.user_id": lambda world, column, number, random: random.choice(world.ids("user")),
    "prompt.version_id": lambda world, column, number, random: world.ids("prompt_history")[number],
    "prompt_history.prompt_id": lambda world, column, number, random: world.ids("prompt")[number],
    "skill.meta": lambda world, column, number, random: (
        hostile_json.any_for(number, world.engine) if number % 3 else None),
    "tag.id": tags,
    "tag.name": lambda world, column, number, random: names_of_tags(number),
    "tag.user_id": lambda world, column, number, random: random.choice(world.ids("user")),
    "tool.access_control": access_control,
    "tool.meta": texts_with_json(*PLUGIN_META),
    "tool.specs": each('[]', None, dumps([{"name": "f", "parameters": {"type": "object", "properties": {}}}])),
    "tool.valves": texts_with_json(None, "gAAAAAB encrypted"),
    "user.api_key": lambda world, column, number, random: (
        (f"sk-{number:032}", None, "" if number == 2 else None)[number % 3]),
    "user.email": lambda world, column, number, random: (
        None if number == 4 else f"person{number}@example.org" if number % 4 else f"Größe.Ä{number}@Example.org"),
    "user.info": each(*USER_JSON),
    "user.oauth": each(*OAUTH),
    "user.oauth_sub": lambda world, column, number, random: (
        f"google@{number}", f"plain{number}", None, f"a@b@{number}", f"@{number}é",
        "" if number == 5 else None)[number % 6],
    "user.role": each("admin", "user", "user", "pending"),
    "user.settings": lambda world, column, number, random: USER_JSON[(number + 3) % len(USER_JSON)],
}