"""Work → what a coroutine slot does with an item, on an event loop of any library; no model by itself."""

from __future__ import annotations

import os

from .. import worker
from ..failure import caught_awaiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..work import Work
    from .contract import Outcome

    Run = Callable[[object], Awaitable[Outcome]]


def run_of_slot(work: Work, slot: int, notes: list[str], library: str = "asyncio") -> Run:
    """Make a slot's own body; a note is added where it is a plain one. Raises what the work's author raises."""
    body = work.async_body(library) or _blocking(work, notes)
    name = (os.getpid(), slot)

    async def run(item: object) -> Outcome:
        start = worker.clock()
        result, failure = await caught_awaiting(body, item)
        return start, worker.clock(), name, result, failure

    async def run_traced(item: object) -> Outcome:
        start, end, _, result, failure = await run(item)
        return start, end, worker.whereabouts(slot), result, failure

    if not work.traced:
        return run
    worker.whereabouts(slot)  # what that imports is there before the first task
    return run_traced


def _blocking(work: Work, notes: list[str]) -> Callable[[object], Awaitable[object]]:
    """A plain body gives up control only when it is done."""
    body = work.required_body()
    note = "its plain body blocks the event loop"
    if note not in notes:
        notes.append(note)

    async def call(item: object) -> object:
        return body(item)

    return call
