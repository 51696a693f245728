"""Work → Pool: an InterpreterPoolExecutor, whose threads have an interpreter each, and so a GIL each."""

from __future__ import annotations

from .. import worker
from ..work import load
from .executor import ExecutorPool
from .rendezvous import rendezvous

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..work import Work


def imports(options: Mapping[str, object]) -> None:
    """What Python 3.14 brought."""
    load("concurrent.futures.interpreter")


def start(work: Work, workers: int, options: Mapping[str, object]) -> ExecutorPool:
    """Threads and interpreters come into being with the first calls, in `prepare`."""
    executor = load("concurrent.futures.interpreter").InterpreterPoolExecutor
    barrier = rendezvous(f"{work.scratch}/interpreters-{worker.clock()}", workers)
    return ExecutorPool(executor(workers, initializer=worker.install_interpreter, initargs=(work, barrier)), workers)
