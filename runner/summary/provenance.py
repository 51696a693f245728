"""standing records, sessions → Provenance, Machine: an allow-list, never the whole environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..journal import Journal, Record, Session
from .shape import Machine, Provenance


def provenance(records: Sequence[Record], sessions: Mapping[str, Session]) -> Provenance:
    """What the standing records rest on."""
    fingerprints = {record.fingerprint for record in records}
    runs = {record.run for record in records}
    dates = {record.time[:10] for record in records}
    return Provenance(
        invocations=frozenset((one.session, one.block, one.run, one.attempt, one.key) for one in records),
        pythons=tuple(sorted({fingerprint.python for fingerprint in fingerprints if fingerprint.python})),
        distributions=_versions(entry for fingerprint in fingerprints for entry in fingerprint.distributions),
        commits=_commits(records, [sessions[run] for run in runs if run in sessions]),
        sessions=len(runs),
        children_s=sum(record.wall_ns or 0 for record in records) / 1e9,
        first_date=min(dates, default=""),
        last_date=max(dates, default=""),
    )


def _versions(entries: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    versions: dict[str, set[str]] = {}
    for name, version in entries:
        versions.setdefault(name, set()).add(version)
    return {name: tuple(sorted(versions[name])) for name in sorted(versions)}


def _commits(records: Iterable[Record], sessions: Iterable[Session]) -> tuple[tuple[str, bool | None], ...]:
    """Dirty too where a file behind a record was in no commit."""
    untracked = {record.run for record in records if record.fingerprint.untracked}
    known = [(session.git, session.session in untracked) for session in sessions if session.git]
    found = {(str(git["commit"]), lost or git.get("dirty")) for git, lost in known if git.get("commit")}
    return tuple(sorted(found, key=str))


def machine_of(name: str, journal: Journal) -> Machine:
    """A machine as its newest session describes it."""
    sessions = [session for session in journal.sessions.values() if session.machine == name]
    newest = max(sessions, key=lambda session: session.session, default=None)
    facts = newest.machine_facts if newest else {}
    return Machine(
        name,
        cpu=str(facts.get("cpu") or ""),
        usable_cpus=facts.get("usable_cpus"),
        cpus=facts.get("cpus"),
        memory_bytes=facts.get("memory_bytes"),
        system=str(facts.get("system") or ""),
    )


def python_version(build: str) -> str:
    """The version in a fingerprint's `python`, with a `t` where it is free-threaded: `3.14.0t`; empty where unknown."""
    _, _, rest = build.partition(" ")
    version = rest.partition(" ")[0]
    return f"{version}t" if version and "free-threading" in rest else version
