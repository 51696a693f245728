"""Picture → SVG, drawn by matplotlib; the same picture gives the same bytes with the same matplotlib."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, StrMethodFormatter

from ..summary.numbers import times
from .chart import MAKESPAN, SINCE_STARTUP, Bars, Lanes, Line, Lines, Panel, Picture, Traced, called, tick
from .style import COLOURS, FAINT, MARKS, PHASES, RC, TASK, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 7.2
"""Inches: what GitHub shows without making it smaller."""
PANEL_WIDTH, PANEL_HEIGHT = 3.6, 2.7
BAR_HEIGHT, LANE_HEIGHT, MARGIN = 0.26, 0.17, 0.95
TICKS_AT_MOST = 8
DODGE = 0.012
"""Of an axis's length: how far a model's marks stand beside the next one's, so that equal ones don't hide each other."""
LETTER, HANDLE = 0.085, 0.65
"""Inches: of a legend's text, a letter's width; of an entry, what is not text."""


def drawn(picture: Picture) -> str:
    """The content of its file. The digest of what it shows, and the words for those who can't see it, stand inside."""
    with matplotlib.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)  # a reader has the fonts that are not here
        shown = figure(picture)
        target = io.StringIO()
        known = {"Date": None, "Creator": "Runmatrix", "Description": picture.mark}
        shown.savefig(target, format="svg", transparent=True, metadata={**known, "Title": picture.alt})
    lines = (line.rstrip() for line in target.getvalue().splitlines())
    return "\n".join(lines) + "\n"


def figure(picture: Picture) -> Figure:
    """As matplotlib has it, for a notebook."""
    chart = picture.chart
    with matplotlib.rc_context(RC):
        if isinstance(chart, Lines):
            return _lines(chart)
        return _bars(chart) if isinstance(chart, Bars) else _lanes(chart)


def _lines(chart: Lines) -> Figure:
    columns = min(2, len(chart.panels))
    rows = ceil(len(chart.panels) / columns)
    width = WIDTH if columns == 2 else 5.4
    made = Figure(figsize=(width, rows * PANEL_HEIGHT + 0.4), layout="constrained")
    grid = made.subplots(rows, columns, squeeze=False)
    names = list(dict.fromkeys(line.name for panel in chart.panels for line in panel.lines))
    for axes, panel in zip(grid.flat, chart.panels, strict=False):
        _panel(axes, panel, chart, names)
    for axes in grid.flat[len(chart.panels) :]:
        axes.set_axis_off()
    _legend(made, grid.flat[0], names, chart)
    return made


def _panel(axes: Axes, panel: Panel, chart: Lines, names: Sequence[str]) -> None:
    xs, (log_x, _) = panel.xs, chart.scales(panel)
    for number, line in enumerate(panel.lines):
        beside = DODGE * (number - (len(panel.lines) - 1) / 2)
        places = [_beside(point.x, xs, beside, log=log_x) for point in line.points]
        _line(axes, line, names.index(line.name), places)
    if chart.ideal:
        axes.plot([1, xs[-1]], [1, xs[-1]], color=FAINT, linestyle=":", linewidth=1)
    axes.axhline(1, color=FAINT, linewidth=0.8)
    if cores := chart.shared_cores(panel):
        axes.axvline(cores, color=FAINT, linestyle="--", linewidth=0.8)
        axes.annotate(f"{cores} cores", (cores, 1), (0, 2), ("data", "axes fraction"), "offset points", ha="center")
    axes.set_title(panel.title, pad=18)
    axes.set(xlabel=chart.x_label, ylabel=chart.y_label)
    _scales(axes, chart, panel)
    axes.grid(visible=True)


def _beside(x: float, xs: Sequence[float], share: float, *, log: bool) -> float:
    """The place that lies so large a share of the axis beside x."""
    return x * float((xs[-1] / xs[0]) ** share) if log else x + share * (xs[-1] - xs[0])


def _line(axes: Axes, line: Line, place: int, xs: Sequence[float]) -> None:
    """Points with their intervals; a law instead of the line between them, where one holds."""
    colour, mark = COLOURS[place % len(COLOURS)], MARKS[place % len(MARKS)]
    ys = [point.y for point in line.points]
    down = [point.y - (point.y if point.low is None else point.low) for point in line.points]
    up = [(point.y if point.high is None else point.high) - point.y for point in line.points]
    joined = "none" if line.law else "-"
    axes.errorbar(
        xs, ys, [down, up], color=colour, marker=mark, markersize=5, linestyle=joined, linewidth=1.2, capsize=2
    )
    if line.law:
        axes.plot(*zip(*line.law, strict=True), color=colour, linewidth=1.2, linestyle="-.")


