"""Chats as releases, imports and accidents left them: one JSON text a chat, every shape in turn, and the rows of
chat_message that a server would have made of it."""
import dataclasses
import json

from lab import hostile_json
from lab.hostile_json import dumps

FIRST = 1_690_000_000  # what upstream takes as good is after 2020 and not in the future
DAY = 86400


@dataclasses.dataclass
class Chat:
    id: str
    user_id: str
    created_at: int
    text: str = None  # None: SQL NULL
    messages: dict = dataclasses.field(default_factory=dict)  # {key: message} as upstream would find them

    @property
    def title(self):
        return f"Chat {self.created_at % 1000} {hostile_json.WORDS[self.created_at % 5]}"


def message(random, key, parent, role, timestamp):
    return {"id": key, "parentId": parent, "childrenIds": [], "role": role,
            "content": f"{hostile_json.text(random)} {key}", "timestamp": timestamp, "models": ["llama3:8b"]}


def tree(random, chat, count=6):
    """{key: message}: a conversation with branches; times apart, so that the newest leaf is one, and it is the last."""
    messages = {}
    keys = [str(random.choice((f"m-{number}", f"{chat.id[:8]}-{number}", f"{number}"))) for number in range(count)]
    for number, key in enumerate(keys):
        parent = random.choice(keys[max(0, number - 2):number]) if number else None
        role = "assistant" if number % 2 else "user"
        messages[key] = message(random, key, parent, role, chat.created_at + 60 * number)
        if parent:
            messages[parent]["childrenIds"].append(key)
        if number % 2:
            messages[key] |= {"model": random.choice(("llama3:8b", "gpt-4o")), "modelName": "A Model", "done": True}
    return messages


def times(convert):
    """A shape whose times are written otherwise. For some of them upstream takes the time of the migration; such
    messages are all as new, so currentId has to tell which is the current one."""
    def shape(random, chat):
        messages = tree(random, chat)
        for number, one in enumerate(messages.values()):
            one["timestamp"] = convert(one["timestamp"], number)
            if one["timestamp"] is MISSING:
                del one["timestamp"]
        return messages, {}
    return shape


class AsIs(str):
    """JSON text already."""


MISSING = object()
ODD_TIMES = (MISSING, None, -5, True, 1_500_000_000, 4_102_444_800, "soon", "", [], {"at": 1}, 10**40, 0.5)
TEXT_TIMES = (lambda time: str(time), lambda time: f" {time} ", lambda time: f"{time}.75", lambda time: f"{time}e0",
              lambda time: f"{time // 1000}_000", lambda time: f"{time * 1000}")


def rich(random, chat):
    """Everything that becomes a column of chat_message."""
    messages = tree(random, chat, 12)
    values = {
        "output": [[{"type": "message", "content": [{"text": "é"}]}], None, []],
        "files": [[{"type": "image", "url": "data:image/png;base64,AAAA"}], [], None, {"not": "a list"}],
        "sources": [[{"source": {"name": "🙂"}, "document": ["x"], "metadata": [{"score": 1e-05}]}], []],
        "embeds": [["<p>é</p>"], None],
        "statusHistory": [[{"done": True, "action": "web_search", "urls": []}], "text"],
        "error": [{"content": "no \"model\""}, True, False, "plain", None],
        "usage": [json.loads(hostile_json.OBJECTS[2]), json.loads(hostile_json.OBJECTS[3]), {"total": 1.0}, {}],
        "done": [True, False, None, 1, 0],
        "content": ["", None, [{"type": "text", "text": "é"}, {"type": "image_url"}], {"an": "object"}, 5, "x" * 20000],
        "model": ["llama3:8b", None, ""],
        "annotation": [{"rating": 1}],
        "role": ["system", "tool", "Assistant "],
    }
    for number, one in enumerate(messages.values()):
        for name, choice in values.items():
            if (number + len(name)) % 3:
                one[name] = choice[(number + len(name)) % len(choice)]
    return messages, {}


def odd_messages(random, chat):
    """Entries that are no messages, and keys that are no ids."""
    messages = tree(random, chat)
    last = [*messages][-1]
    odd = {"none": None, "list": [], "text": "hello", "empty": {}, "no role": {"content": "x", "parentId": last},
           "empty role": {"role": "", "content": "x"}, "": {"role": "user", "content": "no key"},
           "k e y/é\U0001f642": {"role": "user", "parentId": None, "content": "x", "timestamp": chat.created_at - 5},
           "lost parent": {"role": "user", "parentId": "nowhere", "timestamp": chat.created_at - 4},
           "own parent": {"role": "user", "parentId": "own parent", "timestamp": chat.created_at - 3}}
    return {**odd, **messages}, {}


def circle(random, chat):
    """Nobody is a leaf: upstream takes the newest of all."""
    messages = tree(random, chat, 3)
    keys = [*messages]
    for number, key in enumerate(keys):
        messages[key]["parentId"] = keys[number - 1]
    return messages, {"history.currentId": None}


