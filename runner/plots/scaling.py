"""Scaling of a workload's models → speedup over workers: intervals, the ideal line, the law that fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..stats import Interval
from ..summary import Summary
from ..summary.words import axes, by_workload, place
from ..verdict import Fit, Scaling, Verdicts
from .chart import STILL, Line, Lines, Most, Panel, Picture, Point, file_name, panels_of, short

LEAST_COUNTS = 3
"""Two numbers of workers are two numbers, and no course."""
STEPS = 8
"""Points of a law's curve between one worker and the next."""


def scaling_picture(summary: Summary, verdicts: Verdicts, most: Most = STILL) -> Iterator[Picture]:
    """One for each workload of which some model was measured with three numbers of workers at least."""
    groups = by_workload(summary.rows)
    for workload, rows in groups.items():
        keys = {row.cell.key for row in rows}
        found = [one for one in verdicts.scaling if one.row.cell.key in keys and 1 + len(one.points) >= LEAST_COUNTS]
        if found:
            among = axes(rows)
            panels = panels_of(((place(one.row, among).removeprefix(", "), _line(one)) for one in found), most)
            yield _picture(workload, panels, summary, list(groups))


def _picture(workload: str, shown: tuple[tuple[Panel, ...], str], summary: Summary, names: Sequence[str]) -> Picture:
    panels, words = shown
    cores = summary.machine.usable_cpus if summary.machine else None
    chart = Lines("workers", "workers", "speedup of a batch (×),\nlarger is better", False, True, cores, panels)
    alt = f"{workload}: speedup of a batch over the number of workers, for {words}"
    return Picture(file_name("scaling", workload, names), workload, alt, chart)


def _line(one: Scaling) -> Line:
    points = (Point.of(1, Interval(1.0, None, None)), *(Point.of(at.workers, at.speedup) for at in one.points))
    return Line(one.row.cell.model.name, points, _curve(one.fit) if one.fit and not one.fit.off else ())


def _curve(fit: Fit) -> tuple[tuple[float, float], ...]:
    """The law from one worker to the most that it was fitted to."""
    xs = [1 + step / STEPS for step in range((fit.most_workers - 1) * STEPS + 1)]
    return tuple((short(x), short(fit.speedup(x))) for x in xs)
