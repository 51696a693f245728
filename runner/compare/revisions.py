"""Summary of both revisions' cells → Comparison: pairs that were measured in the same blocks, the sound way."""

from __future__ import annotations

from math import log

from ..summary import Row, Summary
from ..verdict import gets_verdict
from .code import changed_code
from .decide import decide
from .evidence import Paired
from .shape import Comparison, Pair


def compare_revisions(summary: Summary, margin: float) -> Comparison:
    """Each row that has another for its baseline is the later one; `margin` 0.05 calls 5 % the same."""
    rows = {row.cell.key: row for row in summary.rows}
    both = [(rows[row.cell.baseline], row) for row in summary.rows if row.cell.baseline and not row.is_baseline]
    measured = [(before, after) for before, after in both if {before.status, after.status} != {"missing"}]
    return Comparison(
        experiment=summary.experiment,
        relation="the same blocks",
        before=summary.machine,
        after=summary.machine,
        margin=margin,
        anchor=None,
        changes=decide([_pair(before, after) for before, after in measured], margin),
        on=summary.verdict_on,
    )


def _pair(before: Row, after: Row) -> Pair:
    if after.status == "invalid" and before.status in ("ok", "missing"):
        return Pair(before, after, settled="not compared", reason=f"other results in B than in A: {after.reason}")
    if {before.status, after.status} != {"ok"}:
        return Pair(before, after, settled="other status", reason=f"{_ended(before)} in A, {_ended(after)} in B")
    for side, row in (("A", before), ("B", after)):
        if not gets_verdict(row):
            failed = row.blocks - len(row.counted)
            reason = f"{failed} of {row.blocks} blocks in {side} do not count"
            return Pair(before, after, settled="not compared", reason=reason)
    time = Paired.of(_ln_times(before), _ln_times(after))
    if time is None:
        return Pair(before, after, settled="not compared", reason="no block in which both have a time")
    return Pair(before, after, time, code=changed_code(before, after))


def _ended(row: Row) -> str:
    """What passed its preflight is not measured where the other side did not."""
    if row.status == "missing":
        return "ok"
    return f"{row.status} ({row.reason})" if row.reason else row.status


def _ln_times(row: Row) -> dict[object, float]:
    """Block → ln of the time that verdicts compare, a task where their number grows with the workers."""
    weak = row.cell.tasks_per_worker is not None
    share = {block: (record.tasks or 1) if weak else 1 for block, record in row.counted.items()}
    return {block: log(time / share[block]) for block, time in row.times_ns.items()}
