"""rows of a workload → makespan as startup, first batch and stop: what a script's user waits for, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..summary import Row, Summary
from ..summary.words import axes, by_workload, contestant
from ..verdict import Verdicts
from .chart import STILL, Bar, Bars, Most, Picture, file_name, left_out, short

LEAST_BARS = 4
VISIBLE = 0.05
"""Where startup and stop are a smaller share of every makespan there is nothing to see that the table has not."""


def phases(summary: Summary, verdicts: Verdicts, most: Most = STILL) -> Iterator[Picture]:
    """One for each workload of which some model spends a visible share of its makespan on starting and stopping."""
    groups = by_workload(summary.rows)
    for workload, rows in groups.items():
        among = axes(rows)
        bars = [(row, bar) for row in rows if (bar := _bar(row, among))]
        if len(bars) >= LEAST_BARS and any(_is_visible(bar) for _, bar in bars):
            told = [bar for row, bar in bars if len(bars) <= most.any_bars or row.is_baseline or _is_visible(bar)]
            yield _picture(workload, told, len(bars), list(groups), most)


def _bar(row: Row, among: Sequence[str]) -> Bar | None:
    figures = row.figures
    if figures is None or figures.startup_s is None or figures.cold_s is None or figures.stop_s is None:
        return None
    parts = (short(figures.startup_s), short(figures.cold_s), short(figures.stop_s))
    return Bar(contestant(row, among), parts, short(figures.makespan_s.estimate))


def _is_visible(bar: Bar) -> bool:
    startup, cold, stop = bar.parts
    return startup + stop > VISIBLE * (startup + cold + stop)


def _picture(workload: str, bars: Sequence[Bar], of: int, names: Sequence[str], most: Most) -> Picture:
    shown = bars[: most.bars]
    alt = f"{workload}: makespan of {len(shown)} cells as startup, first batch and stop"
    alt += f"; of {of} cells those with a visible startup or stop, and baselines" if len(bars) < of else ""
    alt += left_out(len(shown), len(bars), "such" if len(bars) < of else "cells")
    return Picture(file_name("phases", workload, names), workload, alt, Bars(tuple(shown)))
