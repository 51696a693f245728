"""Opened, Journal → why cells are missing whose like was measured: the file was edited, or other cores were usable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
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

Change = tuple[str, object, object]
"""A name of the declaration, what it was, and what it is now."""

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
    gone = {key: known for key, known in journal.cells.items() if key in measured and key not in declared}
    stands = standing(journal, opened.machine.machine) if gone else {}
    for key, known in gone.items():
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
    """From the one that it differs from least: in the fewest names, of numbers by the smallest ratios."""
    now = specification(cell)
    found = [
        (_changes(part, before, now), part, seconds)
        for part, text in _but_for_one_part(now).items()
        for seconds, before in like.get(text, ())
    ]
    if not found:
        return None
    changes, part, seconds = min(found, key=lambda one: (len(one[0]), sum(map(_size, one[0]))))
    return Edit(", ".join(_said(change, part, cell, opened) for change in changes), seconds)


def _changes(part: str, before: Specification, now: Specification) -> list[Change]:
    """What is not declared has its default."""
    if part == "tasks":
        old, new, defaults = before, now, dict.fromkeys(AMOUNTS)
        names = [name for name in AMOUNTS if name in now]
    else:
        inside, table = ("parameters", WORKLOADS) if part == "workload" else ("options", MODELS)
        kind: Kind = table[now[part]["kind"]]
        old, new = before[part][inside], now[part][inside]
        defaults = {name: parameter.default for name, parameter in kind.parameters.items()}
        names = sorted(old.keys() | new.keys())
    each = ((name, old.get(name, defaults.get(name)), new.get(name, defaults.get(name))) for name in names)
    return [change for change in each if change[1] != change[2]]


def _size(change: Change) -> float:
    """Of a number |ln| of its ratio, 1 of anything else."""
    numbers = [value for value in change[1:] if isinstance(value, int | float) and value > 0]
    return abs(log(numbers[1] / numbers[0])) if len(numbers) > 1 else 1.0


def _said(change: Change, part: str, cell: Cell, opened: Opened) -> str:
    """`iterations 10 → 20 (line 9)`; without the line where the name does not stand there."""
    name, was, is_now = change
    document = opened.loaded.document
    keys: Keys = ("workloads", cell.workload.name, name) if part == "workload" else (name,)
    where = f" (line {document.place(keys).line})" if document.node(keys) else ""
    return f"{name} {_value(was)} → {_value(is_now)}{where}"


def _value(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else shown(value)
