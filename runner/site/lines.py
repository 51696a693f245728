"""Lines → Panels: speedups with their intervals, the ideal line, the laws that fit, where workers share cores."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

from ..plots import Lines
from ..plots.chart import Line, Point, tick
from ..plots.chart import Panel as Drawn
from ..plots.style import COLOURS
from ..stats import Interval
from ..summary.numbers import brief_digits
from ..summary.words import plural
from .graphics import FAINT, Panel, inert

SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "x", "star")
HEIGHT_PX = 360
LEGEND_PX = 8
"""That a legend of many lines takes for each of them."""
TICKS_AT_MOST = 12
DECADES_AT_MOST = 3
"""That have ticks at 1, 2 and 5."""


def line_panels(chart: Lines) -> tuple[Panel, ...]:
    """A line has the same colour and mark in all panels."""
    names = list(dict.fromkeys(line.name for panel in chart.panels for line in panel.lines))
    return tuple(_panel(panel, chart, names) for panel in chart.panels)


def _panel(panel: Drawn, chart: Lines, names: Sequence[str]) -> Panel:
    traces = [trace for line in panel.lines for trace in _line(line, chart, names.index(line.name))]
    traces += [_dashed("ideal", "dot", (1, panel.xs[-1]))] if chart.ideal else []
    traces += [_dashed("fitted law", "dashdot", ())] if any(line.law for line in panel.lines) else []
    return Panel(panel.title, traces, _layout(panel, chart, len(traces)))


def _line(line: Line, chart: Lines, place: int) -> list[dict[str, Any]]:
    """Points with their intervals; a law instead of the line between them, where one holds."""
    colour = COLOURS[place % len(COLOURS)]
    points = {
        "type": "scatter",
        "mode": "markers" if line.law else "lines+markers",
        "name": inert(line.name),
        "legendgroup": str(place),
        "x": [point.x for point in line.points],
        "y": [point.y for point in line.points],
        "error_y": _whiskers(line.points),
        "text": [inert(_in_words(line, point, chart)) for point in line.points],
        "hoverinfo": "text",
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 9},
    }
    law = {
        "type": "scatter",
        "mode": "lines",
        "legendgroup": str(place),
        "showlegend": False,
        "x": [x for x, _ in line.law],
        "y": [y for _, y in line.law],
        "hoverinfo": "skip",
        "line": {"color": colour, "dash": "dashdot", "width": 2},
    }
    return [points, law] if line.law else [points]


def _whiskers(points: Sequence[Point]) -> dict[str, Any]:
    """How far intervals reach to each side; too few blocks have none."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [0.0 if point.high is None else point.high - point.y for point in points],
        "arrayminus": [0.0 if point.low is None else point.y - point.low for point in points],
        "thickness": 1.5,
        "width": 5,
    }


def _in_words(line: Line, point: Point, chart: Lines) -> str:
    """`threads with 4 workers: 3.99× (3.98 to 4.00)`; `threads × 4, size = 64: …`."""
    estimate, low, high = brief_digits(Interval(point.y, point.low, point.high))
    interval = f" ({low} to {high})" if low else ""
    where = f" with {plural(int(point.x), 'worker')}" if chart.ideal else f", {chart.over} = {tick(point.x)}"
    return f"{line.name}{where}: {estimate}×{interval}"


def _dashed(name: str, dash: str, ends: Sequence[float]) -> dict[str, Any]:
    """y = x from one end to the other, and its entry in the legend."""
    xs = ends or (None,)
    line = {**FAINT, "dash": dash}
    return {"type": "scatter", "mode": "lines", "name": name, "x": xs, "y": xs, "hoverinfo": "skip", "line": line}


def _layout(panel: Drawn, chart: Lines, entries: int) -> dict[str, Any]:
    log_x, log_y = chart.scales(panel)
    y_axis = {"type": "log", **_y_ticks(panel.points)} if log_y else {"type": "linear", "rangemode": "tozero"}
    return {
        "xaxis": {"title": {"text": inert(chart.x_label)}, "type": "log" if log_x else "linear", **_x_ticks(panel.xs)},
        "yaxis": {"title": {"text": chart.y_label}, **y_axis},
        "shapes": _marks(chart.shared_cores(panel)),
        "height": HEIGHT_PX + LEGEND_PX * entries,
    }


def _marks(cores: int | None) -> list[dict[str, Any]]:
    """Where nothing is gained; where workers begin to share cores."""
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": FAINT}
    if cores is None:
        return [across]
    up = {"type": "line", "yref": "paper", "x0": cores, "x1": cores, "y0": 0, "y1": 1}
    named = {"text": f" {cores} cores", "textposition": "end", "textangle": 0, "xanchor": "left", "yanchor": "top"}
    return [across, {**up, "line": {**FAINT, "dash": "dash"}, "label": named}]


def _x_ticks(xs: Sequence[float]) -> dict[str, Any]:
    """Where something was measured, unless that is so often that plotly.js had better choose."""
    return {"tickvals": xs, "ticktext": list(map(tick, xs))} if len(xs) <= TICKS_AT_MOST else {}


def _y_ticks(points: Sequence[Point]) -> dict[str, Any]:
    """1, 2, 5, 10: plotly.js writes 2 and 5 for those of any decade."""
    least, largest = (log10(choose(point.y for point in points)) for choose in (min, max))
    steps = (1, 2, 5) if largest - least <= DECADES_AT_MOST else (1,)
    values = [step * 10.0**exponent for exponent in range(floor(least), ceil(largest) + 1) for step in steps]
    return {"tickvals": values, "ticktext": [f"{value:g}" for value in values]}
