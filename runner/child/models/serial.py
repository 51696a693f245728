"""Work → Pool: one task after the other, in the main thread."""

from __future__ import annotations

from .. import worker
from ..failure import caught
from ..work import Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..failure import Failure
    from .contract import Census, Outcome


class SerialPool:
    """The main thread as the only worker."""

    def __init__(self, work: Work) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._work = work
        self._loop: object = None

    def prepare(self) -> list[Failure | None]:
        return [caught(self._take_up)[1]]

    def _take_up(self) -> None:
        body = self._work.plain_body()
        worker.HERE.run = worker.timed(body if body else self._awaited(), traced=self._work.traced)

    def _awaited(self) -> Callable[[object], object]:
        """A coroutine function is awaited one by one, on one loop."""
        import asyncio

        self.notes.append("coroutines awaited one by one")
        runner = self._loop = asyncio.Runner()
        body = self._work.async_body()
        assert body is not None, "a workload has at least one body"
        return lambda item: runner.run(body(item))  # type: ignore[arg-type]

    def run(self, items: Sequence[object]) -> list[Outcome]:
        run = worker.HERE.run
        return [run(item) for item in items]

    def census(self) -> list[Census]:
        return [worker.census()]

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.close()  # type: ignore[attr-defined]


def start(work: Work, workers: int, options: Mapping[str, object]) -> SerialPool:
    """Nothing needs to be started; `workers` is always 1."""
    return SerialPool(work)
