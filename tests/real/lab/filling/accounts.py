"""Accounts, and what is theirs alone."""
from lab.filling.site import PASSWORDS, part_of, pick


def make_accounts(site):
    answer = site.server.signup("Ada", "ada@example.org", PASSWORDS["ada"])
    assert answer.status == 200, answer.body
    site.sign_in(["ada"])
    for name, role in (("bob", "user"), ("carol", "user")):
        full_name = f"{name.capitalize()} Ünï 𝄞"
        added = site.server.add_user(site.tokens["ada"], full_name, f"{name}@example.org", PASSWORDS[name], role)
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
