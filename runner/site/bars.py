"""Bars, Lanes → Panels: makespans made of their phases; when every task ran in which worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..plots import Bars, Lanes
from ..plots.chart import MAKESPAN, SINCE_STARTUP, Traced, called
from ..plots.style import PHASES, TASK
from ..summary.numbers import digits
from .graphics import Panel, inert

BAR_PX, LANE_PX = 26, 22
EDGE_PX = 110


def bar_panel(chart: Bars) -> Panel:
    """From the top in the order of the YAML."""
    names = [inert(bar.name) for bar in chart.bars]
    traces = [_bars(phase, names, [bar.parts[index] for bar in chart.bars]) for index, phase in enumerate(PHASES)]
    return Panel("", traces, _layout(MAKESPAN, names, BAR_PX, "stack"))


def _bars(phase: str, names: Sequence[str], seconds: Sequence[float]) -> dict[str, Any]:
    return {
        **_across(called(phase), PHASES[phase]),
        "x": seconds,
        "y": list(range(len(names))),
        "text": [f"{name}: {called(phase)} {digits(value)} s" for name, value in zip(names, seconds, strict=True)],
    }


def lane_panels(chart: Lanes) -> tuple[Panel, ...]:
    """One for each cell, all on one scale of time."""
    last = max(end for cell in chart.cells for _, _, end in cell.phases)
    return tuple(_traced(cell, last) for cell in chart.cells)


def _traced(cell: Traced, last: float) -> Panel:
    """Phases above, a lane for each worker below."""
    phases = [_spans(called(name), PHASES[name], [(0, called(name), begin, end)]) for name, begin, end in cell.phases]
    tasks = [(at, lane.name, *span) for at, lane in enumerate(cell.lanes, 1) for span in lane.tasks]
    names = ["phases", *(inert(lane.name) for lane in cell.lanes)]
    layout = _layout(SINCE_STARTUP, names, LANE_PX, "overlay")
    layout["xaxis"]["range"] = [0, last * 1.01]
    return Panel(cell.name, [*phases, _spans("tasks", TASK, tasks)], layout)


def _spans(name: str, colour: str, spans: Sequence[tuple[int, str, float, float]]) -> dict[str, Any]:
    return {
        **_across(name, colour),
        "base": [begin for _, _, begin, _ in spans],
        "x": [end - begin for _, _, begin, end in spans],
        "y": [at for at, *_ in spans],
        "text": [inert(f"{who}: {digits(begin)} s to {digits(end)} s") for _, who, begin, end in spans],
        "marker": {"color": colour, "line": {"color": "#fff", "width": 0.5}},  # one task from the next
        "showlegend": name != "tasks",
    }


def _across(name: str, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "hoverinfo": "text",
        "textposition": "none",
        "marker": {"color": colour},
    }


def _layout(over: str, names: Sequence[str], each_px: int, mode: str) -> dict[str, Any]:
    return {
        "barmode": mode,
        "xaxis": {"title": {"text": over}, "rangemode": "tozero"},
        "yaxis": {"tickvals": list(range(len(names))), "ticktext": names, "autorange": "reversed"},
        "height": EDGE_PX + each_px * len(names),
    }
