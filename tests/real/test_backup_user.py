"""`owctl backup restore --user`: what belongs to one person, added to an installation that goes on, where it is missing."""
import json

import pytest

from lab.backups import exactly, meaning
from test_backup import OTHER, at_head, filled, keys, place, repository  # noqa: F401 (fixtures)
from test_backup_replace import ENGINES, ask, run
from test_old_database import connected

ROWS = {
    "user": {"id": "ann", "email": "Ann@Example.com", "name": "Ann", "role": "user", "profile_image_url": "/user.png", "last_active_at": 1,
             "created_at": 10**11, "updated_at": 1},
    "auth": {"id": "ann", "email": "Ann@Example.com", "password": "hash", "active": True},
    "chat": {"id": "c1", "user_id": "ann", "title": "tab\there\\", "chat": json.dumps({"history": "ü\n"}), "created_at": 1, "updated_at": 1},
    "chat_message": {"id": "c1-m1", "chat_id": "c1", "user_id": "ann", "role": "user", "content": '"hello"', "created_at": 1, "updated_at": 1},
    "folder": {"id": "f1", "user_id": "ann", "name": "work", "is_expanded": False, "created_at": 1, "updated_at": 1},
    "tag": {"id": "t1", "user_id": "ann", "name": "t1"},
    "file": {"id": "u1", "user_id": "ann", "filename": "one.txt", "path": "/before/uploads/u1_one.txt", "created_at": 1, "updated_at": 1},
    "note": {"id": "n1", "user_id": "ann", "title": "n", "created_at": 1, "updated_at": 1},
    "group": {"id": "g1", "user_id": "ann", "name": "g", "created_at": 1, "updated_at": 1},
    "group_member": {"id": "gm1", "group_id": "g1", "user_id": "ann", "created_at": 1, "updated_at": 1},
    "api_key": {"id": "key_ann", "user_id": "ann", "key": "sk-1", "created_at": 1, "updated_at": 1},
}
MORE = [("chat_message", {"id": "c1-m2", "chat_id": "c1", "user_id": "somebody", "role": "assistant", "created_at": 1, "updated_at": 1}),
        ("chat", ROWS["chat"] | {"id": "c2", "title": "second"}),
        ("chat_message", ROWS["chat_message"] | {"id": "c2-m1", "chat_id": "c2"})]
FILES = {"uploads/u1_one.txt": b"hers", "uploads/other.txt": b"not hers", "vector_db/a/b.bin": b"3"}
GONE = [f'delete from "{table}" where {column} = \'ann\'' for table, column in [
    ("chat", "user_id"), ("folder", "user_id"), ("tag", "user_id"), ("file", "user_id"), ("note", "user_id"), ("group_member", "user_id"),
    ("api_key", "user_id"), ("auth", "id"), ("user", "id")]]


def insert(place, table, row):  # noqa: F811
    with connected(place.url) as connection:
        marks = ", ".join(["%s" if place.url.startswith("postgresql") else "?"] * len(row))
        connection.execute(f'insert into "{table}" ({", ".join(row)}) values ({marks})', list(row.values()))
        connection.commit()


@pytest.fixture
def before(filled):  # noqa: F811
    """before(engine): an installation with a person, ann."""
    def make(engine):
        made = filled("small", engine, FILES)
        for table, row in [*ROWS.items(), *MORE]:
            insert(made, table, row)
        return made

    return make


@pytest.fixture
def now(place):  # noqa: F811
    """now(before, *statements): the same some time later, without files."""
    def make(before, *statements):  # noqa: F811
        made = place("postgresql" if before.url.startswith("postgresql") else "sqlite", before.url)
        run(made, *statements)
        return made

    return make


def user(repository, place, *words, email="ann@example.com"):  # noqa: F811
    return repository.restore(place, "--user", email, *words)


def clean(place, *messages):  # noqa: F811
    """SQLite takes nothing along."""
    run(place, "delete from chat_message where chat_id in (select id from chat where user_id = 'ann')", *GONE)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_person_who_was_deleted_is_back(repository, owctl, before, now, engine):
    then = before(engine)
    repository.create(then)
    later = now(then)
    whole = exactly(later.url)
    clean(later)
    without = exactly(later.url)
    said = user(repository, later).ok()
    assert (said.json()["outcome"], said.json()["rows"], said.json()["files"]) == ("would restore", 12, 1)
    assert "say --yes" in said.err and "chats: 2 to add, 0 already there" in said.err and "with the role user" in said.err
    assert user(repository, later, "--yes", "--dry-run").ok().json()["outcome"] == "would restore"
    assert exactly(later.url) == without and later.files() == {}
    said = user(repository, later, "--yes").ok().json()
    assert (said["outcome"], said["rows"], said["there"], said["files"]) == ("restored", 12, 0, 1)
    assert later.files() == {"uploads/u1_one.txt": b"hers"}
    found = exactly(later.url)
    assert {table for table in found if found[table] != whole[table]} == {"api_key"}
    assert owctl("--database", later.url, "user", "show", "ann@example.com").ok()
    said = user(repository, later, "--yes").ok().json()
    assert (said["rows"], said["there"]) == (0, 7) and exactly(later.url) == found


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_there_stays_as_it_is(repository, before, now, engine):
    """One chat has gone; of the other a message, on purpose. A group was left, the password is another one."""
    then = before(engine)
    repository.create(then)
    later = now(then, "delete from chat_message where chat_id = 'c2'", "delete from chat where id = 'c2'", "delete from chat_message where id = 'c1-m2'",
                "update chat set title = 'of today' where id = 'c1'", "delete from group_member where user_id = 'ann'", "delete from api_key where user_id = 'ann'",
                "update auth set password = 'new' where id = 'ann'", "update \"user\" set role = 'pending' where id = 'ann'")
    old = exactly(later.url)
    said = user(repository, later, "--yes", "--database-only").ok()
    assert "chats: 1 to add, 1 already there" in said.err and (said.json()["rows"], said.json()["there"]) == (2, 6)
    new = exactly(later.url)
    assert {table for table in new if new[table] != old[table]} == {"chat", "chat_message"}
    assert set(old["chat"]) < set(new["chat"]) and len(new["chat"]) == len(old["chat"]) + 1
    assert ask(later, "select id from chat_message where chat_id in ('c1', 'c2') order by id") == [("c1-m1",), ("c2-m1",)]
    assert ask(later, "select title from chat where id in ('c1', 'c2') order by id") == [("of today",), ("second",)]