def current(**where):
    """Which message is the current one is said elsewhere. {first} and {last} are keys, {chat} the chat's id."""
    def shape(random, chat):
        messages = tree(random, chat)
        keys = [*messages]
        known = {"first": keys[0], "last": keys[-1], "chat": chat.id}
        return messages, {name.replace("__", "."): value.format(**known) if isinstance(value, str) else value
                          for name, value in where.items()}
    return shape


def with_history(shape):
    def make(random, chat):
        messages, said = shape(random, chat)
        history = {"messages": messages, "currentId": [*messages][-1]}
        whole = {"id": "", "title": chat.title, "models": ["llama3:8b"], "params": {}, "history": history,
                 "messages": [], "tags": [], "timestamp": chat.created_at * 1000, "files": []}
        for path, value in said.items():
            inside = history if path.startswith("history.") else whole
            inside[path.split(".")[-1]] = value
            if value is None:
                del inside[path.split(".")[-1]]
        chat.messages = messages
        return whole
    return make


def list_only(random, chat):
    return {"title": chat.title, "messages": [*tree(random, chat).values(), {"role": "user", "content": "no id"}, None]}


def list_with_current(random, chat):
    messages = [*tree(random, chat).values()]
    return {"messages": messages, "currentId": messages[0]["id"], "history": {"messages": {}}}


def twice_encoded(random, chat):
    """On SQLite 9a1b2c3d4e5f sees no currentId in it, so that it has to be the newest leaf."""
    return json.dumps(with_history(times(lambda time, number: time))(random, chat))


def duplicate_keys(random, chat):
    whole = with_history(times(lambda time, number: time))(random, chat)
    older = '"history":{"messages":{"old":{"role":"user"}}},"title":1'
    return AsIs(f'{{{older},{dumps(whole)[1:-1]},"title":"last"}}')


SHAPES = (
    with_history(times(lambda time, number: time)),
    with_history(rich),
    with_history(times(lambda time, number: time * 1000 + number)),
    with_history(times(lambda time, number: time * 1000_000)),
    with_history(times(lambda time, number: time * 1000_000_000)),
    with_history(times(lambda time, number: time + 0.5 if number % 2 else time * 1000.0)),
    with_history(times(lambda time, number: TEXT_TIMES[number % len(TEXT_TIMES)](time))),
    with_history(times(lambda time, number: ODD_TIMES[number % len(ODD_TIMES)])),
    with_history(times(lambda time, number: ODD_TIMES[(number + 6) % len(ODD_TIMES)])),
    with_history(odd_messages),
    with_history(circle),
    with_history(current(history__currentId="{first}")),
    with_history(current(history__currentId="nowhere")),
    with_history(current(history__currentId="{chat}-{first}")),
    with_history(current(history__currentId=None)),
    with_history(current(history__currentId=7, currentId="{first}")),
    with_history(current(history__currentId="", branchPointMessageId="{first}")),
    with_history(current(history__currentId="nowhere", currentId="nor here", branchPointMessageId="{chat}-{first}")),
    list_only,
    list_with_current,
    twice_encoded,
    duplicate_keys,
    lambda random, chat: {},
    lambda random, chat: {"history": {}},
    lambda random, chat: {"history": None, "messages": None},
    lambda random, chat: {"history": {"messages": [{"role": "user"}], "currentId": "a"}},
    lambda random, chat: {"history": "text", "title": 1e5},
    lambda random, chat: "no json",
    lambda random, chat: "",
    lambda random, chat: None,
    lambda random, chat: MISSING,
)


def make(random, number, id, user_id):
    """The chat of that number; the shapes take turns."""
    chat = Chat(id, user_id, FIRST + number * DAY // 8)
    whole = SHAPES[number % len(SHAPES)](random, chat)
    if whole is not MISSING:
        chat.text = whole if isinstance(whole, AsIs) else dumps(whole)
    return chat


def as_rows(chat):
    """The rows of chat_message that a server has: unlike upstream's migration it invents no times."""
    for number, (key, one) in enumerate(chat.messages.items()):
        if isinstance(one, dict) and one.get("role"):
            time = chat.created_at + 60 * number
            yield {"id": f"{chat.id}-{key}", "chat_id": chat.id, "user_id": chat.user_id, "role": one["role"],
                   "parent_id": one.get("parentId"), "content": dumps(one.get("content")), "model_id": one.get("model"),
                   "done": bool(one.get("done", True)), "output": dumps(one.get("output")),
                   "files": dumps(one.get("files")), "sources": dumps(one.get("sources")),
                   "embeds": dumps(one.get("embeds")),
                   "status_history": dumps(one.get("statusHistory")), "error": dumps(one.get("error")),
                   "usage": dumps(one.get("usage")), "created_at": time, "updated_at": time}
