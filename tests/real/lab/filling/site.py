"""A server that things are made on or seen by, with the accounts that do it."""
from lab.parts import BIRTHPLACES

PASSWORDS = {"ada": "correct horse battery", "bob": "пароль 𝄞 of Bob", "carol": "a third password"}
# What is off at first in some releases. Nobody provides embeddings there.
ON = ("ENABLE_CHANNELS", "ENABLE_API_KEY", "ENABLE_API_KEYS", "USER_PERMISSIONS_FEATURES_API_KEYS", "ENABLE_NOTES")
SETTINGS = dict.fromkeys(ON, "true") | {"RAG_OPENAI_API_BASE_URL": "http://127.0.0.1:9/v1"}


def since(release, first):
    return release not in BIRTHPLACES or BIRTHPLACES.index(release) >= BIRTHPLACES.index(first)


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
