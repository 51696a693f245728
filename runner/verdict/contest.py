"""rows → Contest: for each piece of work, the set of the best and the one that is advised."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log
from statistics import median

from ..child.models.table import MODELS
from ..matrix import Variant, work_of, worker_of
from ..standing import Block
from ..stats import LEAST, can_be_best, hodges_lehmann, is_equivalent, needed_blocks
from ..summary import Row
from ..summary.rows import BLOCKS_THE_LOOP
from .claims import Judgement, gets_verdict, is_shown_faster

Values = Mapping[Block, float]
"""Block → −ln of the time a task: larger is better, and differences are ln of speedups."""


@dataclass(frozen=True, slots=True)
class Contest:
    """One piece of work (all but model and workers the same), the keys of its cells that may be best, and of the one
    to take: the simplest model with the fewest workers among them, of equals the quickest.

    Nothing is best and there is no answer where `in_doubt` is the key of a cell that may be better than all of them, but
    has too few blocks for so many.
    """

    rows: tuple[Row, ...]
    best: frozenset[str]
    answer: str | None
    in_doubt: str | None = None


def contests(rows: Sequence[Row], margin: float, cells: Mapping[str, Judgement]) -> list[Contest]:
    """One for each piece of work, in the order of the rows."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(work_of(row.cell), []).append(row)
    return [_contest(group, margin, cells) for group in groups.values()]


def _contest(rows: Sequence[Row], margin: float, cells: Mapping[str, Judgement]) -> Contest:
    """Cells with too few blocks for so many comparisons take no part; one alone wins nothing."""
    judged = [row for row in rows if gets_verdict(row) and row.times_ns]
    needed = needed_blocks(len(judged) - 1, one_sided=True)
    able = [row for row in judged if len(row.times_ns) >= needed]
    if len(able) < 2:
        return Contest(tuple(rows), frozenset(), None)
    merit = merits(judged)
    leader = max(able, key=lambda row: merit[row.cell.key])
    doubtful = [row for row in judged if len(row.times_ns) < needed and _may_be_better(row, leader, merit)]
    if doubtful:
        likeliest = max(doubtful, key=lambda row: merit[row.cell.key])
        return Contest(tuple(rows), frozenset(), None, likeliest.cell.key)
    possible = _possible(able, leader, margin)
    beaten = {row.cell.baseline for row in able if is_shown_faster(row, cells)}
    best = [row for row in possible if row.cell.key not in beaten] or [leader]
    best += [row for row in _unbeaten(able, cells, beaten) if row not in best]
    answer = min(
        _known_to_gain(best, cells), key=lambda row: (*simplicity(row), not row.is_baseline, -merit[row.cell.key])
    )
    return Contest(tuple(rows), frozenset(row.cell.key for row in best), answer.cell.key)


def _unbeaten(able: Sequence[Row], cells: Mapping[str, Judgement], beaten: Collection[str | None]) -> list[Row]:
    """The baseline of them all, where none was shown to be faster: what isn't known to buy anything is not advised over
    it. Nothing where blocks are too few to show it."""
    compared = [row for row in able if not row.is_baseline]
    baselines = [row for row in able if row.is_baseline and row.cell.key not in beaten]
    decided = all(row.cell.key in cells and cells[row.cell.key].claim != "too few" for row in compared)
    return baselines if _have_one_baseline(compared) and len(baselines) == 1 and decided else []


def _known_to_gain(best: Sequence[Row], cells: Mapping[str, Judgement]) -> Sequence[Row]:
    """Of the best over one baseline those that were shown to be faster than it; all, where it is one of them or none was."""
    if any(row.is_baseline for row in best) or not _have_one_baseline(best):
        return best
    return [row for row in best if is_shown_faster(row, cells)] or best


def _have_one_baseline(rows: Sequence[Row]) -> bool:
    return len({row.cell.baseline for row in rows}) == 1


def merits(rows: Sequence[Row]) -> dict[str, float]:
    """Key → how good a cell of one piece of work is, on a scale of ln: its speedup over the cell with most blocks,
    paired inside blocks, else that of its median. Cells need not have one baseline. Rows without times have none."""
    values = {row.cell.key: _values(row) for row in rows if row.times_ns}
    if not values:
        return {}
    reference = max(values.values(), key=len)
    return {key: _merit(own, reference) for key, own in values.items()}


def _merit(own: Values, reference: Values) -> float:
    differences = [own[block] - reference[block] for block in own if block in reference]
    if differences:
        return hodges_lehmann(differences).estimate
    return median(own.values()) - median(reference.values())


def _may_be_better(row: Row, leader: Row, merit: Mapping[str, float]) -> bool:
    """Whether a cell of few blocks was as quick as the leader in any that both have; where none has both, by merit."""
    own, led = _values(row), _values(leader)
    common = own.keys() & led.keys()
    if not common:
        return merit[row.cell.key] >= merit[leader.cell.key]
    return any(own[block] >= led[block] for block in common)


def _possible(able: Sequence[Row], leader: Row, margin: float) -> list[Row]:
    """Those that can't be told from the best, and those that are equivalent to the leader."""
    values = {row.cell.key: _values(row) for row in able}
    led = values[leader.cell.key]
    return [
        row
        for row, own, may in zip(able, values.values(), can_be_best(list(values.values())), strict=True)
        if (may and not _lies_below(row, own, leader, led)) or _is_equivalent(own, led, margin)
    ]


def _lies_below(row: Row, own: Values, leader: Row, led: Values) -> bool:
    """Of two that were hardly ever in one block: whether their intervals over the same baseline lie apart."""
    if len(own.keys() & led.keys()) >= LEAST or row.cell.baseline != leader.cell.baseline:
        return False
    if row.speedup is None or leader.speedup is None:
        return False
    high = row.speedup.estimate if row.is_baseline else row.speedup.high
    return high is not None and leader.speedup.low is not None and high < leader.speedup.low


def _values(row: Row) -> dict[Block, float]:
    return {block: -log(time / (row.counted[block].tasks or 1)) for block, time in row.times_ns.items()}


def _is_equivalent(own: Values, led: Values, margin: float) -> bool:
    """Whether the interval of the difference lies within the margin."""
    common = own.keys() & led.keys()
    if len(common) < LEAST:
        return own is led
    return is_equivalent(hodges_lehmann([own[block] - led[block] for block in common]), margin)


def simplicity(row: Row) -> tuple[float, int]:
    """By the order of the table of models; a loop that is blocked is no way to do anything at once."""
    blocked = any(BLOCKS_THE_LOOP in note for note in row.notes)
    return len(MODELS) if blocked else _rank(row.cell.model), row.cell.workers


def _rank(model: Variant) -> float:
    """A loop that hands on to other workers is no simpler than the simplest model of these."""
    kinds, worker = list(MODELS), worker_of(model)
    if worker == MODELS[model.kind].worker:
        return kinds.index(model.kind)
    return 0.5 + next(index for index, kind in enumerate(kinds) if MODELS[kind].worker == worker)
