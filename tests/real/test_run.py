"""How owctl starts and ends: exit status, streams that are closed, full or unread, words that nobody would type."""
import os
import re
import resource
import signal
import subprocess

import pytest

from lab.owctl import binary, check_sanitizers

pytestmark = pytest.mark.quick


def test_help_is_data_and_a_missing_command_is_not(owctl):
    asked = owctl("--help").ok()
    assert asked.out.startswith("owctl - ") and asked.err == ""
    missing = owctl().ended(64)
    commands = asked.out[:asked.out.index("\n\nExamples:")]
    assert missing.out == "" and missing.err.startswith(commands) and len(missing.err.splitlines()) < 24
    assert missing.err.endswith("owctl: a command is missing after 'owctl'\nhint: 'owctl --help' has examples\n")
    assert owctl("user").ended(64).out == ""


@pytest.mark.parametrize("words", [["help", "user", "list"], ["user", "help", "list"], ["user", "list", "--help"],
                                   ["-h", "user", "list"], ["user", "list", "help"], ["user", "list", "-help"]])
def test_ways_to_ask_for_help(owctl, words):
    assert owctl(*words).ok().out.startswith("owctl user list - ")


def test_help_of_what_is_not_there(owctl):
    done = owctl("help", "user", "lsit").ended(64)
    assert done.err == "owctl: 'owctl user' has no command 'lsit'\nhint: did you mean 'owctl user list'?\n"


def test_exit_statuses_are_explained(owctl):
    text = owctl("help", "exit-status").ok().out
    assert re.findall(r"^ +(\d+)  [a-z]+ ", text, re.M) == ["0", "1", "2", "64", "65", "69", "75", "77", "78", "130", "141"]


def test_topics_are_listed_and_explained(owctl):
    """Each that help names; what stands there about settings and forms of output is what there is."""
    listed = re.findall(r"^  (\S+)", owctl("help").ok().out.partition("\nTopics:\n")[2].partition("\n\n")[0], re.M)
    assert listed == ["database", "environment", "exit-status", "output", "schedules"]
    texts = {topic: owctl("help", topic).ok().out for topic in listed}
    known = [row["name"] for row in owctl("profile", "show", "--all", "-o", "json", env={"DATA_DIR": "/x"}).ok().json()]
    assert re.findall(r"^  ([A-Z0-9_]+)", texts["environment"], re.M) == known
    assert re.findall(r"^  ([a-z]+) ", texts["output"], re.M) == ["table", "json", "yaml", "csv"]
    assert all(len(line) <= 80 for text in texts.values() for line in text.splitlines())


def test_version(owctl):
    assert re.fullmatch(r"owctl \d+\.\d+\.\d+\n", owctl("--version").ok().out)
    assert owctl("version", "-o", "json", "--columns", "owctl").ok().json().keys() == {"owctl"}


def test_version_and_help_need_no_settings(owctl, tmp_path):
    for words in ["version"], ["help"], ["completion", "bash"], ["--help"], ["user", "list", "--help"]:
        owctl("--profile", "missing", "--env-file", tmp_path / "missing", *words).ok()


def shell(owctl, line, **options):
    done = subprocess.run(["bash", "-c", line, "bash", str(binary())], env=owctl.environment(), capture_output=True,
                          timeout=60, **options)
    check_sanitizers(line, done.stderr)
    return done


@pytest.mark.parametrize("words", ["version", "--version", "help", "--help", "completion bash", "help exit-status",
                                   "version -o json", "version -o csv", "version -o yaml"])
