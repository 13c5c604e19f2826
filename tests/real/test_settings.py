"""Where settings come from, as an operator sees it: precedence, origin, profiles, and mistakes with their file and line."""
import json
import os
import re
import signal
import stat
import subprocess
import time

import pytest

from lab.parts import NEWEST, TREE, part

pytestmark = pytest.mark.quick


@pytest.fixture
def files(owctl):
    """files(name=text): writes files, 0600, into the home folder and gives its path."""

    def write(mode=0o600, **texts):
        for name, text in texts.items():
            path = owctl.home / name.replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(mode)
        return owctl.home

    return write


def config(owctl, text, mode=0o600):
    path = owctl.home / ".config/owctl/config.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def shown(owctl, *words, **options):
    """Whether a database comes of them or not."""
    done = owctl("profile", "show", "-o", "json", *words, **options)
    assert done.rc in (0, 78), done.err
    return {row["name"]: (row["value"], row["origin"]) for row in done.json()}


def test_each_source_beats_the_ones_below(owctl, files):
    home = files(x__env="# mine\nDATA_DIR=/from-file\nWEBUI_URL=http://file\nREDIS_URL=redis://:secret@file\n")
    path = config(owctl, "default: p\nprofiles:\n  p:\n    settings:\n      DATA_DIR: /p\n      WEBUI_URL: http://p\n"
                         "      REDIS_URL: redis://p\n      DATABASE_SCHEMA: from-profile\n")
    found = shown(owctl, "--profile", "p", "--env-file", home / "x.env", "--data-dir", "/flag", env={"WEBUI_URL": "http://variable"})
    assert found["DATA_DIR"] == ("/flag", "--data-dir")
    assert found["WEBUI_URL"] == ("http://variable", "environment")
    assert found["REDIS_URL"] == ("redis://:***@file", f"{home}/x.env:4")
    assert found["DATABASE_SCHEMA"] == ("from-profile", f"profile p, {path}:8:7")
    assert found["REDIS_KEY_PREFIX"] == ("open-webui", "default")
    assert "DATABASE_URL" not in found


def test_the_table_has_the_origin_when_asked(owctl):
    plain = owctl("profile", "show", env={"DATA_DIR": "/x"}).ok()
    assert plain.out.splitlines()[0].split() == ["NAME", "VALUE"]
    assert "database: SQLite /x/webui.db" in plain.err
    table = owctl("profile", "show", "--origin", env={"DATA_DIR": "/x"}).ok().out.splitlines()
    assert table[0].split() == ["NAME", "VALUE", "ORIGIN"]
    assert ["DATA_DIR", "/x", "environment"] in [line.split() for line in table]
    everything = owctl("profile", "show", "--all", env={"DATA_DIR": "/x"}).ok().out
    assert "WEBUI_SECRET_KEY" in everything and "key that signs sessions" in everything


@pytest.mark.parametrize("value", ["postgresql://u:s3cret@h/n", "postgresql://u:s3cret@@h/n", "postgresql://h/n?password=s3cret",
                                   "postgresql://u:s3cret", "mysql://u:s3cret@h"])
def test_a_password_is_never_shown(owctl, value):
    for words in (["profile", "show", "--origin"], ["profile", "show", "-o", "json"], ["migrate", "status", "--timeout", "1s"]):
        result = owctl(*words, env={"DATABASE_URL": value, "WEBUI_SECRET_KEY": "s3cret", "DATABASE_PASSWORD": "s3cret"})
        assert "s3cret" not in result.out + result.err


