"""Summary, Verdicts → Graphics by workload: the pictures that lie beside summary.md, made to be pointed at."""

from __future__ import annotations

from ..plots import Bars, Lines, Picture, pictures
from ..summary import Summary
from ..summary.words import capital
from ..verdict import Verdicts
from .bars import bar_panel, lane_panels
from .graphics import MOST, Graphic, Panel
from .lines import line_panels


def graphics(summary: Summary, verdicts: Verdicts) -> dict[str, list[Graphic]]:
    """Workload → its pictures; none for a workload of which a table says as much."""
    found: dict[str, list[Graphic]] = {}
    for picture in pictures(summary, verdicts, MOST):
        found.setdefault(picture.workload, []).append(graphic(picture))
    return found


def graphic(picture: Picture) -> Graphic:
    """The same, made to be pointed at."""
    return Graphic(_caption(picture), _panels(picture))


def _panels(picture: Picture) -> tuple[Panel, ...]:
    chart = picture.chart
    if isinstance(chart, Lines):
        return line_panels(chart)
    return (bar_panel(chart),) if isinstance(chart, Bars) else lane_panels(chart)


def _caption(picture: Picture) -> str:
    """What is said to those who can't see it, below the workload's heading, and what belongs to each chart."""
    text = picture.alt.removeprefix(f"{picture.workload}: ")
    more = " Larger is better; whiskers are 95 % intervals." if isinstance(picture.chart, Lines) else ""
    return f"{capital(text)}.{more}"
