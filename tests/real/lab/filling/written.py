"""Documents and what else people write."""
from lab.filling.shared import grants_of, shared_with
from lab.filling.site import part_of, pick


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
    owner = {"user_id": site.ids["ada"]}
    return {"file": pick(file, "id", "filename") | owner, "knowledge": pick(knowledge, "id", "name", "description") | owner,
            "grants": grants}


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
    data = {"rating": 1, "model_id": "llama", "reason": "good ü", "tags": ["fine"]}
    form = {"type": "rating", "data": data, "meta": {"message_id": "m6", "arena": False},
            "snapshot": {"chat": {"title": "a snapshot 😀"}}}
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
    banners = part_of(made["banners"], site.get("/configs/banners"))
    return {"banners": banners, "suggestions": told["default_prompt_suggestions"]}


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
    content = {"md": "# Eins 😀", "html": "<h1>Eins</h1>", "json": None}
    note = site.post("/notes/create", {"title": "Notiz ü", "data": {"content": content}, "meta": {"of": "tests"}} | form)
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
