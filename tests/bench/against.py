"""Does `run --against` find a function that became 5 % slower, and leave alone one that did not? Not a test: it takes minutes.

    .venv/bin/python tests/bench/against.py        # 20 times
    .venv/bin/python tests/bench/against.py 5

Each time in a new repository with two commits, of which the later one makes `changed` 5 % slower and touches nothing of
`untouched`. The command is the one a user would put into CI: `run --against HEAD~1 --fail-on slower:2%`. The exit code
is 1 where more than one verdict in twenty is wrong, of either function. The function writes JSON: the time of a tight
loop differs by several per cent from process to process, however quiet the machine, and takes many more blocks.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tabulate import tabulate

TIMES = 40
WRONG_AT_MOST = 0.05

EXPERIMENT = """\
workloads:
  changed: {kind: function, call: "mine:changed"}
  untouched: {kind: function, call: "mine:untouched"}
models: [serial]
tasks: 2
measure: {blocks: {min: 10, max: 100}, batches: 30, verdict_on: quickest}
"""
CODE = """\
import json

ROWS = [{"number": i, "text": str(i), "parts": [i, i + 1, i / 3]} for i in range(60)]


def work(times):
    for _ in range(times):
        json.dumps(ROWS)


def changed():
    work(%d)


def untouched():
    work(%d)
"""


@dataclass(frozen=True)
class Outcome:
    """What the command said, and how long it took."""

    exit_code: int
    seconds: float
    blocks: int
    tripped: frozenset[str]
    ratios: dict[str, tuple[float, float, float]]


def git(folder: Path, *arguments: str) -> None:
    """In the repository, as somebody."""
    names = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


def repository(folder: Path) -> None:
    """Two commits."""
    (folder / "experiments").mkdir()
    (folder / "experiments" / "mine.yaml").write_text(EXPERIMENT)
    git(folder, "init", "-q", ".")
    for times in (TIMES, TIMES + TIMES // 20):
        (folder / "experiments" / "mine.py").write_text(CODE % (times, TIMES))
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", f"{times} times")


def once() -> Outcome:
    """One repository, one run of the command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository(folder)
        argv = [sys.executable, "-m", "runner", "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1"]
        began = time.monotonic()
        done = subprocess.run(
            [*argv, "--fail-on", "slower:2%"], cwd=folder, capture_output=True, text=True, check=False
        )
        seconds = time.monotonic() - began
        page = json.loads((folder / "results" / "mine" / "@against" / "changes.json").read_text())
    cells = {cell["workload"]: cell for cell in page["experiments"][0]["cells"]}
    shown = done.stderr.partition("shown to be slower")[2]
    ratios = {name: cell["time"]["ratio"] for name, cell in cells.items()}
    return Outcome(
        done.returncode,
        seconds,
        max(cell["b"]["blocks"] for cell in cells.values()),
        frozenset(name for name in cells if f"{name} ·" in shown),
        {name: (one["estimate"], one["low"], one["high"]) for name, one in ratios.items()},
    )


def main() -> int:
    """Runs, a table of them, and how many were right."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    outcomes = []
    for number in range(1, times + 1):
        outcomes.append(once())
        print(f"{number} of {times}", file=sys.stderr)
    rows = [
        [
            *(f"{estimate:.3f} ({low:.3f}–{high:.3f})" for estimate, low, high in (o.ratios["changed"], o.ratios["untouched"])),
            ", ".join(sorted(o.tripped)) or "–", o.exit_code, o.blocks, f"{o.seconds:.0f}",
        ]
        for o in outcomes
    ]  # fmt: skip
    headers = ["changed, now / then", "untouched, now / then", "shown slower than 2 %", "exit", "blocks", "s"]
    print(tabulate(rows, headers, tablefmt="github", disable_numparse=True))
    missed = sum("changed" not in outcome.tripped for outcome in outcomes)
    alarms = sum("untouched" in outcome.tripped for outcome in outcomes)
    print(f"\nof {times}: {missed} missed, {alarms} false alarms; median {median(o.seconds for o in outcomes):.0f} s")
    return int(max(missed, alarms) > WRONG_AT_MOST * times)


if __name__ == "__main__":
    sys.exit(main())
