"""Journal, Declaration → Recorded: the experiment as its sessions and its table declare it, read without its YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from pydantic import ValidationError

from .declaration import Declaration
from .experiment import Experiment
from .experiment.schema import Measure
from .journal import Journal, On, Session
from .matrix import Cell, Names, Selector, against

MARGIN = Measure().margin
"""Where no session says."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an experiment's folder holds that says what was measured; `declaration` is None where no table says it."""

    journal: Journal
    declaration: Declaration | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of an experiment on one machine; question, margin (0.05 is 5 %), baseline, the time that verdicts
    compare and what is expected are those of the newest session. `declared` holds keys of cells, too, of which nothing
    was measured."""

    question: str
    margin: float
    cells: tuple[Cell, ...]
    declared: frozenset[str]
    verdict_on: On = "makespan"
    expect: tuple[Mapping[str, object], ...] = ()


def recorded(held: Held, machine: str | None) -> Recorded:
    """The declared cells that the journal knows, by the names that they had last; in the order of the file, or of
    measuring where all are declared that the journal knows.

    Where a session's experiment can't be read by this version, its cells are called by their kinds; cells of kinds
    that it does not know are passed over.
    """
    journal = held.journal
    sessions = sorted((one for one in journal.sessions.values() if one.machine == machine), key=lambda s: s.session)
    experiments = [found for session in reversed(sessions) if (found := _experiment(session))]
    here = {key for session in sessions for key in journal.designs.get(session.session, ())}
    declared = _declared(held, here, machine)
    names = Names.of(experiments)
    cells = [names.cell(key, journal.cells[key]) for key in declared if key in here]
    known = [cell for cell in cells if cell]
    if not experiments:
        return Recorded("", MARGIN, tuple(against(known, None)), frozenset(declared))
    newest, cpus = experiments[0], sessions[-1].machine_facts.get("usable_cpus") or 1
    selector = None if newest.baseline is None else Selector.of(newest.baseline, cpus)
    measure = newest.measure
    compared = tuple(against(known, selector))
    on, expect = measure.verdict_on, tuple(newest.expect)
    return Recorded(newest.question, measure.margin, compared, frozenset(declared), on, expect)


def _declared(held: Held, here: Set[str], machine: str | None) -> Sequence[str]:
    """Keys in order: those of the table, where it is of this machine; else those that were to be measured `here`."""
    said = held.declaration
    if said and said.machine in (machine, None):
        return said.keys
    return [key for key in held.journal.cells if key in here]


def _experiment(session: Session) -> Experiment | None:
    """None for what another version's file format says."""
    try:
        return Experiment.model_validate(session.experiment)
    except ValidationError:
        return None
