"""Work → Pool: a ThreadPoolExecutor."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from .. import worker
from ..work import Work
from .executor import ExecutorPool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .contract import HeldUp, Outcome


class ThreadPool(ExecutorPool):
    """An executor pool that shares a GIL, if there is one, with the thread that started it."""

    def watched(self, items: Sequence[object]) -> tuple[list[Outcome], HeldUp]:
        from .. import heartbeat

        return heartbeat.beside_a_thread(self.executor, worker.run, items)


def start(work: Work, workers: int, options: Mapping[str, object]) -> ThreadPool:
    """Threads come into being with the first calls, in `prepare`."""
    interval = options.get("switch_interval")
    if isinstance(interval, (int, float)):
        sys.setswitchinterval(interval)
    barrier = threading.Barrier(workers)
    executor = ThreadPoolExecutor(workers, initializer=worker.install, initargs=(work, barrier))
    pool = ThreadPool(executor, workers)
    pool.resolved["switch_interval"] = sys.getswitchinterval()
    return pool
