"""examples/cron and examples/systemd: run as cron and systemd run them, they do what they say, and cron has nothing to mail."""
import json
import re
import shutil
import subprocess
import time

import pytest

from lab.backups import Keys
from lab.manager import sections
from lab.owctl import Owctl, binary
from lab.parts import NEWEST, TREE, part
from lab.process import wait_until
from lab.recorded import Recorded
from lab.systemd import Systemd

CRON, UNITS = TREE / "examples/cron/owctl", TREE / "examples/systemd"
SERVICES = sorted(path.name for path in UNITS.glob("owctl-*.service"))
CRON_FIELDS = (0, 59), (0, 23), (1, 31), (1, 12), (0, 7)
CRON_LINE = re.compile(r"#?((?:[0-9*/]+ ){4}[0-9*/]+) +(\S+) +(.*)")


def make(folder, data, repository, health, **more):
    """An installation made by owctl in a folder, and in another one the settings that the examples read."""
    folder.mkdir(exist_ok=True)
    owctl = Owctl(folder)
    keys = Keys(owctl, folder)
    keys.file.rename(folder / "backup-key.txt")
    where = {"DATA_DIR": data, "OWCTL_AUDIT_LOG": "/dev/null"}
    owctl("migrate", "up", env=where).ok()
    owctl("user", "create", "ada@example.org", "--role", "admin", "--no-password", env=where).ok()
    (data / "uploads").mkdir()
    owctl("repo", "init", repository).ok()
    settings = {"OWCTL_REPOSITORY": repository, "OWCTL_RECIPIENTS": keys.recipient, "OWCTL_REPLICAS": health,
                "DATA_DIR": data, **more}
    (folder / "owctl.env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    (folder / "owctl.env").chmod(0o600)
    return owctl


# ---- cron

class Cron:
    """Runs the command of a line as cron does: by /bin/sh, with the variables of the file and no others, and % as crontab(5) has it."""

    def __init__(self, folder):
        self.folder = folder
        self.variables = dict(re.findall(r"^([A-Z]+)=(.*)$", CRON.read_text(), re.M))
        self.lines = [match.groups() for match in map(CRON_LINE.fullmatch, CRON.read_text().splitlines()) if match]

    def __call__(self, words):
        [(_, user, command)] = [line for line in self.lines if words in line[2]]
        assert user == "open-webui" and not re.search(r"(?<!\\)%", command), "it would end there"
        command = command.replace("\\%", "%").replace("/etc/owctl", str(self.folder)).replace("/var/tmp", str(self.folder))
        environment = self.variables | {"HOME": str(self.folder), "LOGNAME": user, "DELAY": "0"}
        environment["PATH"] = f"{binary().parent}:{environment['PATH']}"
        return subprocess.run([environment["SHELL"], "-c", command], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)


NIGHTLY = "backup create", "backup prune", "backup verify", "backup status", "health check", "backup drill"


@pytest.fixture
def replica(tmp_path):
    with Recorded(tmp_path, 1) as replica:
        yield replica.start().wait()


def test_cron_has_nothing_to_mail_until_there_is_trouble(tmp_path, replica):
    data, repository = tmp_path / "data", tmp_path / "backups"
    data.mkdir()
    make(tmp_path / "etc", data, repository, replica.urls[0], OWCTL_AUDIT_LOG=tmp_path / "audit.jsonl")
    cron = Cron(tmp_path / "etc")
    assert len(cron.lines) == len(NIGHTLY) and cron.variables["MAILTO"]
    for words in NIGHTLY:
        done = cron(words)
        assert (done.stdout, done.returncode) == ("", 0), words
    assert [json.loads(line)["command"] for line in (tmp_path / "audit.jsonl").read_text().splitlines()] == ["backup create", "backup drill"]
    replica.stop()
    repository.rename(tmp_path / "gone")
    for words in NIGHTLY:
        done = cron(words)
        assert done.stdout and done.returncode, words


def test_a_cron_command_waits_at_random_for_as_long_as_the_file_says():
    cron = Cron(None)
    for when, _, _ in cron.lines:
        for field, (first, last) in zip(when.split(), CRON_FIELDS, strict=True):
            assert all(first <= int(number) <= last for number in re.findall(r"\d+", field)), when
    [delayed] = [command for _, _, command in cron.lines if "sleep" in command]
    draw = re.search(r'sleep "\$\((.*?)\)"', delayed)[1]
    drawn = {int(subprocess.check_output(["sh", "-c", draw], env={"PATH": cron.variables["PATH"], "DELAY": "3"})) for _ in range(40)}
    assert 1 < len(drawn) and drawn <= {0, 1, 2, 3} and int(cron.variables["DELAY"]) > 0


# ---- systemd

@pytest.fixture
def units(tmp_path):
    """The units, with an owctl that is there."""
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for name in SERVICES:
        (folder / name).write_text((folder / name).read_text().replace("ExecStart=owctl", f"ExecStart={binary()}"))
    return folder


def analyze(*words):
    return subprocess.run([part("systemd") / "bin/systemd-analyze", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def test_systemd_finds_nothing_wrong_with_the_units(units):
    done = analyze("verify", "--man=no", *units.glob("*.service"), *units.glob("*.timer"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for name in SERVICES:
        done = analyze("security", "--offline=true", "--no-pager", "--threshold=12", units / name)
        assert done.returncode == 0, done.stdout
    run = []
    for name in SERVICES:
        service = sections(UNITS / name)["Service"]
        run += [" ".join(value.split()[3:5]) for key, value in service if key == "ExecStart"]
        # What can hang for hours is watched, and what a busy store refuses is tried again.
        if ("Type", "oneshot") not in service and name != "owctl-health.service":
            assert {"WatchdogSec", "RestartSec"} < {key for key, _ in service}
            assert {("Type", "notify"), ("WatchdogSignal", "SIGTERM"), ("RestartForceExitStatus", "69 75")} < set(service)
    assert sorted(run) == sorted(NIGHTLY), "what cron does"
    for timer in UNITS.glob("*.timer"):
        assert f"{timer.stem}.service" in SERVICES
        assert sections(timer)["Install"] == [("WantedBy", "timers.target")]
        assert ("Persistent", "yes") in sections(timer)["Timer"] or timer.stem == "owctl-health", "a machine sleeps at night"
        [when] = [value for name, value in sections(timer)["Timer"] if name == "OnCalendar"]
        assert analyze("calendar", when).returncode == 0
        assert {"RandomizedDelaySec"} < {name for name, _ in sections(timer)["Timer"]}
    assert len(list(UNITS.glob("*.timer"))) == len(SERVICES)


MAIL = '#!/bin/sh\n{ printf "%s\\n" "$@"; cat; } >"/run/mail"\n'
# The sanitizer's look for leaks traces the process, which the sandbox forbids.
FOR_TESTS = "[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n"
HUNG = "[Unit]\n[Service]\nType=notify\nWatchdogSec=2s\nExecStart=owctl --env-file %d/owctl.env backup create --before 'sleep 60'\n"


@pytest.fixture(scope="module", params=[f"on {NEWEST} with systemd"])
def systemd(request):
    """One that has the examples as they are, an installation in /srv/open-webui and a repository in /srv/backups."""
    with Systemd() as systemd:
        data = systemd.folder / "srv/open-webui"
        data.mkdir()
        shutil.copytree(UNITS, systemd.folder / "units", dirs_exist_ok=True)
        (systemd.folder / "units/owctl-.service.d/tests.conf").write_text(FOR_TESTS)
        (systemd.folder / "units/owctl-hung.service").write_text(HUNG)
        (systemd.folder / "bin/mail").write_text(MAIL)
        (systemd.folder / "bin/mail").chmod(0o755)
        make(systemd.folder / "etc", data, systemd.folder / "srv/backups", "http://127.0.0.1:1")
        file = systemd.folder / "etc/owctl.env"
        file.write_text(file.read_text().replace(str(systemd.folder), ""))
        for path in (systemd.folder / "srv").rglob("*"):
            shutil.chown(path, systemd.uid, systemd.uid)
        yield systemd.start()


def test_the_services_do_their_work_in_their_sandbox(systemd):
    for name in "owctl-backup.service", "owctl-care.service", "owctl-drill.service":
        systemd("systemctl", "start", name)
        assert systemd.wait_for(name) == "success", systemd.journal("-u", name)
        said = [json.loads(line) for line in systemd.journal("-u", name, "-o", "json").splitlines()]
        own = [entry for entry in said if entry.get("_COMM") == "owctl"]
        assert own and not [entry for entry in own if int(entry["PRIORITY"]) < 5], own
        assert not [entry for entry in own if re.match("<[0-9]>", entry["MESSAGE"])]
    changes = [json.loads(entry) for entry in systemd.journal("-o", "cat", "SYSLOG_FACILITY=10").splitlines()]
    assert [change["command"] for change in changes] == ["backup create", "backup drill"]
    found = systemd.journal(f"_SYSTEMD_INVOCATION_ID={changes[0]['run']}", "-o", "cat")
    assert "created" in found and '"command":"backup create"' in found, "the run has the name of the invocation"


def test_somebody_is_told_of_what_fails(systemd):
    """Nobody listens where the replica should be: that is critical."""
    systemd("systemctl", "start", "owctl-health.service")
    assert systemd.wait_for("owctl-health.service") == "exit-code"
    assert systemd.show("owctl-health.service", "ExecMainStatus")["ExecMainStatus"] == "2"
    wait_until(lambda: systemd("cat", "/run/mail").stdout, 20, "the mail")
    systemd.wait_for("tell-about@owctl-health")
    mail = systemd("cat", "/run/mail", check=True).stdout
    assert "owctl-health.service on " in mail and "exit-code 2" in mail and "OW102" in mail and "Failed with result" in mail


def test_the_watchdog_ends_who_gets_nowhere(systemd):
    begun = time.monotonic()
    systemd("systemctl", "start", "owctl-hung.service")
    assert systemd.show("owctl-hung.service", "ActiveState", "StatusText") == {"ActiveState": "active", "StatusText": "backup create"}
    assert systemd.wait_for("owctl-hung.service") == "watchdog" and time.monotonic() - begun < 30


def test_the_timers_know_when(systemd):
    names = [f"{name.removesuffix('.service')}.timer" for name in SERVICES]
    systemd("systemctl", "start", *names, check=True)
    listed = systemd("systemctl", "list-timers", "--no-pager").stdout
    assert all(name in listed for name in names) and f"{len(names)} timers listed" in listed
    systemd("systemctl", "stop", *names, check=True)
