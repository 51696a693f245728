"""What Runmatrix itself costs, as ratios measured in one run. Not a test: figures depend on the machine.

    .venv/bin/python tests/bench/ratios.py            # all
    .venv/bin/python tests/bench/ratios.py cells      # one: cells, starts, tasks, command, journal, matrix

The installed package is measured. Runs of the two sides alternate in random order; ratios are of medians, with the range of ratios of neighbours.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

BARE = [sys.executable, "-c", "pass"]
RUNMATRIX = [sys.executable, "-m", "runner"]
PYDANTIC = [sys.executable, "-c", "from pydantic import BaseModel"]
ROOT = Path(__file__).parent.parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def paired(sides: Sequence[Callable[[], object]], rounds: int) -> list[list[float]]:
    """Times of each side, every round in a random order."""
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for index in random.sample(range(len(sides)), len(sides)):
            times[index].append(seconds(sides[index]))
    return times


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Median over median, and the range over the rounds."""
    each = [a / b for a, b in zip(ours, theirs, strict=True)]
    return f"{median(ours) / median(theirs):.2f} ({min(each):.2f}–{max(each):.2f} over {len(each)} rounds)"


def started(argv: Sequence[str], cwd: Path | None = None) -> None:
    """One process, to its end."""
    subprocess.run(argv, cwd=cwd, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


def hundred_cells(folder: Path) -> Path:
    """100 serial cells, one block."""
    path = folder / "experiments" / "hundred.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "workloads:\n  nothing: {kind: noop, sweep: {payload: [" + ", ".join(map(str, range(100))) + "]}}\n"
        "models: [serial]\ntasks: 1\nmeasure: {blocks: 1, batches: 0}\n"
    )
    return path


def cells(folder: Path) -> None:
    """A run of 100 serial `noop` cells beside 100 starts of the bare interpreter."""
    path = hundred_cells(folder)
    serial = iter(range(1_000))

    def ours() -> None:
        started([*RUNMATRIX, "run", "-q", str(path), "--results", str(folder / f"r{next(serial)}")])

    def bare_starts() -> None:
        for _ in range(100):
            started(BARE)

    times = paired([ours, bare_starts], 7)
    print(f"100 serial noop cells, one block, whole command / 100 bare starts: {ratio(*times)}")
    bare = median(times[1]) / 100
    print(f"  a bare start {bare * 1e3:.1f} ms, a cell in all {median(times[0]) * 10:.1f} ms")


def starts(folder: Path) -> None:
    """One cell of every model beside a bare start: what a reader of the numbers waits for."""
    sys.path.insert(0, str(ROOT / "tests"))
    from children import order

    from runner.invoke import Launcher

    kinds: list[tuple[str, int, dict[str, str]]] = [("serial", 1, {}), ("threads", 2, {}), ("asyncio", 2, {})]
    kinds += [("processes", 2, {"start_method": method}) for method in ("fork", "spawn", "forkserver")]
    with Launcher() as launch:
        orders = [order(folder, model=kind, workers=workers, options=options) for kind, workers, options in kinds]
        sides = [partial(launch, one) for one in orders]
        *ours, bare = paired([*sides, partial(started, BARE)], 20)
    for (kind, workers, options), times in zip(kinds, ours, strict=True):
        print(f"a cell of {kind} × {workers} {options or ''} / a bare start: {ratio(times, bare)}")


def tasks(folder: Path) -> None:
    """What a task costs more in a model than in the same pool driven by hand."""
    sys.path.insert(0, str(ROOT / "tests"))
    from children import order

    from runner.invoke import Launcher

    by_hand = Path(__file__).parent / "by_hand.py"
    with Launcher() as launch:
        for model, workers, count in (
            ("serial", 1, 20_000),
            ("threads", 2, 5_000),
            ("processes", 2, 5_000),
            ("asyncio", 2, 20_000),
        ):
            ours, hand = [], []
            for _ in range(15):
                for side in random.sample(("ours", "hand"), 2):
                    if side == "ours":
                        reply = launch(order(folder, model=model, workers=workers, tasks=count, batches=5))
                        ours.append(median(reply.said["phases"]["steady_ns"]) / count)
                    else:
                        said = subprocess.run(
                            [sys.executable, str(by_hand), model, str(workers), str(count)],
                            capture_output=True,
                            text=True,
                            check=True,
                        )
                        hand.append(float(said.stdout))
            more = median(ours) - median(hand)
            print(
                f"a task of {model}: {median(ours) / 1e3:.2f} µs, by hand {median(hand) / 1e3:.2f} µs: {more / 1e3:+.2f} µs, ratio {ratio(ours, hand)}"
            )