MISTAKES = [
    ("DATABASE_URL=mysql://u:pw@h/n", 78, "DATABASE_URL ({env}:1): owctl does not work with mysql databases"),
    ("\nDATABASE_URL=postgresql://h:x/n", 78, "DATABASE_URL ({env}:2): the port in the database URL is not a number"),
    ("A=1\nDATABASE_URL='sqlite:///x", 78, "{env}:2: the quote that opens the value is never closed"),
    ("A=1\nwhat is this\n", 78, '{env}:2: no "=" behind the name'),
    ("DATABASE_URL_FILE=/no/such/file", 78, "DATABASE_URL ({env}:1, DATABASE_URL_FILE=/no/such/file): cannot open"),
    ("DATABASE_URL=a\nDATABASE_URL_FILE=b", 78, "DATABASE_URL ({env}:1) and DATABASE_URL_FILE ({env}:2) are both set"),
    ("DATABASE_URL=sqlite://", 78, "DATABASE_URL ({env}:1): a SQLite database in memory"),
    ("DATABASE_URL=sqlite+sqlcipher:////x", 78, "DATABASE_URL ({env}:1): an encrypted SQLite database"),
    ("", 78, "no database is given"),
]


@pytest.mark.parametrize("text, status, message", MISTAKES)
def test_mistakes_in_an_env_file(owctl, files, text, status, message):
    path = files(x__env=text) / "x.env"
    result = owctl("user", "list", "--env-file", path).ended(status)
    assert message.format(env=path) in result.err
    assert "\nhint: " in result.err and "pw" not in result.err


@pytest.mark.parametrize("text, message", [
    ("profiles: [", "config.yaml:"),
    ("profils: {}", 'config.yaml:1:1: unknown key "profils"'),
    ("default: x\n", 'there is no profile "x"'),
    ("profiles:\n  p:\n    settings:\n      DATABASE_URI: x\n", 'config.yaml:4:7: unknown setting "DATABASE_URI"'),
])
def test_mistakes_in_the_profiles(owctl, text, message):
    config(owctl, text)
    result = owctl("user", "list").ended(78)
    assert message in result.err and "\nhint: " in result.err
    owctl("version").ok()


def test_a_secret_in_a_file_for_everybody(owctl, files):
    config(owctl, "profiles: {p: {settings: {WEBUI_SECRET_KEY: s3cret}}}", 0o644)
    result = owctl("profile", "list").ended(77)
    assert "readable by everybody" in result.err and "hint: chmod o-r" in result.err
    config(owctl, "profiles: {p: {settings: {WEBUI_SECRET_KEY: s3cret}}}")
    owctl("profile", "list").ok()
    path = files(0o644, x__env="WEBUI_SECRET_KEY=s3cret") / "x.env"
    result = owctl("profile", "show", "--env-file", path, "--data-dir", "/x").ok()
    assert f"{path} holds secrets and is readable by everybody" in result.err


@pytest.mark.parametrize("line, secret", [("DATABASE_URL=sqlite:////srv/webui.db", False), ("DATABASE_URL=postgresql://u@h:1/n", False),
                                          ("DATABASE_URL=postgresql://u:s3cret@h:1/n", True), ("REDIS_URL=redis://:s3cret@h", True),
                                          ("DATABASE_PORT=5432", False)])
def test_an_env_file_for_everybody_is_warned_of_if_a_secret_is_in_it(owctl, files, line, secret):
    path = files(0o644, x__env=f"{line}\n") / "x.env"
    assert ("holds secrets" in owctl("profile", "show", "--env-file", path, "--data-dir", "/x").ok().err) == secret


def test_verbose_tells_which_database_was_opened(owctl, tmp_path):
    where = {"DATA_DIR": tmp_path}
    owctl("migrate", "up", env=where).ok()
    opened = f"owctl: opened SQLite {tmp_path}/webui.db, revision "
    assert opened in owctl("user", "list", "-v", env=where).ok().err
    assert opened not in owctl("user", "list", env=where).ok().err


