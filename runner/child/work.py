"""Workload as requested → bodies: what a worker calls once for each task. Travels to worker processes by pickling."""

from __future__ import annotations

import sys

from .failure import CellError

INSTALLED = ("site-packages", "dist-packages")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import ModuleType
    from typing import Any

    from .workloads.contract import Body, Parameters


class Work:
    """One workload with its parameters, able to make its bodies in any process that has this package."""

    __slots__ = ("instead", "kind", "parameters", "project", "scratch", "stack_signal", "traced")

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.kind: str = request["workload"]["kind"]
        self.parameters: Parameters = request["workload"]["parameters"]
        self.project: str = request["project"]
        self.scratch: str = request["scratch"]
        self.stack_signal: int = request["stack_signal"]
        self.instead: tuple[str, str] | None = request.get("instead")
        self.traced: bool = bool(request.get("trace"))

    def module(self) -> ModuleType:
        """The workload's own module. Every kind is the name of one."""
        return load(f"{__package__}.workloads.{self.kind}")

    def settle(self) -> None:
        """Make this process one that the work can run in: the project importable, stacks to be had."""
        import faulthandler
        import os

        self.settle_imports()
        stacks = open(f"{self.scratch}/stacks-{os.getpid()}", "a")  # noqa: SIM115 - open as long as the process lives
        faulthandler.register(self.stack_signal, stacks, all_threads=True, chain=False)

    def settle_imports(self) -> None:
        """Make the project importable, which is all that another interpreter of a settled process needs."""
        if self.instead:
            from .elsewhere import redirect

            redirect(self.instead)
        if self.project not in sys.path:
            sys.path.insert(_first_installed(sys.path), self.project)

    def plain_body(self) -> Callable[[object], object] | None:
        """The body that a thread or process calls, if there is one."""
        body: Body | None = self.module().body(self.parameters)
        return body

    def async_body(self, library: str = "asyncio") -> Callable[[object], Awaitable[object]] | None:
        """The body that an event loop of that library awaits, if there is one."""
        make = getattr(self.module(), "async_body", None)
        return make(self.parameters, library) if make else None

    def required_body(self) -> Callable[[object], object]:
        """The plain body. Raises CellError where the work can only be awaited."""
        body = self.plain_body()
        if body is None:
            raise CellError(
                "unsupported",
                "its only body is a coroutine function, which this model can't await; give it a plain one as `call`",
            )
        return body


def _first_installed(path: list[str]) -> int:
    """Behind the standard library, so that no file of the user's shadows it; before what is installed, so that
    nothing there, Runmatrix itself included, shadows a file of the user's."""
    return next((index for index, entry in enumerate(path) if entry.endswith(INSTALLED)), len(path))


def load(name: str) -> ModuleType:
    """Import a module by its full name."""
    __import__(name)
    return sys.modules[name]
