"""rows of a workload → one sentence: the largest speedup that was measured, and on what evidence; plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp

from ..stats import LEAST
from .numbers import digits, interval_digits
from .shape import Answer, Row
from .words import axes, baseline_of, contestant, plural

FAILED_AT_MOST = 0.1
"""A cell that failed in more of its blocks is no answer (MEASURING, Estimators)."""


def answers(rows: Sequence[Row]) -> tuple[Answer, ...]:
    """One for each workload, in the order of the YAML."""
    by_key = {row.cell.key: row for row in rows}
    return tuple(Answer(name, _sentence(own, by_key)) for name, own in by_workload(rows).items())


def by_workload(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Workload → its rows."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.cell.workload.name, []).append(row)
    return grouped


def _sentence(rows: Sequence[Row], by_key: Mapping[str, Row]) -> str:
    """What these rows say; that nothing can be said, and why, where they say nothing."""
    compared = [row for row in rows if _is_candidate(row)]
    standing = [row for row in compared if row.status == "ok"] or compared
    if not standing:
        return _no_answer(rows)
    best = max(standing, key=_speedup)
    baseline = baseline_of([best], by_key)
    lead = "The largest speedup measured is"
    if _speedup(best) <= 1:
        lead = f"Nothing measured took less time than {baseline}; the largest speedup is"
    stale = " (stale)" if best.status == "stale" else ""
    figure = interval_digits(best.speedup)[0]
    who = contestant(best, axes(rows))
    doubt = "" if _leaves_one(best) else "; that may be chance"
    return f"{lead} {figure}× over {baseline} ({_evidence(best)}): {who}{_times(best, by_key)}{stale}{doubt}."


def _is_candidate(row: Row) -> bool:
    compared = row.speedup is not None and not row.is_baseline
    return compared and row.status in ("ok", "stale") and row.failed_share <= FAILED_AT_MOST


def _speedup(row: Row) -> float:
    return row.speedup.estimate if row.speedup else 0.0


def _leaves_one(row: Row) -> bool:
    """Whether the interval, or below the blocks that carry one every block, lies on one side of no difference."""
    low, high = (row.speedup.low, row.speedup.high) if row.speedup else (None, None)
    if low is None or high is None:
        low, high = exp(min(row.log_speedups.values())), exp(max(row.log_speedups.values()))
    return low > 1 or high < 1


def _evidence(row: Row) -> str:
    """The interval; below the blocks that carry one the range in words."""
    blocks = len(row.log_speedups)
    if blocks >= LEAST:
        _, low, high = interval_digits(row.speedup)
        return f"95 % interval {low} to {high}, {plural(blocks, 'block')}"
    low, high = digits(exp(min(row.log_speedups.values()))), digits(exp(max(row.log_speedups.values())))
    return f"{blocks} of {plural(row.blocks, 'block')}: {low if low == high else f'{low} to {high}'}×"


def _times(row: Row, by_key: Mapping[str, Row]) -> str:
    """`, 4.00 s → 1.00 s`, or tasks a second where the number of tasks grows with the workers."""
    baseline = by_key.get(row.cell.baseline or "")
    before = _rate(baseline) if baseline else ""
    return f", {before} → {_rate(row)}" if before else ""


def _rate(row: Row) -> str:
    if row.figures is None:
        return ""
    makespan_s = row.figures.makespan_s.estimate
    if row.cell.tasks_per_worker and row.tasks:
        return f"{digits(row.tasks / makespan_s)} tasks/s"
    return f"{digits(makespan_s)} s"


def _no_answer(rows: Sequence[Row]) -> str:
    measured = [row for row in rows if row.figures]
    if all(row.status == "missing" for row in rows):
        return "Not measured yet."
    if measured and all(row.is_baseline or row.cell.baseline is None for row in rows):
        return f"Nothing to compare with: {contestant(measured[0], axes(rows))} takes {_rate(measured[0])}."
    if any(row.speedup and not row.is_baseline and row.status == "ok" for row in rows):
        return "No answer: whatever was compared failed in more than a tenth of its blocks."
    return f"No answer: of {plural(len(rows), 'cell')} {statuses(rows)}."


def statuses(rows: Sequence[Row]) -> str:
    """`3 ok, 1 failed`."""
    return ", ".join(f"{count:,} {status}" for status, count in Counter(row.status for row in rows).items())