def test_the_life_of_a_profile(owctl):
    added = owctl("profile", "add", "prod", "--set", "DATA_DIR=/srv/chat", "--set-command", "WEBUI_SECRET_KEY=echo k").ok()
    assert "choose it with --profile prod, or `owctl profile use prod` makes it the default" in added.err
    path = owctl.home / ".config/owctl/config.yaml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.read_text()
    owctl("profile", "use", "prod", "--dry-run").ok()
    assert path.read_text() == before
    owctl("profile", "use", "prod").ok()
    owctl("profile", "add", "test", "--set-env", "DATABASE_URL=MINE").ok()
    rows = owctl("profile", "list", "-o", "json").ok().json()
    assert [(row["name"], row["active"], row["settings"]) for row in rows] == [
        ("prod", True, ["DATA_DIR", "WEBUI_SECRET_KEY"]), ("test", False, ["DATABASE_URL"])]
    assert shown(owctl)["WEBUI_SECRET_KEY"] == ("***", f"profile prod, {path}:6:7")
    assert shown(owctl, "test", env={"MINE": "sqlite:////y.db"})["DATABASE_URL"][0] == "sqlite:////y.db"
    assert "the variable MINE is not set" in owctl("profile", "show", "test").ended(78).err
    assert "there is no terminal" in owctl("profile", "remove", "prod").ended(64).err
    owctl("profile", "remove", "prod", "--yes").ok()
    owctl("profile", "remove", "test", "--yes").ok()
    assert owctl("profile", "list", "-o", "json").ok().json() == []


@pytest.mark.parametrize("words, status", [
    (["--set", "WEBUI_SECRET_KEY=s3cret"], 64),
    (["--set", "DATABASE_URL=postgresql://u:s3cret@h/n"], 64),
    (["--set", "s3cret"], 64),
    (["--set", "NO_SUCH=x"], 64),
    (["--set", "DATA_DIR="], 64),
    (["--set", "DATA_DIR=a", "--set-file", "DATA_DIR=b"], 64),
    (["--set", "OWCTL_CONFIG=/x"], 64),
    ([], 64),
])
def test_what_a_new_profile_is_not_given(owctl, words, status):
    result = owctl("profile", "add", "p", *words).ended(status)
    assert "\nhint: " in result.err and "s3cret" not in result.err
    assert not (owctl.home / ".config").exists()


def test_a_command_is_cancelled_with_owctl(owctl):
    config(owctl, "default: p\nprofiles: {p: {settings: {DATABASE_URL: {command: 'echo $$ > pid; sleep 100'}}}}")
    process = owctl.start("profile", "show", cwd=owctl.home)
    pid = owctl.home / "pid"
    while not (pid.exists() and pid.read_text().strip()):
        time.sleep(0.02)
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 130 and time.monotonic() - started < 1
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_an_env_file_reads_as_python_dotenv_does(owctl, files):
    """The values that Open WebUI would see in its environment, from the dotenv of a real release."""
    text = ("# c\r\nexport A = 'it\\'s' # c\nB=\"a\\n\\\"b\\\"\\q\n2\"\nC=x # y\nD=x#y\nE= # z\nF=a=b==\nG='a\\nb'\nH\nI=\"\"\nJ=\tq \t\n"
            "K=ä\nL='#'\nM=\"\\\\\"\nN=a'b\n")
    path = files(x__env=text) / "x.env"
    program = "import dotenv,json,sys;print(json.dumps(dotenv.dotenv_values(sys.argv[1],interpolate=False)))"
    names = {"A": "WEBUI_URL", "B": "REDIS_KEY_PREFIX", "C": "DATABASE_SCHEMA", "D": "DATABASE_NAME", "E": "DATABASE_USER",
             "F": "DATABASE_TYPE", "G": "DATABASE_HOST", "H": "DATABASE_PORT", "I": "REDIS_CLUSTER", "J": "DATA_DIR",
             "K": "REDIS_SENTINEL_HOSTS", "L": "REDIS_SENTINEL_PORT", "M": "PASSWORD_HASH_ALGORITHM", "N": "OWCTL_AUDIT_LOG"}
    python = part("openwebui", NEWEST) / "bin/python"
    done = subprocess.run([python, "-c", program, path], capture_output=True, check=True, env={"PYTHONUTF8": "1"})
    expected = json.loads(done.stdout)
    assert set(expected) == set(names)
    for letter, name in names.items():
        text = text.replace(f"\n{letter}=", f"\n{name}=").replace(f"export {letter} ", f"export {name} ")
    found = shown(owctl, "--env-file", files(y__env=text) / "y.env")
    origin = str(owctl.home / "y.env")
    values = {letter: found[name][0] for letter, name in names.items() if name in found and found[name][1].startswith(origin)}
    assert values == {letter: value for letter, value in expected.items() if value}


