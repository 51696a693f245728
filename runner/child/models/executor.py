"""concurrent.futures executor → Pool: what the executor models have in common; no model by itself."""

from __future__ import annotations

from contextlib import nullcontext

from .. import worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from typing import TypeVar

    from ..failure import Failure
    from .contract import Census, Outcome

    Answer = TypeVar("Answer")


class ExecutorPool:
    """An executor whose workers were initialised by `worker.install` with a barrier for all of them."""

    def __init__(self, executor: Executor, workers: int, chunksize: int = 1) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self.executor = executor
        self._workers = workers
        self._chunksize = chunksize

    def explaining(self) -> AbstractContextManager[None]:
        """Inside it an executor that breaks raises CellError, with the cause, where its workers can die."""
        return nullcontext()

    def prepare(self) -> list[Failure | None]:
        return self._gather(worker.prepare)

    def census(self) -> list[Census]:
        return self._gather(worker.report)

    def _gather(self, call: Callable[[], Answer]) -> list[Answer]:
        """Executors make workers lazily: calls that wait for each other make all of them, and meet each once."""
        with self.explaining():
            futures = [self.executor.submit(call) for _ in range(self._workers)]
            return [future.result() for future in futures]

    def run(self, items: Sequence[object]) -> list[Outcome]:
        with self.explaining():
            return list(self.executor.map(worker.run, items, chunksize=self._chunksize))

    def stop(self) -> None:
        self.executor.shutdown()
