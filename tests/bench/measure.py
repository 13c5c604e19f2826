"""Times two commands in turn, as whole processes, and compares medians."""
import dataclasses
import json
import os
import statistics
import subprocess
import time


@dataclasses.dataclass
class Run:
    seconds: float
    cpu: float
    peak: int  # bytes


@dataclasses.dataclass
class Line:
    work: str
    owctl: float
    peer: float
    peer_name: str
    owctl_peak: int
    peer_peak: int
    unit: str = "s"
    target: float | None = None  # of the ratio
    note: str = ""

    @property
    def ratio(self):
        return self.owctl / self.peer if self.peer else None


def run(command, stdin=None, environment=None, prepare=None):
    """One run; its output goes to /dev/null. An exit status other than 0 ends the benchmark."""
    if prepare:
        prepare()
    source = open(stdin, "rb") if stdin else subprocess.DEVNULL
    with open(os.devnull, "wb") as sink, open(os.devnull, "wb") as errors:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdin=source, stdout=sink, stderr=errors, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"bench: {' '.join(map(str, command))} exited {child.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def pair(work, ours, theirs, peer_name, runs=5, target=None, **options):
    """Alternating runs after one warm-up of each. `ours` and `theirs` are dicts of arguments for run()."""
    run(**ours), run(**theirs)
    mine, other = [], []
    for _ in range(runs):
        mine.append(run(**ours))
        other.append(run(**theirs))
    return Line(work, statistics.median(r.seconds for r in mine), statistics.median(r.seconds for r in other), peer_name,
                max(r.peak for r in mine), max(r.peak for r in other), target=target, **options)


def show(lines, path):
    print(f"{'work':<44} {'owctl':>10} {'peer':>10} {'ratio':>6} {'target':>6} {'MB':>6} {'peer MB':>8}  peer")
    for line in lines:
        ratio = f"{line.ratio:.2f}" if line.ratio else "-"
        target = f"{line.target:.2f}" if line.target else "-"
        theirs = f"{line.peer:.4f}" if line.peer else "-"
        print(f"{line.work:<44} {line.owctl:>9.4f}{line.unit:<1} {theirs:>10} {ratio:>6} {target:>6} "
              f"{line.owctl_peak / 1e6:>6.1f} {line.peer_peak / 1e6:>8.1f}  {line.peer_name} {line.note}")
    path.write_text(json.dumps([dataclasses.asdict(line) | {"ratio": line.ratio} for line in lines], indent=1) + "\n")
