"""What the releases' own servers are given through their HTTP API, and how 0.12.4 shows it.

Every thing of THINGS is since some release; make(site) makes it on that release's server and answers what is to be seen of it
later, and seen(site, made) asks 0.12.4 for the same. What is made is plain JSON, so it can wait in the cache beside its database.
"""
import typing

from lab.parts import BIRTHPLACES

PASSWORDS = {"ada": "correct horse battery", "bob": "пароль 𝄞 of Bob", "carol": "a third password"}
# On in every release, since they are off at first in some; no provider of embeddings is there.
SETTINGS = {"ENABLE_CHANNELS": "true", "ENABLE_API_KEY": "true", "ENABLE_API_KEYS": "true", "USER_PERMISSIONS_FEATURES_API_KEYS": "true",
            "RAG_OPENAI_API_BASE_URL": "http://127.0.0.1:9/v1", "ENABLE_NOTES": "true"}


def since(release, first):
    return BIRTHPLACES.index(release) >= BIRTHPLACES.index(first) if release in BIRTHPLACES else True


class Site:
    """A server and the tokens of its accounts."""

    def __init__(self, server):
        self.server = server
        self.release = server.release
        self.tokens = {}
        self.ids = {}

    def __call__(self, who, method, path, body=None, allowed=(200,)):
        answer = self.server.request(method, f"/api/v1{path}", body, self.tokens[who])
        assert answer.status in allowed, f"{self.server}: {method} {path}: {answer.status} {answer.body[:600]}"
        return answer.json() if answer.is_json else answer.body

    def get(self, path, who="ada"):
        return self(who, "GET", path)

    def post(self, path, body=None, who="ada", **more):
        return self(who, "POST", path, body if body is not None else {}, **more)

    def sign_in(self, names=PASSWORDS):
        for name in names:
            answer = self.server.signin(f"{name}@example.org", PASSWORDS[name]).json()
            self.tokens[name], self.ids[name] = answer["token"], answer["id"]

    def has(self, first):
        return since(self.release, first)


def pick(answer, *names):
    return {name: answer[name] for name in names}


def part_of(wanted, answer):
    """As much of the answer as is named in `wanted`: 0.12.4 adds to much of it."""
    if isinstance(wanted, dict) and isinstance(answer, dict):
        return {name: part_of(value, answer[name]) for name, value in wanted.items() if name in answer}
    if isinstance(wanted, list) and isinstance(answer, list) and len(wanted) == len(answer):
        return [part_of(*both) for both in zip(wanted, answer)]
    return answer


# --- accounts

def make_accounts(site):
    answer = site.server.signup("Ada", "ada@example.org", PASSWORDS["ada"])
    assert answer.status == 200, answer.body
    site.sign_in(["ada"])
    for name, role in (("bob", "user"), ("carol", "user")):
        added = site.server.add_user(site.tokens["ada"], f"{name.capitalize()} Ünï 𝄞", f"{name}@example.org", PASSWORDS[name], role)
        assert added.status == 200, added.body
    site.sign_in()
    return {name: pick(site.get("/auths/", name), "id", "email", "name", "role") for name in PASSWORDS}


def seen_accounts(site, _):
    site.sign_in()
    return {name: pick(site.get("/auths/", name), "id", "email", "name", "role") for name in PASSWORDS}


def make_settings(site):
    ui = {"theme": "dark", "notifications": {"webhook_url": ""}, "system": "Sprich Deutsch, bitte: äöü 😀", "pinnedModels": ["m"]}
    return {name: site.post("/users/user/settings/update", {"ui": ui | {"title": name}}, name) for name in PASSWORDS}


def seen_settings(site, made):
    return {name: part_of(made[name], site.get("/users/user/settings", name)) for name in made}


def make_info(site):
    site.post("/users/user/info/update", {"location": "Zürich", "since": 1999}, "bob")
    return site.get("/users/user/info", "bob")


def seen_info(site, _):
    return site.get("/users/user/info", "bob")


def make_api_key(site):
    return site.post("/auths/api_key", who="ada")["api_key"]


