"""rows → Contest: for each piece of work, the set of the best and the one that is advised."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, log1p

from ..stats import LEAST, can_be_best, hodges_lehmann
from ..summary import Row
from .claims import gets_verdict

SIMPLEST_FIRST = ("serial", "asyncio", "threads", "interpreters", "processes")
"""Kinds of models by what they ask of a program; asyncio only where the work has a body for it."""

BLOCKS_THE_LOOP = "blocks the event loop"


@dataclass(frozen=True, slots=True)
class Contest:
    """One piece of work (all but model and workers the same), the keys of its cells that may be best, and of the one
    to take: the simplest model with the fewest workers among them, of equals the quickest."""

    rows: tuple[Row, ...]
    best: frozenset[str]
    answer: str | None


def contests(rows: Sequence[Row], margin: float) -> list[Contest]:
    """One for each piece of work, in the order of the rows."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(_work(row), []).append(row)
    return [_contest(group, margin) for group in groups.values()]


def _work(row: Row) -> str:
    cell = row.cell
    tasks = ["each", cell.tasks_per_worker] if cell.tasks_per_worker else cell.tasks
    work = [cell.workload.name, cell.workload.swept, cell.python_label, tasks, cell.swept_env]
    return json.dumps(work, default=dict, sort_keys=True)


def _contest(rows: Sequence[Row], margin: float) -> Contest:
    """Cells with too few blocks take no part; one alone wins nothing."""
    able = [row for row in rows if gets_verdict(row) and len(row.counted) >= LEAST]
    if len(able) < 2:
        return Contest(tuple(rows), frozenset(), None)
    values = [_values(row) for row in able]
    best = [row for row, may in zip(able, can_be_best(values), strict=True) if may]
    leader = max(range(len(able)), key=lambda index: _centre(values[index], values[0]))
    alike = [row for row, own in zip(able, values, strict=True) if _is_equivalent(own, values[leader], margin)]
    found = {row.cell.key: row for row in (*best, *alike)}
    answer = min(found.values(), key=lambda row: (*_simplicity(row), -_speedup(row))).cell.key
    return Contest(tuple(rows), frozenset(found), answer)


def _values(row: Row) -> dict[object, float]:
    """Block → −ln of the makespan a task, so that differences are ln of speedups."""
    return {
        block: -log(record.makespan_ns / (record.tasks or 1))
        for block, record in row.counted.items()
        if record.makespan_ns
    }


def _centre(own: Mapping[object, float], other: Mapping[object, float]) -> float:
    common = own.keys() & other.keys()
    return hodges_lehmann([own[block] - other[block] for block in common]).estimate if common else float("-inf")


def _is_equivalent(own: Mapping[object, float], leader: Mapping[object, float], margin: float) -> bool:
    """Whether the interval of the difference lies within the margin."""
    common = own.keys() & leader.keys()
    if not common:
        return False
    interval = hodges_lehmann([own[block] - leader[block] for block in common])
    bound = log1p(margin)
    return interval.low is not None and interval.high is not None and -bound <= interval.low and interval.high <= bound


def _speedup(row: Row) -> float:
    return row.speedup.estimate if row.speedup else 0.0


def _simplicity(row: Row) -> tuple[int, int]:
    kind = row.cell.model.kind
    blocks = any(BLOCKS_THE_LOOP in note for note in row.notes)
    rank = SIMPLEST_FIRST.index(kind) if kind in SIMPLEST_FIRST and not blocks else len(SIMPLEST_FIRST)
    return rank, row.cell.workers
