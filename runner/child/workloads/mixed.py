"""seconds, share → nothing, after computing for the share and waiting for the rest."""

from __future__ import annotations

import time

from ..work import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .contract import AsyncBody, Body, Parameters

STEPS = 1_000
"""Counted between two looks at the clock: about 30 µs, so that looking costs little."""


def parts(parameters: Parameters) -> tuple[int, float]:
    """CPU time in ns, waiting in s."""
    seconds, share = parameters["seconds"], parameters["share"]
    assert isinstance(seconds, (int, float))
    assert isinstance(share, (int, float))
    return int(seconds * share * 1e9), seconds * (1 - share)


def compute(cpu_ns: int) -> None:
    """Count until this thread has had so much CPU time: the same work however many threads compete for it."""
    end = time.thread_time_ns() + cpu_ns
    while time.thread_time_ns() < end:
        x = 0
        while x < STEPS:
            x += 1


def body(parameters: Parameters) -> Body:
    """Compute, then block the thread."""
    cpu_ns, waiting = parts(parameters)

    def task(item: object) -> None:
        compute(cpu_ns)
        time.sleep(waiting)

    return task


def async_body(parameters: Parameters, library: str) -> AsyncBody:
    """Compute, which holds up the loop, then give up control."""
    sleep = load(library).sleep
    cpu_ns, waiting = parts(parameters)

    async def task(item: object) -> None:
        compute(cpu_ns)
        await sleep(waiting)

    return task
