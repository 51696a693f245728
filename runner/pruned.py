"""Opened, a journal's lines → Pruned: the lines that something standing rests on. Writes nothing.

What stands on any machine of the journal stays: its invocations, the anchors of their blocks, what their sessions and
cells are, traces, and lines of types that are not known here. What is stale goes, unless a cell that is not is compared
with it. A table made of what is left says the same, but that a stale row is missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import CommandError
from .journal import Journal, Record, parse
from .opening import Opened, as_measured
from .schedule import ANCHOR
from .stale import changed_code
from .standing import Block, main_machine, standing

STAYS = ""
REPEATED = "said twice"
UNDECLARED = "of cells that the file no longer declares"
STALE = "of stale cells"
SUPERSEDED = "superseded by later ones"
ALONE = "of sessions and blocks of which nothing is left"

Identity = tuple[str, int, str, int]
"""Session, block, key, attempt."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """`lines` stay, each with its end; `left_out` is of what → how many others."""

    lines: tuple[bytes, ...]
    left_out: Mapping[str, int]


@dataclass(slots=True)
class Kept:
    """What stays of a journal. `stale` and `live` are (machine, key)."""

    journal: Journal
    declared: set[str]
    stale: set[tuple[str, str]] = field(default_factory=set)
    live: set[tuple[str, str]] = field(default_factory=set)
    records: set[Identity] = field(default_factory=set)
    blocks: set[Block] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)


def pruned(opened: Opened, lines: Sequence[bytes]) -> Pruned:
    """Raises ResultsError as `read`, and CommandError where nothing stands at all."""
    journal = parse(lines, str(opened.journal))
    found = _pruned(_kept(opened, journal), lines)
    if not parse(found.lines, "").invocations:
        raise CommandError(
            f"{opened.journal}: nothing of it stands any more, so all of it would go: run `runmatrix run {opened.path}` "
            "first, or delete it"
        )
    main = main_machine(journal)
    if main_machine(parse(found.lines, "")) == main:
        return found
    return _pruned(_kept(opened, journal, whole=main), lines)  # else the tables would be of another machine


def _pruned(kept: Kept, lines: Sequence[bytes]) -> Pruned:
    said: set[object] = set()
    stay: list[bytes] = []
    left_out: Counter[str] = Counter()
    for text in lines:
        line = json.loads(text)
        why = REPEATED if (identity := _identity(line, text)) in said else _why_not(line, kept)
        if why == STAYS:
            said.add(identity)
            stay.append(text)
        else:
            left_out[why] += 1
    return Pruned(tuple(stay), left_out)


def _kept(opened: Opened, journal: Journal, whole: str | None = None) -> Kept:
    """Of `whole`, a machine, all that was measured stays."""
    machines = sorted({record.machine for record in journal.records})
    cells = [cell for machine in machines for cell in as_measured(opened, journal, machine).matrix.cells]
    kept = Kept(journal, {cell.key for cell in cells})
    baselines: dict[str, set[str]] = {}
    for cell in cells:
        baselines.setdefault(cell.key, set()).add(cell.baseline or cell.key)
    for machine in machines:
        _keep(kept, machine, opened, baselines, machine == whole)
    newest: dict[str, str] = {}
    for name, session in sorted(journal.sessions.items()):
        newest[session.machine] = name
    kept.sessions |= {newest[machine] for machine, _ in kept.live if machine in newest}  # it describes the machine
    return kept


def _keep(kept: Kept, machine: str, opened: Opened, baselines: Mapping[str, set[str]], whole: bool) -> None:
    """Add what stays of one machine."""
    stands = standing(kept.journal, machine)
    stale = changed_code(stands, opened.project).keys()
    sound = stands.keys() & kept.declared - stale
    live = sound | {other for key in sound for other in baselines[key] if other in stands}
    kept.stale |= {(machine, key) for key in stale - live}
    kept.live |= {(machine, key) for key in live}
    records = [record for key in live for record in stands[key].blocks.values() or [stands[key].newest]]
    if whole:
        records = [record for record in kept.journal.records if record.machine == machine]
        kept.live |= {(machine, record.key) for record in records}
    kept.records |= {_of(record) for record in records}
    kept.blocks |= {(record.session, record.block) for record in records}
    kept.sessions |= {name for record in records for name in (record.session, record.run)}


def _of(record: Record) -> Identity:
    return record.session, record.block, record.key, record.attempt


def _identity(line: Mapping[str, Any], text: bytes) -> object:
    """What two lines have in common that say the same."""
    if line["type"] == "session":
        return "session", line["session"]
    if line["type"] == "invocation":
        return "invocation", line["session"], line["block"], line["key"], line["attempt"]
    return text


def _why_not(line: Mapping[str, Any], kept: Kept) -> str:
    """Why a line does not stay; empty where it does."""
    if line["type"] == "session":
        return STAYS if line["session"] in kept.sessions else ALONE
    if line["type"] == "cell":
        return _why_not_cell(line, kept)
    if line["type"] == "invocation":
        return _why_not_invocation(line, kept)
    if line["type"] == "trace":
        return _of_cell(line["machine"], line["key"], kept)
    return STAYS


def _why_not_cell(line: Mapping[str, Any], kept: Kept) -> str:
    if line["session"] not in kept.sessions:
        return ALONE
    session = kept.journal.sessions.get(line["session"])
    return _of_cell(session.machine if session else "", line["key"], kept)


def _why_not_invocation(line: Mapping[str, Any], kept: Kept) -> str:
    identity = (line["session"], line["block"], line["key"], line["attempt"])
    if line["key"] == ANCHOR.key:
        return STAYS if identity[:2] in kept.blocks else ALONE
    record = kept.journal.invocations[identity]
    if identity in kept.records and (record.run, record.time) == (line["run"], line["time"]):
        return STAYS
    return _of_cell(line["machine"], line["key"], kept) or SUPERSEDED


def _of_cell(machine: str, key: str, kept: Kept) -> str:
    """Why nothing of a cell stays on a machine."""
    if (machine, key) in kept.live:
        return STAYS
    if key not in kept.declared:
        return UNDECLARED
    return STALE if (machine, key) in kept.stale else STAYS