@pytest.mark.parametrize("target", ENGINES)
def test_to_the_other_engine(repository, before, target):
    then, later = before(OTHER[target]), before(target)
    repository.create(then)
    meant = meaning(later.url)
    clean(later)
    said = user(repository, later, "--yes").ok().json()
    assert (said["rows"], said["files"]) == (12, 1)
    found = meaning(later.url)
    assert {table for table in found if found[table] != meant[table]} == {"api_key"}
    assert found["chat"] == meant["chat"] and found["chat_message"] == meant["chat_message"]


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_that_refer_to_what_is_gone_are_left_out(repository, before, now, engine):
    then = before(engine)
    repository.create(then)
    later = now(then)
    clean(later)
    run(later, "delete from \"group\" where id = 'g1'")
    said = user(repository, later, "--yes").ok()
    assert "group memberships: 0 to add, 0 already there, 1 left out" in said.err and said.json()["rows"] == 11
    assert ask(later, "select * from group_member where user_id = 'ann'") == [] == ask(later, "select * from \"group\" where id = 'g1'")


@pytest.mark.parametrize("engine", ENGINES)
def test_whoever_may_be_somebody_else_is_refused(repository, before, now, engine):
    then = before(engine)
    repository.create(then)
    later = now(then, "update \"user\" set email = 'other@example.com' where id = 'ann'")
    old = exactly(later.url)
    assert "is that of other@example.com now" in user(repository, later, "--yes").ended(2).err
    assert "did you mean ann@example.com" in user(repository, later, "--yes", email="an@example.com").ended(65).err
    for words in "--replace", "--files-only":
        user(repository, later, "--yes", words).ended(64)
    assert exactly(later.url) == old and later.files() == {}
    clean(later)
    insert(later, "user", ROWS["user"] | {"id": "new", "email": "ann@example.com"})
    assert "user merge" in user(repository, later, "--yes").ended(2).err
    run(later, "update alembic_version set version_num = '3ff2c63645b8'")
    assert "3ff2c63645b8" in user(repository, later, "--yes").ended(2).err


@pytest.mark.parametrize("engine", ENGINES)
def test_another_content_under_the_files_name_stops_it(repository, before, now, engine):
    then = before(engine)
    repository.create(then)
    later = now(then)
    clean(later)
    later.write({"uploads/u1_one.txt": b"another"})
    old = exactly(later.url)
    assert "another one is there" in user(repository, later, "--yes").ended(2).err
    assert exactly(later.url) == old


def test_beside_a_reader(repository, before, now):
    """A server goes on."""
    then = before("postgresql")
    repository.create(then)
    later = now(then)
    clean(later)
    with connected(later.url) as connection:
        connection.execute("select * from chat").fetchall()
        user(repository, later, "--yes").ok()


def test_row_that_postgresql_does_not_take(repository, before):
    then, later = before("sqlite"), before("postgresql")
    run(then, "update note set title = 'a' || char(0) where id = 'n1'")
    repository.create(then)
    clean(later)
    old = exactly(later.url)
    said = user(repository, later, "--yes").ended(65)
    assert "note, id n1" in said.err and exactly(later.url) == old


def test_odd_values_come_back_with_their_rows(repository, before, now):
    """Behind many rows of others: what is told of a row goes by its number among those that are taken."""
    then = before("sqlite")
    run(then, "update note set title = x'00ff' where id = 'n1'", "update chat set title = 2.5 where id = 'c2'", "update chat set title = x'01' where id not in ('c1', 'c2')")
    repository.create(then)
    later = now(then)
    whole = exactly(later.url)
    clean(later)
    user(repository, later, "--yes").ok()
    found = exactly(later.url)
    assert {table for table in found if found[table] != whole[table]} == {"api_key"}
    assert ask(later, "select typeof(title) from note where id = 'n1'") == [("blob",)]
