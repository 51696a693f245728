"""Does Runmatrix tell what kind of work it measures? Not a test: it takes minutes, and a machine with two cores to itself.

    .venv/bin/python tests/bench/ground_truth.py       # once
    .venv/bin/python tests/bench/ground_truth.py 3     # three times

Runs experiments/ground-truth.yaml into folders that go again, and prints what came out beside its `x-expected`, with
the evidence of the last run. The exit code is 1 where anything is not as expected.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import yaml

from runner.api import run_experiment
from runner.options import Options
from runner.verdict import Kind

EXPERIMENT = Path(__file__).parent.parent.parent / "experiments" / "ground-truth.yaml"


def measured() -> dict[str, Kind]:
    """Workload → its kind, of one run from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        results = run_experiment(EXPERIMENT, Options(results=Path(folder)))
    return {kind.workload: kind for kind in results.verdicts.kinds}


def table(expected: dict[str, str], runs: list[dict[str, Kind]]) -> str:
    """Markdown: what was expected, what came out each time, and why."""
    heads = ["workload", "expected", *(f"run {number}" for number in range(1, len(runs) + 1)), "evidence of the last"]
    lines = [heads, [":---"] * len(heads)]
    for workload, kind in expected.items():
        got = ["as expected" if run[workload].kind == kind else run[workload].kind for run in runs]
        lines.append([workload, kind, *got, runs[-1][workload].reasons])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    """As often as the command line says, once unless it does."""
    expected = yaml.safe_load(EXPERIMENT.read_text())["x-expected"]
    runs = [measured() for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1)]
    print(table(expected, runs))
    return int(any(run[workload].kind != kind for run in runs for workload, kind in expected.items()))


if __name__ == "__main__":
    sys.exit(main())