def seen_api_key(site, made):
    """As the owner is shown it, and as long as it signs him in."""
    site.tokens["key"] = made
    assert site.get("/chats/", "key") == site.get("/chats/") != []
    return site.get("/auths/api_key")["api_key"]


# --- chats

def message(id, parent, children, role, content):
    return {"id": id, "parentId": parent, "childrenIds": children, "role": role, "content": content, "timestamp": 1700000000 + int(id[1:]),
            "models": ["llama"]} | ({"model": "llama", "modelName": "Llama", "done": True} if role == "assistant" else {})


def conversation(title):
    """With a branch: the second question was edited, so that m2 has two children."""
    messages = [message("m1", None, ["m2"], "user", f"{title}? ünï 𝄞 \\ \" \t \u2028"),
                message("m2", "m1", ["m3", "m5"], "assistant", "Jawohl! 😀\n```c\nint main(void);\n```"),
                message("m3", "m2", ["m4"], "user", "first try"), message("m4", "m3", [], "assistant", "no"),
                message("m5", "m2", ["m6"], "user", "second try"), message("m6", "m5", [], "assistant", "да")]
    shown = [one for one in messages if one["id"] not in ("m3", "m4")]
    return {"id": "", "title": title, "models": ["llama"], "params": {}, "files": [], "tags": [], "timestamp": 1700000000000,
            "history": {"messages": {one["id"]: one for one in messages}, "currentId": "m6"}, "messages": shown}


def make_chats(site):
    def new(who, title):
        return site.post("/chats/new", {"chat": conversation(title)}, who)["id"]

    site.post("/folders/", {"name": "Ordner ü"}, "bob")
    [folder] = site.get("/folders/", "bob")
    chats = {f"{who} {what}": new(who, f"{what} of {who} 😀") for who in ("ada", "bob") for what in ("plain", "busy", "archived", "shared")}
    for name, id in chats.items():
        who, what = name.split()
        if what == "busy":
            for tag in ("Work", "Größe A"):
                site.post(f"/chats/{id}/tags", {"name": tag}, who)
            site.post(f"/chats/{id}/pin", who=who)
        elif what == "archived":
            site.post(f"/chats/{id}/archive", who=who)
        elif what == "shared":
            site.post(f"/chats/{id}/share", who=who)
            if site.has("0.9.6"):  # before, whoever had the link could read it
                open_to_all = [{"principal_type": "user", "principal_id": "*", "permission": "read"}]
                site.post(f"/chats/shared/{id}/access/update", {"access_grants": open_to_all})
    site.post(f"/chats/{chats['bob busy']}/folder", {"folder_id": folder["id"]}, "bob")
    made = {name: of_chat(site, name.split()[0], id) for name, id in chats.items()}
    assert sum(bool(chat["share_id"]) for chat in made.values()) == 2 and made["bob busy"]["folder_id"] == folder["id"]
    return {"chats": made, "lists": {who: of_lists(site, who) for who in ("ada", "bob")}}


def of_chat(site, who, id):
    chat = site.get(f"/chats/{id}", who)
    tags = sorted(tag["name"] for tag in site.get(f"/chats/{id}/tags", who))
    content = {name: value for name, value in chat["chat"].items() if name != "messages"}
    return pick(chat, "id", "user_id", "title", "archived", "pinned", "folder_id", "share_id", "created_at") | {"tags": tags, "chat": content}


def of_lists(site, who):
    return {"archived": sorted(chat["title"] for chat in site.get("/chats/archived", who)),
            "pinned": sorted(chat["title"] for chat in site.get("/chats/pinned", who)),
            "tags": sorted(tag["name"] for tag in site.get("/chats/all/tags", who)),
            "folders": [pick(folder, "id", "name", "parent_id") for folder in site.get("/folders/", who)]}


def seen_chats(site, made):
    chats = {name: of_chat(site, name.split()[0], chat["id"]) for name, chat in made["chats"].items()}
    for name, chat in made["chats"].items():
        if chat["share_id"]:
            shared = site.get(f"/chats/share/{chat['share_id']}", "carol")
            assert shared["title"] == chat["title"]
            assert part_of(chat["chat"]["history"], shared["chat"]["history"]) == chat["chat"]["history"]
    return {"chats": part_of(made["chats"], chats), "lists": {who: of_lists(site, who) for who in made["lists"]}}


