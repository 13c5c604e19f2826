"""`owctl migrate up` is killed between two pages, the old server is started again and writes, and the next `migrate up` goes on: what
was written is brought over, also where its page was done before."""
import bisect

import pytest

from lab.cut_off import COMMITS
from lab.owctl import check_sanitizers
from lab.process import wait_until
from test_migrate_failures import held
from test_migrate_kills import WAIT, cut_off, standing, up  # noqa: F401 (cut_off is a fixture)
from test_migrate_online import check_nothing_is_lost, conversation, nothing_of_owctl_stays
from test_migrate_rows import IDS, OLDEST, migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, copied, copy, engine, kept  # noqa: F401 (fixtures)

ROWS = 30
EVERY_PAGE = {"OWCTL_MIGRATE_COMMIT_MS": "0", "OWCTL_MIGRATE_PAGE_ROWS": "6"}


@pytest.fixture
def half_done(cut_off, old, copy, kept, engine, postgresql, tmp_path_factory):  # noqa: F811
    """half_done(revision, start): a database that was killed at the first commit between two pages of the revision."""
    def make(revision, start, *words, rows=6):
        key = (engine, revision, start, words, rows)
        if key not in kept:
            url = find(revision, start, words, EVERY_PAGE | {"OWCTL_MIGRATE_PAGE_ROWS": str(rows)})
            run(url, "select 1 from alembic_version")  # what the killed one has left to be undone is not in the copy
            wait_until(lambda: nobody_is_at(postgresql, url), 30, "the end of the killed one's session")
            kept[key] = copied(url, tmp_path_factory.mktemp("kept") / f"{revision}.db", postgresql)
        return copy(kept[key])

    def find(revision, start, words, pace):
        template, killed = old(start, seed=5, count=ROWS), {}
        up_to_it = [*words, "--to", before(revision)]
        near = 1 if start == up_to_it[-1] else cut_off.count(*up(copy(template), *up_to_it), env=pace | COMMITS)

        def begun(at):
            if at not in killed:
                killed[at] = copy(template)
                cut_off.at(at, "killed", *up(killed[at], *words), env=pace | COMMITS)
            version, begun = standing(killed[at])
            return begun == revision or IDS.index(version) >= IDS.index(revision)

        at = first(begun, near)
        assert standing(killed[at])[1] == revision
        return killed[at]
    return make


def first(true, near):
    """The first number for which it is true, from one near it on: as it is from there on, in steps that grow, and then halved."""
    step, low, high = 1, near, near
    while true(low) and low > 1:
        low, step = max(1, low - step), 2 * step
    while not true(high):
        high, step = high + step, 2 * step
    return bisect.bisect_left(range(low, high), True, key=true) + low


def nobody_is_at(postgresql, url):
    with postgresql.connect("postgres") as connection:
        return not connection.execute("select from pg_stat_activity where datname = %s", [url.rsplit("/", 1)[1]]).fetchall()


def before(revision):
    return IDS[IDS.index(revision) - 1]


def run(url, sql, *values):
    with connected(url) as connection:
        done = connection.execute(sql if url.startswith("sqlite") else sql.replace("?", "%s"), values)
        found = done.fetchall() if done.description else None
        connection.commit()
        return found


def first_and_last(url, table, key="id", where="true"):
    [[first, last]] = run(url, f'select min({key}), max({key}) from "{table}" where {where}')
    return first, last


