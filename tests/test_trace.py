"""`--trace`: when every task ran where, seen in one more invocation of each cell, beside the numbers."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.api import Results, open_experiment, plan_experiment, report, run_experiment, stopping
from runner.describe import plan_in_words, run_in_words
from runner.journal import Journal, Trace, read
from runner.options import Options
from runner.orders import Surroundings, tracing
from runner.summary import Summary
from runner.tables.events import PIDS, trace_events

TRACED = Options(trace=True)
SLEEP = """\
workloads:
  wait: {kind: sleep, seconds: 0.02}
models: [serial, threads, processes, asyncio, bare_threads]
workers: [4]
tasks: 8
measure: {blocks: 1, batches: 0}
"""


def written(folder: Path, text: str = SLEEP) -> Path:
    path = folder / "experiments" / "mine.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results]:
    """An experiment that was run with `--trace`."""
    path = written(tmp_path_factory.mktemp("traced"))
    return path, run_experiment(path, TRACED)


def of_model(traced: tuple[Path, Results], kind: str) -> Trace:
    summary = traced[1].known
    return next(summary.traces[row.cell.key] for row in summary.rows if row.cell.model.kind == kind)


def overlapping(trace: Trace) -> int:
    """The most tasks that were being done at one moment."""
    return max(sum(begin <= at < end for _, begin, end in trace.tasks) for _, at, _ in trace.tasks)


@pytest.mark.parametrize(
    ("kind", "most"), [("serial", 1), ("threads", 4), ("processes", 4), ("asyncio", 4), ("bare_threads", 4)]
)
def test_as_many_tasks_overlap_as_there_are_workers(traced: tuple[Path, Results], kind: str, most: int) -> None:
    assert overlapping(of_model(traced, kind)) == most


@pytest.mark.parametrize(("kind", "processes"), [("serial", 1), ("threads", 1), ("processes", 4), ("asyncio", 1)])
def test_a_trace_names_the_processes_of_the_workers(traced: tuple[Path, Results], kind: str, processes: int) -> None:
    assert len({pid for pid, *_ in of_model(traced, kind).workers}) == processes


def test_a_trace_names_the_threads_of_the_workers(traced: tuple[Path, Results]) -> None:
    names = sorted(thread for _, _, _, thread, _ in of_model(traced, "threads").workers)
    assert names == [f"ThreadPoolExecutor-0_{number}" for number in range(4)]


def test_every_task_is_done_within_the_first_batch(traced: tuple[Path, Results]) -> None:
    trace = of_model(traced, "processes")
    begin, end = trace.phases["cold"]
    assert len(trace.tasks) == 8
    assert all(begin <= first < last <= end for _, first, last in trace.tasks)


def test_the_trace_is_in_no_figure(traced: tuple[Path, Results]) -> None:
    path, results = traced
    assert [row.blocks for row in results.known.rows] == [1] * 5
    assert results.measured == 5
    assert len(read(open_experiment(path).journal).records) == 6  # with the anchor


def test_what_is_traced_is_not_traced_again(tmp_path: Path) -> None:
    path = written(tmp_path)
    run_experiment(path, TRACED)
    before = open_experiment(path).journal.read_bytes()
    run_experiment(path, TRACED)
    assert open_experiment(path).journal.read_bytes() == before


def test_what_stands_can_be_traced_later(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert run_experiment(path).known.traces == {}
    later = run_experiment(path, replace(TRACED, only=("model=threads",)))
    assert (later.measured, [trace.workers[0][1] for trace in later.known.traces.values()]) == (0, ["MainProcess"])


def test_the_file_can_ask_for_a_trace(tmp_path: Path) -> None:
    results = run_experiment(written(tmp_path, SLEEP.replace("batches: 0", "batches: 0, trace: true")))
    assert (results.folder / "trace.json").is_file()


def planned(path: Path) -> str:
    """What `plan` says."""
    opened = open_experiment(path)
    return plan_in_words(plan_experiment(opened, Options()), opened, stopping(opened, Options()))


def test_a_plan_says_what_is_traced_beside_what_is_measured(tmp_path: Path) -> None:
    path = written(tmp_path, SLEEP.replace("batches: 0", "batches: 0, trace: true"))
    assert "  trace     5 cells once more, beside the numbers\n" in planned(path)
    run_experiment(path)
    assert "  trace " not in planned(path)


def test_a_run_that_only_traces_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, SLEEP.replace(", processes, asyncio, bare_threads", ""))
    run_experiment(path)
    assert run_in_words(run_experiment(path, TRACED)) == "2 cells traced"


def test_code_that_has_changed_is_traced_anew(tmp_path: Path) -> None:
    text = 'workloads: {mine: {kind: function, call: "mine:task"}}\nmodels: [serial]\ntasks: 1\nmeasure: {blocks: 1}\n'
    path = written(tmp_path, text)
    (path.parent / "mine.py").write_text("def task():\n    return 1\n")
    first = run_experiment(path, TRACED).known.traces
    (path.parent / "mine.py").write_text("def task():\n    return 2\n")
    second = run_experiment(path, TRACED).known.traces
    assert [trace.session for trace in first.values()] != [trace.session for trace in second.values()]


def test_a_cell_that_fails_when_it_is_traced_is_told_and_keeps_its_figures(tmp_path: Path) -> None:
    text = 'workloads: {mine: {kind: function, call: "mine:task"}}\nmodels: [serial]\ntasks: 1\nmeasure: {blocks: 1, batches: 0}\n'
    path = written(tmp_path, text)
    done = tmp_path / "done"
    (path.parent / "mine.py").write_text(
        f"from pathlib import Path\ndone = Path({str(done)!r})\ndef task():\n"
        "    with done.open('a') as file:\n        file.write('x')\n"
        "    if done.stat().st_size > 2:\n        raise ValueError('enough')\n"
    )
    results = run_experiment(path, TRACED)
    assert [row.status for row in results.known.rows] == ["ok"]
    assert ["enough" in reason for reason in results.untraced.values()] == [True]


def test_of_two_traces_of_a_cell_the_later_one_counts() -> None:
    line: dict[str, Any] = {
        "type": "trace",
        "key": "k",
        "machine": "m",
        "pid": 1,
        "phases": {},
        "workers": [],
        "tasks": [],
        "fingerprint": {},
    }
    journals = [Journal(), Journal()]
    for journal, order in zip(journals, (("a", "b"), ("b", "a")), strict=True):
        for session in order:
            journal.add({**line, "session": session})
    assert [journal.traces["m", "k"].session for journal in journals] == ["b", "b"]


def test_an_order_for_a_trace_asks_for_the_first_batch_alone(tmp_path: Path) -> None:
    from records import cell

    from runner.orders import Reference, Rehearsed

    around = Surroundings(tmp_path, tmp_path, batches="auto", timeout_s=None)
    order = tracing(cell(), Reference(tmp_path, "a", "a"), around, 1, Rehearsed(30.0, 1, {}))
    assert (order.request["batches"], order.request["trace"]) == (0, True)


# trace.json


def events(traced: tuple[Path, Results]) -> list[dict[str, Any]]:
    known = json.loads((traced[1].folder / "trace.json").read_text())
    found: list[dict[str, Any]] = known["traceEvents"]
    return found


def test_every_event_has_what_the_trace_event_format_wants(traced: tuple[Path, Results]) -> None:
    wanted = {"X": {"name", "cat", "ph", "ts", "dur", "pid", "tid", "args"}, "M": {"name", "ph", "pid", "tid", "args"}}
    for event in events(traced):
        assert event.keys() == wanted[event["ph"]]
        assert isinstance(event["pid"], int)
        assert isinstance(event["tid"], int)
        assert event["ph"] == "M" or (event["ts"] >= 0 and event["dur"] >= 0)


def test_slices_of_one_line_do_not_overlap(traced: tuple[Path, Results]) -> None:
    lines: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for event in events(traced):
        if event["ph"] == "X":
            lines.setdefault((event["pid"], event["tid"]), []).append((event["ts"], event["ts"] + event["dur"]))
    for slices in map(sorted, lines.values()):
        assert all(end <= begin + 0.001 for (_, end), (begin, _) in itertools.pairwise(slices))


def test_processes_are_called_after_their_cell_and_lines_after_their_thread(traced: tuple[Path, Results]) -> None:
    named = {
        (event["name"], event["args"]["name"].split(" · ")[1:2][0])
        for event in events(traced)
        if event["name"] == "process_name"
    }
    assert named == {("process_name", model) for model in ("serial", "threads", "processes", "asyncio", "bare_threads")}
    lines = {event["args"]["name"] for event in events(traced) if event["name"] == "thread_name"}
    assert {"phases", "MainThread", "ThreadPoolExecutor-0_3", "MainThread, worker 4", "worker 4"} <= lines


def test_two_cells_of_one_process_id_are_two_processes(traced: tuple[Path, Results]) -> None:
    summary = traced[1].known
    one = Trace("s", "k", "m", next(iter(summary.traces.values())).fingerprint, 7, {"cold": (0, 9)}, (), ())
    twice = replace_traces(summary, one)
    pids = {event["pid"] for event in json.loads(trace_events(twice))["traceEvents"]}
    assert pids == {7 + number * PIDS for number in range(5)}


def replace_traces(summary: Summary, trace: Trace) -> Summary:
    return replace(summary, traces={row.cell.key: trace for row in summary.rows})


def test_the_same_journal_gives_the_same_trace(traced: tuple[Path, Results]) -> None:
    path, results = traced
    before = (results.folder / "trace.json").read_bytes()
    assert report(open_experiment(path)).written == ()
    assert (results.folder / "trace.json").read_bytes() == before
