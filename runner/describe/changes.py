"""Compared → words for a terminal: the experiments in which something changed, a row for each cell that did."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ..compare import Change, Compared, Comparison
from ..compare.words import (
    ALLOWED,
    SAME_CODE,
    changed,
    counts,
    further,
    named,
    outcome_in_words,
    remarks,
    told,
    told_apart,
    unchanged_in_words,
    value_of,
    where,
)
from ..stats import Interval
from ..summary import Row
from ..summary.numbers import brief_digits
from ..summary.values import one_line
from ..summary.words import machine_in_words, plural, short

ROWS_AT_MOST = 40
NAMED_AT_MOST = 3
"""How many cells a remark names before it counts the rest."""
REMARK_AT_MOST = 300
"""Characters: a reason can be a traceback."""

Column = Callable[[Change], str]
LEFT = ("workload", "model", "outcome")
"""Columns of words; the others are of numbers, but for what is swept, which may be either."""


def changes_in_words(compared: Compared) -> str:
    """The comparison of all experiments."""
    before, after = one_line(compared.before), one_line(compared.after)
    shown = told(compared)
    relations = dict.fromkeys(one.relation for one in shown if any(change.decisive for change in one.changes))
    parts = [
        f"A is {before}, B is {after}",
        *("\n".join(_experiment(comparison)) for comparison in shown),
        "\n".join(_wrapped(ALLOWED[relation]) for relation in relations),
        "\n".join(_alone(compared)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _alone(compared: Compared) -> Iterator[str]:
    for side, names in (("A", compared.only_before), ("B", compared.only_after)):
        if names:
            yield f"only in {side}: {', '.join(map(one_line, names))}"
    if rest := unchanged_in_words(compared):
        yield rest


def _experiment(comparison: Comparison) -> Iterator[str]:
    found = changed(comparison)
    cells = plural(len(comparison.changes), "cell")
    yield f"{one_line(comparison.experiment)}: {cells}{': ' if comparison.changes else ''}{counts(comparison)}"
    if found:
        yield from _table(found[:ROWS_AT_MOST], comparison)
    if len(found) > ROWS_AT_MOST:
        yield f"  {further(len(found) - ROWS_AT_MOST, comparison.relation)}"
    spoken_of, name = found or comparison.changes, partial(_name, told_apart(comparison))
    for remark, about in remarks(spoken_of).items():
        text = f"{named(about, spoken_of, NAMED_AT_MOST, name)}: {one_line(remark)}"
        yield _wrapped(textwrap.shorten(text, REMARK_AT_MOST, placeholder=" …"))
    yield from map(_wrapped, _grounds(comparison))


def _grounds(comparison: Comparison) -> Iterator[str]:
    """On what it was measured, where anything is compared."""
    if not any(change.decisive for change in comparison.changes):
        return
    if comparison.relation == "two machines" and comparison.before and comparison.after:
        sides = (f"{one.name} ({machine_in_words(one)})" for one in (comparison.before, comparison.after))
        yield "A on {}, B on {}.".format(*sides)
    if comparison.anchor:
        yield f"The anchor took {_figure(comparison.anchor)} times as long in B as in A."
    if comparison.of_the_same_code:
        yield SAME_CODE


def _wrapped(text: str) -> str:
    width = min(shutil.get_terminal_size().columns, 120)
    return textwrap.fill(one_line(text), width, initial_indent="  ", subsequent_indent="  ")


def _table(changes: Sequence[Change], comparison: Comparison) -> Iterator[str]:
    """A row a cell; columns in which nothing stands are left out."""
    import tabulate

    columns = [(name, [of(change) for change in changes]) for name, of in _columns(comparison)]
    names, values = zip(*((name, cells) for name, cells in columns if any(cells)), strict=True)
    sides = ["left" if name in LEFT else "right" for name in names]
    rows = list(zip(*values, strict=True))
    made = tabulate.tabulate(rows, names, tablefmt="plain", disable_numparse=True, colalign=sides)
    yield from (f"  {line}".rstrip() for line in made.splitlines())


def _columns(comparison: Comparison) -> Iterator[tuple[str, Column]]:
    """Header, and what stands below it."""
    among = told_apart(comparison)
    yield "workload", lambda change: change.cell.workload.name
    yield "model", lambda change: change.cell.model.name
    yield from ((short(axis, among), partial(_place, axis)) for axis in among)
    yield "workers", lambda change: str(change.cell.workers)
    yield f"{comparison.on} B/A", lambda change: _figure(change.time.ratio if change.time else None)
    yield "speedup B/A", lambda change: _figure(change.speedup.ratio if change.speedup else None)
    what, of = ("speedup", _speedup) if comparison.relation == "two machines" else ("(s)", _time)
    yield f"A {what}", lambda change: of(change.pair.before)
    yield f"B {what}", lambda change: of(change.pair.after)
    yield "outcome", outcome_in_words


def _place(axis: str, change: Change) -> str:
    return value_of(change.pair.row, axis)


def _time(row: Row | None) -> str:
    return brief_digits(row.figures.compared_s if row and row.figures else None)[0]


def _speedup(row: Row | None) -> str:
    return "" if row is None or row.is_baseline else brief_digits(row.speedup)[0]


def _figure(interval: Interval | None) -> str:
    estimate, low, high = brief_digits(interval)
    return f"{estimate} ({low} to {high})" if low else estimate


def _name(among: Sequence[str], row: Row) -> str:
    cell = row.cell
    return f"{cell.workload.name} {cell.model.name} × {cell.workers}{where(row, among)}"
