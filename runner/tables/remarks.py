"""rows of a workload → what is to be said of single cells: reasons and notes, each once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ..summary import IN_NOISE, Row, noisy
from ..summary.rows import BLOCKS_THE_LOOP, OVERSUBSCRIBED
from ..summary.words import Axes, axes, listed, short
from .layout import Place, place_on
from .markdown import code, escaped, prose
from .speedups import LINES_AT_MOST, SEE_SHEET

NAMED_AT_MOST = 8
"""How many cells a remark names before it counts the rest."""


def remarks(rows: Sequence[Row]) -> list[str]:
    """Reasons of what did not end well, and notes; each once, with the cells that it is about."""
    among = axes(rows)
    found: dict[str, list[Row]] = {}
    for row in rows:
        for remark in _remarks(row):
            found.setdefault(remark, []).append(row)
    disturbed, note = noisy(rows)
    found |= {note: disturbed} if note else {}
    told = [f"{_who(about, rows, among)}: {remark}" for remark, about in islice(found.items(), LINES_AT_MOST)]
    rest = [f"{len(found) - LINES_AT_MOST:,} more {SEE_SHEET}"] if len(found) > LINES_AT_MOST else []
    return [*told, *rest]


def _remarks(row: Row) -> list[str]:
    ending = [] if row.status == "ok" else [f"*{row.status}*{', ' if row.reason else ''}{prose(row.reason)}"]
    return ending + [prose(note) for note in row.notes if not _is_said_elsewhere(note)]


def _is_said_elsewhere(note: str) -> bool:
    """In the table's row or column, or of all rows at once."""
    return BLOCKS_THE_LOOP in note or note == OVERSUBSCRIBED or note.startswith(IN_NOISE)


def _who(about: Sequence[Row], rows: Sequence[Row], among: Axes) -> str:
    if len(about) > 1 and about == list(rows):
        return "all cells"
    if len(about) > 1 and about == [row for row in rows if not row.is_baseline]:
        return "all but baselines"
    return _named(about, among)


def _named(rows: Sequence[Row], among: Axes) -> str:
    """`threads` × 2 and 4, `asyncio` × 4."""
    groups: dict[Place, list[str]] = {}
    for row in rows[:NAMED_AT_MOST]:
        groups.setdefault((row.cell.model.name, *place_on(row, among)), []).append(str(row.cell.workers))
    named = [f"{_line_name(line, among)} × {listed(workers)}" for line, workers in groups.items()]
    rest = len(rows) - NAMED_AT_MOST
    return ", ".join([*named, f"{rest:,} more"] if rest > 0 else named)


def _line_name(line: Place, among: Axes) -> str:
    values = [f"{short(axis, among)} = {value}" for axis, value in zip(among, line[1:], strict=True) if value]
    return code(line[0]) + (f" ({escaped(', '.join(values))})" if values else "")
