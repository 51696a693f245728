"""rows → Contest: for each piece of work, the set of the best and the one that is advised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, log1p

from ..matrix import work_of
from ..stats import LEAST, can_be_best, hodges_lehmann, needed_blocks
from ..summary import Row
from ..summary.rows import BLOCKS_THE_LOOP
from .claims import Judgement, gets_verdict

SIMPLEST_FIRST = ("serial", "asyncio", "threads", "interpreters", "processes")
"""Kinds of models by what they ask of a program; asyncio only where the work has a body for it."""


@dataclass(frozen=True, slots=True)
class Contest:
    """One piece of work (all but model and workers the same), the keys of its cells that may be best, and of the one
    to take: the simplest model with the fewest workers among them, of equals the quickest."""

    rows: tuple[Row, ...]
    best: frozenset[str]
    answer: str | None


def contests(rows: Sequence[Row], margin: float, cells: Mapping[str, Judgement]) -> list[Contest]:
    """One for each piece of work, in the order of the rows."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(work_of(row.cell), []).append(row)
    return [_contest(group, margin, cells) for group in groups.values()]


def _contest(rows: Sequence[Row], margin: float, cells: Mapping[str, Judgement]) -> Contest:
    """Cells with too few blocks for so many comparisons take no part; one alone wins nothing."""
    able = [row for row in rows if gets_verdict(row) and row.times_ns]
    able = [row for row in able if len(row.times_ns) >= needed_blocks(len(able) - 1)]
    if len(able) < 2:
        return Contest(tuple(rows), frozenset(), None)
    values = [_values(row) for row in able]
    leader = max(range(len(able)), key=lambda index: _merit(able[index]))
    possible = [
        row
        for row, own, may in zip(able, values, can_be_best(values), strict=True)
        if (may and not _lies_below(row, own, able[leader], values[leader]))
        or _is_equivalent(own, values[leader], margin)
    ]
    beaten = {row.cell.baseline for row in able if row.cell.key in cells and cells[row.cell.key].claim == "faster"}
    best = [row for row in possible if row.cell.key not in beaten] or [able[leader]]
    answer = min(best, key=lambda row: (*_simplicity(row), -_merit(row)))
    return Contest(tuple(rows), frozenset(row.cell.key for row in best), answer.cell.key)


def _merit(row: Row) -> float:
    """Larger is better: speedup where there is one, else what is quicker."""
    if row.speedup:
        return row.speedup.estimate
    return 1 / row.figures.compared_s.estimate if row.figures and row.figures.compared_s else 0.0


def _lies_below(row: Row, own: Mapping[object, float], leader: Row, led: Mapping[object, float]) -> bool:
    """Of two that were hardly ever in one block: whether their intervals over the same baseline lie apart."""
    if len(own.keys() & led.keys()) >= LEAST or row.cell.baseline != leader.cell.baseline:
        return False
    if row.speedup is None or leader.speedup is None:
        return False
    high = row.speedup.estimate if row.is_baseline else row.speedup.high
    return high is not None and leader.speedup.low is not None and high < leader.speedup.low


def _values(row: Row) -> dict[object, float]:
    """Block → −ln of the time a task, so that differences are ln of speedups."""
    return {block: -log(time / (row.counted[block].tasks or 1)) for block, time in row.times_ns.items()}


def _is_equivalent(own: Mapping[object, float], leader: Mapping[object, float], margin: float) -> bool:
    """Whether the interval of the difference lies within the margin."""
    common = own.keys() & leader.keys()
    if len(common) < LEAST:
        return own is leader
    interval = hodges_lehmann([own[block] - leader[block] for block in common])
    bound = log1p(margin)
    return interval.low is not None and interval.high is not None and -bound <= interval.low and interval.high <= bound


def _simplicity(row: Row) -> tuple[float, int]:
    """A loop that is blocked, or only hands on to threads, is no simpler than these."""
    kind = row.cell.model.kind
    rank: float = SIMPLEST_FIRST.index(kind) if kind in SIMPLEST_FIRST else len(SIMPLEST_FIRST)
    if row.cell.model.values.get("offload"):
        rank = SIMPLEST_FIRST.index("threads") + 0.5
    if any(BLOCKS_THE_LOOP in note for note in row.notes):
        rank = len(SIMPLEST_FIRST)
    return rank, row.cell.workers
