"""Chats with branches, and how people put them in order."""
from lab.filling.site import part_of, pick


def message(id, parent, children, role, content):
    more = {"model": "llama", "modelName": "Llama", "done": True} if role == "assistant" else {}
    return {"id": id, "parentId": parent, "childrenIds": children, "role": role, "content": content,
            "timestamp": 1700000000 + int(id[1:]), "models": ["llama"]} | more


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
    chats = {f"{who} {what}": new(who, f"{what} of {who} 😀")
             for who in ("ada", "bob") for what in ("plain", "busy", "archived", "shared")}
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
    plain = pick(chat, "id", "user_id", "title", "archived", "pinned", "folder_id", "share_id", "created_at")
    return plain | {"tags": tags, "chat": content}


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