# --- groups and grants

def make_group(site):
    form = {"name": "Gruppe ü", "description": "of tests", "permissions": {}}  # 0.6.18 answers 500 to members of one without
    group = site.post("/groups/create", form)
    members = [site.ids["bob"], site.ids["carol"]]
    if site.has("0.6.43"):
        site.post(f"/groups/id/{group['id']}/users/add", {"user_ids": members})
    else:
        site.post(f"/groups/id/{group['id']}/update", form | {"user_ids": members})
    site.ids["group"] = group["id"]
    return pick(group, "id", "name", "description") | {"members": sorted(members)}


def seen_group(site, made):
    group = site.get(f"/groups/id/{made['id']}")
    members = site.post(f"/groups/id/{made['id']}/users")
    return pick(group, "id", "name", "description") | {"members": sorted(member["id"] for member in members)}


EVERYBODY, NOBODY = [["user", "*", "read"]], []


def shared_with(site, how="some"):
    """(fields of the form, the grants that 0.12.4 is to show). Before access control everything was everybody's to use."""
    if not site.has("0.4.8"):
        return {}, EVERYBODY
    grants = {"some": sorted([["group", site.ids["group"], "read"], ["user", site.ids["carol"], "read"], ["user", site.ids["carol"], "write"]]),
              "all": EVERYBODY, "none": NOBODY}[how]
    if site.has("0.8.12"):
        return {"access_grants": [dict(zip(("principal_type", "principal_id", "permission"), grant)) for grant in grants]}, grants
    of = {permission: {f"{kind}_ids": [id for what, id, may in grants if (what, may) == (kind, permission)] for kind in ("group", "user")}
          for permission in ("read", "write")}
    return {"access_control": {"some": of, "all": None, "none": {}}[how]}, grants


def grants_of(answer):
    return sorted([grant["principal_type"], grant["principal_id"], grant["permission"]] for grant in answer["access_grants"])


def make_prompts(site):
    made = []
    for how in ("some", "all", "none"):
        form, grants = shared_with(site, how)
        named = "name" if site.has("0.8.12") else "title"
        slash = "" if site.has("0.8.12") else "/"
        text = {"command": f"{slash}prompt-{how}", named: f"Prompt {how} é", "content": "Say {{CLIPBOARD}} 😀"}
        site.post("/prompts/create", text | form)
        made.append({"command": f"prompt-{how}", "name": text[named], "content": text["content"], "grants": grants})
    return made


def seen_prompts(site, made):
    shown = {prompt["command"]: prompt for prompt in site.get("/prompts/")}
    return [pick(prompt := shown[one["command"]], "command", "name", "content") | {"grants": grants_of(prompt)} for one in made]


def make_models(site):
    form, grants = shared_with(site)
    model = {"id": "mein-modell", "base_model_id": "llama", "name": "Mein Modell ü", "params": {"system": "Be brief. 😀", "temperature": 0.25},
             "meta": {"description": "of tests", "capabilities": {"vision": True}, "tags": [{"name": "Fast"}]}}
    site.post("/models/create" if site.has("0.4.8") else "/models/add", model | form)
    return model | {"grants": grants}


def seen_models(site, made):
    model = site.get(f"/models/model?id={made['id']}")
    return part_of(made, model | {"grants": grants_of(model)})


TOOL = '''class Tools:
    def __init__(self):
        pass

    def greet(self, name: str) -> str:
        """
        Greets. ü
        :param name: whom
        """
        return "hello " + name
'''
FUNCTION = '''from pydantic import BaseModel


class Filter:
    class Valves(BaseModel):
        priority: int = 0

    def __init__(self):
        self.valves = self.Valves()

    def inlet(self, body: dict) -> dict:
        return body
'''


def make_tools(site):
    form, grants = shared_with(site)
    tool = {"id": "greeter", "name": "Greeter", "content": TOOL, "meta": {"description": "greets ü"}}
    site.post("/tools/create", tool | form)
    return tool | {"grants": grants}


