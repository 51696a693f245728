"""BreakEvens of a workload → speedup over a swept number, with intervals: where the lines cross 1, models begin to pay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..summary import Summary
from ..summary.words import axes, by_workload, place, short
from ..verdict import BreakEven, Verdicts
from .chart import STILL, Line, Lines, Most, Picture, Point, file_name, panels_of

WIDE = 10
"""Values that lie so many times apart are shown on a scale of their logarithms."""


@dataclass(frozen=True, slots=True)
class _Of:
    """Where a picture of one swept number belongs."""

    workload: str
    axis: str
    among: Sequence[str]
    names: Sequence[str]


def break_even_picture(summary: Summary, verdicts: Verdicts, most: Most = STILL) -> Iterator[Picture]:
    """One for each number that takes three values or more in a workload's cells."""
    groups = by_workload(summary.rows)
    for workload, rows in groups.items():
        keys, among = {row.cell.key for row in rows}, axes(rows)
        own = [one for one in verdicts.break_even if one.points[0].row.cell.key in keys]
        for axis in among:
            found = [one for one in own if one.axis == axis]
            if found:
                yield _picture(found, _Of(workload, axis, among, list(groups)), most)


def _picture(found: Sequence[BreakEven], of: _Of, most: Most) -> Picture:
    others = [name for name in of.among if name != of.axis]
    lines = ((place(one.points[0].row, others).removeprefix(", "), _line(one)) for one in found)
    panels, words = panels_of(lines, most)
    name = short(of.axis, of.among)
    values = sorted({x for panel in panels for x in panel.xs})
    log_x = bool(values) and values[0] > 0 and values[-1] >= WIDE * values[0]
    chart = Lines(name, name, "speedup (×),\nlarger is better", log_x, False, None, panels)
    alt = f"{of.workload}: speedup over {name}, for {words}"
    return Picture(file_name(f"break-even-{name}", of.workload, of.names), of.workload, alt, chart)


def _line(one: BreakEven) -> Line:
    row = one.points[0].row
    points = (Point.of(at.value, at.row.speedup) for at in one.points if at.row.speedup)
    return Line(f"{row.cell.model.name} × {row.cell.workers}", tuple(points))
