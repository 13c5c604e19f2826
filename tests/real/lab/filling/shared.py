"""Groups, and what an administrator shares with them."""
from lab.filling.site import part_of, pick


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
    some = sorted([["group", site.ids["group"], "read"], *(["user", site.ids["carol"], may] for may in ("read", "write"))])
    grants = {"some": some, "all": EVERYBODY, "none": NOBODY}[how]
    if site.has("0.8.12"):
        names = ("principal_type", "principal_id", "permission")
        return {"access_grants": [dict(zip(names, grant)) for grant in grants]}, grants

    def of(permission):
        return {f"{kind}_ids": [id for what, id, may in grants if (what, may) == (kind, permission)]
                for kind in ("group", "user")}

    return {"access_control": {"some": {"read": of("read"), "write": of("write")}, "all": None, "none": {}}[how]}, grants


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
    model = {"id": "mein-modell", "base_model_id": "llama", "name": "Mein Modell ü",
             "params": {"system": "Be brief. 😀", "temperature": 0.25},
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