def seen_tools(site, made):
    tool = site.get(f"/tools/id/{made['id']}")
    assert [spec["name"] for spec in tool["specs"]] == ["greet"]
    return part_of(made, tool | {"grants": grants_of(tool)})


def make_functions(site):
    function = {"id": "sieve", "name": "Sieve", "content": FUNCTION, "meta": {"description": "filters ü"}}
    site.post("/functions/create", function)
    site.post("/functions/id/sieve/toggle")
    site.post("/functions/id/sieve/valves/update", {"priority": 7})
    return function | {"type": "filter", "is_active": True, "is_global": False, "valves": {"priority": 7}}


def seen_functions(site, made):
    return part_of(made, site.get("/functions/id/sieve") | {"valves": site.get("/functions/id/sieve/valves")})


# --- documents

def make_knowledge(site):
    """A file, and a collection with it. Older releases take the list of its files as the collection's own data."""
    file = site.server.upload("/api/v1/files/", "über.txt", "Grüße, 世界\n".encode(), site.tokens["ada"])
    assert file.status == 200, file.body
    file = file.json()
    form, grants = shared_with(site)
    data = {} if site.has("0.6.43") else {"data": {"file_ids": [file["id"]]}}
    knowledge = site.post("/knowledge/create", {"name": "Wissen", "description": "of tests ü"} | data | form)
    if site.has("0.6.43"):
        site.post(f"/knowledge/{knowledge['id']}/file/add", {"file_id": file["id"]})
    return {"file": pick(file, "id", "filename") | {"user_id": site.ids["ada"]}, "knowledge": pick(knowledge, "id", "name", "description") | {"user_id": site.ids["ada"]}, "grants": grants}


def seen_knowledge(site, made):
    file = site.get(f"/files/{made['file']['id']}")
    content = site.server.get(f"/api/v1/files/{file['id']}/content", site.tokens["ada"])
    assert content.body.decode() == "Grüße, 世界\n"
    knowledge = site.get(f"/knowledge/{made['knowledge']['id']}")
    files = site.get(f"/knowledge/{knowledge['id']}/files")
    assert [one["id"] for one in files["items"]] == [file["id"]]
    return {"file": pick(file, *made["file"]), "knowledge": pick(knowledge, *made["knowledge"]), "grants": grants_of(knowledge)}


# --- what else people write

def make_memory(site):
    """It is kept before its embedding fails."""
    site.post("/memories/add", {"content": "Bob mag Käse 😀"}, "bob", allowed=(200, 400, 500))
    [memory] = site.get("/memories/", "bob")
    return pick(memory, "id", "content", "user_id", "created_at")


def seen_memory(site, made):
    [memory] = site.get("/memories/", "bob")
    return pick(memory, *made)


def make_feedback(site):
    form = {"type": "rating", "data": {"rating": 1, "model_id": "llama", "reason": "good ü", "tags": ["fine"]},
            "meta": {"message_id": "m6", "arena": False}, "snapshot": {"chat": {"title": "a snapshot 😀"}}}
    feedback = site.post("/evaluations/feedback", form, "bob")
    return pick(feedback, "id", "user_id", "type", "data", "meta", "snapshot")


def seen_feedback(site, made):
    return part_of(made, site.get(f"/evaluations/feedback/{made['id']}", "bob"))


def make_config(site):
    banner = {"id": "b1", "type": "info", "title": "Achtung ü", "content": "Wartung 😀", "dismissible": True, "timestamp": 1700000000}
    site.post("/configs/banners", {"banners": [banner]})
    suggestion = {"title": ["Erzähl", "mir was"], "content": "Erzähl mir was Schönes"}
    site.post("/configs/suggestions" if site.has("0.4.8") else "/configs/default/suggestions", {"suggestions": [suggestion]})
    return {"banners": [banner], "suggestions": [suggestion]}


def seen_config(site, made):
    told = site.server.get("/api/config", site.tokens["ada"]).json()
    return {"banners": part_of(made["banners"], site.get("/configs/banners")), "suggestions": told["default_prompt_suggestions"]}