@pytest.mark.parametrize("revision", ["8452d01d26d7", "b7c8d9e0f1a2"])
def test_chats(migrate, half_done, engine, revision):  # noqa: F811
    url = half_done(revision, OLDEST)
    first, last = first_and_last(url, "chat", where="substr(user_id, 1, 7) <> 'shared-'")
    second = run(url, "select min(id) from chat where id > ? and substr(user_id, 1, 7) <> 'shared-'", first)[0][0]
    for number, id in enumerate((first, last)):
        run(url, "update chat set chat = ?, updated_at = 1790000000 where id = ?", conversation(number), id)
    run(url, "delete from chat where id = ?", second)
    run(url, "insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta)"
             " values ('0', 'u', 't', ?, 1790000002, 1790000002, false, '{}')", conversation(2))
    # Of another owner, and else as it was: what its page has made by then is of the former one.
    if revision == "8452d01d26d7":
        [[given]] = run(url, "select max(chat_id) from owctl_chat_message where chat_id not in (?, ?, ?)", first, second, last)
        run(url, "update chat set user_id = 'another' where id = ?", given)
    said = migrate(url, *WAIT, **EVERY_PAGE).ok().err
    assert f"going on with revision {revision}" in said and "owctl_watch" not in said  # it is not the owner's
    if revision == "8452d01d26d7":
        assert run(url, "select distinct user_id from chat_message where chat_id = ?", given) == [("another",)]
    check_nothing_is_lost(url, {first: 0, last: 1, "0": 2, second: None})
    assert run(url, "select last_read_at from chat where id in (?, '0') order by id", first) == [(1790000002,), (1790000000,)]
    assert nothing_of_owctl_stays(url)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_chats_are_done_again_in_one_transaction(migrate, half_done, copy, engine):  # noqa: F811
    """However many they are: nobody writes to them in between. The header of a file counts its transactions."""
    few = half_done("8452d01d26d7", OLDEST)
    run(few, "update chat set chat = chat where id = (select min(id) from chat)")
    many = copy(few)
    run(many, "update chat set chat = chat")

    def transactions(url):
        with open(url.removeprefix("sqlite:///"), "rb") as file:
            return int.from_bytes(file.read(28)[24:])

    def made(url):
        before = transactions(url)
        migrate(url, **EVERY_PAGE).ok()
        return transactions(url) - before

    assert made(many) == made(few)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_the_end_of_the_watch_is_in_somebodys_way_once(migrate, half_done, engine):  # noqa: F811
    """What the last revision had done by then is undone, and done again."""
    url = half_done("8452d01d26d7", OLDEST)
    with held(url, "begin", "select count(*) from owctl_changed") as let_go:
        process = migrate.start(url, "--online")
        said = process.stderr.readline()
        while b"waiting for a lock" not in said:
            assert said, "it waited for nobody"
            said = process.stderr.readline()
        let_go()
        said = process.communicate(timeout=120)[1]
    check_sanitizers(process.args, said)
    assert process.returncode == 0, said
    assert nothing_of_owctl_stays(url)


@pytest.mark.parametrize("begun, gone_on", [(["--online"], []), ([], ["--online"])])
def test_begun_beside_a_server_and_gone_on_with_alone_or_the_other_way(cut_off, migrate, half_done, copy, engine,  # noqa: F811
                                                                       begun, gone_on):
    """Alone, one pass does the work of two revisions."""
    to = ("--to", "9a1b2c3d4e5f")
    before = half_done("b7c8d9e0f1a2", IDS[IDS.index("b7c8d9e0f1a2") - 1], *begun, *to)
    for at in range(2, 100, 2):  # behind its first page
        url = copy(before)
        cut_off.at(at, "killed", *up(url, *begun, *to), env=EVERY_PAGE | COMMITS)
        if run(url, "select 1 from owctl_migration where finished_at is null and pass > 0"):
            break
    assert standing(url)[1] == "b7c8d9e0f1a2"
    whole = copy(url)
    migrate(url, *gone_on, *to, *WAIT, **EVERY_PAGE).ok()
    migrate(whole, *begun, *to, *WAIT, **EVERY_PAGE).ok()
    found = [run(database, "select id, last_read_at, current_message_id from chat order by id") for database in (url, whole)]
    assert found[0] == found[1] and any(current for _, _, current in found[1])


def test_current_messages(migrate, half_done, engine):  # noqa: F811
    """From a revision on at which nothing else is noted about chats."""
    url = half_done("9a1b2c3d4e5f", before("9a1b2c3d4e5f"))
    first, _ = first_and_last(url, "chat")
    run(url, "delete from chat_message where chat_id = ?", first)
    run(url, "update chat set chat = ? where id = ?", conversation(0), first)
    run(url, "insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta, pinned)"
             " values ('0', 'u', 't', ?, 1790000002, 1790000002, false, '{}', false)", conversation(2))
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select current_message_id from chat where id in (?, '0') order by id", first) == [("a2",), ("a0",)]
    assert nothing_of_owctl_stays(url)


def test_timers(migrate, half_done, engine):  # noqa: F811
    url = half_done("d4c1a8e37b62", before("d4c1a8e37b62"))
    first, last = first_and_last(url, "chat", where="cast(meta as text) not in ('', '{}')")
    for id, status in (first, "pending"), (last, "done"):
        run(url, "update chat set meta = ? where id = ?", f'{{"type": "timer", "status": "{status}", "timer_at": 1790000000}}', id)
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select timer_at from chat where id in (?, ?) order by id", first, last) == [(1790000000,), (None,)]
    assert nothing_of_owctl_stays(url)


