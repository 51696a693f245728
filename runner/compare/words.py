"""Changes → how they are spoken of, on a page and on a terminal: which come first, what is counted, what tells cells apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from ..summary import Row
from ..summary.numbers import percent
from ..summary.values import shown
from ..summary.words import Axes, axes, axis_value, plural, short
from ..verdict import worded
from .shape import Change, Compared, Comparison, Outcome, Relation

ALLOWED: dict[Relation, str] = {
    "the same measurements": "Both are the same measurements: nothing was measured between them.",
    "two sessions": "Two sessions on one machine. Times are compared as ratios to the anchor of their own block. What "
    "else changed on the machine between them is not known; the anchor takes out its general speed only. The sound "
    "way to compare two revisions is `runmatrix run --against REV`, which measures both in the same blocks.",
    "two machines": "Two machines. Times are not compared at all, only speedups, each over the baseline beside it; a "
    "speedup that differs may be the machine's doing.",
    "the same blocks": "Both were measured in the same blocks, in random order: times are compared inside each block.",
}
SAME_CODE = (
    "The project's files, packages and Python behind the compared cells are the same in A and B: a difference is "
    "the machine's doing, or that of what the cells do not import."
)
RANKS: dict[Outcome, int] = {
    "other status": 0, "slower": 1, "faster": 2, "left": 3, "joined": 4, "only in A": 5, "only in B": 6,
    "not compared": 7, "can't tell": 8, "too few": 9, "equivalent": 10, "unchanged": 11,
}  # fmt: skip
OF_SPEEDUPS: dict[Outcome, str] = {"slower": "smaller speedup", "faster": "larger speedup"}


def told(compared: Compared) -> list[Comparison]:
    """Experiments of which there is more to say than that nothing changed: further blocks at least."""
    return [one for one in compared.experiments if changed(one) or one.relation != "the same measurements"]


def unchanged_in_words(compared: Compared) -> str:
    """`17 experiments unchanged`, or nothing."""
    rest = len(compared.experiments) - len(told(compared))
    return f"{plural(rest, 'experiment')} unchanged" if rest else ""


def changed(comparison: Comparison) -> list[Change]:
    """What broke, then what became slower, the most first, then what became faster, then the rest."""
    found = [change for change in comparison.changes if change.outcome != "unchanged"]
    return sorted(found, key=lambda change: (RANKS[change.outcome], -_size(change)))


def _size(change: Change) -> float:
    """By how much it changed, as a ratio from 1 on."""
    ratio = change.decisive.ratio.estimate if change.decisive else 1.0
    return max(ratio, 1 / ratio)


def counts(comparison: Comparison) -> str:
    """`2 slower, 3 equivalent (within 5 %)`."""
    found = Counter(map(outcome, sorted(comparison.changes, key=lambda change: RANKS[change.outcome])))
    margins = {"equivalent": f" (within {percent(comparison.margin)})"}
    return ", ".join(f"{count:,} {what}{margins.get(what, '')}" for what, count in found.items())


def outcome(change: Change) -> str:
    """What became of the cell; of speedups a slower cell is not what is known."""
    return change.outcome if change.time else OF_SPEEDUPS.get(change.outcome, change.outcome)


def outcome_in_words(change: Change) -> str:
    """The outcome; where it can't be told, what would have shown."""
    if change.outcome == "can't tell" and change.decisive:
        return worded(change.decisive.claim, change.decisive.smallest_effect)
    return outcome(change)


def remarks(changes: Sequence[Change]) -> dict[str, list[Change]]:
    """Reasons, notes, and what differs in the code behind; each once, with the cells that it is about."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        for remark in dict.fromkeys([change.pair.reason, *change.pair.notes, *change.pair.code]):
            if remark:
                found.setdefault(remark, []).append(change)
    return found


def named(about: Sequence[Change], changes: Sequence[Change], most: int, name: Callable[[Row], str]) -> str:
    """`wait threads × 2, size = 64; wait asyncio × 4; 3 more`, or all of them; so many are named at most."""
    if len(about) == len(changes) > 1:
        return "all of these"
    names = [name(change.pair.row) for change in about[:most]]
    rest = len(about) - most
    return "; ".join([*names, f"{rest:,} more"] if rest > 0 else names)


def further(count: int, relation: Relation) -> str:
    """Where cells are that a table leaves out."""
    whole = "`changes.json`" if relation == "the same blocks" else "`--json`"
    return f"and {plural(count, 'further cell')}, which {whole} has"


def told_apart(comparison: Comparison) -> list[str]:
    """What must be said beside workload, model and workers, for any of the cells, to tell all of them apart: what is
    swept, and what was declared otherwise before."""
    rows = [change.pair.row for change in comparison.changes]
    among = axes(rows)
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        cell = row.cell
        named = (cell.workload.name, cell.model.name, str(cell.workers))
        alike[*named, *(axis_value(row, axis) for axis in among)].append(row)
    return list(dict.fromkeys([*among, *(name for group in alike.values() for name in _declared_otherwise(group))]))


def _declared_otherwise(rows: Sequence[Row]) -> Iterator[str]:
    """Dotted names of parameters and options that differ among cells of the same names."""
    for part in ("workload", "model"):
        names = dict.fromkeys(name for row in rows for name in _values(row, part))
        yield from (f"{part}.{name}" for name in names if len({_fixed(row, f"{part}.{name}") for row in rows}) > 1)


def where(row: Row, among: Axes) -> str:
    """`, size = 64`: a row's place on all that tells it apart."""
    values = {axis: value_of(row, axis) for axis in among}
    return "".join(f", {short(axis, among)} = {value}" for axis, value in values.items() if value)


def value_of(row: Row, axis: str) -> str:
    """A row's place on what tells it apart, whether it is swept there or not."""
    return axis_value(row, axis) or _fixed(row, axis)


def _fixed(row: Row, axis: str) -> str:
    part, _, name = axis.partition(".")
    value = _values(row, part).get(name)
    return "" if value is None else shown(value)


def _values(row: Row, part: str) -> dict[str, object]:
    return dict({"workload": row.cell.workload.values, "model": row.cell.model.values}.get(part, {}))