@pytest.mark.parametrize("where, why", [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")])
def test_stdout_that_cannot_be_written_to(owctl, words, where, why):
    done = shell(owctl, f'"$1" {words} {where}')
    assert done.returncode == 1
    assert f"cannot write to standard output: {why}" in done.stderr.decode()


def test_all_streams_closed(owctl):
    assert shell(owctl, '"$1" version <&- >&- 2>&-').returncode == 1
    assert shell(owctl, '"$1" version 2>&-').returncode == 0
    assert shell(owctl, '"$1" nonsense 2>&-').returncode == 64


def test_reader_that_goes_away(owctl):
    """As any filter: quiet, and the status that a shell shows for SIGPIPE."""
    done = shell(owctl, 'mkfifo f; exec 3<>f 4>f 3<&-; "$1" version >&4; echo $?', cwd=owctl.home)
    assert (done.stdout, done.stderr) == (b"141\n", b"")
    done = shell(owctl, 'set -o pipefail; "$1" help | true; true')
    assert done.stderr == b""


def test_no_core_dump_even_where_they_are_wanted(owctl, tmp_path):
    """Memory holds passwords."""
    def want_cores():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    fifo = tmp_path / "words"
    os.mkfifo(fifo)
    process = owctl.start("--env-file", str(fifo), "user", "list", preexec_fn=want_cores, cwd=tmp_path)
    try:
        with open(fifo, "w"):  # it is reading its settings now
            limits = open(f"/proc/{process.pid}/limits").read()
            soft = re.search(r"Max core file size +(\S+)", limits)[1]
            assert int(soft) <= 1
            process.send_signal(signal.SIGABRT)
            process.wait(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("core")]


@pytest.mark.parametrize("url", ["postgresql://me:geheim1@127.0.0.1:1/db", "postgresql://127.0.0.1:1/db?password=geheim1&sslmode=disable",
                                 "postgresql://127.0.0.1:1/db?sslmode=disable&pass%77ord=geheim1", "postgresql://127.0.0.1:1/db?sslpassword=geheim1",
                                 "postgresql://me:geheim1@127.0.0.1:1/db?password=geheim2", "host=127.0.0.1 port=1 sslpassword=geheim1 password=geheim2",
                                 "host=127.0.0.1 port=1 dbname=db password = 'geheim1 geheim2' user=me"])
@pytest.mark.parametrize("form", [["--database={}"], ["--database", "{}"]])
def test_a_password_in_a_url_is_hidden_from_the_list_of_processes(owctl, tmp_path, url, form):
    fifo = tmp_path / "words"
    os.mkfifo(fifo)
    process = owctl.start("--env-file", str(fifo), "--timeout", "1", *(word.format(url) for word in form), "user", "list", cwd=tmp_path)
    try:
        with open(fifo, "w"):  # it is reading its settings now
            seen = open(f"/proc/{process.pid}/cmdline", "rb").read()
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert b"user\0list" in seen and b"geheim" not in seen
    assert (b"=" if len(form) == 1 else b"\0") + b"x" * len(url) + b"\0" in seen  # to the last byte, and nothing else
    assert process.returncode == 69  # it had the password all the same: this is about the server
    assert b"geheim" not in err
    assert b"warning: the password in --database could be seen" in err


def test_other_words_stay_in_the_list_of_processes(owctl, tmp_path):
    fifo = tmp_path / "words"
    os.mkfifo(fifo)
    words = ["user", "create", "a@example.org", "--name=Ada: B", "--no-password", "--database=postgresql://me@127.0.0.1:1/db", "--timeout=1"]
    process = owctl.start("--env-file", str(fifo), *words, cwd=tmp_path)
    try:
        with open(fifo, "w"):
            seen = open(f"/proc/{process.pid}/cmdline", "rb").read()
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert seen.endswith("\0".join(words).encode() + b"\0") and b"could be seen" not in err


def test_a_password_that_was_not_typed_is_not_warned_of(owctl):
    done = owctl("user", "list", "--timeout", "1", env={"DATABASE_URL": "postgresql://me:geheim1@127.0.0.1:1/db"}).ended(69)
    assert "could be seen" not in done.err


@pytest.mark.parametrize("word, shown", [("WEBUI_SECRET_KEY=geheim1", "WEBUI_SECRET_KEY=xxxxxxx"), ("DATA_DIR=/srv/data", "DATA_DIR=/srv/data")])
@pytest.mark.parametrize("form", [["--search={}"], ["--search", "{}"]])
def test_a_setting_that_is_secret_is_hidden_from_the_list_of_processes(owctl, tmp_path, word, shown, form):
    """As in `profile add --set`, which reads nothing that would keep it long enough to be seen."""
    fifo = tmp_path / "words"
    os.mkfifo(fifo)
    process = owctl.start("--env-file", str(fifo), "user", "list", "--database", "postgresql://127.0.0.1:1/db", "--timeout", "1",
                          *(piece.format(word) for piece in form), cwd=tmp_path)
    try:
        with open(fifo, "w"):  # it is reading its settings now
            seen = open(f"/proc/{process.pid}/cmdline", "rb").read()
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert seen.endswith("\0".join(piece.format(shown) for piece in form).encode() + b"\0")


STRANGE = [b"\xff\xfe", b"\x1b]0;title\x07", b"", b" ", b"-", b"--", b"---", b"--=", b"-=", b"--no-", b"=x",
           "\u202etxt".encode(), b"%s%n%n", b"x" * (120 * 1024), b"--" + b"x" * (120 * 1024), b"--output=\xff"]


@pytest.mark.parametrize("word", STRANGE, ids=lambda word: repr(word[:20]))
@pytest.mark.parametrize("before", [[], ["user"], ["user", "list"], ["user", "list", "--role"], ["-o"], ["help"]],
                         ids=" ".join)
def test_strange_words(owctl, before, word):
    done = owctl(*before, word)
    assert done.rc in (0, 64, 78)
    assert all(len(line) < 400 for line in done.raw_err.splitlines())
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f\xff]", done.raw_err)


@pytest.mark.parametrize("secret", [["--password", "geheim1"], ["--password=geheim1"], ["geheim1"]])
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_password_as_argument_is_refused_and_never_repeated(owctl, secret, log_format):
    done = owctl("--log-format", log_format, "user", "create", "a@example.org", *secret).ended(64)
    assert "--password-stdin or --password-file FILE" in done.err
    assert "geheim" not in done.out + done.err
