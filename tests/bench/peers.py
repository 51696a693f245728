"""This machine, pyperf, hyperfine → do our figures agree with theirs, and who comes to a right verdict, how soon?

    .venv/bin/pip install pyperf                      # hyperfine is taken from PATH; what is missing is said and left out
    .venv/bin/python tests/bench/peers.py             # both parts, a quarter of an hour
    .venv/bin/python tests/bench/peers.py agreement   # one: agreement, verdicts
    .venv/bin/python tests/bench/peers.py verdicts --rounds 3

Not a test: figures depend on the machine, on which nothing else should run. All tools run the same functions under the
interpreter that runs this; the installed package is measured.

agreement   Both take turns in random order over several rounds, so that the machine's drift is shared. Ours is the
            steady batch per task, theirs the value, of one warm loop of about 0.1 s each; an interval's unit is a process.
verdicts    Each tool's own procedure for two pieces of work, from the command to its verdict, by defaults. `more` does
            5 % more than `base`: right is slower. `same` is `base` again: right is equivalent, and a tool without that
            word can at best not tell. The margin is ours to choose: 2 %, for someone to whom 5 % matters.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, log
from pathlib import Path
from statistics import fmean, median, stdev

import scipy.stats
from tabulate import tabulate

sys.path.insert(0, str(Path(__file__).parent.parent))

import published

from runner import api
from runner.journal import read
from runner.options import Options
from runner.stats import Claim, Interval, hodges_lehmann, median_interval

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
HYPERFINE = shutil.which("hyperfine")
PYPERF = importlib.util.find_spec("pyperf") is not None

FUNCTIONS = """\
import json

ROWS = [{"number": i, "text": str(i), "parts": [i, i + 1, i / 3]} for i in range(60)]


def work(times):
    for _ in range(times):
        json.dumps(ROWS)


def base():
    work(80)


def same():
    work(80)


def more():
    work(84)
"""
"""Some 10 ms a call. Not a tight loop: the time of one differs by several per cent from process to process, however quiet
the machine, so that two tools which are both right tell of different times."""

MEASURE = "{blocks: {min: 10, max: 60}, batches: 10, verdict_on: quickest, precision: 1%, margin: 2%}"
"""How long ours measures for a verdict."""

TASKS = 3
"""Of a batch, so that an invocation's further batches have as many calls as one command of hyperfine's."""

CALLS = 30
"""Calls of a function in the batches of one invocation of ours and in one command of hyperfine's: some 0.3 s, beside which an
interpreter's start, which hyperfine counts, takes away little of the 5 %."""

EACH = 2
"""Processes of each tool in a round of the agreement: twenty in ten rounds, pyperf's default."""