def make_channel(site):
    channel = site.post("/channels/create", {"name": "allgemein", "description": "of tests ü", "access_control": None})
    path = f"/channels/{channel['id']}/messages"
    first = site.post(f"{path}/post", {"content": "Hallo 😀", "data": {}, "meta": {}})
    answer = site.post(f"{path}/post", {"content": "eine Antwort", "parent_id": first["id"], "data": {}, "meta": {}})
    site.post(f"{path}/{first['id']}/reactions/add", {"name": "thumbsup"})
    return {"channel": pick(channel, "id", "name", "description", "user_id", "created_at"),
            "messages": [pick(one, "id", "user_id", "content", "parent_id", "created_at") for one in (first, answer)],
            "reactions": {"thumbsup": [site.ids["ada"]]}}


def seen_channel(site, made):
    path = f"/channels/{made['channel']['id']}"
    [first] = site.get(f"{path}/messages")
    thread = site.get(f"{path}/messages/{first['id']}/thread")
    shown = {one["id"]: one for one in [first, *thread]}
    reactions = {one["name"]: [user if isinstance(user, str) else user["id"] for user in one.get("users", one.get("user_ids"))]
                 for one in first["reactions"]}
    return {"channel": pick(site.get(path), *made["channel"]),
            "messages": [pick(shown[one["id"]], *one) for one in made["messages"]], "reactions": reactions}


def make_note(site):
    form, grants = shared_with(site)
    note = site.post("/notes/create", {"title": "Notiz ü", "data": {"content": {"md": "# Eins 😀", "html": "<h1>Eins</h1>", "json": None}},
                                       "meta": {"of": "tests"}} | form)
    return pick(note, "id", "user_id", "title", "data", "meta", "created_at") | {"grants": grants}


def seen_note(site, made):
    note = site.get(f"/notes/{made['id']}")
    return part_of(made, note | {"grants": grants_of(note)})


def make_skill(site):
    form, grants = shared_with(site)
    skill = {"id": "kochen", "name": "Kochen ü", "description": "of tests", "content": "# Wasser 😀"}
    site.post("/skills/create", skill | form)
    return skill | {"grants": grants}


def seen_skill(site, made):
    skill = site.get(f"/skills/id/{made['id']}")
    return part_of(made, skill | {"grants": grants_of(skill)})


class Thing(typing.NamedTuple):
    since: str
    make: typing.Callable
    seen: typing.Callable


# In the order in which they can be made.
THINGS = {
    "accounts": Thing("0.3.35", make_accounts, seen_accounts),
    "settings": Thing("0.3.35", make_settings, seen_settings),
    "info": Thing("0.3.35", make_info, seen_info),
    "API key": Thing("0.3.35", make_api_key, seen_api_key),
    "group": Thing("0.4.8", make_group, seen_group),
    "chats": Thing("0.3.35", make_chats, seen_chats),
    "prompts": Thing("0.3.35", make_prompts, seen_prompts),
    "models": Thing("0.3.35", make_models, seen_models),
    "tools": Thing("0.3.35", make_tools, seen_tools),
    "functions": Thing("0.3.35", make_functions, seen_functions),
    "knowledge": Thing("0.3.35", make_knowledge, seen_knowledge),
    "memory": Thing("0.3.35", make_memory, seen_memory),
    "feedback": Thing("0.3.35", make_feedback, seen_feedback),
    "config": Thing("0.3.35", make_config, seen_config),
    "channel": Thing("0.5.20", make_channel, seen_channel),
    "note": Thing("0.6.18", make_note, seen_note),
    "skill": Thing("0.8.12", make_skill, seen_skill),
}


def fill(server):
    """What was made, by its name in THINGS."""
    site = Site(server)
    return {name: thing.make(site) for name, thing in THINGS.items() if site.has(thing.since)}


def seen(server, made):
    """The same of a server of 0.12.4; equal to `made` if nothing was lost."""
    site = Site(server)
    return {name: THINGS[name].seen(site, was) for name, was in made.items()}
