"""Work → Pool: a pool of the user's, made of three functions of one module.

    start(workers)               make so many workers, and return whatever stands for them: the pool
    run(pool, function, items)   call function(item) once for each item, in the workers; return what it returned, in
                                 the order of the items
    stop(pool)                   end the workers, and wait for them

`call` names the second; the others stand beside it. `function` can be pickled, and needs nothing to be set up where it
is called: a worker that meets it first takes up the work. Given as many items as there are workers, each worker must
get one, and all of them at once: that is how they are made ready, and counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from .. import worker
from ..failure import CellError, caught
from ..work import load
from ..workloads.inputs import imported
from .anywhere import Task
from .rendezvous import Rendezvous, rendezvous

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from ..failure import Failure
    from ..work import Work
    from .contract import Census, Outcome

    RunBatch = Callable[[object, Callable[[object], object], Sequence[object]], Sequence[object]]

PATIENCE_S = 20.0
"""How long workers may take to come together."""


class Ready:
    """Takes up the work in a worker, once all are here, and waits until all have done so."""

    __slots__ = ("_all_here", "_all_ready", "_task")

    def __init__(self, task: Task, all_here: Rendezvous, all_ready: Rendezvous) -> None:
        self._task = task
        self._all_here = all_here
        self._all_ready = all_ready

    def __call__(self, item: object) -> tuple[Failure | None]:
        _, missed = caught(self._all_here.wait)
        if missed:
            return (missed,)
        failure = self._task.take_up()
        self._all_ready.wait()
        return (failure,)


class Report:
    """What each worker knows of itself, once all are here to say theirs."""

    __slots__ = ("_all_here", "_task")

    def __init__(self, task: Task, all_here: Rendezvous) -> None:
        self._task = task
        self._all_here = all_here

    def __call__(self, item: object) -> Census:
        known = self._task.report()
        self._all_here.wait()
        return known


class OwnPool:
    """The user's three functions, and what is asked of their workers."""

    def __init__(self, work: Work, workers: int, call: str) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        module = call.partition(":")[0]
        self._call = call
        self._run_batch: RunBatch = imported(call)  # type: ignore[assignment]
        self._end = imported(f"{module}:stop")
        self._task = Task(work)
        self._each = [None] * workers
        path = f"{work.scratch}/own-{worker.clock()}"
        self._all_here = rendezvous(f"{path}-here", workers, PATIENCE_S)
        self._all_ready = rendezvous(f"{path}-ready", workers)
        self._pool = imported(f"{module}:start")(workers)

    def prepare(self) -> list[Failure | None]:
        return [failure for (failure,) in self._by_each(Ready(self._task, self._all_here, self._all_ready))]

    def _by_each(self, function: Callable[[object], tuple[Any, ...]]) -> list[Any]:
        answers = self._run_batch(self._pool, function, self._each)
        return given_back(self._call, answers, len(self._each))

    def run(self, items: Sequence[object]) -> list[Outcome]:
        return list(self._run_batch(self._pool, self._task, items))  # type: ignore[arg-type]

    def census(self) -> list[Census]:
        return self._by_each(Report(self._task, self._all_here))

    def stop(self) -> None:
        self._end(self._pool)


def given_back(call: str, answers: object, count: int) -> list[Any]:
    """What workers answered, each in a tuple. Raises CellError where `run` returned something else instead."""
    listed = list(answers) if isinstance(answers, Iterable) else [answers]
    odd = [answer for answer in listed if not isinstance(answer, tuple)]
    if odd:
        raise CellError(
            "failed", f"`{call}` must return what `function` returned for each item, and has {odd[0]!r:.80}"
        )
    if len(listed) != count:
        raise CellError("invalid", f"`{call}` was given {count} items, one for each worker, and returned {len(listed)}")
    return listed


def imports(options: Mapping[str, object]) -> None:
    """The user's module, and what workers wait by."""
    load("select")
    load(str(options["call"]).partition(":")[0])


def start(work: Work, workers: int, options: Mapping[str, object]) -> OwnPool:
    """The user's `start`. Raises AttributeError where one of the three functions is missing."""
    return OwnPool(work, workers, str(options["call"]))