REFERENCES = """\
WEBUI_URL=http://${HOST_X}
DATABASE_SCHEMA="${WEBUI_URL}/x"
DATABASE_NAME='${WEBUI_URL}'
DATABASE_USER=${NOT_SET}
DATABASE_TYPE=${NOT_SET:-a:b}c
DATABASE_HOST=${EMPTY_X:-fallback}d
DATABASE_PORT=$HOST_X$
REDIS_CLUSTER=\\${HOST_X}
DATA_DIR=${HOST_X:x}${
REDIS_SENTINEL_HOSTS=${LATER}!
LATER=late
REDIS_SENTINEL_PORT=${LATER}${LATER}
REDIS_KEY_PREFIX=
OWCTL_AUDIT_LOG=${NESTED}
NESTED=${LOOP}
LOOP=${NESTED}
PASSWORD_HASH_ALGORITHM=${REDIS_KEY_PREFIX}${}z
HOST_X=file
PASSWORD_VALIDATION_HINT=${HOST_X}${LOOP:-}
"""


def test_references_in_an_env_file_are_those_of_python_dotenv(owctl, files):
    """As load_dotenv() of a real release expands them; Open WebUI calls it without further arguments."""
    path = files(x__env=REFERENCES) / "x.env"
    names = [line.partition("=")[0] for line in REFERENCES.splitlines() if line.partition("=")[0] not in ("LATER", "NESTED", "LOOP", "HOST_X")]
    environment = {"HOST_X": "env", "EMPTY_X": "", "PYTHONUTF8": "1"}
    program = "import dotenv,json,os,sys;dotenv.load_dotenv(sys.argv[1]);print(json.dumps(dict(os.environ)))"
    python = part("openwebui", NEWEST) / "bin/python"
    done = subprocess.run([python, "-c", program, path], capture_output=True, check=True, env=environment)
    expected = json.loads(done.stdout)
    found = shown(owctl, "--env-file", path, env=environment)
    values = {name: found[name][0] for name in names if name in found and found[name][1].startswith(str(path))}
    assert values == {name: expected[name] for name in names if expected[name] or name == "REDIS_KEY_PREFIX"}


def test_an_empty_prefix_of_redis_keys_is_one(owctl, files, tmp_path):
    """The release takes it as it is: its keys then begin with the colon."""
    python = part("openwebui", NEWEST) / "bin/python"
    program = "from open_webui.env import REDIS_KEY_PREFIX as prefix; print(repr(prefix))"
    environment = {"REDIS_KEY_PREFIX": "", "DATA_DIR": str(tmp_path), "WEBUI_SECRET_KEY": "x", "PATH": os.environ["PATH"]}
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "''", done.stderr
    assert shown(owctl, env={"REDIS_KEY_PREFIX": ""})["REDIS_KEY_PREFIX"] == ("", "environment")
    path = files(x__env="REDIS_KEY_PREFIX=\n") / "x.env"
    assert shown(owctl, "--env-file", path)["REDIS_KEY_PREFIX"] == ("", f"{path}:1")
    owctl("profile", "add", "bare", "--set", "REDIS_KEY_PREFIX=").ok()
    assert shown(owctl, "bare")["REDIS_KEY_PREFIX"][0] == ""


