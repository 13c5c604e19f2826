"""What `user passwd` leaves in Redis: the key and the lifetime of the mark, as the settings and the release have them."""
import json
import sqlite3

import pytest
from lab.installation import ADMIN, Installation, people
from lab.parts import NEWEST

OLD, NEW = "the old password", "the new password"
WEEK = 7 * 86400


def store_lifetime(path, lifetime):
    """As the server keeps its setting: a key from 0.12 on, a part of one document before."""
    with sqlite3.connect(path) as database:
        columns = [row[1] for row in database.execute("pragma table_info(config)")]
        if "key" in columns:
            database.execute("insert into config (key, value, updated_at) values (?, ?, 0)", ("auth.jwt_expiry", json.dumps(lifetime)))
        else:
            database.execute("insert into config (data, version) values (?, 0)", (json.dumps({"version": 0, "auth": {"jwt_expiry": lifetime}}),))


def marks(redis):
    """The seconds that each mark has left, by its key."""
    return {key: redis.client().ttl(key) for key in redis.client().keys()}


@pytest.mark.parametrize("release, lifetime, seconds", [
    *((release, *case) for release in ("0.8.12", "0.10.2", "0.11.4") for case in (("4w", 4 * WEEK), (None, -1))),
    *((NEWEST, *case) for case in (("1h30m", 5400), ("1.5d", 129600), ("90s", 90), ("-1", -1), (None, -1)))])
def test_a_mark_lasts_as_long_as_a_sign_in(owctl, redis, make_sqlite, release, lifetime, seconds):
    path = make_sqlite(release)
    if lifetime:
        store_lifetime(path, lifetime)
    site = Installation(owctl, {"DATA_DIR": path.parent, "REDIS_URL": redis.url, "REDIS_KEY_PREFIX": "chat one"})
    made = site.create("a@example.org", password=OLD)
    before = redis.client().time()[0]
    site("user", "passwd", "a@example.org", "--password-stdin", stdin=NEW).ok()
    [[key, left]] = marks(redis).items()
    assert key == f"chat one:auth:user:{made['id']}:revoked_at"
    assert left == seconds or (seconds > 0 and seconds - 10 < left < seconds)
    assert before <= int(redis.client().get(key)) <= redis.client().time()[0]


def test_a_dry_run_leaves_no_mark(owctl, redis, make_sqlite):
    site = Installation(owctl, {"DATA_DIR": make_sqlite("0.11.4").parent, "REDIS_URL": redis.url})
    site.create("a@example.org", password=OLD)
    site("user", "passwd", "a@example.org", "--password-stdin", "--dry-run", stdin=NEW).ok()
    assert marks(redis) == {}


def test_the_mark_is_the_one_that_the_server_itself_would_make(owctl, redis, make_sqlite, start_openwebui):
    path = make_sqlite("0.11.4")
    store_lifetime(path, "2h")
    settings = {"REDIS_URL": redis.url, "REDIS_KEY_PREFIX": "mine"}
    site = Installation(owctl, {"DATA_DIR": path.parent, **settings})
    email, other = people(2)
    site.create(ADMIN[0], "--role", "admin", password=ADMIN[1])
    made = [site.create(address, password=OLD)["id"] for address in (email, other)]
    server = site.server = start_openwebui("0.11.4", path.parent, **settings).wait()
    tokens = [server.token(address, OLD) for address in (email, other)]
    keys = [f"mine:auth:user:{id}:revoked_at" for id in made]
    site("user", "passwd", email, "--password-stdin", stdin=NEW).ok()
    assert (server.whoami(tokens[0]).status, server.whoami(tokens[1]).status) == (401, 200)
    answer = server.post("/api/v1/auths/update/password", {"password": OLD, "new_password": NEW}, tokens[1])
    assert answer.status == 200, answer.body
    ours, theirs = ((len(redis.client().get(key)), redis.client().ttl(key)) for key in keys)
    assert ours[0] == theirs[0] and abs(ours[1] - theirs[1]) < 30 and 7000 < theirs[1] <= 7200
