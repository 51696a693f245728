"""[Cell] → Journal: each cell once more, looked at while it is done, beside the numbers and no part of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from .invoke import Order
from .journal import Journal, Record
from .matrix import Cell
from .orders import Reference, Rehearsed, tracing
from .preflight import LEAST_TIMEOUT_S, TIMEOUT_FACTOR
from .run import Append, Launch, Step, Task, fingerprint_line, now
from .standing import standing


def untraced(cells: Iterable[Cell], journal: Journal, machine: str) -> list[tuple[Cell, Record]]:
    """Those whose figures stand but of whose code there is no trace, each with its newest invocation."""
    stands = standing(journal, machine)
    found = []
    for cell in cells:
        stand, known = stands.get(cell.key), journal.traces.get((machine, cell.key))
        if stand and stand.newest.status == "ok" and (known is None or known.fingerprint != stand.newest.fingerprint):
            found.append((cell, stand.newest))
    return found


def trace(
    cells: Sequence[tuple[Cell, Record]],
    task: Task,
    launch: Launch,
    write: Append,
    step: Callable[[Step], None],
) -> dict[str, str]:
    """Write a line for each; key → reason of those that did not end well this time."""
    if task.digests:
        task = replace(task, inputs=task.digests(cell for cell, _ in cells))
    reasons = {}
    for done, (cell, record) in enumerate(cells):
        step(Step("trace", cell, done, len(cells), 1, 1))
        reply = launch(_order(cell, record, task))
        if reply.status == "ok":
            line = {"type": "trace", "session": task.session, "key": cell.key, "machine": task.machine, "time": now()}
            write({**line, "fingerprint": fingerprint_line(task, cell, reply), **reply.said["trace"]})
        else:
            reasons[cell.key] = reply.reason or reply.status
    return reasons


def _order(cell: Cell, record: Record, task: Task) -> Order:
    """Its results are compared with nothing."""
    expected_s = (record.makespan_ns or 0) / 1e9
    timeout_s = task.around.timeout_s or max(LEAST_TIMEOUT_S, TIMEOUT_FACTOR * expected_s)
    reference = Reference(task.scratch / f"{task.session}-trace-{cell.key}", cell.key, cell.key)
    return tracing(cell, reference, task.around, task.seed, Rehearsed(timeout_s, record.tasks, {}))
