"""Work → Pool: a new thread for each task, as many at once as there are workers."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Barrier, Thread

from .. import worker
from ..failure import caught

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..failure import Failure
    from ..work import Work
    from .contract import Census, HeldUp, Outcome

    Run = Callable[[object], Outcome]


class BareThreads:
    """Slots with a body each; a thread takes a slot for one task, and gives it back as the last thing it does."""

    def __init__(self, work: Work, workers: int) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._work = work
        self._workers = workers
        self._free: SimpleQueue[Run] = SimpleQueue()

    def prepare(self) -> list[Failure | None]:
        """As many threads as there may be at once, all of them there before the first of them ends."""
        barrier = Barrier(self._workers)
        failures: list[Failure | None] = [None] * self._workers
        threads = [Thread(target=self._take_up, args=(slot, barrier, failures)) for slot in range(self._workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return failures

    def _take_up(self, slot: int, barrier: Barrier, failures: list[Failure | None]) -> None:
        body, failures[slot] = caught(self._work.required_body)
        barrier.wait()
        if not failures[slot]:
            self._free.put(worker.timed(body, slot, self._work.traced))  # type: ignore[arg-type]

    def run(self, items: Sequence[object]) -> list[Outcome]:
        outcomes: list[Outcome | None] = [None] * len(items)
        threads = []
        for index, item in enumerate(items):
            threads.append(Thread(target=self._do, args=(self._free.get(), index, item, outcomes)))
            threads[-1].start()
        for thread in threads:
            thread.join()
        return [outcome for outcome in outcomes if outcome is not None]

    def _do(self, run: Run, index: int, item: object, outcomes: list[Outcome | None]) -> None:
        outcomes[index] = run(item)
        self._free.put(run)

    def watched(self, items: Sequence[object]) -> tuple[list[Outcome], HeldUp]:
        """By one thread for all: what others share with it, the GIL, is the same."""
        from concurrent.futures import ThreadPoolExecutor

        from .. import heartbeat

        run = self._free.get()
        with ThreadPoolExecutor(1) as executor:
            seen = heartbeat.beside_a_thread(executor, run, items)
        self._free.put(run)
        return seen

    def census(self) -> list[Census]:
        return [worker.census()] * self._workers

    def stop(self) -> None:
        """Every thread has ended with its task."""


def start(work: Work, workers: int, options: Mapping[str, object]) -> BareThreads:
    """Threads come into being in `prepare`, and with each task."""
    return BareThreads(work, workers)
