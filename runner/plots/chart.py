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

PANELS_AT_MOST = 6
LINES_AT_MOST = 8
BARS_AT_MOST = 24
"""What is beyond would not be legible; a picture's text says what was left out."""


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


def panels_of(lines: Iterable[tuple[str, Line]]) -> tuple[tuple[Panel, ...], str]:
    """Lines with what they have in common → as many panels as are legible, and the words for what they show."""
    panels: dict[str, list[Line]] = {}
    for title, line in lines:
        panels.setdefault(title, []).append(line)
    shown = [Panel(title, tuple(own[:LINES_AT_MOST])) for title, own in list(panels.items())[:PANELS_AT_MOST]]
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


def short(value: float) -> float:
    """Four digits."""
    return float(f"{value:.3e}")


def _or_none(value: float | None) -> float | None:
    return None if value is None else short(value)


def left_out(count: int, of: int, what: str) -> str:
    """`; the first 6 of 9 panels`, or nothing where none is left out."""
    return f"; the first {count} of {of} {what}" if count < of else ""
