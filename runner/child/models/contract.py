"""Work → Pool: what a model's module must offer. Never imported at run time: it is for readers and the type checker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from ..failure import Failure
from ..work import Work

Outcome = tuple[int, int, object, object, Failure | None]
"""Of one task: start and end (`perf_counter_ns`, taken in the worker), the worker, the result, the failure."""

Whereabouts = tuple[int, str, int, str, int | None]
"""Of the worker of a traced task: process id and name, thread id (the system's) and name, its number where several
workers share a thread or come and go with threads."""

Census = tuple[int, int, int, int, int, bool, tuple[tuple[str, str], ...]]
"""Of one worker: process id, interpreter id (0 for a process's main one), thread id, CPU time in ns of its process and
what that waited for, for how many ns its thread could run and had no core, whether the GIL is on there, and, where it
has a process or an interpreter of its own, name and file of each module that it has imported."""

HeldUp = dict[str, int]
"""How long others were held up beside tasks. `ticks`: how often a sleeper beside them woke; `typical_ns`, `longest_ns`:
how late it was, the median and the most; `queued_ns`: for how long in all its thread could run and had no core, 0 where
the system does not say; `task_queued_ns`: for how long theirs had none, 0 where that is the same; `span_ns`: from the start of the first task to the end of the last."""


class HasBody(Protocol):
    """Work that a worker of any thread or process model can take up."""

    traced: bool
    """Whether outcomes are to name Whereabouts as their worker."""

    def required_body(self) -> Callable[[object], object]:
        """The plain body. Raises CellError where there is none."""


class Barrier(Protocol):
    """Where workers wait for each other, in threads and processes alike."""

    def wait(self) -> object:
        """Return once as many have called as there are workers."""


class Pool(Protocol):
    """Workers that exist from `start` to `stop`."""

    notes: list[str]
    """What a reader of the row must know, such as that the loop is blocked."""

    resolved: dict[str, object]
    """Options as they turned out, such as the start method that this Python takes by default."""

    def prepare(self) -> list[Failure | None]:
        """Make every worker ready, all of them waiting for the last: one entry for each that is, or could not be."""

    def run(self, items: Sequence[object]) -> list[Outcome]:
        """Do one task for each item; outcomes in the order of the items, their results brought back to the child."""

    def census(self) -> list[Census]:
        """Ask every worker once; processes that wait for workers which came before may be told of beside."""

    def stop(self) -> None:
        """End the workers and wait for them."""


class Watchful(Pool, Protocol):
    """A pool that can look on as well: asked of it by the preflight alone, so that nothing is imported for the rest."""

    def watched(self, items: Sequence[object]) -> tuple[list[Outcome], HeldUp]:
        """As `run`, by one worker, and how others were held up meanwhile."""


class Model(Protocol):
    """A module in this folder. Only `start` is required. What no standard library has is imported inside its functions
    alone, and named by the model's row in the table."""

    def imports(self, options: Mapping[str, object]) -> None:
        """Import in the child, before all clocks and before anything of the workload, what is not always there. Where
        it raises ImportError the cell is unsupported, and the row of the table says what would bring it."""

    def start(self, work: Work, workers: int, options: Mapping[str, object]) -> Pool:
        """Begin to make the workers. Raises CellError where the work or this Python does not allow it."""