def test_a_new_profile_takes_what_the_command_line_says_of_the_installation(owctl, files):
    home = files(x__env="WEBUI_URL=http://x\n")
    owctl("profile", "add", "p", "--env-file", "x.env", "--database", "a/b.db", "--data-dir", "data", cwd=home).ok()
    owctl("profile", "add", "q", "--database", "sqlite:///c.db", cwd=home).ok()
    owctl("profile", "add", "r", "--database", "postgresql://me@h:1/d", cwd=home).ok()
    assert {name: value for name, (value, origin) in shown(owctl, "p").items() if origin != "default"} == {
        "DATABASE_URL": f"sqlite:///{home}/a/b.db", "DATA_DIR": f"{home}/data", "WEBUI_URL": "http://x"}
    assert shown(owctl, "q")["DATABASE_URL"][0] == f"sqlite:///{home}/c.db"
    assert shown(owctl, "r")["DATABASE_URL"][0] == "postgresql://me@h:1/d"


@pytest.mark.parametrize("words, status, message, hint", [
    (["--env-file", "missing.env"], 78, "No such file", "check the path"),
    (["--env-file", "bad.env"], 78, 'bad.env:1: no "=" behind the name', "write NAME=VALUE"),
    (["--set-file", "DATABASE_URL=missing"], 78, "there is no file", "check the path"),
    (["--database", "postgresql://u:s3cret@h/n"], 64, "is a secret", "--set-file"),
    (["--database", "host=h dbname=d"], 64, "a profile takes a URL", "postgresql://"),
    (["--database", "mysql://h/d"], 78, "owctl does not work with mysql", "sqlite:///"),
])
def test_a_new_profile_that_would_not_work_is_refused(owctl, files, words, status, message, hint):
    home = files(bad__env="what is this\n")
    err = owctl("profile", "add", "p", *words, cwd=home).ended(status).err
    assert message in err and "\nhint: " in err and hint in err.partition("hint: ")[2] and "s3cret" not in err
    assert not (home / ".config").exists()


def test_a_profile_that_is_not_there(owctl):
    for verb in "use", "remove":
        err = owctl("profile", verb, "prod").ended(78).err
        assert 'there is no profile "prod"' in err and "profile add prod" not in err and "\nhint: " in err
    owctl("profile", "add", "prod", "--set", "DATA_DIR=/x").ok()
    owctl("profile", "add", "test", "--set", "DATA_DIR=/x").ok()
    for verb in "use", "remove":
        assert "hint: did you mean prod?" in owctl("profile", verb, "prdo").ended(78).err
        assert "hint: known profiles are: prod, test" in owctl("profile", verb, "elsewhere").ended(78).err


@pytest.mark.parametrize("environment, message, hint", [
    ({}, "no database is given", "use --database"),
    ({"DATABASE_URL": "mysql://h/n"}, "DATABASE_URL (environment): owctl does not work with mysql", "Open WebUI runs on"),
    ({"DATABASE_HOST": "h", "DATABASE_PORT": "1"}, "no database is given",
     "DATABASE_HOST (environment) is set, but DATABASE_TYPE, DATABASE_USER, DATABASE_NAME are not, and Open WebUI uses"),
    ({"DATA_DIR": "/x", "DATABASE_ENABLE_IAM_TOKEN_AUTH": "true", "DATABASE_URL": "postgresql://h/n"}, "owctl can't sign tokens", "PGPASSWORD="),
])
def test_settings_of_which_no_database_comes_are_shown_and_no_success(owctl, environment, message, hint):
    done = owctl("profile", "show", env={"WEBUI_URL": "http://x", **environment}).ended(78)
    assert re.search(r"^WEBUI_URL +http://x$", done.out, re.M)
    error, _, told = done.err.partition("\nhint: ")
    assert message in error and hint in told


