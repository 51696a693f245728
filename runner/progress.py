"""Step → a line on standard error, drawn between invocations only: nothing is drawn while a child measures."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Literal, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from .matrix import Cell
from .schedule import ANCHOR
from .summary.words import duration

PLAIN_EVERY_S = 10.0
BAR = 12
"""Columns of the bar: what stands beside it is to fit into 80."""

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


def worded(step: Step, between: str = ": ") -> str:
    """Where the run is and how long the rest will take; what is measured now, and how wide the widest interval is."""
    if step.stage == "preflight":
        python = "" if step.cell.python_label == "current" else f", {step.cell.python_label}"
        return f"preflight{between}{step.cell.workload.name}, {step.cell.model.name}{python}"
    if step.stage == "trace":
        return f"trace, {step.done + 1:,} of {step.total:,}{between}{step.cell}"
    left = f", about {duration(step.left_s)} left" if step.left_s is not None else ""
    widest = f"; {step.widest}" if step.widest else ""
    return f"block {step.block} of {step.blocks}, {_count(step)}{left}{between}{_subject(step.cell)}{widest}"


def _count(step: Step) -> str:
    """Which of the cells' invocations is measured; an anchor is none of them."""
    return f"{step.done + (step.cell.key != ANCHOR.key):,} of {step.total:,}"


def _subject(cell: Cell) -> str:
    return "the anchor" if cell.key == ANCHOR.key else str(cell)


class Display:
    """Two lines drawn again on a terminal that can, a plain one every so often elsewhere. A context; call it with each
    step."""

    def __init__(self, console: Console, verbosity: Verbosity) -> None:
        self._console = console
        self._every_s = {"quiet": float("inf"), "usual": PLAIN_EVERY_S, "verbose": 0.0}[verbosity]
        self._told = time.monotonic()
        self._bar: Progress | None = None
        if console.is_terminal and not console.is_dumb_terminal and verbosity == "usual":
            columns = (BarColumn(bar_width=BAR), TextColumn("{task.description}", markup=False))
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
        if self._bar:
            text = worded(step, between="\n")
            self._bar.update(self._task, description=text, total=step.total, completed=step.done, refresh=True)
        elif now - self._told >= self._every_s:
            self._told = now
            self._console.print(worded(step), markup=False, highlight=False, soft_wrap=True)
