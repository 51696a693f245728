"""Work → Pool: coroutines that drain one queue in one event loop."""

from __future__ import annotations

import asyncio

from .. import worker
from ..failure import caught
from .coroutines import run_of_slot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..failure import Failure
    from ..work import Work
    from .contract import Census, HeldUp, Outcome, Pool
    from .coroutines import Run

    NewLoop = Callable[[], asyncio.AbstractEventLoop]


class AsyncioPool:
    """Coroutine slots that live from `prepare` to `stop`, each taking the next item when it is done with one."""

    def __init__(self, work: Work, workers: int, new_loop: NewLoop | None = None) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._work = work
        self._workers = workers
        self._runner = asyncio.Runner(loop_factory=new_loop)
        self._queue: asyncio.Queue[tuple[int, object]] = asyncio.Queue()
        self._outcomes: list[Outcome | None] = []
        self._slots: list[asyncio.Task[None]] = []

    def prepare(self) -> list[Failure | None]:
        return self._runner.run(self._fill_slots())

    async def _fill_slots(self) -> list[Failure | None]:
        barrier = asyncio.Barrier(self._workers + 1)
        failures: list[Failure | None] = [None] * self._workers
        for slot in range(self._workers):
            self._slots.append(asyncio.create_task(self._drain(slot, barrier, failures)))
        await barrier.wait()
        return failures

    async def _drain(self, slot: int, barrier: asyncio.Barrier, failures: list[Failure | None]) -> None:
        made, failures[slot] = caught(run_of_slot, self._work, slot, self.notes)
        await barrier.wait()
        if failures[slot]:
            return
        run: Run = made  # type: ignore[assignment]
        take, done, outcomes = self._queue.get, self._queue.task_done, self._outcomes
        while True:
            index, item = await take()
            outcomes[index] = await run(item)
            done()

    def run(self, items: Sequence[object]) -> list[Outcome]:
        return self._runner.run(self._batch(items))

    async def _batch(self, items: Sequence[object]) -> list[Outcome]:
        outcomes: list[Outcome | None] = [None] * len(items)
        self._outcomes[:] = outcomes
        for indexed in enumerate(items):
            self._queue.put_nowait(indexed)
        await self._queue.join()
        return [outcome for outcome in self._outcomes if outcome is not None]

    def watched(self, items: Sequence[object]) -> tuple[list[Outcome], HeldUp]:
        from .. import heartbeat

        return heartbeat.beside_a_loop(self._runner, self._batch(items))

    def census(self) -> list[Census]:
        return [worker.census()] * len(self._slots)

    def stop(self) -> None:
        for slot in self._slots:
            slot.cancel()
        self._runner.close()


def imports(options: Mapping[str, object]) -> None:
    """The other event loop, and what tasks are handed on to."""
    if options.get("loop") == "uvloop":
        import uvloop  # noqa: F401
    if options.get("offload") or options.get("loop_scope"):
        from .loops import imports_behind

        imports_behind(options.get("offload"))


def start(work: Work, workers: int, options: Mapping[str, object]) -> Pool:
    """The loop is made here, the coroutines in `prepare`."""
    new_loop = _uvloop() if options.get("loop") == "uvloop" else None
    if not options.get("offload") and not options.get("loop_scope"):
        return AsyncioPool(work, workers, new_loop)
    from .loops import pool

    return pool(work, workers, options, new_loop)


def _uvloop() -> NewLoop:
    import uvloop

    new_loop: NewLoop = uvloop.new_event_loop
    return new_loop
