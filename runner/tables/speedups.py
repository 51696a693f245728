"""rows of a workload → its speedup table: models and whatever else varies down, workers across."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from ..summary import Row
from ..summary.numbers import brief_digits
from ..summary.rows import BLOCKS_THE_LOOP, OVERSUBSCRIBED
from ..summary.words import axes, axis_value, plural, short
from ..verdict import Verdicts
from .markdown import Alignment, code, escaped, table

LINES_AT_MOST = 200
"""GitHub shows no markdown beyond some 500 kB; this goes for the lines of a table and for the remarks below it."""
SEE_SHEET = "in [summary.csv](summary.csv)"
NAMED_AT_MOST = 8
"""How many cells a remark names before it counts the rest."""

Line = tuple[str, ...]
"""What the rows of one line of the table have in common: the model, and values on the axes."""


def speedup_table(rows: Sequence[Row], verdicts: Verdicts) -> str:
    """Speedups in markdown, the best in bold, the answer marked; a cell that did not end well has its status instead."""
    among = axes(rows)
    workers = sorted({row.cell.workers for row in rows})
    lines: dict[Line, dict[int, list[Row]]] = {}
    for row in rows:
        lines.setdefault(_line(row, among), {}).setdefault(row.cell.workers, []).append(row)
    headers = ["model", *(code(short(axis, among)) for axis in among), *(_header(rows, count) for count in workers)]
    texts = 1 + len(among)
    alignments: list[Alignment] = ["left" if column < texts else "right" for column, _ in enumerate(headers)]
    body = [
        [
            _model(line[0], cells),
            *map(escaped, line[1:]),
            *(_cells(cells.get(count, ()), verdicts) for count in workers),
        ]
        for line, cells in islice(lines.items(), LINES_AT_MOST)
    ]
    if len(lines) > LINES_AT_MOST:
        body.append([f"{len(lines) - LINES_AT_MOST:,} more {SEE_SHEET}", *("" for _ in headers[1:])])
    return table(headers, body, alignments)


def _line(row: Row, among: Sequence[str]) -> Line:
    return (row.cell.model.name, *(axis_value(row, axis) for axis in among))


def _header(rows: Sequence[Row], workers: int) -> str:
    crowded = any(OVERSUBSCRIBED in row.notes for row in rows if row.cell.workers == workers)
    return plural(workers, "worker") + (" †" if crowded else "")


def _model(name: str, cells: Mapping[int, Sequence[Row]]) -> str:
    notes = [note for rows in cells.values() for row in rows for note in row.notes]
    blocking = any(BLOCKS_THE_LOOP in note for note in notes)
    return code(name) + (f" <sub>{BLOCKS_THE_LOOP}</sub>" if blocking else "")


def _cells(rows: Sequence[Row], verdicts: Verdicts) -> str:
    return "<br>".join(_cell(row, verdicts) for row in rows)


def _cell(row: Row, verdicts: Verdicts) -> str:
    if row.status not in ("ok", "stale"):
        return f"*{row.status}*"
    estimate, low, high = brief_digits(row.speedup)
    interval = f" <sub>{low}–{high}</sub>" if low else ""
    stale = " <sub>*stale*</sub>" if row.status == "stale" else ""
    words = verdicts.words(row.cell.key)
    figure = f"**{estimate}**" if "best" in words and estimate else estimate or "–"
    return f"{figure}{' ◀' if 'answer' in words else ''}{interval}{stale}"


def remarks(rows: Sequence[Row]) -> list[str]:
    """Reasons of what did not end well, and notes; each once, with the cells that it is about."""
    among = axes(rows)
    found: dict[str, list[Row]] = {}
    for row in rows:
        for remark in _remarks(row):
            found.setdefault(remark, []).append(row)
    crowded = any(OVERSUBSCRIBED in row.notes for row in rows)
    footnote = ["† more workers than usable cores: threads and processes share them"] if crowded else []
    told = [f"{_named(about, among)}: {remark}" for remark, about in islice(found.items(), LINES_AT_MOST)]
    rest = [f"{len(found) - LINES_AT_MOST:,} more {SEE_SHEET}"] if len(found) > LINES_AT_MOST else []
    return [*footnote, *told, *rest]


def _remarks(row: Row) -> list[str]:
    ending = [] if row.status == "ok" else [f"*{row.status}*{', ' if row.reason else ''}{escaped(row.reason)}"]
    return ending + [escaped(note) for note in row.notes if BLOCKS_THE_LOOP not in note and note != OVERSUBSCRIBED]


def _named(rows: Sequence[Row], among: Sequence[str]) -> str:
    """`threads` × 2 and 4, `asyncio` × 4."""
    groups: dict[Line, list[str]] = {}
    for row in rows[:NAMED_AT_MOST]:
        groups.setdefault(_line(row, among), []).append(str(row.cell.workers))
    named = [f"{_line_name(line, among, escaped)} × {' and '.join(workers)}" for line, workers in groups.items()]
    rest = len(rows) - NAMED_AT_MOST
    return ", ".join([*named, f"{rest:,} more"] if rest > 0 else named)


def _line_name(line: Line, among: Sequence[str], text: Callable[[str], str]) -> str:
    values = [f"{short(axis, among)} = {value}" for axis, value in zip(among, line[1:], strict=True) if value]
    return code(line[0]) + (f" ({text(', '.join(values))})" if values else "")
