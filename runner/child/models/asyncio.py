"""Work → Pool: coroutines that drain one queue in one event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from .. import worker
from ..failure import caught, caught_awaiting
from ..work import Work
from .executor import ExecutorPool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from ..failure import Failure
    from .contract import Census, HeldUp, Outcome

    Run = Callable[[object], Awaitable[Outcome]]


class AsyncioPool:
    """Coroutine slots that live from `prepare` to `stop`, each taking the next item when it is done with one."""

    def __init__(self, work: Work, workers: int, threads: ExecutorPool | None = None) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._work = work
        self._workers = workers
        self._threads = threads
        self._runner = asyncio.Runner()
        self._queue: asyncio.Queue[tuple[int, object]] = asyncio.Queue()
        self._outcomes: list[Outcome | None] = []
        self._slots: list[asyncio.Task[None]] = []

    def prepare(self) -> list[Failure | None]:
        if self._threads is not None:
            failures = self._threads.prepare()
            if any(failures):
                return failures
        return self._runner.run(self._fill_slots())

    async def _fill_slots(self) -> list[Failure | None]:
        barrier = asyncio.Barrier(self._workers + 1)
        failures: list[Failure | None] = [None] * self._workers
        for slot in range(self._workers):
            self._slots.append(asyncio.create_task(self._drain(slot, barrier, failures)))
        await barrier.wait()
        return failures

    async def _drain(self, slot: int, barrier: asyncio.Barrier, failures: list[Failure | None]) -> None:
        made, failures[slot] = caught(self._make_run, slot)
        await barrier.wait()
        if failures[slot]:
            return
        run: Run = made  # type: ignore[assignment]
        take, done, outcomes = self._queue.get, self._queue.task_done, self._outcomes
        while True:
            index, item = await take()
            outcomes[index] = await run(item)
            done()

    def _make_run(self, slot: int) -> Run:
        if self._threads is not None:
            return self._offloaded()
        body = self._work.async_body() or self._blocking()
        name = (os.getpid(), slot)

        async def run(item: object) -> Outcome:
            start = worker.clock()
            result, failure = await caught_awaiting(body, item)
            return start, worker.clock(), name, result, failure

        return run

    def _offloaded(self) -> Run:
        loop = asyncio.get_running_loop()
        executor = self._threads.executor  # type: ignore[union-attr]
        return lambda item: loop.run_in_executor(executor, worker.run, item)

    def _blocking(self) -> Callable[[object], Awaitable[object]]:
        """A plain body gives up control only when it is done."""
        body = self._work.required_body()
        note = "its plain body blocks the event loop"
        if note not in self.notes:
            self.notes.append(note)

        async def call(item: object) -> object:
            return body(item)

        return call

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
        if self._threads is not None:
            self._threads.stop()


def start(work: Work, workers: int, options: Mapping[str, object]) -> AsyncioPool:
    """The loop is made here, the coroutines in `prepare`."""
    if not options.get("offload"):
        return AsyncioPool(work, workers)
    barrier = threading.Barrier(workers)
    executor = ThreadPoolExecutor(workers, initializer=worker.install, initargs=(work, barrier))
    return AsyncioPool(work, workers, ExecutorPool(executor, workers))
