"""Journal → what stands: for one machine, the invocations that count, by cell and block.

An invocation counts unless a later attempt in its block took its place, a later `--fresh` session measured its cell
anew, or its fingerprint is not that of the cell's newest invocation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .journal import Journal, Record

Block = tuple[str, int]
"""Session that opened it, number in that session."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands of one cell: records by block, or a finding of the preflight that keeps it from being run."""

    blocks: Mapping[Block, Record]
    finding: Record | None

    @property
    def newest(self) -> Record:
        """The record measured last."""
        return self.finding or max(self.blocks.values(), key=lambda record: record.order)


def main_machine(journal: Journal) -> str | None:
    """The machine that has most invocations; of equals the one that measured last."""
    counts = Counter(record.machine for record in journal.records if record.stage == "block")
    last = {record.machine: record.run for record in sorted(journal.records, key=lambda record: record.run)}
    candidates = counts or Counter(last.keys())
    return max(candidates, key=lambda machine: (candidates[machine], last[machine]), default=None)


def standing(journal: Journal, machine: str | None) -> dict[str, Stand]:
    """Key → what stands on that machine; cells with nothing are left out."""
    of_cell: dict[str, list[Record]] = defaultdict(list)
    for record in journal.records:
        if record.machine == machine:
            of_cell[record.key].append(record)
    fresh = {session.session for session in journal.sessions.values() if session.fresh}
    return {key: _stand(records, fresh) for key, records in of_cell.items()}


def _stand(records: Iterable[Record], fresh: set[str]) -> Stand:
    records = sorted(records, key=lambda record: record.order)
    restarts = [record.run for record in records if record.run in fresh]
    newest = records[-1]
    counted = [
        record
        for record in records
        if record.run >= (restarts[-1] if restarts else "") and record.fingerprint == newest.fingerprint
    ]
    if newest.stage == "preflight":
        return Stand({}, newest)
    return Stand({(record.session, record.block): record for record in counted if record.stage == "block"}, None)