def command(folder: Path) -> None:
    """`check` of a 100-cell file and `--help` beside a bare interpreter that imports pydantic."""
    path = hundred_cells(folder)
    sides = [[*RUNMATRIX, "check", str(path)], [*RUNMATRIX, "--help"], PYDANTIC]
    check, help_, pydantic = paired([partial(started, argv) for argv in sides], 15)
    print(f"check of 100 cells / a start that imports pydantic: {ratio(check, pydantic)}")
    print(f"--help / a start that imports pydantic: {ratio(help_, pydantic)}")


def journal(folder: Path) -> None:
    """A journal of 100,000 lines, summarised."""
    path = folder / "experiments" / "large.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "workloads:\n  nothing: {kind: noop, sweep: {payload: [" + ", ".join(map(str, range(2_500))) + "]}}\n"
        "models: [serial, threads]\nworkers: [1, 2, 4]\ntasks: 10\nmeasure: {blocks: 10, batches: 0}\n"
    )
    code = f"from {Path(__file__).stem} import write_large_journal; write_large_journal({str(path)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, env=ENVIRONMENT, check=True)
    took = seconds(lambda: started([*RUNMATRIX, "report", str(path)]))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    size = (folder / "results" / "large" / "journal.jsonl").stat().st_size / 2**20
    print(
        f"report of 10,000 cells from a journal of 100,000 invocations, {size:.0f} MiB: {took:.1f} s, at most {peak:.0f} MiB"
    )


def write_large_journal(path: str) -> None:
    """As a run of ten blocks would have left it: a real line of each model, repeated with other keys and times."""
    from runner import api
    from runner.opening import open_experiment
    from runner.options import Options

    opened = open_experiment(Path(path))
    api.run_experiment(Path(path), Options(only=("workload.payload=0",), blocks=1))
    lines = [json.loads(line) for line in opened.journal.read_text().splitlines()]
    real = {line["key"]: line for line in lines if line["type"] == "invocation"}
    by_workers = {(cell.model.name, cell.workers): real[cell.key] for cell in opened.matrix.cells if cell.key in real}
    with opened.journal.open("a") as file:
        for block in range(2, 12):
            for cell in opened.matrix.cells:
                line = by_workers[cell.model.name, cell.workers]
                phases = {**line["phases"], "cold_ns": int(line["phases"]["cold_ns"] * random.uniform(0.9, 1.1))}
                file.write(
                    json.dumps({**line, "key": cell.key, "block": block, "phases": phases}, separators=(",", ":"))
                    + "\n"
                )


def matrix(folder: Path) -> None:
    """100,000 cells, expanded."""
    from runner.experiment import load
    from runner.matrix import expand

    path = folder / "wide.yaml"
    path.write_text(
        "workloads:\n  nothing: {kind: noop, sweep: {payload: [" + ", ".join(map(str, range(10_000))) + "]}}\n"
        "models: [serial, threads, processes, asyncio]\nworkers: [1, 2, 4]\ntasks: 10\n"
    )
    loaded = load(path)
    began = time.perf_counter()
    count = len(expand(loaded, 2).cells)
    print(f"{count:,} cells expanded in {time.perf_counter() - began:.2f} s")


PARTS = {"cells": cells, "starts": starts, "tasks": tasks, "command": command, "journal": journal, "matrix": matrix}


def main() -> None:
    """Parts as named on the command line, or all."""
    for name in sys.argv[1:] or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder))


if __name__ == "__main__":
    main()
