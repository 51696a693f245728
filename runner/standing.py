"""Journal → what stands: for one machine, the invocations that count, by cell and block.

An invocation counts unless a later attempt in its block took its place, a later `--fresh` session measured its cell
anew, or its fingerprint contradicts that of the cell's newest invocation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .journal import Fingerprint, Journal, Record

Block = tuple[str, int]
"""Session that opened it, number in that session."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands of one cell: records by block, or a finding of the preflight that keeps it from being run."""

    blocks: Mapping[Block, Record]
    finding: Record | None
    fingerprint: Fingerprint

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
    since = restarts(journal, machine)
    afresh = {key: [record for record in of_cell.get(key, ()) if record.run >= run] for key, run in since.items()}
    return {key: _stand(afresh.get(key) or records) for key, records in of_cell.items()}


def restarts(journal: Journal, machine: str | None) -> dict[str, str]:
    """Key → the last session that measured the cell afresh."""
    found: dict[str, str] = {}
    for name in sorted(name for name, session in journal.sessions.items() if session.machine == machine):
        found.update(dict.fromkeys(journal.sessions[name].fresh, name))
    return found


def _stand(records: Iterable[Record]) -> Stand:
    """Records that agree on the code with the newest that says anything of it."""
    records = sorted(records, key=lambda record: record.order)
    newest = records[-1]
    stated = [record.fingerprint for record in records if record.fingerprint.python]
    last = stated[-1] if stated else newest.fingerprint
    agreeing = [record for record in records if agree(record.fingerprint, last)]
    merged = merge([record.fingerprint for record in agreeing if record.fingerprint.python] or [last])
    if newest.stage == "preflight":
        return Stand({}, newest, merged)
    blocks = {(record.session, record.block): record for record in agreeing if record.stage == "block"}
    return Stand(blocks, None, merged)


def agree(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two invocations ran the same code, as far as both say: what is imported only now and then is no change,
    and a child that gave no reply says nothing."""
    if one is other or not one.python or not other.python:
        return True
    if (one.python, one.method, one.inputs) != (other.python, other.method, other.inputs):
        return False
    return _same_where_both(one.files, other.files) and _same_where_both(one.distributions, other.distributions)


def _same_where_both(one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]) -> bool:
    known = dict(other)
    return all(known.get(name, value) == value for name, value in one)


def merge(fingerprints: Sequence[Fingerprint]) -> Fingerprint:
    """All that any of them says; they agree where they meet, so the last may decide."""
    different = list(dict.fromkeys(fingerprints))
    if len(different) == 1:
        return different[0]
    files = {name: digest for each in different for name, digest in each.files}
    distributions = {name: version for each in different for name, version in each.distributions}
    return replace(different[-1], files=tuple(sorted(files.items())), distributions=tuple(sorted(distributions.items())))
