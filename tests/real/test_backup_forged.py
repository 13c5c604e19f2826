"""Snapshots and repositories that somebody has forged, who must get nowhere by what stands in them."""
import re
import shutil
import subprocess

import psycopg
import pytest

from lab.backup_reader import digest, run
from lab.forged import Forger, zstd
from test_backup_without_owctl import backed_up, fill, of_postgresql, restore, small  # noqa: F401 (fixtures)

PWNED = "pwned"


def damages_of_lists(members, before, path):
    """Lists with `before` in a field that is put into a script."""
    line = f"uploads\t{path}\t0\t1700000000000000000\t{'0' * 64}\n".encode()
    for field in 3, 4:
        fields = line.split(b"\t")
        fields[field] = before + fields[field]
        yield {**members, "files.zst": zstd(b"\t".join(fields))}


@pytest.mark.parametrize("sql", [".shell touch {}", "SELECT writefile('{}', 'x');", "ATTACH '{}' AS a; CREATE TABLE a.b (c);",
                                 "SELECT load_extension('{}');"])
@pytest.mark.parametrize("part", ["before", "after"])
def test_what_a_snapshot_says_to_sqlite_is_sql_alone(small, restore, tmp_path, sql, part):  # noqa: F811
    forger = Forger(small.snapshot())
    forger.members[f"main.{part}.sql"] += b"\n" + sql.format(tmp_path / PWNED).encode() + b"\n"
    forger.write()
    code, said = restore(small, tmp_path / "new.db")
    assert code == 1 and "did not take it" in said
    assert not (tmp_path / PWNED).exists() and not (tmp_path / "new.db").exists()


def test_what_a_list_says_of_files_is_no_command(small, restore, tmp_path):  # noqa: F811
    forger = Forger(small.snapshot())
    for members in damages_of_lists(forger.members, b"1;touch ${TMPDIR%/*}/pwned;", "x"):
        forger.members = members
        forger.write()
        code, said = restore(small, tmp_path / "new.db", tmp_path / "new")
        assert code == 1 and "no time and hash" in said and not (tmp_path / PWNED).exists()


def test_what_a_snapshot_says_to_psql_is_sql_alone(of_postgresql, restore, postgresql, tmp_path):  # noqa: F811
    _, _, repository = of_postgresql
    snapshot, target = repository.snapshot(), postgresql.create()
    touch = f"\\! touch {tmp_path / PWNED}\n"
    scripts = [touch, f"SELECT 1 {touch}", f"SELECT E'\\'' {touch};'", f"SELECT $$'$$ {touch};'", f"-- '\n{touch};'", f"/* ' */ {touch};'",
               f"SET standard_conforming_strings = off; SELECT '\\'' {touch};'"]
    for script in scripts:
        for part in "before", "after":
            forger = Forger(snapshot)
            forger.members[f"main.{part}.sql"] += b"\n" + script.encode()
            forger.write()
            code, said = restore(repository, target)
            assert code == 1 and "nothing was changed" in said, script
            assert not (tmp_path / PWNED).exists(), script


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_a_snapshot_says_does_not_end_the_transaction(owctl, of_postgresql, postgresql, jobs):  # noqa: F811
    """Else ROLLBACK among the last statements were a database without rows, "restored"."""
    _, _, repository = of_postgresql
    snapshot = repository.snapshot()
    for part, sql in ("after", "ROLLBACK;"), ("after", "ROLLBACK; BEGIN;"), ("before", "COMMIT;"):
        target, forger = postgresql.create(), Forger(snapshot)
        forger.members[f"main.{part}.sql"] += b"\n" + sql.encode() + b"\n"
        forger.write()
        done = owctl("backup", "restore", "-r", repository.folder, "-i", repository.identity, "--database", target, "--database-only", "--jobs", jobs)
        assert "end the transaction" in done.ended(65).err, (part, sql)
        postgresql.drop(target)


OTHERS = {"segments": (rb"(?m)^(.*:)(.)(?=[0-9a-f]{63})", "is not what was written"),
          "tables": (rb"(?m)^(chat\t\d+\t)(.)", "not those that the manifest says")}


