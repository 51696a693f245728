"""Opened, Journal → why cells are missing whose like was measured: what was edited in the file, or how many cores it had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .child.models.table import MODELS
from .child.parameters import Kind
from .child.workloads.table import WORKLOADS
from .experiment.document import Keys
from .journal import Journal
from .matrix import Cell, specification
from .matrix.cells import canonical
from .opening import Opened
from .plan import seconds_of
from .standing import standing
from .summary.values import shown
from .summary.words import plural

Specification = Mapping[str, Any]
Former = tuple[float | None, Specification]
"""A cell that was measured: how long an invocation took, and what was declared."""

AMOUNTS = ("tasks", "tasks_per_worker")


@dataclass(frozen=True, slots=True)
class Edit:
    """Why a cell is another one than was measured, and how long an invocation of that took, in s, where it is known."""

    why: str
    seconds: float | None


def edited(opened: Opened, journal: Journal) -> dict[str, Edit]:
    """Key → `iterations 10,000,000 → 20,000,000 (line 9)`, of cells that differ from one that was measured and is no
    longer declared in one part alone: the workload's parameters, the model's options, or the number of tasks; and of
    those that were measured on this machine with another number of usable cores."""
    measured = {record.key for record in journal.records}
    declared = {cell.key for cell in opened.matrix.cells}
    like: dict[str, list[Former]] = {}
    stands = standing(journal, opened.machine.machine)
    for key, known in journal.cells.items():
        if key in measured and key not in declared:
            seconds = seconds_of(stands[key]) if key in stands else None
            for text in _but_for_one_part(known).values():
                like.setdefault(text, []).append((seconds, known))
    found = _on_other_cores(opened, journal)
    for cell in opened.matrix.cells:
        if cell.key not in measured and (edit := _edit(cell, like, opened)):
            found[cell.key] = edit
    return found


def _on_other_cores(opened: Opened, journal: Journal) -> dict[str, Edit]:
    here, words = opened.machine, {}
    for session in journal.sessions.values():
        cpus = session.machine_facts.get("usable_cpus")
        if isinstance(cpus, int) and session.machine == here.limited_to(cpus) != here.machine:
            words[session.machine] = f"measured here with {plural(cpus, 'usable core')}, now {here.usable_cpus}"
    return {record.key: Edit(words[record.machine], None) for record in journal.records if record.machine in words}


def _but_for_one_part(known: Specification) -> dict[str, str]:
    """Part → the specification without it, as text that equal ones share."""
    workload, model = known["workload"], known["model"]
    amounts = {name: value for name, value in known.items() if name not in AMOUNTS}
    parts = {
        "workload": {**known, "workload": workload["kind"]},
        "model": {**known, "model": model["kind"]},
        "tasks": {**amounts, "which": next((name for name in AMOUNTS if name in known), "")},
    }
    return {part: canonical([part, rest]) for part, rest in parts.items()}


def _edit(cell: Cell, like: Mapping[str, Sequence[Former]], opened: Opened) -> Edit | None:
    """From the one that it differs from least."""
    now = specification(cell)
    for part, text in _but_for_one_part(now).items():
        changes = [
            (list(_changes(part, before, now, _Where(cell, opened))), seconds) for seconds, before in like.get(text, [])
        ]
        if changes:
            fewest, seconds = min(changes, key=lambda change: sum(map(len, change[0])))
            return Edit(", ".join(fewest), seconds)
    return None


class _Where:
    """Where the file says what was changed."""

    def __init__(self, cell: Cell, opened: Opened) -> None:
        self._cell = cell
        self._document = opened.loaded.document

    def __call__(self, part: str, name: str) -> str:
        """` (line 9)`; empty where it is not said there."""
        keys: Keys = ("workloads", self._cell.workload.name, name) if part == "workload" else (name,)
        return f" (line {self._document.place(keys).line})" if self._document.node(keys) else ""


def _changes(part: str, before: Specification, now: Specification, where: _Where) -> Iterator[str]:
    """`name before → now`, and where; what is not declared has its default."""
    if part == "tasks":
        old, new, defaults = before, now, dict.fromkeys(AMOUNTS)
        names = [name for name in AMOUNTS if name in now]
    else:
        inside, table = ("parameters", WORKLOADS) if part == "workload" else ("options", MODELS)
        kind: Kind = table[now[part]["kind"]]
        old, new = before[part][inside], now[part][inside]
        defaults = {name: parameter.default for name, parameter in kind.parameters.items()}
        names = sorted(old.keys() | new.keys())
    for name in names:
        was, is_now = old.get(name, defaults.get(name)), new.get(name, defaults.get(name))
        if was != is_now:
            yield f"{name} {_value(was)} → {_value(is_now)}{where(part, name)}"


def _value(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else shown(value)
