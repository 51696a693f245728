"""Work → Task: what workers can call that nobody has initialised, wherever they are; no model by itself."""

from __future__ import annotations

import os
from _thread import get_ident

from .. import worker
from ..failure import caught

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..failure import Failure
    from ..work import Work
    from .contract import Census, Outcome


ON_ANOTHER_MACHINE = (
    "its workers are on another machine: how long tasks queued is not known, as its clock is another, and memory is that "
    "of the client alone"
)
ON_THIS_MACHINE = "its workers were there before, outside this cell: memory is that of the client alone"


def beyond(nodes: Collection[str]) -> str:
    """What is not known of workers that were not started here, by the names of their machines."""
    return ON_THIS_MACHINE if set(nodes) == {os.uname().nodename} else ON_ANOTHER_MACHINE


def by_our_clock(begin: int, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes of workers with a clock of their own, as if each task had begun with its batch, at `begin`."""
    return [(begin, begin + end - start, *rest) for start, end, *rest in outcomes]  # type: ignore[misc]


class Task:
    """Does tasks in any worker, which takes up the work when it meets it first. Travels by pickling."""

    __slots__ = ("_home", "_name", "_session", "_work")

    def __init__(self, work: Work) -> None:
        self._work = work
        self._home = os.getpid()
        self._session = os.getsid(0)
        self._name = f"{os.getpid()}-{worker.clock()}"

    def __call__(self, item: object) -> Outcome:
        """Do one task; where the worker can't take up the work that is its failure."""
        failure = self.take_up()
        if failure:
            now = worker.clock()
            return now, now, (os.getpid(), get_ident()), None, failure
        return worker.run(item)

    def take_up(self) -> Failure | None:
        """Make this worker's body, `worker_setup` included, unless it has done so before. A worker that outlives a
        cell has the work of an earlier one."""
        if getattr(worker.HERE, "name", "") == self._name:
            return None
        return caught(self._make)[1]

    def _make(self) -> None:
        if os.getpid() != self._home and os.getsid(0) == self._session and os.path.isdir(self._work.scratch):
            self._work.settle()  # a process that the child's parent can ask for its stacks
        self._work.settle_imports()
        worker.take_up(self._work)
        worker.HERE.name = self._name

    def report(self) -> Census:
        """What this worker knows of itself."""
        worker.HERE.is_apart = os.getpid() != self._home
        return worker.census()

    def where(self) -> str:
        """The name of this worker's machine."""
        return os.uname().nodename
