"""a cell's blocks in A, in B, their anchors → Evidence of its times: as ratios to the anchor of their own block.

That takes out how fast the machine was in general, as far as the work computes. Waiting takes as long on a slow day:
there the ratio to the anchor moves though nothing changed. So unless serial work is known to compute, the truth is
taken to lie between the ratio of anchored times and that of plain ones, and only what both say is claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import log

from ..journal import Record
from ..standing import Block
from ..summary import Row, Summary
from ..verdict.kind.rules import COMPUTING_AT_LEAST
from .code import build
from .evidence import Between, Evidence, Unpaired

NOT_COMPUTING = (
    "not known to be computing, which alone is slower on a slower machine: only what plain times and ratios to the "
    "anchor both say is claimed"
)


@dataclass(frozen=True, slots=True)
class Side:
    """What was measured in A, or in B: rows by key, on which machine, with which anchors; `declared` are keys of all cells."""

    summary: Summary
    rows: Mapping[str, Row]
    declared: Collection[str]

    @classmethod
    def of(cls, summary: Summary, declared: Collection[str]) -> Side:
        """Rows of cells that were not measured left out."""
        return cls(summary, {row.cell.key: row for row in summary.rows if row.status != "missing"}, declared)

    @property
    def machine(self) -> str:
        """Its name; empty where nothing was measured."""
        return self.summary.machine.name if self.summary.machine else ""

    @property
    def usable_cpus(self) -> int | None:
        """None where it is not known."""
        return self.summary.machine.usable_cpus if self.summary.machine else None

    def anchors(self, row: Row) -> Mapping[Block, Record]:
        """The anchor of each block in which it counts and the row has a time."""
        return {block: self.summary.anchors[block] for block in row.times_ns if block in self.summary.anchors}

    def computes(self, row: Row) -> bool:
        """Whether the row's work is known to compute, by the one worker that does it alone: the baseline, or itself."""
        alone = next((one for one in (self.rows.get(row.cell.baseline or ""), row) if one and _is_alone(one)), None)
        share = alone.figures.cpu_per_wall if alone and alone.figures else None
        return share is not None and share >= COMPUTING_AT_LEAST


def _is_alone(row: Row) -> bool:
    return row.cell.workers == 1


def why_no_times(before: Row, after: Row, old: Side, new: Side) -> str:
    """Why a cell's times can't be linked by the anchor; empty where they can."""
    for name, side, row in (("A", old, before), ("B", new, after)):
        if not side.anchors(row):
            return f"no block in {name} in which the anchor counts as well"
    pythons = [
        {build(one.fingerprint.python) for one in side.anchors(row).values()}
        for side, row in ((old, before), (new, after))
    ]
    if pythons[0] != pythons[1]:
        return f"the anchor ran on {listed(pythons[0])} in A and on {listed(pythons[1])} in B"
    return ""


def times(before: Row, after: Row, old: Side, new: Side) -> Evidence:
    """How a cell's time differs, where it can be linked."""
    anchored = Unpaired(_in_anchors(before, old), _in_anchors(after, new))
    if old.computes(before) and new.computes(after):
        return anchored
    return Between(anchored, Unpaired(_plain(before), _plain(after)))


def _in_anchors(row: Row, side: Side) -> tuple[float, ...]:
    """ln of the cell's time over the anchor's, of each block that has both."""
    return tuple(log(row.times_ns[block]) - _ln(anchor) for block, anchor in side.anchors(row).items())


def _plain(row: Row) -> tuple[float, ...]:
    return tuple(map(log, row.times_ns.values()))


def _ln(record: Record) -> float:
    assert record.makespan_ns, "a record without a time does not count"
    return log(record.makespan_ns)


def listed(values: Iterable[object]) -> str:
    """`1`, `1 and 2`."""
    return " and ".join(sorted(map(str, values)))
