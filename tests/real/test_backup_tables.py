"""`owctl backup restore --replace --tables`: the rows of some tables as they were, and nothing else of a database that goes on."""
import pytest

from lab.backups import exactly, meaning
from test_backup import FILES, OTHER, at_head, filled, keys, place, repository  # noqa: F401 (fixtures)
from test_backup_replace import ENGINES, ask, run
from test_old_database import connected


def rows(repository, place, tables, *words):  # noqa: F811
    return repository.restore(place, "--replace", "--tables", tables, "--yes", *words)


@pytest.fixture
def live(filled):  # noqa: F811
    """live(engine): the snapshot's installation some time later, with a table and a column of its owner's."""
    def make(engine):
        made = filled("small", engine, {})
        run(made, "delete from prompt where id = (select min(id) from prompt)", "update prompt set content = 'of today'", "delete from tag",
            "update note set title = 'of today'", "create table own (id integer)")
        return made

    return make


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("engine", ENGINES)
def test_rows_of_these_tables_alone(repository, filled, live, engine, target):  # noqa: F811
    before, now = filled("small", engine, FILES), live(target)
    repository.create(before)
    old = exactly(now.url)
    meant = {table: meaning(before.url)[table] for table in ("prompt", "tag")}
    said = rows(repository, now, "prompt,tag").ok()
    assert (said.json()["rows"], said.json()["files"]) == (sum(map(len, meant.values())), 0)
    assert f"prompt ({len(meant['prompt']) - 1} rows, and {len(meant['prompt'])} then)" in said.err
    new = exactly(now.url)
    assert {table for table in new if new[table] != old[table]} == {"prompt", "tag"} and now.files() == {}
    assert {table: meaning(now.url)[table] for table in meant} == meant
    rows(repository, now, "note", "--database-only").ok()
    assert meaning(now.url)["note"] == meaning(before.url)["note"]
    repository.create(now)
    assert repository.verify("--read-data") == []


@pytest.mark.parametrize("target", ENGINES)
def test_tables_and_keys_stay_as_they_are(repository, owctl, filled, live, target):  # noqa: F811
    """Also those that have to be taken away meanwhile, of others' tables too."""
    now, before = live(target), filled("small", target, {})
    repository.create(before)
    run(now, "create table refers (chat text references chat (id) on delete cascade)", "insert into refers select id from chat",
        "alter table chat add column mine text default 'new'", "create index my_index on chat (title)", "update chat set title = 'of today'")
    found = owctl("--database", now.url, "-o", "json", "migrate", "verify").json()
    said = rows(repository, now, "chat").ok()
    assert "not in the snapshot" in said.err and "chat.mine" in said.err
    assert owctl("--database", now.url, "-o", "json", "migrate", "verify").json() == found
    assert ask(now, "select count(*) from refers") == ask(before, "select count(*) from chat")
    assert ask(now, "select distinct mine from chat") == [("new",)] and ask(now, "select id, title from chat order by id") == ask(before, "select id, title from chat order by id")
    if target == "postgresql":
        assert ask(now, "select convalidated, confdeltype from pg_constraint where conname = 'refers_chat_fkey'") == [(True, "c")]


@pytest.mark.parametrize("target", ENGINES)
def test_keys_that_would_lead_nowhere_stop_it(repository, filled, live, target):  # noqa: F811
    """A chat since then with a message; and a message whose chat is gone."""
    before, now = filled("small", target, {}), live(target)
    repository.create(before)
    run(now, "update chat_message set chat_id = 'new' where id = (select min(id) from chat_message)" if target == "sqlite" else "select 1")
    [(user,)] = ask(now, "select min(id) from \"user\"")
    run(now, f"insert into chat (id, user_id, title, chat, created_at, updated_at) values ('since', '{user}', 't', '{{}}', 1, 1)",
        f"insert into chat_message (id, chat_id, user_id, role, created_at, updated_at) values ('since', 'since', '{user}', 'user', 1, 1)")
    old = exactly(now.url)
    said = rows(repository, now, "chat").ended(2)
    assert "table chat_message, chat_id since: no such row in chat" in said.err and "nothing was changed" in said.err
    assert "chat_id new:" not in said.err and exactly(now.url) == old
    rows(repository, now, "chat,chat_message").ok()
    assert ask(now, "select count(*) from chat where id = 'since'") == [(0,)]
    [(chat,)] = ask(now, "select min(chat_id) from chat_message")
    run(now, f"delete from chat_message where chat_id = '{chat}'", f"delete from chat where id = '{chat}'")
    old = exactly(now.url)
    assert f"chat_id {chat}: no such row" in rows(repository, now, "chat_message").ended(2).err
    assert exactly(now.url) == old


@pytest.mark.parametrize("target", ENGINES)
def test_what_can_not_be_is_told_and_nothing_changes(repository, filled, live, place, target):  # noqa: F811
    before, now = filled("small", "sqlite", FILES), live(target)
    repository.create(before)
    old = exactly(now.url)
    assert "did you mean prompt?" in rows(repository, now, "promt").ended(65).err
    rows(repository, now, ",").ended(64)
    assert "say --replace" in repository.restore(now, "--tables", "prompt").ended(64).err
    assert "Replace these rows" in repository.restore(now, "--replace", "--tables", "prompt").ended(64).err
    said = repository.restore(now, "--replace", "--tables", "prompt", "--dry-run").ok()
    assert said.json()["outcome"] == "would restore" and "and 0 then" not in said.err
    with connected(now.url) as connection:
        connection.execute("select 1 from chat").fetchall()
        assert "is in use" in rows(repository, now, "prompt").ended(75).err
    assert exactly(now.url) == old and now.files() == {}
    rows(repository, place(target), "prompt").ended(78 if target == "sqlite" else 2)
    run(now, "alter table prompt rename column content to other")
    assert "no column content in table prompt" in rows(repository, now, "prompt").ended(2).err
    run(now, "drop table prompt")
    assert "has no table prompt" in rows(repository, now, "prompt").ended(2).err
    run(now, "update alembic_version set version_num = '3ff2c63645b8'")
    assert "3ff2c63645b8" in rows(repository, now, "note").ended(2).err


def test_row_that_is_refused_leaves_the_old_ones(repository, filled, live, tmp_path):  # noqa: F811
    before, now = filled("small", "sqlite", {}), live("postgresql")
    run(before, "update memory set content = 'a' || char(0)")
    repository.create(before)
    old = exactly(now.url)
    assert "memory, id" in rows(repository, now, "memory").ended(65).err
    assert exactly(now.url) == old
    rows(repository, now, "memory", "--set-aside", tmp_path / "aside").ended(2)
    assert ask(now, "select * from memory") == [] and "COPY" in (tmp_path / "aside").read_text()
