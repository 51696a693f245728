"""A pool of one's own, for the model `own`: threads that serve one queue, made once and kept."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

Job = tuple["Future[object]", Callable[[object], object], object]


class Pool:
    """So many threads, and the queue that all of them take from. None on it ends one of them."""

    def __init__(self, workers: int) -> None:
        self.jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.threads = [threading.Thread(target=self._serve) for _ in range(workers)]
        for thread in self.threads:
            thread.start()

    def _serve(self) -> None:
        while (job := self.jobs.get()) is not None:
            future, function, item = job
            try:
                future.set_result(function(item))
            except BaseException as error:
                future.set_exception(error)


def start(workers: int) -> Pool:
    """As many threads as workers."""
    return Pool(workers)


def run(pool: Pool, function: Callable[[object], object], items: Sequence[object]) -> list[object]:
    """What the function returns for each item, in the order of the items."""
    futures: list[Future[object]] = [Future() for _ in items]
    for future, item in zip(futures, items, strict=True):
        pool.jobs.put((future, function, item))
    return [future.result() for future in futures]


def stop(pool: Pool) -> None:
    """Once what is queued is done."""
    for _ in pool.threads:
        pool.jobs.put(None)
    for thread in pool.threads:
        thread.join()
