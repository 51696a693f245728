"""rows of a workload → Pictures: speedup over workers, and makespan by its phases, as data for plotly.js."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..summary import Row
from ..summary.numbers import brief_digits, digits
from ..summary.values import one_line
from ..summary.words import axes, contestant, place, plural

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999")
"""Okabe and Ito's, which the colour-blind tell apart; grey for their yellow and black, each unseen on one of the grounds."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down")
DASHES = ("solid", "dash", "dot", "dashdot")
PHASES: Mapping[str, str] = {"startup": "#E69F00", "cold": "#0072B2", "stop": "#009E73"}
LINES_AT_MOST = 24
"""More lines than that nobody tells apart; the table has them all."""
BARS_AT_MOST = 60
HEIGHT_PX = 380
LEGEND_PX = 6
"""That a legend of many lines takes for each of them."""
TICKS_AT_MOST = 12
BAR_PX = 26
EDGE_PX = 110
WIDE = 20
"""From this ratio of the largest to the least on, an axis is logarithmic: else the least could not be read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's caption, and what plotly.js draws: traces and layout, by its reference."""

    caption: str
    traces: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]


def pictures(rows: Sequence[Row]) -> list[Picture]:
    """Those for which there is enough to see."""
    return [picture for picture in (_speedups(rows), _phases(rows)) if picture]


def _speedups(rows: Sequence[Row]) -> Picture | None:
    """None where no model has two numbers of workers."""
    shown = [row for row in rows if row.speedup]
    among, lines = axes(rows), _lines(shown)
    if all(len({row.cell.workers for row in own}) < 2 for own in lines.values()):
        return None
    counts = sorted({row.cell.workers for row in shown})
    traces = [_line(name, own, among, index) for index, (name, own) in enumerate(list(lines.items())[:LINES_AT_MOST])]
    estimates = [row.speedup.estimate for row in shown if row.speedup]
    kind = "log" if max(estimates) > WIDE * min(estimates) else "linear"
    layout = {
        "xaxis": {"title": {"text": "workers"}, "type": "log", **_ticks(counts)},
        "yaxis": {"title": {"text": "speedup (×)"}, "type": kind, "rangemode": "tozero"},
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": {"dash": "dot"}}],
        "height": HEIGHT_PX + LEGEND_PX * len(traces),
    }
    caption = "Speedup over the number of workers (larger is better), with 95 % intervals; dotted: no gain."
    return Picture(f"{caption}{_left_out(len(lines), LINES_AT_MOST, 'line')}", traces, layout)


def _ticks(counts: Sequence[int]) -> dict[str, Any]:
    """At every number of workers, unless they are so many that plotly.js had better choose."""
    return {"tickvals": counts, "ticktext": list(map(str, counts))} if len(counts) <= TICKS_AT_MOST else {}


def _lines(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """What is the same but for its workers → its rows, the fewest workers first."""
    among = axes(rows)
    lines: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.cell.workers):
        lines.setdefault(f"{row.cell.model.name}{place(row, among)}", []).append(row)
    order = {row.cell.key: index for index, row in enumerate(rows)}
    return dict(sorted(lines.items(), key=lambda item: min(order[row.cell.key] for row in item[1])))


def _line(name: str, rows: Sequence[Row], among: Sequence[str], index: int) -> dict[str, Any]:
    speedups = [row.speedup for row in rows if row.speedup]
    colour = COLOURS[index % len(COLOURS)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": _inert(name),
        "x": [row.cell.workers for row in rows],
        "y": [each.estimate for each in speedups],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [_beyond(each.estimate, each.high) for each in speedups],
            "arrayminus": [_beyond(each.low, each.estimate) for each in speedups],
            "thickness": 1.5,
            "width": 5,
        },
        "text": [_inert(_speedup_in_words(row, among)) for row in rows],
        "hoverinfo": "text",
        "line": {"color": colour, "dash": DASHES[index // len(COLOURS) % len(DASHES)], "width": 2},
        "marker": {"color": colour, "symbol": SYMBOLS[index % len(SYMBOLS)], "size": 9},
    }


def _beyond(low: float | None, high: float | None) -> float:
    """How far an interval reaches to one side; too few blocks have none."""
    return 0.0 if low is None or high is None else high - low


def _speedup_in_words(row: Row, among: Sequence[str]) -> str:
    estimate, low, high = brief_digits(row.speedup)
    interval = f" ({low} to {high})" if low else ""
    return f"{contestant(row, among)}: {estimate}×{interval}, {plural(len(row.counted), 'block')}"


def _phases(rows: Sequence[Row]) -> Picture | None:
    """None where nothing has a time; from the top the first model and its fewest workers."""
    measured = [row for own in _lines([row for row in rows if row.figures]).values() for row in own]
    if not measured:
        return None
    shown, among = measured[:BARS_AT_MOST], axes(rows)
    names = [_inert(contestant(row, among)) for row in shown]
    places = list(range(len(shown)))
    layout = {
        "barmode": "stack",
        "xaxis": {"title": {"text": "seconds (less is better)"}, "rangemode": "tozero"},
        "yaxis": {"tickvals": places, "ticktext": names, "autorange": "reversed"},
        "height": EDGE_PX + BAR_PX * len(shown),
    }
    traces = [_phase(phase, colour, shown, names) for phase, colour in PHASES.items()]
    caption = "What the makespan is made of: startup, first batch (cold) and stop, medians over blocks."
    return Picture(f"{caption}{_left_out(len(measured), BARS_AT_MOST, 'cell')}", traces, layout)


def _phase(phase: str, colour: str, rows: Sequence[Row], names: Sequence[str]) -> dict[str, Any]:
    seconds: list[float | None] = [getattr(row.figures, f"{phase}_s") for row in rows]
    return {
        "type": "bar",
        "orientation": "h",
        "name": phase,
        "x": seconds,
        "y": list(range(len(rows))),
        "text": [f"{name}: {phase} {digits(value)} s" for name, value in zip(names, seconds, strict=True)],
        "hoverinfo": "text",
        "textposition": "none",
        "marker": {"color": colour},
    }


def _left_out(count: int, at_most: int, noun: str) -> str:
    return f" The first {at_most} of {plural(count, noun)}." if count > at_most else ""


def _inert(text: str) -> str:
    """Text in which plotly.js, which knows some tags, finds none."""
    return escape(one_line(text), quote=False)
