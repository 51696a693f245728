"""BreakEvens of a workload → the section that shows them: for each swept number, from which value on a model pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ..stats import Claim
from ..summary import Row
from ..summary.words import Axes, axes, axis_value, place, short
from ..verdict import At, BreakEven, Verdicts
from .markdown import Alignment, code, escaped, table
from .speedups import LINES_AT_MOST, SEE_SHEET

COLUMNS: dict[str, Alignment] = {"model": "left", "workers": "right", "verdict": "left", "break-even": "left"}
BREAK_EVEN_METHOD = (
    "Break-even lies between two values of which one is slower than the baseline and the other faster, by verdicts that "
    "are corrected for all comparisons of the workload; what is equivalent is neither. Only the values that were "
    "measured are spoken of: where in between it lies only values in between can tell."
)


def break_even_section(rows: Sequence[Row], verdicts: Verdicts) -> str:
    """The section of these rows' workload; empty where no number has three values."""
    keys = {row.cell.key for row in rows}
    found = [one for one in verdicts.break_even if one.points[0].row.cell.key in keys]
    among = axes(rows)
    by_axis = {axis: [one for one in found if one.axis == axis] for axis in among}
    return "\n\n".join(_table(axis, own, among) for axis, own in by_axis.items() if own)


def _table(axis: str, found: Sequence[BreakEven], among: Axes) -> str:
    others = [name for name in among if name != axis]
    lines = [_line(one, others) for one in found[:LINES_AT_MOST]]
    if len(found) > len(lines):
        lines.append([f"{len(found) - len(lines):,} more {SEE_SHEET}", *("" for _ in list(COLUMNS)[1:])])
    title = f"### Break-even over {code(short(axis, among))}"
    return f"{title}\n\n{table(list(COLUMNS), lines, list(COLUMNS.values()))}"


def _line(one: BreakEven, others: Axes) -> list[str]:
    row = one.points[0].row
    name = code(row.cell.model.name) + escaped(place(row, others))
    return [name, str(row.cell.workers), escaped(verdicts_in_words(one)), escaped(break_even_in_words(one))]


def verdicts_in_words(one: BreakEven) -> str:
    """`slower up to 10, can't tell at 100, faster from 1000 on`: all that is claimed, in the order of the values."""
    return ", ".join(f"{_claimed(run[0].claim)} {where}" for run, where in _runs(one))


def break_even_in_words(one: BreakEven) -> str:
    """Between which values it lies; why nowhere, where it does not."""
    claims = {point.claim for point in one.points}
    first, last = (_shown(one, point) for point in (one.points[0], one.points[-1]))
    if len(one.crossings) > 1:
        return f"more than one: {_between(one)}"
    if one.crossings:
        return _between(one) + (", faster below" if one.crossings[0][0].claim == "faster" else "")
    if claims <= {"slower", "equivalent"}:
        return f"never faster up to {last}"
    if claims <= {"faster", "equivalent"}:
        return f"faster at every value from {first} on" if claims == {"faster"} else f"never slower from {first} on"
    return _cant_tell(one)


def _cant_tell(one: BreakEven) -> str:
    """What is not known at one end alone is said to be there."""
    known = tuple(point for point in one.points if point.claim in ("faster", "slower", "equivalent"))
    if known and one.points[-len(known) :] == known:
        return f"can't tell below {_shown(one, known[0])}"
    if known and one.points[: len(known)] == known:
        return f"can't tell above {_shown(one, known[-1])}"
    return "can't tell"


def _between(one: BreakEven) -> str:
    return ", ".join(f"between {_shown(one, before)} and {_shown(one, after)}" for before, after in one.crossings)


def _runs(one: BreakEven) -> Iterator[tuple[list[At], str]]:
    """Neighbouring points with one claim, and where they lie."""
    for _, run in groupby(one.points, key=lambda point: point.claim):
        points = list(run)
        first, last = _shown(one, points[0]), _shown(one, points[-1])
        if len(points) == len(one.points):
            where = "at every value"
        elif points[0] is one.points[0]:
            where = f"up to {last}"
        elif points[-1] is one.points[-1]:
            where = f"from {first} on"
        else:
            where = f"at {first}" if len(points) == 1 else f"from {first} to {last}"
        yield points, where


def _claimed(claim: Claim | None) -> str:
    return "no verdict" if claim is None else "too few blocks" if claim == "too few" else claim


def _shown(one: BreakEven, point: At) -> str:
    return axis_value(point.row, one.axis)