@pytest.mark.parametrize("environment, warning", [
    ({"REDIS_SENTINEL_PORT": "x"}, "REDIS_SENTINEL_PORT (environment) is no port; write a number from 1 to 65535"),
    ({"REDIS_URL": "redis://m", "REDIS_SENTINEL_HOSTS": "a", "REDIS_SENTINEL_PORT": "0"}, "REDIS_SENTINEL_PORT (environment) is no port"),
    ({"REDIS_SENTINEL_HOSTS": "a"}, "REDIS_SENTINEL_HOSTS (environment) is set, but REDIS_URL is not; REDIS_URL names"),
    ({"REDIS_URL": "http://:s3cret@h"}, "REDIS_URL (environment): "),
    ({"REDIS_CLUSTER": "maybe"}, 'REDIS_CLUSTER (environment) is "maybe", which Open WebUI takes for false; write true or false'),
    ({"DEFAULT_GROUP_SHARE_PERMISSION": "all"}, 'DEFAULT_GROUP_SHARE_PERMISSION (environment) is "all", which Open WebUI takes for false; write members, true or false'),
    ({"PASSWORD_HASH_ALGORITHM": "md5"}, 'PASSWORD_HASH_ALGORITHM (environment): unknown algorithm "md5"; Open WebUI knows'),
    ({"ENABLE_PASSWORD_VALIDATION": "True", "PASSWORD_VALIDATION_REGEX_PATTERN": "("}, "PASSWORD_VALIDATION_REGEX_PATTERN (environment): "),
])
def test_a_setting_that_can_not_be_used_is_warned_of_before_it_is_needed(owctl, environment, warning):
    err = owctl("profile", "show", env={"DATA_DIR": "/x", **environment}).ok().err
    assert err.count("warning") == 1 and f"owctl: warning: {warning}" in err
    assert "s3cret" not in err


def test_settings_that_can_be_used_are_not_warned_of(owctl):
    fine = {"REDIS_CLUSTER": "TRUE", "ENABLE_DB_MIGRATIONS": "False", "DEFAULT_GROUP_SHARE_PERMISSION": "Members", "REDIS_URL": "redis://m",
            "REDIS_SENTINEL_HOSTS": "a,b", "PASSWORD_HASH_ALGORITHM": "argon2", "ENABLE_PASSWORD_VALIDATION": "true"}
    assert owctl("profile", "show", env={"DATA_DIR": "/x", **fine}).ok().err == "owctl: database: SQLite /x/webui.db\n"


def test_the_examples_are_right(owctl):
    rows = owctl("profile", "list", "-o", "json", env={"OWCTL_CONFIG": TREE / "examples/config.yaml"}).ok().json()
    assert [row["name"] for row in rows] == ["home", "compose", "prod"]
    found = shown(owctl, "--env-file", TREE / "examples/owctl.env")
    assert found["DATA_DIR"][0] == "/srv/open-webui"


