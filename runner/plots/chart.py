"""Numbers that are to be shown → Picture: the charts that it can hold, as data. Nothing here knows how to draw."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from ..stats import Interval
from .svg import LABEL

MAKESPAN = "makespan (s), smaller is better"
SINCE_STARTUP = "time since the startup began (s)"

FAR = 16
"""Times as much as the least: from there on only logarithms show both."""


@dataclass(frozen=True, slots=True)
class Most:
    """How much one picture holds: what is beyond would not be legible, and its text says what was left out."""

    panels: int = 6
    lines: int = 8
    bars: int = 24
    any_bars: int = 12  # of more cells only baselines and such whose startup or stop is to be seen
    lanes: int = 48
    tasks: int = 4_000  # slices on the lanes; beyond these trace.json is the place to look


STILL = Most()
"""A picture that nobody can point at."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its 95 % interval; None where there is none."""

    x: float
    y: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, x: float, interval: Interval) -> Point:
        """Four digits are more than anybody sees, and less than changes without reason."""
        return cls(x, short(interval.estimate), _or_none(interval.low), _or_none(interval.high))


@dataclass(frozen=True, slots=True)
class Line:
    """One model's points, and the law that was fitted to them, as points of its curve."""

    name: str
    points: tuple[Point, ...]
    law: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines that share axes, and what they have in common."""

    title: str
    lines: tuple[Line, ...]

    @property
    def points(self) -> list[Point]:
        """Those of all its lines."""
        return [point for line in self.lines for point in line.points]

    @property
    def xs(self) -> list[float]:
        """Where something was measured, the least first."""
        return sorted({point.x for point in self.points})


@dataclass(frozen=True, slots=True)
class Lines:
    """Speedups over something. `ideal` draws y = x; `cores` marks where workers begin to share them."""

    over: str
    x_label: str
    y_label: str
    log_x: bool
    ideal: bool
    cores: int | None
    panels: tuple[Panel, ...]
    kind: Literal["lines"] = "lines"

    def scales(self, panel: Panel) -> tuple[bool, bool]:
        """Whether x and y are shown by their logarithms: what is far apart is; where y = x is drawn both are or neither,
        so that it stays a line."""
        ys = [point.y for point in panel.points]
        log_x = self.log_x or (self.ideal and panel.xs[-1] > FAR)
        return log_x, max(ys) > FAR * min(ys) and (log_x or not self.ideal)

    def shared_cores(self, panel: Panel) -> int | None:
        """The number of cores, where some of the panel's workers share them."""
        return self.cores if self.ideal and self.cores and self.cores < panel.xs[-1] else None


@dataclass(frozen=True, slots=True)
class Bar:
    """A cell's startup, first batch and stop, and its makespan, in s: medians, so they need not add up."""

    name: str
    parts: tuple[float, float, float]
    makespan: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Makespans, made of their parts."""

    bars: tuple[Bar, ...]
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True, slots=True)
class Lane:
    """One worker: what it is called, and begin and end in s of each task that it did."""

    name: str
    tasks: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Traced:
    """One cell: its phases and its workers' tasks, in s since its begin."""

    name: str
    phases: tuple[tuple[str, float, float], ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    """Traced cells, one below the other, on one scale of time."""

    cells: tuple[Traced, ...]
    kind: Literal["lanes"] = "lanes"


Chart = Lines | Bars | Lanes


@dataclass(frozen=True, slots=True)
class Picture:
    """A file, the workload that it belongs to, what is said to those who can't see it, and what is drawn."""

    file: str
    workload: str
    alt: str
    chart: Chart

    @property
    def digest(self) -> str:
        """16 hex digits of all that is shown: two drawings of the same have the same, whatever drew them."""
        shown = json.dumps([self.alt, asdict(self.chart)], ensure_ascii=False, sort_keys=True)
        return hashlib.blake2b(shown.encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()

    @property
    def mark(self) -> str:
        """What stands in its file, by which it is known whatever drew it."""
        return f"{LABEL}{self.digest}"


def panels_of(lines: Iterable[tuple[str, Line]], most: Most) -> tuple[tuple[Panel, ...], str]:
    """Lines with what they have in common → as many panels as are legible, and the words for what they show."""
    panels: dict[str, list[Line]] = {}
    for title, line in lines:
        panels.setdefault(title, []).append(line)
    shown = [Panel(title, tuple(own[: most.lines])) for title, own in list(panels.items())[: most.panels]]
    names = ", ".join(dict.fromkeys(line.name for panel in shown for line in panel.lines))
    return tuple(shown), names + left_out(len(shown), len(panels), "panels")


def file_name(kind: str, workload: str, names: Sequence[str]) -> str:
    """`scaling-crunch.svg`; a number where two workloads' names are the same but for what no file should be called."""
    plain = _plain(workload)
    same = [name for name in names if _plain(name) == plain]
    number = f"-{same.index(workload) + 1}" if len(same) > 1 else ""
    return f"{kind}-{plain}{number}.svg"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-") or "unnamed"


def called(phase: str) -> str:
    """As a reader calls it."""
    return "first batch" if phase == "cold" else phase


def tick(x: float) -> str:
    """A place on an axis, as text."""
    return f"{x:,.10g}"


def short(value: float) -> float:
    """Four digits."""
    return float(f"{value:.3e}")


def _or_none(value: float | None) -> float | None:
    return None if value is None else short(value)


def left_out(count: int, of: int, what: str) -> str:
    """`; the first 6 of 9 panels`, or nothing where none is left out."""
    return f"; the first {count} of {of} {what}" if count < of else ""
