"""Work → Pool: greenlets that drain one queue, in a child whose standard library was patched first of all."""

from __future__ import annotations

from .. import worker
from ..failure import caught

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from threading import Barrier

    from ..failure import Failure
    from ..work import Work
    from .contract import Census, Outcome


class GeventPool:
    """Greenlets that live from `prepare` to `stop`, each taking the next item when it is done with one."""

    def __init__(self, work: Work, workers: int) -> None:
        from gevent.queue import JoinableQueue

        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._work = work
        self._workers = workers
        self._queue = JoinableQueue()
        self._outcomes: list[Outcome | None] = []
        self._slots: list[object] = []

    def prepare(self) -> list[Failure | None]:
        from threading import Barrier  # which is gevent's own by now

        from gevent import spawn

        barrier = Barrier(self._workers + 1)
        failures: list[Failure | None] = [None] * self._workers
        self._slots = [spawn(self._drain, slot, barrier, failures) for slot in range(self._workers)]
        barrier.wait()
        return failures

    def _drain(self, slot: int, barrier: Barrier, failures: list[Failure | None]) -> None:
        body, failures[slot] = caught(self._work.required_body)
        barrier.wait()
        if failures[slot]:
            return
        run = worker.timed(body, slot, self._work.traced)  # type: ignore[arg-type]
        while True:
            index, item = self._queue.get()
            self._outcomes[index] = run(item)
            self._queue.task_done()

    def run(self, items: Sequence[object]) -> list[Outcome]:
        self._outcomes = [None] * len(items)
        for indexed in enumerate(items):
            self._queue.put(indexed)
        self._queue.join()
        return [outcome for outcome in self._outcomes if outcome is not None]

    def census(self) -> list[Census]:
        return [worker.census()] * self._workers

    def stop(self) -> None:
        from gevent import killall

        killall(self._slots)


def imports(options: Mapping[str, object]) -> None:
    """Patch the standard library: nothing that gevent replaces has been imported yet."""
    from gevent import config, monkey

    if not monkey.is_module_patched("threading"):
        monkey.patch_all()
    assert config.format_context  # which the first greenlet would import


def start(work: Work, workers: int, options: Mapping[str, object]) -> GeventPool:
    """Greenlets come into being in `prepare`."""
    return GeventPool(work, workers)
