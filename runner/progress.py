"""Step → a line on standard error, drawn between invocations only: nothing is drawn while a child measures."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from .matrix import Cell

PLAIN_EVERY_S = 10.0


class Step(Protocol):
    """What a run says of itself before each child; see `run.Step`."""

    @property
    def stage(self) -> str: ...
    @property
    def cell(self) -> Cell: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def block(self) -> int: ...
    @property
    def blocks(self) -> int: ...


def worded(step: Step, elapsed_s: float) -> str:
    """Where the run is, and how long the rest will take at the pace so far."""
    cell = step.cell
    name = f"{cell.workload.name}, {cell.model.name}"
    if step.stage == "preflight":
        return f"preflight: {name}"
    if step.stage == "trace":
        return f"trace, {step.done + 1} of {step.total}: {name} × {cell.workers}"
    left = f", about {_duration(elapsed_s / step.done * (step.total - step.done))} left" if step.done else ""
    return f"block {step.block} of {step.blocks}, {step.done + 1} of {step.total}: {name} × {cell.workers}{left}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


class Display:
    """Live on a terminal, a plain line every so often elsewhere. A context; call it with each step."""

    def __init__(self, console: Console, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet
        self._began = self._told = time.monotonic()
        self._bar: Progress | None = None
        if console.is_terminal and not quiet:
            columns = (BarColumn(), TextColumn("{task.description}"))
            self._bar = Progress(*columns, console=console, auto_refresh=False, transient=True)
            self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        if step.done == 0:
            self._began = now
        text = worded(step, now - self._began)
        if self._bar:
            self._bar.update(self._task, description=text, total=step.total, completed=step.done, refresh=True)
        elif not self._quiet and now - self._told >= PLAIN_EVERY_S:
            self._told = now
            self._console.print(text, markup=False, highlight=False)