def started(argv: Sequence[str], cwd: Path) -> str:
    """One process, to its end; what it printed."""
    done = subprocess.run(argv, cwd=cwd, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{argv} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def prepared(folder: Path) -> None:
    """The functions, and a script of pyperf's for each."""
    (folder / "pieces.py").write_text(FUNCTIONS)
    for name in ("base", "same", "more"):
        (folder / f"pyperf_{name}.py").write_text(
            f"import pieces\nimport pyperf\n\npyperf.Runner().bench_func('work', pieces.{name})\n"
        )


# Agreement


def agreement(folder: Path, rounds: int) -> None:
    """Our batch time per task and pyperf's value for the same function."""
    if not PYPERF:
        print("agreement: pyperf is not installed")
        return
    path, theirs = folder / "agreement.yaml", folder / "pyperf.json"
    path.write_text(
        'workloads: {base: {kind: function, call: "pieces:base"}}\n'
        "models: [serial]\ntasks: 10\nmeasure: {blocks: 10, batches: 3}\n"
    )
    theirs_once = [sys.executable, "pyperf_base.py", "-q", "-p", str(EACH), "--append", str(theirs)]
    for number in range(1, rounds + 1):
        ours_so_far = Options(blocks=number * EACH)
        turns: list[Callable[[], object]] = [
            partial(api.run_experiment, path, ours_so_far),
            partial(started, theirs_once, folder),
        ]
        for turn in random.sample(turns, len(turns)):
            turn()
    ours_s, pyperf_s = task_times_s(path), process_means_s(theirs)
    tell("our median, pyperf's mean", median_interval(ours_s), mean_interval(pyperf_s))
    tell("means of both", mean_interval(ours_s), mean_interval(pyperf_s))
    ratio = hodges_lehmann([log(a / b) for a, b in zip(by_round(ours_s), by_round(pyperf_s), strict=True)]).mapped(exp)
    print(f"Runmatrix over pyperf, paired by round: {ratio.estimate:.3f} {ends(ratio)}")


def task_times_s(path: Path) -> list[float]:
    """Of each invocation, its steady batches' mean per task."""
    opened = api.open_experiment(path)
    keys = {cell.key for cell in opened.matrix.cells}
    records = [line for line in read(opened.journal).records if line.key in keys and line.stage == "block"]
    return [line.steady_ns / line.tasks * 1e-9 for line in records if line.steady_ns and line.tasks]


def process_means_s(path: Path) -> list[float]:
    """Of each of pyperf's processes that measured, the mean of its values; all have as many."""
    (benchmark,) = json.loads(path.read_text())["benchmarks"]
    return [fmean(run["values"]) for run in benchmark["runs"] if run.get("values")]


def by_round(seconds: Sequence[float]) -> list[float]:
    """Means of what each round measured."""
    return [fmean(seconds[first : first + EACH]) for first in range(0, len(seconds), EACH)]


def mean_interval(values: Sequence[float]) -> Interval:
    """Mean, with Student's 95 % interval."""
    half_width = float(scipy.stats.t.ppf(0.975, len(values) - 1)) * stdev(values) / len(values) ** 0.5
    return Interval(fmean(values), fmean(values) - half_width, fmean(values) + half_width)


def tell(what: str, ours: Interval, theirs: Interval) -> None:
    """Both, and whether they differ by less than their intervals together."""
    apart_s = abs(ours.estimate - theirs.estimate)
    allowed_s = (ours.half_width or 0) + (theirs.half_width or 0)
    print(f"{what}: Runmatrix {in_ms(ours)}, pyperf {in_ms(theirs)}", end=": ")
    said = "agree" if apart_s < allowed_s else "disagree"
    print(f"{said}, {apart_s * 1e3:.3f} ms apart, less than {allowed_s * 1e3:.3f} ms allowed")


def in_ms(seconds: Interval) -> str:
    """Estimate and ends."""
    milliseconds = seconds.mapped(lambda value: value * 1e3)
    return f"{milliseconds.estimate:.3f} ms {ends(milliseconds)}"


def ends(interval: Interval) -> str:
    """The interval alone."""
    if interval.low is None or interval.high is None:
        return "(too few for an interval)"
    return f"({interval.low:.3f} to {interval.high:.3f})"


# Verdicts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool's procedure took, and what it said of the other piece of work beside `base`."""

    seconds: float
    claim: Claim


def by_runmatrix(folder: Path, other: str) -> Claim:
    """One experiment, both workloads in the same blocks."""
    path = folder / "verdict.yaml"
    path.write_text(
        f'workloads:\n  base: {{kind: function, call: "pieces:base"}}\n  {other}: {{kind: function, call: "pieces:{other}"}}\n'
        f"models: [serial]\nbaseline: {{workload: base}}\ntasks: {TASKS}\nmeasure: {MEASURE}\n"
    )
    with tempfile.TemporaryDirectory(dir=folder) as results:
        started([sys.executable, "-m", "runner", "run", "-q", str(path), "--results", results], folder)
        with (Path(results) / "verdict" / "summary.csv").open(newline="") as file:
            (verdict,) = [row["verdict"] for row in csv.DictReader(file) if row["workload"] == other]
    claims: tuple[Claim, ...] = ("equivalent", "faster", "slower", "can't tell", "too few")
    return next(claim for claim in claims if verdict.startswith(claim))


def by_pyperf(folder: Path, other: str) -> Claim:
    """Each with its defaults, then `compare_to`."""
    with tempfile.TemporaryDirectory(dir=folder) as results:
        for name in ("base", other):
            started([sys.executable, f"pyperf_{name}.py", "-q", "-o", f"{results}/{name}.json"], folder)
        files = [f"{results}/base.json", f"{results}/{other}.json"]
        said = started([sys.executable, "-m", "pyperf", "compare_to", "-v", *files], folder)
    if "Not significant" in said:
        return "can't tell"
    return "slower" if "x slower" in said else "faster"


def by_hyperfine(folder: Path, other: str) -> Claim:
    """Both commands with its defaults; its ratio and deviation read as people read them."""
    commands = [
        f"{sys.executable} -c 'import pieces; [pieces.{name}() for _ in range({CALLS})]'" for name in ("base", other)
    ]
    with tempfile.TemporaryDirectory(dir=folder) as results:
        started([str(HYPERFINE), "--style", "none", "--export-json", f"{results}/times.json", *commands], folder)
        base, own = json.loads((Path(results) / "times.json").read_text())["results"]
    return published.hyperfine(base["times"], own["times"])


TOOLS: Mapping[str, Callable[[Path, str], Claim]] = {
    "Runmatrix": by_runmatrix,
    **({"pyperf": by_pyperf} if PYPERF else {}),
    **({"hyperfine": by_hyperfine} if HYPERFINE else {}),
}
RIGHT: Mapping[str, Claim] = {"more": "slower", "same": "equivalent"}


def judged(claim: Claim, other: str) -> str:
    """Right, can't tell or wrong."""
    if claim == RIGHT[other]:
        return "right"
    return "can't tell" if claim in ("can't tell", "too few") else "wrong"


def verdicts(folder: Path, rounds: int) -> None:
    """All procedures for both pieces of work, every round in a random order."""
    for tool in {"pyperf", "hyperfine"} - TOOLS.keys():
        print(f"verdicts: {tool} is not installed, and left out")
    outcomes: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    each = [(other, tool) for other in RIGHT for tool in TOOLS]
    for number in range(1, rounds + 1):
        for other, tool in random.sample(each, len(each)):
            began = time.perf_counter()
            claim = TOOLS[tool](folder, other)
            outcomes[other, tool].append(Outcome(time.perf_counter() - began, claim))
        print(f"round {number} of {rounds}", file=sys.stderr)
    rows = [row(other, tool, outcomes[other, tool]) for other, tool in each]
    headers = ["piece of work", "tool", "median duration", "right", "can't tell", "wrong"]
    print(tabulate(rows, headers, tablefmt="pipe", disable_numparse=True))


def row(other: str, tool: str, outcomes: Sequence[Outcome]) -> list[str]:
    """Counts, of all rounds."""
    counts = Counter(judged(outcome.claim, other) for outcome in outcomes)
    seconds = median(outcome.seconds for outcome in outcomes)
    shares = [f"{counts[word]} of {len(outcomes)}" for word in ("right", "can't tell", "wrong")]
    return [f"`{other}` is {RIGHT[other]}", tool, f"{seconds:.1f} s", *shares]


PARTS = {"agreement": agreement, "verdicts": verdicts}


def main() -> None:
    """The part named on the command line, or both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    for name in [options.part] if options.part else PARTS:
        with tempfile.TemporaryDirectory() as folder:
            prepared(Path(folder))
            PARTS[name](Path(folder), options.rounds)


if __name__ == "__main__":
    main()