def test_data_dir_flag_beats_database_url_of_the_environment(owctl, tmp_path):
    done = owctl("migrate", "status", "--data-dir", tmp_path, env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/wrong"})
    assert f"{tmp_path}/webui.db" in done.ended(78).err


PARTS = {"DATABASE_TYPE": "postgresql", "DATABASE_USER": "u", "DATABASE_HOST": "h", "DATABASE_PORT": "1", "DATABASE_NAME": "n"}

@pytest.mark.parametrize("given, beside, missing", [
    ({"DATABASE_TYPE": "postgresql"}, {"DATA_DIR": "/x"}, "DATABASE_TYPE (environment) is set, but DATABASE_USER, DATABASE_HOST, DATABASE_PORT, DATABASE_NAME are not"),
    ({**PARTS, "DATABASE_PORT": ""}, {"DATA_DIR": "/x"}, "DATABASE_TYPE (environment) is set, but DATABASE_PORT is not"),
    ({**PARTS, "DATABASE_TYPE": ""}, {"DATA_DIR": "/x"}, "DATABASE_HOST (environment) is set, but DATABASE_TYPE is not"),
    ({**PARTS, "DATABASE_USER": "", "DATABASE_PASSWORD": ""}, {"DATA_DIR": "/x"}, "DATABASE_TYPE (environment) is set, but DATABASE_USER is not"),
    (PARTS, {"DATA_DIR": "/x"}, None),
    ({"DATABASE_PASSWORD": "left", "DATABASE_USER": "over", "DATABASE_PORT": "tcp://10.0.0.1:1"}, {"DATA_DIR": "/x"}, None),
    ({"DATABASE_TYPE": "postgresql"}, {"DATABASE_URL": "sqlite:////y.db"}, None),
])
def test_parts_that_decide_nothing_because_others_are_missing_are_told(owctl, tmp_path, given, beside, missing):
    """The release uses DATA_DIR without a word; so does owctl, with one."""
    err = owctl("profile", "show", env={**given, **beside}).ok().err
    assert ("Open WebUI then uses none of these parts" in err) == bool(missing)
    assert not missing or f"warning: {missing}: " in err and "database: SQLite /x/webui.db" in err
    assert "none of these parts" not in owctl("profile", "show", "--data-dir", "/y", env={**given, **beside}).ok().err


def test_the_parts_that_are_missing_are_told_once(owctl, tmp_path):
    """Before hours of hashing the database is opened, and again to write."""
    owctl("migrate", "up", "--data-dir", tmp_path).ok()
    (tmp_path / "people.csv").write_text("email,password\na@b.c,Geheim123!\nb@b.c,Geheim123!\n")
    err = owctl("user", "import", tmp_path / "people.csv", env={"DATA_DIR": tmp_path, "DATABASE_TYPE": "postgresql"}).ok().err
    assert err.count("none of these parts") == 1


def test_incomplete_parts_are_nothing_to_the_release_either(tmp_path):
    python = part("openwebui", NEWEST) / "bin/python"
    environment = {**PARTS, "DATABASE_PORT": "", "DATA_DIR": str(tmp_path), "WEBUI_SECRET_KEY": "x", "PATH": os.environ["PATH"]}
    done = subprocess.run([python, "-c", "from open_webui.env import DATABASE_URL as url; print(url)"], capture_output=True, text=True,
                          env=environment, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == f"sqlite:///{tmp_path}/webui.db", done.stderr


TYPED_IN_PROFILE = "profiles: {{p: {{settings: {{{}}}}}}}".format


@pytest.mark.parametrize("given, environment, decided", [
    ("DATABASE_URL: sqlite:////typed.db", {"DATABASE_URL": "sqlite:////other.db"}, "DATABASE_URL"),
    ("DATABASE_URL: sqlite:////typed.db", PARTS, "DATABASE_TYPE"),
    ("DATABASE_URL: {file: /nowhere}", {"DATABASE_URL": "sqlite:////other.db"}, "DATABASE_URL"),
    ("DATA_DIR: /typed", {"DATABASE_URL": "sqlite:////other.db"}, "DATABASE_URL"),
    ("DATA_DIR: /typed", {"DATA_DIR": "/other"}, "DATA_DIR"),
    (", ".join(f"{name}: {value}" for name, value in PARTS.items()), {"DATABASE_HOST": "elsewhere"}, "DATABASE_HOST"),
    (", ".join(f"{name}: {value}" for name, value in PARTS.items()), {"DATABASE_PASSWORD": "s3cret"}, None),
    ("DATABASE_URL: sqlite:////typed.db", {"DATABASE_URL": "sqlite:////typed.db"}, None),
    ("DATABASE_URL: sqlite:////typed.db", {"DATA_DIR": "/other"}, None),
    ("WEBUI_URL: http://x", {"DATABASE_URL": "sqlite:////other.db"}, None),
])
def test_what_is_typed_and_does_not_decide_about_the_database_is_told(owctl, files, given, environment, decided):
    config(owctl, TYPED_IN_PROFILE(given))
    in_file = given.replace("DATABASE_URL: {file: ", "DATABASE_URL_FILE: ").replace("}", "").replace(", ", "\n").replace(": ", "=")
    path = files(x__env=in_file) / "x.env"
    for words, named in (["--profile", "p"], 'profile "p"'), (["--env-file", path], f"--env-file {path}"):
        err = owctl("profile", "show", *words, env=environment).ok().err
        if decided:
            assert f"warning: {named} does not decide which database this is: {decided} (environment" in err
            assert "does not decide" not in owctl("profile", "show", *words, "--database", "/flag.db", env=environment).ok().err
        else:
            assert "does not decide" not in err


def test_a_profile_that_nobody_named_is_not_mixed_with_an_env_file(owctl, files, tmp_path):
    """It would lend the file's installation the wrong database, or the wrong Redis; how owctl is to behave it still says."""
    config(owctl, "default: p\nprofiles: {p: {settings: {DATABASE_URL: 'sqlite:////p.db', REDIS_URL: 'redis://p', OWCTL_AUDIT_LOG: /log}}}")
    path = files(x__env=f"DATA_DIR={tmp_path}\n") / "x.env"
    for environment in {}, {"OWCTL_PROFILE": "p"}:
        found = shown(owctl, "--env-file", path, env=environment)
        assert found["DATA_DIR"][0] == str(tmp_path) and found["OWCTL_AUDIT_LOG"][0] == "/log"
        assert "DATABASE_URL" not in found and "REDIS_URL" not in found
    err = owctl("profile", "show", "--env-file", path, "--profile", "p").ok().err
    assert f"warning: --env-file {path} does not decide which database this is: DATABASE_URL (profile p, " in err
    assert "database: SQLite /p.db" in err


def test_only_the_profile_that_decided_is_named(owctl, files, tmp_path):
    config(owctl, TYPED_IN_PROFILE(f"DATA_DIR: {tmp_path}"))
    owctl("migrate", "up", "--data-dir", tmp_path).ok()
    for words, environment, named in ([], {}, True), (["--data-dir", tmp_path], {}, False), ([], {"DATA_DIR": tmp_path}, False):
        err = owctl("group", "create", "Staff", "-n", "--profile", "p", *words, env=environment).ok().err
        assert "would change SQLite" in err and (", profile p" in err) == named


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_profiles_that_others_can_change_are_refused(owctl, mode):
    """They name commands to run, and where a password is sent."""
    path = config(owctl, "default: p\nprofiles: {p: {settings: {DATABASE_URL: {command: touch ran; echo x}}}}", mode)
    err = owctl("user", "list").ended(77).err
    assert f"{path} can be changed by other users" in err and f"hint: chmod go-w {path}\n" in err
    assert not (owctl.home / "ran").exists()
    path.chmod(0o600)
    assert "can be changed" not in owctl("user", "list").err


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to give a file away")
def test_profiles_of_another_user_are_refused(owctl):
    path = config(owctl, "profiles: {}")
    os.chown(path, 12345, -1)
    err = owctl("profile", "list").ended(77).err
    assert f"{path} belongs to another user" in err and f"hint: chown 0 {path}" in err


def test_a_hint_that_is_a_command_can_be_pasted(owctl, files):
    """Whatever a path or a name holds, it is one word of the shell."""
    folder = owctl.home / "it's $(touch pasted) here"
    folder.mkdir()
    path = folder / "config.yaml"
    path.write_text("profiles: {p: {settings: {WEBUI_SECRET_KEY: s3cret}}}")
    path.chmod(0o644)
    hint = owctl("profile", "list", env={"OWCTL_CONFIG": path}).ended(77).err.partition("hint: ")[2]
    subprocess.run(["sh", "-c", hint], check=True, cwd=owctl.home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640 and not (owctl.home / "pasted").exists()
    owctl("profile", "list", env={"OWCTL_CONFIG": path}).ok()
