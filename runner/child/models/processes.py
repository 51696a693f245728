"""Work → Pool: a ProcessPoolExecutor, its start method always said."""

from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize  # what a barrier needs, and what starting would otherwise import inside the clocks
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

from .. import worker
from ..failure import CellError
from ..work import Work
from .executor import ExecutorPool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .contract import Outcome
    from .executor import Answer


class ProcessPool(ExecutorPool):
    """An executor pool whose workers can die."""

    def run(self, items: Sequence[object]) -> list[Outcome]:
        processes = self._processes()
        try:
            return super().run(items)
        except BrokenProcessPool as broken:
            raise death_of(processes) from broken

    def _gather(self, call: Callable[[], Answer]) -> list[Answer]:
        processes = self._processes()
        try:
            return super()._gather(call)
        except BrokenProcessPool as broken:
            raise death_of(processes or self._processes()) from broken

    def _processes(self) -> list[multiprocessing.process.BaseProcess]:
        return list((getattr(self.executor, "_processes", None) or {}).values())


def death_of(processes: list[multiprocessing.process.BaseProcess]) -> CellError:
    """Why a pool broke. Its other workers are ended by SIGTERM, so that any other way of ending is the cause."""
    for process in processes:
        process.join(1)
    codes = [process.exitcode for process in processes]
    own = [code for code in codes if code not in (None, 0, -15)]
    if not own:
        return CellError("crashed", "a worker process ended before its task was done")
    if own[0] < 0:
        import signal

        name = signal.Signals(-own[0]).name
        return CellError("killed" if name == "SIGKILL" else "crashed", f"a worker process was ended by {name}")
    return CellError("crashed", f"a worker process exited with {own[0]}")


def start(work: Work, workers: int, options: Mapping[str, object]) -> ProcessPool:
    """Processes come into being with the first calls, in `prepare`."""
    method = options.get("start_method") or multiprocessing.get_start_method()
    chunksize = options["chunksize"]
    assert isinstance(chunksize, int)
    context = multiprocessing.get_context(str(method))
    barrier = context.Barrier(workers)
    executor = ProcessPoolExecutor(
        workers, mp_context=context, initializer=worker.install_process, initargs=(work, barrier)
    )
    pool = ProcessPool(executor, workers, chunksize)
    pool.resolved.update(start_method=method, chunksize=chunksize)
    return pool
