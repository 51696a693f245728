"""Compared → markdown: what was compared and what that forbids, how many cells changed, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from ..compare import Change, Compared, Comparison, Difference, Outcome, Relation
from ..stats import Interval
from ..summary import Row
from ..summary.numbers import brief_digits
from ..summary.words import axes, axis_value, place, plural, short
from ..verdict import worded
from .markdown import Alignment, code, escaped, machine_named, table

ROWS_AT_MOST = 300
"""GitHub shows no markdown beyond some 500 kB."""
NAMED_AT_MOST = 8
"""How many cells a remark names before it counts the rest."""

ALLOWED: dict[Relation, str] = {
    "the same measurements": "Both are the same measurements: nothing was measured between them.",
    "two sessions": "Two sessions on one machine. Times are compared as ratios to the anchor of their own block. What "
    "else changed on the machine between them is not known; the anchor takes out its general speed only. The sound "
    "way to compare two revisions is `runmatrix run --against REV`, which measures both in the same blocks.",
    "two machines": "Two machines. Times are not compared at all, only speedups, each over the baseline beside it; a "
    "speedup that differs may be the machine's doing.",
    "the same blocks": "Both were measured in the same blocks, in random order: times are compared inside each block.",
}

FOLDED: tuple[Outcome, ...] = ("equivalent", "can't tell", "too few")
"""Outcomes that show no difference."""
RANKS: dict[Outcome, int] = {
    "other status": 0, "slower": 1, "faster": 2, "left": 3, "joined": 4, "only in A": 5, "only in B": 6,
    "not compared": 7, "can't tell": 8, "too few": 9, "equivalent": 10, "unchanged": 11,
}  # fmt: skip
OF_SPEEDUPS: dict[Outcome, str] = {"slower": "smaller speedup", "faster": "larger speedup"}


def changes_page(compared: Compared) -> str:
    """The comparison of all experiments, in markdown."""
    before, after = code(compared.before), code(compared.after)
    parts = [
        f"# From {before} to {after}",
        f"A is {before}, B is {after}.",
        *(part for comparison in compared.experiments for part in _experiment(comparison)),
        _alone("A", compared.only_before),
        _alone("B", compared.only_after),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def worst_first(changes: Sequence[Change]) -> list[Change]:
    """What broke, then what became slower, the most first, then what became faster, then the rest."""
    return sorted(changes, key=lambda change: (RANKS[change.outcome], -_size(change)))


def _size(change: Change) -> float:
    """By how much it changed, as a ratio from 1 on."""
    ratio = change.decisive.ratio.estimate if change.decisive else 1.0
    return max(ratio, 1 / ratio)


def _alone(side: str, names: Sequence[str]) -> str:
    return f"Only in {side}: {', '.join(map(code, names))}." if names else ""


def _experiment(comparison: Comparison) -> list[str]:
    ordered = worst_first([change for change in comparison.changes if change.outcome != "unchanged"])
    reasoned = [change for change in comparison.changes if change.outcome == "unchanged" and change.pair.reason]
    plain = [change for change in ordered if change.outcome not in FOLDED]
    folded = [change for change in ordered if change.outcome in FOLDED]
    return [
        f"## {code(comparison.experiment)}",
        _grounds(comparison),
        _counts(comparison),
        _table(plain, comparison),
        _fold(folded, comparison),
        "\n".join(f"- {remark}" for remark in _remarks([*ordered, *reasoned])),
    ]


def _grounds(comparison: Comparison) -> str:
    """What was compared, on what, and what that forbids."""
    sides = [machine_named(machine) for machine in (comparison.before, comparison.after) if machine]
    machines = f"A on {' and B on '.join(sides)}." if comparison.relation == "two machines" else ""
    allowed = ALLOWED[comparison.relation]
    one = f"Measured on {sides[0]}." if sides and not machines else ""
    return " ".join(part for part in (allowed, machines, one, _anchor(comparison.anchor), _code(comparison)) if part)


def _anchor(ratio: Interval | None) -> str:
    return f"The anchor took {_figure(ratio)} times as long in B as in A." if ratio else ""


def _code(comparison: Comparison) -> str:
    """Whether anything differs but the time at which it was measured."""
    if not comparison.of_the_same_code:
        return ""
    return (
        "The project's files, packages and Python behind the compared cells are the same in A and B: a difference is "
        "the machine's doing, or that of what the cells do not import."
    )


def _counts(comparison: Comparison) -> str:
    found = Counter(map(_outcome, sorted(comparison.changes, key=lambda change: RANKS[change.outcome])))
    margins = {"equivalent": f" (within {comparison.margin * 100:.3g} %)"}
    counted = [f"{count:,} {outcome}{margins.get(outcome, '')}" for outcome, count in found.items()]
    return f"Of {plural(len(comparison.changes), 'cell')}: {', '.join(counted)}." if counted else "No cells."


def _outcome(change: Change) -> str:
    """What became of the cell; of speedups a slower cell is not what is known."""
    return change.outcome if change.time else OF_SPEEDUPS.get(change.outcome, change.outcome)


def _fold(changes: Sequence[Change], comparison: Comparison) -> str:
    if not changes:
        return ""
    what = f"{plural(len(changes), 'cell')} without a difference shown"
    return f"<details><summary>{what}</summary>\n\n{_table(changes, comparison)}\n\n</details>"


TIME = "time"
"""The column that is headed by which time it is."""
RATIOS: dict[str, Callable[[Change], str]] = {
    "time B/A": lambda change: _ratio(change.time),
    "speedup B/A": lambda change: _ratio(change.speedup),
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
    among = axes([change.pair.row for change in shown])
    sides = {name: of for name, of in SIDES.items() if name != TIME or comparison.relation != "two machines"}
    headers = ["workload", "model", *(code(short(axis, among)) for axis in among), "workers", "outcome", *RATIOS]
    texts = {*range(headers.index("workers")), headers.index("outcome")}
    headers += [f"{side} {f'{comparison.on} (s)' if name == TIME else name}" for name in sides for side in ("A", "B")]
    body = [_line(change, among, sides) for change in shown]
    kept = [index for index, _ in enumerate(headers) if any(line[index] for line in body)]
    alignments: list[Alignment] = ["left" if index in texts else "right" for index in kept]
    made = table([headers[index] for index in kept], [[line[index] for index in kept] for line in body], alignments)
    rest = len(changes) - len(shown)
    whole = "`changes.json`" if comparison.relation == "the same blocks" else "`--json`"
    return f"{made}\n\nand {plural(rest, 'further cell')}, which {whole} has." if rest > 0 else made


def _line(change: Change, among: Sequence[str], sides: dict[str, Callable[[Row | None], str]]) -> list[str]:
    row, pair = change.pair.row, change.pair
    return [
        code(row.cell.workload.name),
        code(row.cell.model.name),
        *(escaped(axis_value(row, axis)) for axis in among),
        str(row.cell.workers),
        escaped(_verdict(change)),
        *(text(change) for text in RATIOS.values()),
        *(text(side) for text in sides.values() for side in (pair.before, pair.after)),
    ]


def _verdict(change: Change) -> str:
    """The outcome; where it can't be told, what would have shown."""
    if change.outcome == "can't tell" and change.decisive:
        return worded(change.decisive.claim, change.decisive.smallest_effect)
    return _outcome(change)


