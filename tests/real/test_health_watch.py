"""`owctl health watch`: a screen on a terminal, lines elsewhere."""
import fcntl
import os
import re
import signal
import struct
import subprocess
import termios

import pytest
from lab.process import wait_until
from lab.recorded import Recorded
from lab.terminal import JOB_CONTROL, Terminal

NOBODY = ("--replica", "http://127.0.0.1:1", "--data-dir", "/nowhere")


class Screen:
    """What stands on a terminal of that many lines and columns, of the few sequences that owctl writes."""

    SEQUENCE = re.compile(rb"\x1b\[\??([0-9;]*)([A-Za-z])")

    def __init__(self, terminal, lines=24, columns=80):
        self.terminal = terminal
        self.resize(lines, columns)

    def resize(self, lines, columns):
        self.lines = lines
        fcntl.ioctl(self.terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def shown(self):
        """The lines of the last whole drawing."""
        last = self.terminal.seen.split(b"\x1b[H")[-2] if self.terminal.seen.count(b"\x1b[H") > 1 else b""
        self.marked = [self.SEQUENCE.sub(b"", line).decode() for line in last.split(b"\r\n") if b"\x1b[7m" in line]
        return [self.SEQUENCE.sub(b"", line).decode() for line in last.split(b"\r\n")]

    def wait_for(self, *texts):
        def stand():
            self.terminal.seen = self.terminal.seen[-100_000:]
            self.terminal.read_some()
            lines = self.shown()
            return all(any(text in line for line in lines) for text in texts) and lines

        return wait_until(stand, 20, f"{texts} on the screen")


@pytest.fixture
def watch(owctl):
    started = []

    def watch(*words, lines=24, columns=80, under=(), **env):
        terminal = Terminal(owctl, "health", "watch", "--interval", "1s", *words, under=under, env={"TERM": "xterm", **env})
        started.append(terminal)
        return Screen(terminal, lines, columns)

    yield watch
    for terminal in started:
        terminal.close()


def test_screen_shows_what_is_wrong_and_opens_it(watch):
    screen = watch(*NOBODY)
    lines = screen.wait_for("CRITICAL: 2 critical", "OW301", "q quit")
    assert len(lines) == 24 and all(len(line) <= 80 for line in lines)
    assert screen.marked and "OW102" in screen.marked[0]
    screen.terminal.type("\x1b[B")
    screen.wait_for("OW301")
    wait_until(lambda: screen.wait_for("OW102") and "OW301" in screen.marked[0], 10, "the second one marked")
    screen.terminal.type("\r")
    screen.wait_for("database-reached, critical", "What to do", "Esc back")
    screen.terminal.type("\x1b")
    screen.wait_for("arrows select")
    screen.terminal.type("s")
    screen.wait_for("by subject")
    screen.terminal.type("q")
    assert screen.terminal.end() == 0
    assert screen.terminal.seen.endswith(b"\x1b[?25h\x1b[?1049l")


def test_ctrl_z_gives_the_terminal_back_for_a_while(watch):
    screen = watch(*NOBODY, under=JOB_CONTROL)
    screen.wait_for("q quit")
    screen.terminal.type("\x1a")
    screen.terminal.wait_for("stopped\r\n")
    assert b"\x1b[?25h\x1b[?1049l" in screen.terminal.seen.split(b"stopped\r\n")[0]
    screen.terminal.seen = b""
    screen.wait_for("q quit")
    screen.terminal.type("q")
    screen.terminal.wait_for("stopped\r\n")
    assert screen.terminal.end() == 1  # of bash, which has no other job to go on with
    assert screen.terminal.seen.count(b"\x1b[?1049l") == 1


def test_screen_follows_the_size_of_the_terminal(watch):
    screen = watch(*NOBODY)
    screen.wait_for("OW102")
    screen.resize(10, 40)
    os.kill(screen.terminal.pid, signal.SIGWINCH)
    wait_until(lambda: len(screen.wait_for("OW102")) == 10 and max(map(len, screen.shown())) <= 40, 10, "a small screen")
    screen.terminal.type("q")
    assert screen.terminal.end() == 0


def test_ctrl_c_puts_the_terminal_back(watch):
    screen = watch(*NOBODY)
    screen.wait_for("OW102")
    assert not screen.terminal.echoes()
    screen.terminal.type("\x03")
    assert screen.terminal.end() == 130
    assert b"\x1b[?1049l" in screen.terminal.seen


def test_lines_tell_what_begins_and_what_is_over(owctl, tmp_path):
    (tmp_path / "first").mkdir(), (tmp_path / "second").mkdir()
    with Recorded(tmp_path / "first", 1) as there, Recorded(tmp_path / "second", 1) as late:
        there.start().wait()  # the other one listens, and nobody answers there yet
        watching = owctl.start("health", "watch", "--interval", "1s", "--timeout", "1", "--only", "replicas", "--data-dir", "/nowhere",
                               "--replica", f"{there.urls[0]},{late.urls[0]}", stderr=subprocess.STDOUT)
        name = late.urls[0].removeprefix("http://")
        lines = [watching.stdout.readline().decode() for _ in range(2)]
        assert f"critical OW102 {name} gives no answer" in lines[0] and "CRITICAL: 1 critical" in lines[1]
        late.start().wait()
        lines = [watching.stdout.readline().decode() for _ in range(2)]
        assert f"over OW102 {name} every replica answers" in lines[0] and "OK: 0 critical" in lines[1]
        watching.terminate()
        assert watching.wait(20) == 130


def test_line_mode_is_for_programs(owctl):
    done = owctl("health", "watch", "--interval", "1s", "--times", "2", *NOBODY).ok()
    lines = done.out.splitlines()
    assert [line.split()[1:3] for line in lines] == [["critical", "OW102"], ["critical", "OW301"], ["CRITICAL:", "2"]]
    assert not re.search("\x1b", done.out)
