"""Summary of both revisions' cells → Comparison: pairs that were measured in the same blocks, the sound way."""

from __future__ import annotations

from ..summary import Row, Summary
from .code import changed_code
from .decide import decide
from .evidence import Paired
from .pairs import ended, uncounted
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
    """The later row's speedup over the earlier one, block by block, is by how much it became faster."""
    if after.status == "invalid" and before.status in ("ok", "missing"):
        return Pair(before, after, settled="not compared", reason=f"other results in B than in A: {after.reason}")
    if {before.status, after.status} != {"ok"}:
        return Pair(before, after, settled="other status", reason=f"{_ended(before)} in A, {ended(after)} in B")
    for reason in uncounted(before, after):
        return Pair(before, after, settled="not compared", reason=reason)
    if not after.log_speedups:
        return Pair(before, after, settled="not compared", reason="no block in which both have a time")
    time = Paired(tuple(-speedup for speedup in after.log_speedups.values()))
    return Pair(before, after, time, code=changed_code(before, after))


def _ended(row: Row) -> str:
    """What passed its preflight is not measured where the other side did not."""
    return "ok" if row.status == "missing" else ended(row)
