"""Step → a line on standard error, drawn between invocations only: nothing is drawn while a child measures."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Literal, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from .matrix import Cell
from .summary.words import duration

PLAIN_EVERY_S = 10.0

Verbosity = Literal["quiet", "usual", "verbose"]
"""No progress; a line every so often, or a live one on a terminal; a line for each child."""


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
    @property
    def left_s(self) -> float | None: ...
    @property
    def widest(self) -> str: ...


def worded(step: Step) -> str:
    """Where the run is, what is measured now, how long the rest will take, and how wide the widest interval still is."""
    if step.stage == "preflight":
        return f"preflight: {step.cell.workload.name}, {step.cell.model.name}{_on(step.cell)}"
    count = f"{step.done + 1:,} of {step.total:,}"
    if step.stage == "trace":
        return f"trace, {count}: {_named(step.cell)}"
    left = f", about {duration(step.left_s)} left" if step.left_s is not None else ""
    return (
        f"block {step.block} of {step.blocks}, {count}: {_named(step.cell)}{left}{step.widest and f', {step.widest}'}"
    )


def _named(cell: Cell) -> str:
    return f"{cell.workload.name}, {cell.model.name} × {cell.workers}{_on(cell)}"


def _on(cell: Cell) -> str:
    return "" if cell.python_label == "current" else f", {cell.python_label}"


class Display:
    """Live on a terminal, a plain line every so often elsewhere. A context; call it with each step."""

    def __init__(self, console: Console, verbosity: Verbosity) -> None:
        self._console = console
        self._every_s = {"quiet": float("inf"), "usual": PLAIN_EVERY_S, "verbose": 0.0}[verbosity]
        self._told = time.monotonic()
        self._bar: Progress | None = None
        if console.is_terminal and verbosity == "usual":
            columns = (BarColumn(bar_width=20), TextColumn("{task.description}", markup=False))
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
        text = worded(step)
        now = time.monotonic()
        if self._bar:
            self._bar.update(self._task, description=text, total=step.total, completed=step.done, refresh=True)
        elif now - self._told >= self._every_s:
            self._told = now
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)