def _scales(axes: Axes, chart: Lines, panel: Panel) -> None:
    """Ticks where something was measured."""
    xs, (log_x, log_y) = panel.xs, chart.scales(panel)
    if log_x:
        axes.set_xscale("log")
    if log_y:
        axes.set_yscale("log")
        axes.yaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), major_formatter=StrMethodFormatter("{x:g}"))
    else:
        axes.set_ylim(bottom=0)
    axes.minorticks_off()
    if len(xs) <= TICKS_AT_MOST:
        axes.set_xticks(xs, [tick(x) for x in xs])


def _legend(made: Figure, axes: Axes, names: Sequence[str], chart: Lines) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=COLOURS[place % len(COLOURS)], marker=MARKS[place % len(MARKS)], label=name)
        for place, name in enumerate(names)
    ]
    if chart.ideal:
        handles.append(Line2D([], [], color=FAINT, linestyle=":", label="ideal"))
    if any(line.law for panel in chart.panels for line in panel.lines):
        handles.append(Line2D([], [], color=TEXT, linestyle="-.", label="fitted law"))
    columns = _columns([str(handle.get_label()) for handle in handles], made.get_figwidth())
    across = [handle for column in range(columns) for handle in handles[column::columns]]
    made.legend(handles=across, loc="outside lower center", ncols=columns, labelcolor=TEXT)


def _columns(labels: Sequence[str], width: float) -> int:
    """As many as stand beside each other in so many inches, four at most."""
    entry = HANDLE + LETTER * max(map(len, labels))
    return max(1, min(4, len(labels), int(width / entry)))


def _bars(chart: Bars) -> Figure:
    made = Figure(figsize=(WIDTH, len(chart.bars) * BAR_HEIGHT + MARGIN), layout="constrained")
    axes = made.subplots()
    names = [bar.name for bar in chart.bars]
    left = [0.0] * len(names)
    for index, (phase, colour) in enumerate(PHASES.items()):
        widths = [bar.parts[index] for bar in chart.bars]
        axes.barh(range(len(names)), widths, 0.72, left, color=colour, label=called(phase))
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for number, (bar, end) in enumerate(zip(chart.bars, left, strict=True)):
        said = times(bar.makespan)[0]
        axes.annotate(said, (end, number), (3, 0), textcoords="offset points", va="center", fontsize=8)
    axes.margins(x=0.1)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set(xlabel=MAKESPAN)
    axes.grid(visible=True, axis="x")
    axes.set_axisbelow(True)
    made.legend(loc="outside lower center", ncols=3, labelcolor=TEXT)
    return made


def _lanes(chart: Lanes) -> Figure:
    heights = [max(2, len(cell.lanes) + 1) for cell in chart.cells]
    made = Figure(
        figsize=(WIDTH, sum(heights) * LANE_HEIGHT + MARGIN * len(chart.cells) / 2 + 0.8), layout="constrained"
    )
    grid = made.subplots(len(chart.cells), 1, sharex=True, squeeze=False, height_ratios=heights)
    for axes, cell in zip(grid.flat, chart.cells, strict=True):
        _traced(axes, cell)
    last = max(end for cell in chart.cells for _, _, end in cell.phases)
    grid.flat[-1].set(xlabel=SINCE_STARTUP, xlim=(0, last * 1.01))
    handles = [Patch(color=colour, label=called(phase)) for phase, colour in PHASES.items()]
    handles.append(Patch(facecolor=TASK, edgecolor=TEXT, linewidth=0.6, label="a task"))
    made.legend(handles=handles, loc="outside lower center", ncols=len(handles), labelcolor=TEXT)
    return made


def _traced(axes: Axes, cell: Traced) -> None:
    """Phases above, a lane for each worker below."""
    for name, begin, end in cell.phases:
        axes.broken_barh([(begin, end - begin)], (-0.25, 0.5), color=PHASES[name])
    for number, lane in enumerate(cell.lanes, 1):
        spans = [(begin, end - begin) for begin, end in lane.tasks]
        axes.broken_barh(spans, (number - 0.38, 0.76), facecolor=TASK, edgecolor=TEXT, linewidth=0.6)
    axes.set_yticks(range(len(cell.lanes) + 1), ["phases", *(lane.name for lane in cell.lanes)], fontsize=8)
    axes.invert_yaxis()
    axes.set_title(cell.name, loc="left")
