"""Journal → what stands: for one machine, the invocations that count, by cell and block.

An invocation counts unless a later attempt in its block took its place, a later `--fresh` session measured its cell
anew, it failed and a later `--retry` measured its cell again, or its fingerprint contradicts that of the cell's newest invocation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .journal import Fingerprint, Journal, Record, Session

Block = tuple[str, int]
"""Session that opened it, number in that session."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands of one cell: records by block, or a finding of the preflight that keeps it from being run."""

    blocks: Mapping[Block, Record]
    finding: Record | None
    fingerprint: Fingerprint

    @property
    def lacks_python(self) -> bool:
        """Whether nothing is known of the cell but that its Python was not there."""
        return bool(self.finding) and self.newest.status == "unsupported" and not self.newest.fingerprint.python

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
    since, retried = restarts(journal, machine), _last_of(journal, machine, lambda session: session.retried)
    return {key: _stand(_counted(records, since.get(key), retried.get(key))) for key, records in of_cell.items()}


def restarts(journal: Journal, machine: str | None) -> dict[str, str]:
    """Key → the last session that measured the cell afresh."""
    return _last_of(journal, machine, lambda session: session.fresh)


def _last_of(journal: Journal, machine: str | None, keys_of: Callable[[Session], Iterable[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(name for name, session in journal.sessions.items() if session.machine == machine):
        found.update(dict.fromkeys(keys_of(journal.sessions[name]), name))
    return found


def _counted(records: list[Record], fresh: str | None, retried: str | None) -> list[Record]:
    """Without what a later session, afresh or as a retry, took the place of; one that came to nothing took none."""
    afresh = [record for record in records if fresh and record.run >= fresh] or records
    if not any(retried and record.run >= retried for record in afresh):
        return afresh
    return [record for record in afresh if record.status == "ok" or record.run >= (retried or "")]


def _stand(records: Iterable[Record]) -> Stand:
    """Records that agree on the code with all newer ones that count. What a child ran that gave no reply, its time
    must tell: it counts if it is newer than any record of other code."""
    records = sorted(records, key=lambda record: record.order)
    merged, agreeing = _agreeing([record.fingerprint for record in reversed(records) if record.fingerprint.python])
    stated = [record for record in records if record.fingerprint.python]
    other_code = max((record.run for record in stated if id(record.fingerprint) not in agreeing), default="")
    counted = [r for r in records if (id(r.fingerprint) in agreeing if r.fingerprint.python else r.run > other_code)]
    if records[-1].stage == "preflight":
        own = records[-1].fingerprint  # what stood behind it when it still could be run is not behind its failure
        return Stand({}, records[-1], own if own.python else merged)
    return Stand({(r.session, r.block): r for r in counted if r.stage == "block"}, None, merged)


def _agreeing(newest_first: Sequence[Fingerprint]) -> tuple[Fingerprint, set[int]]:
    """All that fingerprints say which contradict none newer, and the ids of these. A journal's equal ones are one."""
    merged = Fingerprint("", 0, (), ())
    agreeing: set[int] = set()
    for fingerprint in {id(each): each for each in newest_first}.values():
        if agree(fingerprint, merged):
            agreeing.add(id(fingerprint))
            merged = merge([fingerprint, merged]) if merged.python else fingerprint
    return merged, agreeing


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
    """All that any of them says; they agree where they meet, and the last decides the rest."""
    files = {name: digest for each in fingerprints for name, digest in each.files}
    distributions = {name: version for each in fingerprints for name, version in each.distributions}
    return replace(
        fingerprints[-1], files=tuple(sorted(files.items())), distributions=tuple(sorted(distributions.items()))
    )
