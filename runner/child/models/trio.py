"""Work → Pool: Trio tasks that drain one channel in one event loop, which has a thread to itself."""

from __future__ import annotations

from math import inf
from threading import Event, Thread

from .. import worker
from ..failure import CellError, caught
from .coroutines import run_of_slot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..failure import Failure
    from ..work import Work
    from .contract import Census, HeldUp, Outcome
    from .coroutines import Run


class TrioPool:
    """One `trio.run` from `prepare` to `stop`. It can't be left and entered again, so it runs in a thread of its own,
    and batches are handed to it from here."""

    def __init__(self, work: Work, workers: int) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._work = work
        self._failures: list[Failure | None] = [None] * workers
        self._begun = Event()
        self._fault: Failure | None = None
        self._thread = Thread(target=self._live, daemon=True)
        self._outcomes: list[Outcome | None] = []
        self._left = 0

    def prepare(self) -> list[Failure | None]:
        self._thread.start()
        self._begun.wait()
        if self._fault:
            raise CellError(*self._fault)
        return self._failures

    def _live(self) -> None:
        import trio

        _, self._fault = caught(trio.run, self._serve)
        self._begun.set()

    async def _serve(self) -> None:
        import trio

        self._token = trio.lowlevel.current_trio_token()
        self._send, self._receive = trio.open_memory_channel(inf)
        self._stopped = trio.Event()
        async with trio.open_nursery() as nursery:
            for slot in range(len(self._failures)):
                await nursery.start(self._drain, slot)
            self._begun.set()
            await self._stopped.wait()
            nursery.cancel_scope.cancel()

    async def _drain(self, slot: int, task_status: Any) -> None:
        made, self._failures[slot] = caught(run_of_slot, self._work, slot, self.notes, "trio")
        task_status.started()
        if self._failures[slot]:
            return
        run: Run = made  # type: ignore[assignment]
        async for index, item in self._receive:
            self._outcomes[index] = await run(item)
            self._left -= 1
            if not self._left:
                self._done.set()

    def run(self, items: Sequence[object]) -> list[Outcome]:
        import trio

        outcomes: list[Outcome] = trio.from_thread.run(self._batch, items, trio_token=self._token)
        return outcomes

    async def _batch(self, items: Sequence[object]) -> list[Outcome]:
        import trio

        self._outcomes = [None] * len(items)
        self._left = len(items)
        self._done = trio.Event()
        for indexed in enumerate(items):
            self._send.send_nowait(indexed)
        await self._done.wait()
        return [outcome for outcome in self._outcomes if outcome is not None]

    def watched(self, items: Sequence[object]) -> tuple[list[Outcome], HeldUp]:
        import trio

        seen: tuple[list[Outcome], HeldUp] = trio.from_thread.run(self._ticking, items, trio_token=self._token)
        return seen

    async def _ticking(self, items: Sequence[object]) -> tuple[list[Outcome], HeldUp]:
        """A batch beside a sleeper in its loop, which goes to sleep before the first task begins."""
        import trio

        from .. import heartbeat

        ticks: list[tuple[int, int]] = []
        queued_ns = worker.queued_ns()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(heartbeat.tick, trio.sleep, ticks)
            await trio.sleep(0)
            outcomes = await self._batch(items)
            await trio.sleep(heartbeat.TICK_NS / 1e9)
            nursery.cancel_scope.cancel()
        return outcomes, heartbeat.held_up(outcomes, ticks, worker.queued_ns() - queued_ns)

    def census(self) -> list[Census]:
        import trio

        return [trio.from_thread.run_sync(worker.census, trio_token=self._token)] * len(self._failures)

    def stop(self) -> None:
        import trio

        trio.from_thread.run_sync(self._stopped.set, trio_token=self._token)
        self._thread.join()


def imports(options: Mapping[str, object]) -> None:
    """Trio."""
    import trio  # noqa: F401


def start(work: Work, workers: int, options: Mapping[str, object]) -> TrioPool:
    """The loop and its tasks come into being in `prepare`."""
    return TrioPool(work, workers)
