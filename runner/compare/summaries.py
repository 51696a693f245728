"""(Summary, Summary) → Comparison: how what stands in B differs from what stood in A.

What may be compared follows from what the two have in common (MEASURING, Claims): inside the same blocks, pairs; in two
sessions on one machine, ratios to the anchor of each block; on two machines, speedups alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import exp, log

from ..stats import Interval, shift
from ..summary import Summary
from .decide import decide
from .pairs import Sides, pairs
from .shape import Comparison, Pair, Relation


def compare(
    before: Summary, after: Summary, margin: float, declared: tuple[Collection[str], Collection[str]]
) -> Comparison:
    """Compare what stood in A with what stands in B, of other blocks; `margin` 0.05 calls 5 % the same.

    `declared` are keys of cells that A, that B declares, those too that it has no rows of.
    """
    sides = Sides.of(before, after, declared)
    matched = pairs(sides)
    relation = _relation(sides)
    return Comparison(
        experiment=after.experiment,
        relation=relation,
        before=before.machine,
        after=after.machine,
        margin=margin,
        anchor=_anchor(matched, before, after) if relation == "two sessions" else None,
        changes=decide(matched, margin),
        on=after.verdict_on,
    )


def _relation(sides: Sides) -> Relation:
    if sides.two_machines:
        return "two machines"
    before, after = (side.summary.provenance.invocations for side in (sides.before, sides.after))
    stayed = {invocation for invocation in before if invocation[-1] in sides.after.declared}
    return "the same measurements" if stayed == after else "two sessions"


def _anchor(matched: Sequence[Pair], before: Summary, after: Summary) -> Interval | None:
    """The anchor's time in B over in A, in the blocks whose times are compared; None where there are none."""
    compared = [pair for pair in matched if pair.time]
    old = {block for pair in compared if pair.before for block in pair.before.counted}
    new = {block for pair in compared if pair.after for block in pair.after.counted}
    old_times, new_times = (
        [log(record.makespan_ns) for block, record in side.anchors.items() if block in blocks and record.makespan_ns]
        for side, blocks in ((before, old), (after, new))
    )
    return shift(old_times, new_times).mapped(exp) if old_times and new_times else None
