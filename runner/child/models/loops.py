"""Work, asyncio's options → Pool: loops that live shorter, tasks that are handed on; no model by itself."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from .. import worker
from ..failure import CellError, caught
from ..work import load
from .coroutines import run_of_slot
from .executor import ExecutorPool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
    from typing import TypeVar

    from ..failure import Failure
    from ..work import Work
    from .asyncio import NewLoop
    from .contract import Census, Outcome, Pool
    from .coroutines import Run

    Given = TypeVar("Given")


def imports_behind(offload: object) -> None:
    """The model that does the tasks, if another one does, and what it needs."""
    if not offload:
        return
    load(f"{__package__}.table")
    module = load(f"{__package__}.{offload}")
    if hasattr(module, "imports"):
        module.imports({})


def pool(work: Work, workers: int, options: Mapping[str, object], new_loop: NewLoop | None) -> Pool:
    """By `offload` and `loop_scope`, at least one of which is set."""
    offload, scope = options.get("offload"), options.get("loop_scope")
    if offload and scope == "task":
        raise CellError("unsupported", "`loop_scope: task` leaves nothing to hand on: leave `offload` out")
    if scope == "task":
        return loop_for_each_task(work, workers, new_loop)
    if offload:
        return OffloadingPool(_behind(work, workers, str(offload)), Loops(new_loop, anew=scope == "batch"))
    return LoopForEachBatch(work, workers, Loops(new_loop, anew=True))


def _behind(work: Work, workers: int, offload: str) -> ExecutorPool:
    """The pool of another model, with its options as they are unless set."""
    from .table import MODELS

    defaults = {name: parameter.default for name, parameter in MODELS[offload].parameters.items()}
    behind: ExecutorPool = load(f"{__package__}.{offload}").start(work, workers, defaults)
    return behind


class Loops:
    """Where coroutines run: one loop for all, or one for each."""

    def __init__(self, new_loop: NewLoop | None, anew: bool) -> None:
        self._new_loop = new_loop
        self._kept = None if anew else asyncio.Runner(loop_factory=new_loop)

    def run(self, coroutine: Coroutine[object, object, Given]) -> Given:
        """Until it is done."""
        if self._kept is not None:
            return self._kept.run(coroutine)
        with asyncio.Runner(loop_factory=self._new_loop) as runner:
            return runner.run(coroutine)

    def close(self) -> None:
        """Where one was kept."""
        if self._kept is not None:
            self._kept.close()


class LoopForEachBatch:
    """Slots whose bodies are kept, while the loop and the coroutines are made anew for each batch."""

    def __init__(self, work: Work, workers: int, loops: Loops) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._work = work
        self._workers = workers
        self._loops = loops
        self._runs: list[Run] = []

    def prepare(self) -> list[Failure | None]:
        return self._loops.run(self._make())

    async def _make(self) -> list[Failure | None]:
        made = [caught(run_of_slot, self._work, slot, self.notes) for slot in range(self._workers)]
        self._runs = [run for run, _ in made]  # type: ignore[misc]
        return [failure for _, failure in made]

    def run(self, items: Sequence[object]) -> list[Outcome]:
        return self._loops.run(self._batch(items))

    async def _batch(self, items: Sequence[object]) -> list[Outcome]:
        waiting, outcomes = enumerate(items), [None] * len(items)

        async def drain(run: Run) -> None:
            for index, item in waiting:
                outcomes[index] = await run(item)  # type: ignore[call-overload]

        await asyncio.gather(*map(drain, self._runs))
        return outcomes  # type: ignore[return-value]

    def census(self) -> list[Census]:
        return [worker.census()] * self._workers

    def stop(self) -> None:
        self._loops.close()


class OffloadingPool:
    """A loop that hands tasks on to the workers of another pool, and awaits them."""

    def __init__(self, behind: ExecutorPool, loops: Loops) -> None:
        self.notes = behind.notes
        self.resolved = behind.resolved
        self._behind = behind
        self._loops = loops

    def prepare(self) -> list[Failure | None]:
        return self._behind.prepare()

    def run(self, items: Sequence[object]) -> list[Outcome]:
        with self._behind.explaining():
            return self._loops.run(self._batch(items))

    async def _batch(self, items: Sequence[object]) -> list[Outcome]:
        hand_on, executor = asyncio.get_running_loop().run_in_executor, self._behind.executor
        return await asyncio.gather(*[hand_on(executor, worker.run, item) for item in items])

    def census(self) -> list[Census]:
        return self._behind.census()

    def stop(self) -> None:
        self._loops.close()
        self._behind.stop()


class AwaitedApart:
    """Work whose plain body is its coroutine function, awaited in a loop of its own each time."""

    def __init__(self, work: Work, new_loop: NewLoop | None) -> None:
        self.traced = work.traced
        self._work = work
        self._new_loop = new_loop

    def required_body(self) -> Callable[[object], object]:
        """Raises CellError where there is nothing to await."""
        body = self._work.async_body()
        if body is None:
            raise CellError(
                "unsupported", "a loop for each task needs a coroutine function, and its only body is a plain one"
            )
        return lambda item: Loops(self._new_loop, anew=True).run(_awaited(body, item))


async def _awaited(body: Callable[[object], Awaitable[object]], item: object) -> object:
    return await body(item)


def loop_for_each_task(work: Work, workers: int, new_loop: NewLoop | None) -> ExecutorPool:
    """As a program does that calls asyncio.run wherever it needs it, in one of its threads."""
    barrier = threading.Barrier(workers)
    apart = AwaitedApart(work, new_loop)
    executor = ThreadPoolExecutor(workers, initializer=worker.install, initargs=(apart, barrier))
    return ExecutorPool(executor, workers)
