"""Times two commands in turn, as whole processes, and compares medians."""
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess


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


LAUNCH = pathlib.Path(__file__).resolve().parents[2] / "build/bench/launch"


def run(command, stdin=None, prepare=None):
    """One run; its output goes to /dev/null. An exit status other than 0 ends the benchmark."""
    if prepare:
        prepare()
    reader, writer = os.pipe()
    with open(stdin or os.devnull, "rb") as source, open(reader) as report:
        child = subprocess.Popen(["sh", "-c", f'exec 3>&{writer}; exec "$@"', "sh", LAUNCH, *command], stdin=source,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(writer,))
        os.close(writer)
        seconds, cpu, peak, status = report.read().split()
        child.wait()
    if int(status):
        raise SystemExit(f"bench: {' '.join(map(str, command))} exited {status}")
    return Run(float(seconds), float(cpu), int(peak))


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