def test_conversations_that_are_still_texts(migrate, half_done, engine):  # noqa: F811
    url = half_done("242a2047eae0", "6a39f3d8e55c")
    first, _ = first_and_last(url, "chat", where="substr(user_id, 1, 7) <> 'shared-'")
    run(url, "update chat set title = 'another', chat = ? where id = ?", conversation(1), first)
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select title from chat where id = ?", first) == [("another",)]
    check_nothing_is_lost(url, {first: 1})


def test_prompts(migrate, half_done, engine):  # noqa: F811
    url = half_done("374d2f66af06", OLDEST)
    first, _ = first_and_last(url, "prompt", key="command")
    run(url, "update prompt set content = 'another' where command = ?", first)
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select content from prompt where command = ?", first.removeprefix("/")) == [("another",)]
    [[history]] = run(url, "select count(*) from prompt_history")
    assert history == run(url, "select count(*) from prompt")[0][0]


def test_access(migrate, half_done, engine):  # noqa: F811
    url = half_done("f1e2d3c4b5a6", OLDEST)
    first, _ = first_and_last(url, "knowledge")
    run(url, "update knowledge set access_control = ? where id = ?",
        '{"read": {"user_ids": ["u1"], "group_ids": []}, "write": {"user_ids": [], "group_ids": []}}', first)
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select principal_type, principal_id, permission from access_grant where resource_type = 'knowledge'"
                    " and resource_id = ?", first) == [("user", "u1", "read")]


def test_members_of_groups(migrate, half_done, engine):  # noqa: F811
    url = half_done("37f288994c47", "a5c220713937")
    first, _ = first_and_last(url, "group")
    [[user]] = run(url, 'select min(id) from "user"')
    run(url, 'update "group" set user_ids = ? where id = ?', f'["{user}"]', first)
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select user_id from group_member where group_id = ?", first) == [(user,)]


def previous(revision):
    return IDS[IDS.index(revision) - 1]


def test_files_of_knowledge(migrate, half_done, engine):  # noqa: F811
    url = half_done("3e0e00844bb0", previous("3e0e00844bb0"))
    first, _ = first_and_last(url, "knowledge", where="data is not null")
    file, _ = first_and_last(url, "file")
    run(url, "update knowledge set data = ? where id = ?", f'{{"file_ids": ["{file}"]}}', first)
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select file_id from knowledge_file where knowledge_id = ?", first) == [(file,)]
    kept = run(url, "select count(*), count(distinct row_id) from owctl_kept where table_name = 'knowledge' and column_name = 'data'")
    assert kept[0][0] == kept[0][1]


def test_pins(migrate, half_done, engine):  # noqa: F811
    url = half_done("4de81c2a3af1", previous("4de81c2a3af1"))
    first, _ = first_and_last(url, "note", where="is_pinned")
    run(url, "update note set is_pinned = false where id = ?", first)
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select count(*) from pinned_note where note_id = ?", first) == [(0,)]


def test_shares(migrate, half_done, engine):  # noqa: F811
    url = half_done("c1d2e3f4a5b6", previous("c1d2e3f4a5b6"), rows=2)
    first, _ = first_and_last(url, "chat", where="substr(user_id, 1, 7) <> 'shared-'"
                                                 " and not exists (select 1 from chat s where s.user_id = 'shared-' || chat.id)")
    run(url, "insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta)"
             " values ('a-share', ?, 't', '{}', 1790000002, 1790000002, false, '{}')", f"shared-{first}")
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert run(url, "select id from shared_chat where chat_id = ?", first) == [("a-share",)]
    assert run(url, "select count(*) from access_grant where resource_type = 'shared_chat' and resource_id = ?", first) == [(1,)]


@pytest.mark.parametrize("table, revision", [("skill", "d6a8c3f912ab"), ("tool", "f8c0e5b134cd")])
def test_versions(migrate, half_done, engine, table, revision):  # noqa: F811
    url = half_done(revision, previous(revision))
    first, _ = first_and_last(url, table)
    run(url, f'update "{table}" set content = ? where id = ?', "another", first)
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    [[snapshot]] = run(url, f"select cast(snapshot as text) from {table}_history where {table}_id = ?", first)
    assert "another" in snapshot
