"""Work → Pool: a ProcessPoolExecutor, its start method always said."""

from __future__ import annotations

import multiprocessing
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import contextmanager

from .. import worker
from .death import death_of
from .executor import ExecutorPool
from .starting import imports_of_starting, start_method

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..work import Work


class ProcessPool(ExecutorPool):
    """An executor pool whose workers can die."""

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raises CellError with the cause where the pool breaks, which it also does over an answer it can't read."""
        processes = self._processes()
        try:
            yield
        except BrokenProcessPool as broken:
            ended = processes or self._processes()
            for process in ended:
                process.join(1)
            raise death_of([process.exitcode for process in ended], broken.__cause__) from broken

    def _processes(self) -> list[multiprocessing.process.BaseProcess]:
        return list((getattr(self.executor, "_processes", None) or {}).values())


def imports(options: Mapping[str, object]) -> None:
    """What starting processes needs."""
    imports_of_starting(options)


def start(work: Work, workers: int, options: Mapping[str, object]) -> ProcessPool:
    """Processes come into being with the first calls, in `prepare`."""
    method = start_method(options)
    chunksize = options["chunksize"]
    assert isinstance(chunksize, int)
    context = multiprocessing.get_context(method)
    barrier = context.Barrier(workers)
    executor = ProcessPoolExecutor(
        workers, mp_context=context, initializer=worker.install_process, initargs=(work, barrier)
    )
    pool = ProcessPool(executor, workers, chunksize)
    pool.resolved.update(start_method=method, chunksize=chunksize)
    return pool
