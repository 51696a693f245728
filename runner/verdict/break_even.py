"""rows, what is claimed of them → BreakEven: between which values of a swept number a model begins to pay.

Nothing is said of where in between: a straight line of ln speedup over ln value is off by far more than its interval
would tell. Where one worker costs v, and two cost v/2 and 1 for starting them, the line from v = 0.2 to v = 20 has
break-even at 6; it lies at 2. Values in between tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from ..matrix.cells import canonical
from ..stats import Claim
from ..summary import Row
from ..summary.sweeps import swept
from ..summary.words import axes, by_workload
from .claims import Judgement

LEAST_VALUES = 3
"""Two values are one comparison each, and no course."""


@dataclass(frozen=True, slots=True)
class At:
    """A value, and what may be claimed of the cell that has it; None where it gets no verdict."""

    value: float
    row: Row
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """What becomes of one model with so many workers while one number changes and all else stays the same.

    `axis` is the number's name as in `axes`; `points` has three values at least, in their order. What is claimed of
    them is corrected for all comparisons of the workload, so it holds of all of them together.
    """

    axis: str
    points: tuple[At, ...]

    @property
    def crossings(self) -> list[tuple[At, At]]:
        """Between which values it turns from slower to faster, or back: the nearest of which these are known. None
        where it never does; with more than one there is no single break-even."""
        decided = [point for point in self.points if point.claim in ("faster", "slower")]
        return [(before, after) for before, after in pairwise(decided) if before.claim != after.claim]


def break_evens(rows: Sequence[Row], cells: Mapping[str, Judgement]) -> tuple[BreakEven, ...]:
    """One for each number that takes three values or more while all else stays the same, and each model and number of
    workers, where something is claimed at all. `cells` has the claims by key."""
    by_key = {row.cell.key: row for row in rows}
    found = [
        BreakEven(axis, points)
        for own in by_workload(rows).values()
        for axis in axes(own)
        for points in _courses([row for row in own if _is_compared_there(row, by_key, axis)], axis, cells)
    ]
    return tuple(one for one in found if any(point.claim for point in one.points))


def _courses(rows: Iterable[Row], axis: str, cells: Mapping[str, Judgement]) -> list[tuple[At, ...]]:
    courses: dict[str, dict[float, At]] = {}
    for row in rows:
        value = _number(_place(row).get(axis))
        if value is not None:
            judged = cells.get(row.cell.key)
            point = At(value, row, judged.claim if judged else None)
            courses.setdefault(_all_else(row, axis), {}).setdefault(value, point)
    return [
        tuple(points[value] for value in sorted(points)) for points in courses.values() if len(points) >= LEAST_VALUES
    ]


def _is_compared_there(row: Row, by_key: Mapping[str, Row], axis: str) -> bool:
    """Whether its baseline changes along with it, or has no such number: else it is itself one of the values."""
    baseline = by_key.get(row.cell.baseline or "")
    if baseline is None or baseline is row:
        return False
    return _place(baseline).get(axis) in (None, _place(row).get(axis))


def _place(row: Row) -> dict[str, object]:
    """Name of an axis → the row's value there, None where it has none."""
    each = row.cell.tasks_per_worker
    return {"tasks": None if each else row.cell.tasks, "tasks per worker": each, **swept(row)}


def _all_else(row: Row, axis: str) -> str:
    cell = row.cell
    others = {name: value for name, value in _place(row).items() if name != axis and name.partition(".")[0] != "env"}
    env = {name: value for name, value in cell.env.items() if f"env.{name}" != axis}
    return canonical([cell.model.name, cell.workers, cell.python_label, others, env])


def _number(value: object) -> float | None:
    """Commands and environments have their numbers as texts."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
