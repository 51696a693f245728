"""Traces → trace.json, in the Trace Event Format, which Perfetto and chrome://tracing open.

Each cell begins at 0. Its processes are tracks of their own, named after the cell; a thread, or a coroutine slot, is a
line in them, and every task a slice on its worker's line. (Trace Event Format, "JSON Object Format": complete events
"X", metadata "M"; `ts` and `dur` in µs.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from ..journal import Trace
from ..journal.lines import TracedWorker, line_of
from ..matrix import Cell
from ..summary import Summary

PIDS = 1 << 22
"""Above all process ids of Linux (proc(5), pid_max): what tells two cells apart that had the same one."""

PHASES_LINE = 0

Event = Mapping[str, object]


def trace_events(summary: Summary) -> str:
    """The content of trace.json; empty where nothing was traced."""
    seen: set[int] = set()
    events: list[Event] = []
    for row in summary.rows:
        if row.cell.key in summary.traces:
            trace = summary.traces[row.cell.key]
            ids = _ids(trace, seen)
            seen |= set(ids.values())
            events += _of_cell(row.cell, trace, ids)
    lines = ",\n".join(json.dumps(event, ensure_ascii=False) for event in events)
    return f'{{"displayTimeUnit": "ms", "traceEvents": [\n{lines}\n]}}\n' if events else ""


def _ids(trace: Trace, seen: set[int]) -> dict[int, int]:
    """Process id → the same, made another where another cell had it as well."""
    ids = {}
    for pid in dict.fromkeys([trace.pid, *(worker[0] for worker in trace.workers)]):
        ids[pid] = next(number for number in range(pid, pid + len(seen) * PIDS + 1, PIDS) if number not in seen)
    return ids


def _of_cell(cell: Cell, trace: Trace, ids: Mapping[int, int]) -> Iterator[Event]:
    names = {trace.pid: "MainProcess"} | {pid: process for pid, process, *_ in trace.workers}
    for pid, process in names.items():
        yield _metadata("process_name", ids[pid], 0, f"{cell} · {process} {pid}")
    yield _metadata("thread_name", ids[trace.pid], PHASES_LINE, "phases")
    for phase, (begin, end) in trace.phases.items():
        yield _slice(phase, "phase", (ids[trace.pid], PHASES_LINE), (begin, end), {})
    lines = [(ids[pid], line) for pid, line in map(line_of, trace.workers)]
    for pid, line in dict.fromkeys(lines):
        there = [worker for worker, at in zip(trace.workers, lines, strict=True) if at == (pid, line)]
        yield _metadata("thread_name", pid, line, _called(there))
    for number, (index, begin, end) in enumerate(trace.tasks, 1):
        pid, process, tid, thread, slot = trace.workers[index]
        known = {"task": number, "pid": pid, "process": process, "tid": tid, "thread": thread}
        where = known if slot is None else {**known, "worker": slot + 1}
        yield _slice(f"task {number}", cell.workload.name, lines[index], (begin, end), where)


def _called(there: Sequence[TracedWorker]) -> str:
    """Threads that come and go on one line are named by each task instead."""
    *_, thread, slot = there[0]
    if len(there) > 1:
        return f"worker {(slot or 0) + 1}"
    return thread if slot is None else f"{thread}, worker {slot + 1}"


def _metadata(kind: str, pid: int, tid: int, name: str) -> Event:
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "args": {"name": name}}


def _slice(
    name: str, category: str, where: tuple[int, int], span: tuple[int, int], known: Mapping[str, object]
) -> Event:
    begin, end = span
    at = {"pid": where[0], "tid": where[1], "ts": begin / 1000, "dur": (end - begin) / 1000}
    return {"ph": "X", "name": name, "cat": category, **at, "args": dict(known)}