def _ratio(difference: Difference | None) -> str:
    return _figure(difference.ratio if difference else None)


def _figure(interval: Interval | None) -> str:
    estimate, low, high = brief_digits(interval)
    return f"{estimate} <sub>{low}–{high}</sub>" if low else estimate


def _remarks(changes: Sequence[Change]) -> list[str]:
    """Reasons, notes, and what differs in the code behind; each once, with the cells that it is about."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        for remark in dict.fromkeys([change.pair.reason, *change.pair.notes, *change.pair.code]):
            if remark:
                found.setdefault(remark, []).append(change)
    return [f"{_named(about, changes)}: {escaped(remark)}" for remark, about in found.items()]


def _named(about: Sequence[Change], changes: Sequence[Change]) -> str:
    """`wait` `threads` × 2, `wait` `asyncio` × 4, and 3 more; or all of them."""
    if len(about) == len(changes) > 1:
        return "all of these"
    among = axes([change.pair.row for change in changes])
    named = [_name(change.pair.row, among) for change in about[:NAMED_AT_MOST]]
    rest = len(about) - NAMED_AT_MOST
    return ", ".join([*named, f"{rest:,} more"] if rest > 0 else named)


def _name(row: Row, among: Sequence[str]) -> str:
    cell = row.cell
    return f"{code(cell.workload.name)} {code(cell.model.name)} × {cell.workers}{escaped(place(row, among))}"
