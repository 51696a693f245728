"""Compared → markdown: what was compared and what that forbids, how many cells changed, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..compare import Change, Compared, Comparison, Difference, Outcome
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
from ..summary.words import plural, short
from .markdown import Alignment, code, escaped, folded, machine_named, table

ROWS_AT_MOST = 300
"""GitHub shows no markdown beyond some 500 kB."""
NAMED_AT_MOST = 8
"""How many cells a remark names before it counts the rest."""

WITHOUT_DIFFERENCE: tuple[Outcome, ...] = ("equivalent", "can't tell", "too few")
"""Outcomes that show none, which are folded away."""


def changes_page(compared: Compared) -> str:
    """The comparison of all experiments, in markdown."""
    before, after = code(compared.before), code(compared.after)
    parts = [
        f"# From {before} to {after}",
        f"A is {before}, B is {after}.",
        *(part for comparison in told(compared) for part in _experiment(comparison)),
        _alone("A", compared.only_before),
        _alone("B", compared.only_after),
        f"{rest}." if (rest := unchanged_in_words(compared)) else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _alone(side: str, names: Sequence[str]) -> str:
    return f"Only in {side}: {', '.join(map(code, names))}." if names else ""


def _experiment(comparison: Comparison) -> list[str]:
    ordered = changed(comparison)
    reasoned = [change for change in comparison.changes if change.outcome == "unchanged" and change.pair.reason]
    plain = [change for change in ordered if change.outcome not in WITHOUT_DIFFERENCE]
    same = [change for change in ordered if change.outcome in WITHOUT_DIFFERENCE]
    return [
        f"## {code(comparison.experiment)}",
        _grounds(comparison),
        _counts(comparison),
        _table(plain, comparison),
        _fold(same, comparison),
        "\n".join(f"- {remark}" for remark in _remarks([*ordered, *reasoned], told_apart(comparison))),
    ]


def _grounds(comparison: Comparison) -> str:
    """What was compared, on what, and what that forbids."""
    sides = [machine_named(machine) for machine in (comparison.before, comparison.after) if machine]
    machines = f"A on {' and B on '.join(sides)}." if comparison.relation == "two machines" else ""
    allowed = ALLOWED[comparison.relation]
    code_told = SAME_CODE if comparison.of_the_same_code else ""
    one = f"Measured on {sides[0]}." if sides and not machines else ""
    return " ".join(part for part in (allowed, machines, one, _anchor(comparison.anchor), code_told) if part)


def _anchor(ratio: Interval | None) -> str:
    return f"The anchor took {_figure(ratio)} times as long in B as in A." if ratio else ""


def _counts(comparison: Comparison) -> str:
    counted = counts(comparison)
    return f"Of {plural(len(comparison.changes), 'cell')}: {counted}." if counted else "No cells."


def _fold(changes: Sequence[Change], comparison: Comparison) -> str:
    if not changes:
        return ""
    return folded(f"{plural(len(changes), 'cell')} without a difference shown", _table(changes, comparison))


TIME = "time"
"""What is headed by which time it is."""
RATIOS: dict[str, Callable[[Change], str]] = {
    TIME: lambda change: _ratio(change.time),
    "speedup": lambda change: _ratio(change.speedup),
}
SIDES: dict[str, Callable[[Row | None], str]] = {
    TIME: lambda row: _figure(row.figures.compared_s if row and row.figures else None),
    "speedup": lambda row: "" if row is None or row.is_baseline else _figure(row.speedup),
    "blocks": lambda row: str(len(row.counted)) if row else "",
}


def _table(changes: Sequence[Change], comparison: Comparison) -> str:
    """A row a cell; columns in which nothing stands are left out, and times where they are not to be compared."""
    if not changes:
        return ""
    shown = changes[:ROWS_AT_MOST]
    among = told_apart(comparison)
    sides = {name: of for name, of in SIDES.items() if name != TIME or comparison.relation != "two machines"}
    headers = ["workload", "model", *(code(short(axis, among)) for axis in among), "workers", "outcome"]
    texts = {*range(headers.index("workers")), headers.index("outcome")}
    headers += [f"{comparison.on if name == TIME else name} B/A" for name in RATIOS]
    headers += [f"{side} {f'{comparison.on} (s)' if name == TIME else name}" for name in sides for side in ("A", "B")]
    body = [_line(change, among, sides) for change in shown]
    kept = [index for index, _ in enumerate(headers) if any(line[index] for line in body)]
    alignments: list[Alignment] = ["left" if index in texts else "right" for index in kept]
    made = table([headers[index] for index in kept], [[line[index] for index in kept] for line in body], alignments)
    rest = len(changes) - len(shown)
    return f"{made}\n\n{further(rest, comparison.relation)}." if rest > 0 else made


def _line(change: Change, among: Sequence[str], sides: dict[str, Callable[[Row | None], str]]) -> list[str]:
    row, pair = change.pair.row, change.pair
    return [
        code(row.cell.workload.name),
        code(row.cell.model.name),
        *(escaped(value_of(row, axis)) for axis in among),
        str(row.cell.workers),
        escaped(outcome_in_words(change)),
        *(text(change) for text in RATIOS.values()),
        *(text(side) for text in sides.values() for side in (pair.before, pair.after)),
    ]


def _ratio(difference: Difference | None) -> str:
    return _figure(difference.ratio if difference else None)


def _figure(interval: Interval | None) -> str:
    estimate, low, high = brief_digits(interval)
    return f"{estimate} <sub>{low}–{high}</sub>" if low else estimate


def _remarks(changes: Sequence[Change], among: Sequence[str]) -> list[str]:
    name = partial(_name, among)
    return [
        f"{named(about, changes, NAMED_AT_MOST, name)}: {escaped(remark)}" for remark, about in remarks(changes).items()
    ]


def _name(among: Sequence[str], row: Row) -> str:
    cell = row.cell
    return f"{code(cell.workload.name)} {code(cell.model.name)} × {cell.workers}{escaped(where(row, among))}"
