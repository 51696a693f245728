"""A traced cell's phases and outcomes → its trace: what lay where in time, and in which process and thread."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .measure import Batch

    Span = tuple[int, int]

MOST_TASKS = 10_000
"""As many as a picture or a reader of traces can show."""


def trace(startup: Span, cold: Batch, stop: Span) -> dict[str, object]:
    """What the protocol says. Times in ns since the first of them; spans are given by `perf_counter_ns`, which all
    processes of a machine share."""
    origin = startup[0]
    begin, end, outcomes = cold
    workers: dict[object, int] = {}
    tasks = [
        [workers.setdefault(worker, len(workers)), first - origin, last - origin]
        for first, last, worker, _, _ in outcomes[:MOST_TASKS]
    ]
    spans = {"startup": startup, "cold": (begin, end), "stop": stop}
    phases = {name: [first - origin, last - origin] for name, (first, last) in spans.items()}
    return {"pid": os.getpid(), "phases": phases, "workers": list(workers), "tasks": tasks}
