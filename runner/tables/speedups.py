"""rows of a workload → its speedup table, and what the marks in it mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from ..child.models.table import MODELS
from ..child.parameters import REQUIRED
from ..matrix import Variant
from ..summary import Row
from ..summary.numbers import brief_digits
from ..summary.rows import BLOCKS_THE_LOOP, OVERSUBSCRIBED
from ..summary.values import assignments
from ..summary.words import Axes, axes, capital, plural, short
from ..verdict import Verdicts
from .layout import WORKERS, Layout, Place, layout
from .markdown import Alignment, code, escaped, table

LINES_AT_MOST = 200
"""GitHub shows no markdown beyond some 500 kB; this goes for the lines of a table and for the remarks below it."""

CROWDED = "†"
SEE_SHEET = "in [summary.csv](summary.csv)"
WIDE = 100
"""Characters, of which GitHub's page has room for so many in a line of a table."""
SMALL = re.compile("<sub>(.*?)</sub>")


def speedup_table(rows: Sequence[Row], verdicts: Verdicts) -> str:
    """Speedups in markdown, the best in bold, the answer marked; a cell that did not end well has its status instead."""
    laid = layout(rows)
    lines: dict[Place, dict[Place, list[Row]]] = {}
    for row in rows:
        lines.setdefault(laid.line(row), {}).setdefault(laid.column(row), []).append(row)
    among = axes(rows)
    headers = ["model", *(_axis(axis, among) for axis in laid.down)]
    alignments: list[Alignment] = ["left", *("right" if axis == WORKERS else "left" for axis in laid.down)]
    for place in laid.columns:
        own = [row for cells in lines.values() for row in cells.get(place, ())]
        headers.append(_header(place, laid, among, own))
    alignments += ["right" for _ in laid.columns]
    body = [_line(line, cells, laid, verdicts) for line, cells in islice(lines.items(), LINES_AT_MOST)]
    if _width([headers, *body]) > WIDE:
        body = [[cell.replace(" <sub>", "<br><sub>") for cell in line] for line in body]
    if len(lines) > LINES_AT_MOST:
        body.append([f"{len(lines) - LINES_AT_MOST:,} more {SEE_SHEET}", *("" for _ in headers[1:])])
    return table(headers, body, alignments)


def _axis(axis: str, among: Axes) -> str:
    return axis if axis == WORKERS else code(short(axis, among))


def _header(place: Place, laid: Layout, among: Axes, own: Sequence[Row]) -> str:
    """`4 workers`, or `payload` 1024; marked where workers of its own rows share cores."""
    parts = [
        plural(int(value), "worker") if axis == WORKERS else f"{_axis(axis, among)} {escaped(value) or '–'}"
        for axis, value in zip(laid.across, place, strict=True)
    ]
    return ", ".join(parts) + (f" {CROWDED}" if WORKERS in laid.across and _is_crowded(own) else "")


def _line(line: Place, cells: Mapping[Place, Sequence[Row]], laid: Layout, verdicts: Verdicts) -> list[str]:
    """The model and its places, then a cell for each column."""
    rows = [row for cell in cells.values() for row in cell]
    all_block = _all_block(rows, verdicts)
    named = _named_line(line, laid, rows, verdicts)
    shown = {
        place: "<br>".join(_cell(row, verdicts) + ("" if all_block else _blocking(row, verdicts)) for row in own)
        for place, own in cells.items()
    }
    return [*named, *(shown.get(place, "") for place in laid.columns)]


def _named_line(line: Place, laid: Layout, rows: Sequence[Row], verdicts: Verdicts) -> list[str]:
    """The model, marked where it blocks its event loop, and its places; a number of workers is marked as columns are."""
    crowded = f" {CROWDED}" if _is_crowded(rows) else ""
    said = [escaped(_unlabelled(rows[0].cell.model)), BLOCKS_THE_LOOP if _all_block(rows, verdicts) else ""]
    return [
        " ".join([code(line[0]), *(f"<sub>{text}</sub>" for text in said if text)]),
        *(
            f"{int(value):,}{crowded}" if axis == WORKERS else escaped(value)
            for axis, value in zip(laid.down, line[1:], strict=True)
        ),
    ]


def _unlabelled(model: Variant) -> str:
    """Options that are not what they would be unless given, of a model without a label that would tell of them; what is
    swept has its place."""
    defaults = {name: option.default for name, option in MODELS[model.kind].parameters.items()}
    known = {name for name, default in defaults.items() if default is REQUIRED} | set(model.swept)
    given = {name: value for name, value in model.values.items() if name not in known and value != defaults[name]}
    return assignments(given) if model.name == model.kind else ""


def _all_block(rows: Sequence[Row], verdicts: Verdicts) -> bool:
    """Whether all that was measured of a line blocks the event loop, which is then said once."""
    measured = [row for row in rows if row.figures]
    return bool(measured) and all(_blocks(row, verdicts) for row in measured)


def _blocking(row: Row, verdicts: Verdicts) -> str:
    """What a cell says that blocks the event loop where others of its line don't."""
    return f"<br><sub>{BLOCKS_THE_LOOP}</sub>" if row.figures and _blocks(row, verdicts) else ""


def _blocks(row: Row, verdicts: Verdicts) -> bool:
    return any(BLOCKS_THE_LOOP in note for note in row.notes) or verdicts.holds_up_its_loop(row.cell.key)


def _is_crowded(rows: Sequence[Row]) -> bool:
    return any(OVERSUBSCRIBED in row.notes for row in rows)


def _width(lines: Sequence[Sequence[str]]) -> float:
    """How wide a table is, about, in characters: small ones are three quarters, a column's padding is three."""
    return sum(3 + max(map(_length, column)) for column in zip(*lines, strict=True))


def _length(text: str) -> float:
    """Of the longest of its lines."""
    plain = text.replace("`", "").replace("*", "")
    return max(len(SMALL.sub("", line)) + 0.75 * sum(map(len, SMALL.findall(line))) for line in plain.split("<br>"))


def _cell(row: Row, verdicts: Verdicts) -> str:
    if row.status not in ("ok", "stale"):
        return f"*{row.status}*"
    estimate, low, high = brief_digits(row.speedup)
    interval = f" <sub>{low}–{high}</sub>" if low else ""
    stale = " <sub>*stale*</sub>" if row.status == "stale" else ""
    words = verdicts.words(row.cell.key)
    figure = f"**{estimate}**" if "best" in words and estimate else estimate or "–"
    return f"{figure}{' ◀' if 'answer' in words else ''}{interval}{stale}"


def legend(rows: Sequence[Row], verdicts: Verdicts) -> str:
    """What the marks in these rows' tables mean; only those that are there."""
    has_interval = any(row.speedup and row.speedup.low is not None for row in rows)
    keys = {row.cell.key for row in rows}
    parts = [
        "small: 95 % interval" if has_interval else "",
        "bold: as good as the best, as far as can be told" if verdicts.best & keys else "",
        "◀: the answer, the simplest of these" if verdicts.chosen & keys else "",
        f"{CROWDED}: more workers than usable cores" if _is_crowded(rows) else "",
    ]
    told = "; ".join(part for part in parts if part)
    return f"<sub>{capital(told)}.</sub>" if told else ""
