"""Journal → Recorded: the experiment as its sessions declared it, so that a journal can be read without its YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from .experiment import Experiment
from .experiment.schema import Measure
from .journal import Journal, On, Session
from .matrix import Cell, Names, Selector, against

MARGIN = Measure().margin
"""Where no session says."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a journal knows of its experiment on one machine; question, margin (0.05 is 5 %), baseline, the
    time that verdicts compare and what is expected are those of the newest session."""

    question: str
    margin: float
    cells: tuple[Cell, ...]
    verdict_on: On = "makespan"
    expect: tuple[Mapping[str, object], ...] = ()


def recorded(journal: Journal, machine: str | None) -> Recorded:
    """The cells in the order in which they were first measured, by the names that they had last.

    Where a session's experiment can't be read by this version, its cells are called by their kinds; cells of kinds
    that it does not know are passed over.
    """
    sessions = sorted((one for one in journal.sessions.values() if one.machine == machine), key=lambda s: s.session)
    experiments = [found for session in reversed(sessions) if (found := _experiment(session))]
    here = {key for session in sessions for key in journal.designs.get(session.session, ())}
    names = Names.of(experiments)
    cells = [names.cell(key, said) for key, said in journal.cells.items() if key in here]
    known = [cell for cell in cells if cell]
    if not experiments:
        return Recorded("", MARGIN, tuple(against(known, None)))
    newest, cpus = experiments[0], sessions[-1].machine_facts.get("usable_cpus") or 1
    selector = None if newest.baseline is None else Selector.of(newest.baseline, cpus)
    measure = newest.measure
    compared = tuple(against(known, selector))
    return Recorded(newest.question, measure.margin, compared, measure.verdict_on, tuple(newest.expect))


def _experiment(session: Session) -> Experiment | None:
    """None for what another version's file format says."""
    try:
        return Experiment.model_validate(session.experiment)
    except ValidationError:
        return None
