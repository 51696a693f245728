"""Work → Pool: loky's ProcessPoolExecutor, which starts its processes by itself and pickles by cloudpickle."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from .. import worker
from ..failure import CellError
from .death import unreadable
from .executor import ExecutorPool
from .rendezvous import rendezvous

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..work import Work
    from .contract import Outcome

CODES = "exit codes of the workers are "
"""What loky's message says before it tells how its workers ended: `{SIGKILL(-9)}`."""


class LokyPool(ExecutorPool):
    """An executor pool whose workers can die, and be replaced where they grow too much."""

    def run(self, items: Sequence[object]) -> list[Outcome]:
        with self.explaining():
            return list(self.executor.map(worker.run_late, items, chunksize=self._chunksize))

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raises CellError with the cause where the pool breaks; loky ends the other workers by SIGKILL, so that its
        own words are needed."""
        try:
            yield
        except BrokenProcessPool as broken:
            if broken.__cause__ is not None:
                raise unreadable(broken.__cause__) from broken
            codes = str(broken).partition(CODES)[2].partition("}")[0].strip(" {")
            status = "killed" if "SIGKILL" in codes else "crashed"
            said = f", {codes}" if codes else ""
            raise CellError(status, f"a worker process ended before its task was done{said}") from broken


def imports(options: Mapping[str, object]) -> None:
    """loky, and what it imports late."""
    import loky.backend.fork_exec
    import loky.backend.popen_loky_posix
    import loky.backend.resource_tracker
    import loky.backend.synchronize
    import loky.process_executor  # noqa: F401


def start(work: Work, workers: int, options: Mapping[str, object]) -> LokyPool:
    """Processes come into being with the first calls, in `prepare`; none ends for want of work."""
    from loky import ProcessPoolExecutor

    chunksize = options["chunksize"]
    assert isinstance(chunksize, int)
    barrier = rendezvous(f"{work.scratch}/loky-{worker.clock()}", workers)
    executor = ProcessPoolExecutor(workers, timeout=None, initializer=worker.install_process, initargs=(work, barrier))
    pool = LokyPool(executor, workers, chunksize)
    pool.resolved["chunksize"] = chunksize
    return pool