@pytest.mark.parametrize("name", OTHERS)
def test_rows_are_those_of_the_lists(small, restore, owctl, tmp_path, name):  # noqa: F811
    """Each with its hash, and each table with its sum, although all is sealed as it should be."""
    forger, (place, said) = Forger(small.snapshot()), OTHERS[name]
    lines = run("zstd", "-dcq", stdin=forger.members[f"main.{name}.zst"])
    changed = re.sub(place, lambda found: found[1] + (b"0" if found[2] != b"0" else b"1"), lines)
    assert changed != lines
    forger.members[f"main.{name}.zst"] = zstd(changed)
    forger.write()
    words = ("-r", small.folder, "-i", small.identity)
    assert said in owctl("backup", "restore", *words, "--database-only", "--database", f"sqlite:///{tmp_path}/new.db").ended(65).err
    assert not (tmp_path / "new.db").exists()
    assert said in owctl("backup", "verify", "--read-data", "-o", "json", *words).ended(2).out


SPOIL = """
    create function spoil() returns trigger language plpgsql as $$ begin new.name := new.name || 'x'; return new; end $$;
    create function on_create() returns event_trigger language plpgsql as $$ declare made record; begin
        for made in select * from pg_event_trigger_ddl_commands() where command_tag = 'CREATE TABLE' and object_identity like '%.tag' loop
            execute 'create trigger spoil before insert on ' || made.object_identity || ' for each row execute function public.spoil()';
        end loop; end $$;
    create event trigger spoils on ddl_command_end execute function on_create()"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_rows_are_read_back_as_they_were_loaded(owctl, of_postgresql, postgresql, jobs):  # noqa: F811
    """What a server makes of them is not for owctl to say."""
    _, _, repository = of_postgresql
    target = postgresql.create()
    with psycopg.connect(target) as connection:
        connection.execute(SPOIL)
    done = owctl("backup", "restore", "-r", repository.folder, "-i", repository.identity, "--database", target, "--database-only", "--jobs", jobs)
    assert "table tag does not read back as it was loaded" in done.ended(1).err
    with psycopg.connect(target) as connection:
        assert connection.execute("select count(*) from pg_class where relkind = 'r' and relname = 'tag'").fetchone() == (0,)
    postgresql.drop(target)


def test_a_row_does_not_end_the_rows_for_psql(of_postgresql, restore, postgresql, tmp_path):  # noqa: F811
    _, _, repository = of_postgresql
    target = postgresql.create()
    for end in "\\.\n", "\\.\r\n":
        forger = Forger(repository.snapshot())
        forger.rows("alembic_version", f"{end}\\! touch {tmp_path / PWNED}\n".encode())
        forger.write()
        code, said = restore(repository, target)
        assert code == 1 and "not as many rows" in said and not (tmp_path / PWNED).exists()


def test_a_row_does_not_end_the_rows_that_were_set_aside(owctl, postgresql, tmp_path):
    (tmp_path / "data").mkdir()
    fill(f"sqlite:///{tmp_path}/data/webui.db")
    repository = backed_up(owctl, tmp_path, f"sqlite:///{tmp_path}/data/webui.db", tmp_path / "data")
    forger, target = Forger(repository.snapshot()), postgresql.create()
    forger.rows("tag", b"\\.\n\\! touch pwned\n")
    forger.write()
    said = owctl("backup", "restore", "-r", repository.folder, "-i", repository.identity, "--database", target, "--database-only", "--set-aside",
                 tmp_path / "aside.sql").ended(65).err
    assert "a line among its rows that is none" in said and not (tmp_path / "aside.sql").exists()


def test_secret_keys_are_no_other_settings(small, owctl, tmp_path):  # noqa: F811
    elsewhere = tmp_path / "elsewhere.db"
    forger = Forger(small.snapshot())
    forger.members["secrets.env"] = f"WEBUI_SECRET_KEY=TheKey\nDATABASE_URL=sqlite:///{elsewhere}\n".encode()
    forger.write()
    drilled = owctl("backup", "drill", "-r", small.folder, "-i", small.identity, "--scratch", tmp_path).ended(65)
    restored = owctl("backup", "restore", "-r", small.folder, "-i", small.identity, "--secrets", tmp_path / "secrets.env", "--data-dir",
                     tmp_path / "new").ended(65)
    for said in drilled.err, restored.err:
        assert "DATABASE_URL" in said and "TheKey" not in said and str(elsewhere) not in said
    assert not elsewhere.exists() and not (tmp_path / "secrets.env").exists() and not (tmp_path / "new").exists()
    assert not list(tmp_path.glob("owctl-drill*"))


@pytest.mark.parametrize("name", ["~|;s|.*|touch pwned|e;s|x|", "20990101T000000Z-0000000g", "~"])
def test_a_name_that_is_no_snapshots_is_none(small, restore, tmp_path, name):  # noqa: F811
    [record] = small.folder.glob("snapshots/*.json")
    shutil.copy(record, record.with_name(f"{name}.json"))
    code, said = restore(small, tmp_path / "new.db")
    assert code == 0 and record.stem in said and not (tmp_path / PWNED).exists()
    code, said = restore(small, tmp_path / "new.db", snapshot=name)
    assert code == 1 and "no snapshot begins with" in said and not (tmp_path / PWNED).exists()


def test_a_label_does_not_reach_the_terminal_as_it_is(small):  # noqa: F811
    [record] = small.folder.glob("snapshots/*.json")
    record.write_bytes(re.sub(rb'"label": *"', b'"label":"\x1b]0;x\x07\xc3\xbc', record.read_bytes(), count=1))
    done = subprocess.run([shutil.which("dash"), small.folder / "restore.sh", "--list"], capture_output=True, check=True)
    assert b"?]0;x?\xc3\xbc" in done.stdout and b"\x1b" not in done.stdout


def test_verify_tells_a_name_that_leads_elsewhere(small, owctl):  # noqa: F811
    forger = Forger(small.snapshot())
    forger.members["files.zst"] = zstd(f"uploads\ta/../../x\t0\t1\t{digest(b'').hexdigest()}\n".encode())
    forger.write()
    said = owctl("backup", "verify", "-r", small.folder, "-i", small.identity, "--read-data", "-o", "json").ended(2)
    assert [row["fault"] for row in said.json()] == ["file uploads/a/../../x: it has a name that leads elsewhere"]


def test_a_repository_whose_snapshots_are_gone_is_not_well(small, owctl, tmp_path):  # noqa: F811
    [record] = small.folder.glob("snapshots/*.json")
    fake = record.with_name("20991231T000000Z-00000000.json")
    fake.write_bytes(record.read_bytes().replace(record.stem.encode(), fake.stem.encode()))
    said = owctl("backup", "restore", "-r", small.folder, "-i", small.identity, "--data-dir", tmp_path / "new").ended(65).err
    assert fake.stem in said and "name another snapshot" in said
    record.unlink()
    fake.unlink()
    said = owctl("backup", "verify", "-q", "-r", small.folder, "--read-data", "--metrics", tmp_path / "verify.prom").ended(2).err
    assert "no snapshot" in said and "owctl_backup_verify_success 0" in (tmp_path / "verify.prom").read_text()


def test_a_link_that_is_not_followed_is_told(small, owctl, tmp_path):  # noqa: F811
    data = tmp_path / "small"
    (data / "vector_db").mkdir()
    (data / "vector_db/chroma.sqlite3").symlink_to(tmp_path / "elsewhere.sqlite3")
    recipient = small.snapshot().manifest["recipients"][0]
    said = owctl("backup", "create", "-q", "-r", small.folder, "--recipient", recipient, "--data-dir", data).ok().err
    assert f"{data}/vector_db/chroma.sqlite3 is a symbolic link" in said


def test_what_stays_of_a_restore_that_fails_is_told(small, owctl, tmp_path):  # noqa: F811
    whole, forger = {path: path.read_bytes() for path in small.folder.rglob("*.*") if path.is_file()}, Forger(small.snapshot())
    forger.members["main.after.sql"] += b"\nNONSENSE;\n"
    forger.write()
    command = "backup", "restore", "-r", small.folder, "-i", small.identity, "--data-dir", tmp_path / "new"
    said = owctl(*command).ended(1).err
    assert "files that were written stay" in said and [path.name for path in (tmp_path / "new").rglob("*")] == ["uploads", "noise"]
    for path, content in whole.items():
        path.write_bytes(content)
    owctl(*command).ok()
