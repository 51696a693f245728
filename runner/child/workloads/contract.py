"""Parameters → bodies: what a workload's module must offer. Never imported at run time: it is for readers and the type checker.

Only `body` is required. Parameters have passed the schema and carry their defaults; numbers are in base units
(seconds, bytes).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

Parameters = Mapping[str, object]
Body = Callable[[object], object]
AsyncBody = Callable[[object], Awaitable[object]]


class Workload(Protocol):
    """A module in this folder."""

    def body(self, parameters: Parameters) -> Body | None:
        """Make the function that does one task for one item. Called once in every worker, inside `startup`."""

    def async_body(self, parameters: Parameters, library: str) -> AsyncBody | None:
        """Make the coroutine function that does one task on an event loop of `library`: asyncio or trio, imported
        already. Called once in every coroutine slot. None where there is none for it."""

    def imports(self, parameters: Parameters) -> None:
        """Import in the child, before all clocks, what the bodies will import."""

    def items(self, parameters: Parameters, tasks: int | None) -> Sequence[object]:
        """What the tasks are given, one each; `tasks` of None is as many as there are. Unless offered: Nones."""

    def setup(self, parameters: Parameters, scratch: str) -> tuple[Parameters, Callable[[], int]]:
        """Prepare the child, outside all clocks: parameters for the workers, and what takes it down again.

        Taking down gives the CPU time in ns of a server that the workload started, which is no part of the work.
        """
