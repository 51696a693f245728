"""Work → Pool: a multiprocessing.Pool with imap, watched for workers that die, of which it says nothing itself."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.pool import Pool

from .. import session, worker
from ..failure import CellError
from .death import death_of
from .starting import imports_of_starting, start_method

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess
    from typing import Any, TypeVar

    from ..failure import Failure
    from ..work import Work
    from .contract import Barrier, Census, Outcome

    Answer = TypeVar("Answer")
    Done = tuple[list[Outcome], Sequence[Census]]
    RunChunk = Callable[[Sequence[object]], Done]

LOOK_S = 1.0
"""How often it is looked whether a worker has died, while an answer is waited for."""

GAVE_WAY = 86
"""What a worker exits with that Pool itself let go; one that leaves otherwise may do so with 0 as well."""


class WatchedPool(Pool):
    """A Pool that knows of every process that it ever made: it makes a new one in place of one that died, and waits for
    ever for the task that went with it."""

    def __init__(self, workers: int, initargs: tuple[Work, Barrier], most_chunks: int | None, context: Any) -> None:
        self.made: list[BaseProcess] = []
        super().__init__(workers, worker.install_process, initargs, most_chunks, context)

    def Process(self, context: BaseContext, **arguments: Any) -> BaseProcess:  # type: ignore[override]
        """What Pool makes its workers by."""
        serve, given = arguments.pop("target"), arguments.pop("args")
        self.made.append(context.Process(target=until_let_go, args=(serve, given), **arguments))  # type: ignore[attr-defined]
        return self.made[-1]

    def check(self) -> None:
        """Raises CellError where a worker has ended otherwise than by giving way to a new one, or an answer could not
        be read, which ends the thread that reads them."""
        codes = [process.exitcode for process in self.made]
        if any(code not in (None, GAVE_WAY) for code in codes):
            raise death_of([code for code in codes if code != GAVE_WAY])
        if not self._result_handler.is_alive():  # type: ignore[attr-defined]
            raise CellError("failed", "what a worker answered can't be unpickled; its output says why")


def until_let_go(serve: Callable[..., None], given: Sequence[object]) -> None:
    """A worker process's life."""
    serve(*given)
    sys.exit(GAVE_WAY)


class MultiprocessingPool:
    """The tasks of a batch by `imap`, in chunks."""

    def __init__(self, pool: WatchedPool, workers: int, chunksize: int, run_chunk: RunChunk) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._pool = pool
        self._workers = workers
        self._chunksize = chunksize
        self._run_chunk = run_chunk
        self._gil_was_on = False
        self._files: dict[str, str] = {}

    def prepare(self) -> list[Failure | None]:
        return self._gather(worker.prepare)

    def census(self) -> list[Census]:
        """Of the workers that there are, with what those had imported that gave way to them, and whether that turned on
        the GIL; of the fork server too, if there is one: it has waited for those that gave way."""
        self._remember(here := self._gather(worker.report))
        files = tuple(self._files.items())
        census: list[Census] = [(*before, on or self._gil_was_on, files) for *before, on, _ in here]  # type: ignore[misc]
        server = server_pid() if self.resolved.get("start_method") == "forkserver" else None
        if server is not None:
            census.append((server, 0, 0, session.waited_for_ns(server), 0, census[0][5], ()))
        return census

    def _remember(self, told: Sequence[Census]) -> None:
        for *_, on, files in told:
            self._gil_was_on = self._gil_was_on or on
            self._files.update(files)

    def _gather(self, call: Callable[[], Answer]) -> list[Answer]:
        """Calls that wait for each other, so that each worker gets one."""
        answers = [self._pool.apply_async(call) for _ in range(self._workers)]
        return [self._patiently(answer.get) for answer in answers]

    def run(self, items: Sequence[object]) -> list[Outcome]:
        """With its own `chunksize` imap gives a generator, which can't be asked with a timeout; the chunks are the
        same."""
        size = self._chunksize
        chunks = [items[begin : begin + size] for begin in range(0, len(items), size)]
        answers = self._pool.imap(self._run_chunk, chunks)
        done = [self._patiently(answers.next) for _ in chunks]
        for _, told in done:
            self._remember(told)
        return [outcome for outcomes, _ in done for outcome in outcomes]

    def _patiently(self, take: Callable[[float], Answer]) -> Answer:
        while True:
            try:
                return take(LOOK_S)
            except multiprocessing.TimeoutError:
                self._pool.check()

    def stop(self) -> None:
        self._pool.close()
        self._pool.join()


def server_pid() -> int | None:
    """The process id of this process's fork server, if it has one."""
    from multiprocessing import forkserver

    pid: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)
    return pid


def run_chunk(items: Sequence[object]) -> Done:
    """One after the other, in a worker that stays until it can be asked."""
    return [worker.run_late(item) for item in items], ()


def run_chunk_and_tell(items: Sequence[object]) -> Done:
    """In a worker that may give way to another now: what it has imported since it last told, and what came of that."""
    outcomes, _ = run_chunk(items)
    known = len(sys.modules)
    if getattr(worker.HERE, "told", 0) == known:
        return outcomes, ()
    worker.HERE.told = known
    return outcomes, (worker.census(),)


def imports(options: Mapping[str, object]) -> None:
    """What starting processes needs."""
    imports_of_starting(options)


def start(work: Work, workers: int, options: Mapping[str, object]) -> MultiprocessingPool:
    """Processes come into being here."""
    method = start_method(options)
    chunksize, most_chunks = options["chunksize"], options.get("maxtasksperchild")
    assert isinstance(chunksize, int)
    assert most_chunks is None or isinstance(most_chunks, int)
    context = multiprocessing.get_context(method)
    made = WatchedPool(workers, (work, context.Barrier(workers)), most_chunks, context)
    pool = MultiprocessingPool(made, workers, chunksize, run_chunk_and_tell if most_chunks else run_chunk)
    pool.resolved.update(start_method=method, chunksize=chunksize)
    return pool
