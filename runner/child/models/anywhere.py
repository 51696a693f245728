"""Work → Task: what workers can call that nobody has initialised, wherever they are; no model by itself."""

from __future__ import annotations

import os
from _thread import get_ident

from .. import worker
from ..failure import caught

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..failure import Failure
    from ..work import Work
    from .contract import Census, Outcome


class Task:
    """Does tasks in any worker, which takes up the work when it meets it first. Travels by pickling."""

    __slots__ = ("_home", "_name", "_work")

    def __init__(self, work: Work) -> None:
        self._work = work
        self._home = os.getpid()
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
        self._work.settle_imports()
        worker.take_up(self._work)
        worker.HERE.name = self._name

    def report(self) -> Census:
        """What this worker knows of itself."""
        worker.HERE.is_apart = os.getpid() != self._home
        return worker.census()
