"""How long somebody who types waits: for the first prompt, and for a word to be completed."""
import os
import pty
import select
import signal
import statistics
import time

from measure import Line

LONGEST = 30  # seconds until it is no bench any more


def wait_for_prompt(command, environment, mark):
    """Seconds from the start to the prompt on a pseudo-terminal."""
    since = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(str(command[0]), [str(word) for word in command], environment)
    seen = b""
    while mark not in seen:
        if not select.select([terminal], [], [], LONGEST)[0]:
            raise SystemExit(f"bench: {command[0]} has no prompt: {seen!r}")
        seen += os.read(terminal, 4096)
    seconds = time.monotonic() - since
    os.kill(pid, signal.SIGKILL)
    os.close(terminal)
    os.waitpid(pid, 0)
    return seconds


def first_prompt(work, ours, theirs, peer_name, environment, marks, runs=15):
    """Alternating runs after one warm-up of each."""
    environment = {**os.environ, "TERM": "vt100", **environment}
    mine, other = [], []
    for number in range(runs + 1):
        pair = (wait_for_prompt(ours, environment, marks[0]), wait_for_prompt(theirs, environment, marks[1]))
        if number:
            mine.append(pair[0])
            other.append(pair[1])
    return Line(work, statistics.median(mine), statistics.median(other), peer_name, 0, 0)
