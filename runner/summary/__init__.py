"""([Cell], Journal) → Summary: a row a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..journal import Journal
from ..matrix import Cell
from ..schedule import ANCHOR
from ..standing import main_machine, standing
from .noise import cores_taken, noise
from .provenance import machine_of, provenance
from .rows import Standing, row
from .shape import Elsewhere, Figures, Machine, Noise, Provenance, Row, RowStatus, Summary

__all__ = [
    "Elsewhere",
    "Figures",
    "Machine",
    "Noise",
    "Provenance",
    "Row",
    "RowStatus",
    "Summary",
    "cores_taken",
    "noise",
    "summarise",
]

NOTHING_STALE: Mapping[str, str] = MappingProxyType({})


def summarise(
    cells: Sequence[Cell],
    journal: Journal,
    experiment_name: str,
    question: str,
    stale: Mapping[str, str] = NOTHING_STALE,
    machine: str | None = None,
) -> Summary:
    """Summarise what stands on one machine: unless it is named, the one that has most.

    `stale` is key → reason of cells whose figures no longer speak of what is there now. Rows come in the order of
    `cells`.
    """
    machine = machine or main_machine(journal)
    by_key = {cell.key: cell for cell in cells}
    all_stands = standing(journal, machine)
    stands = {key: stand for key, stand in all_stands.items() if key in by_key}
    anchors = all_stands[ANCHOR.key].blocks.values() if ANCHOR.key in all_stands else ()
    described = machine_of(machine, journal) if machine else None
    known = Standing(by_key, stands, stale, described.usable_cpus if described else None)
    records = [record for stand in stands.values() for record in stand.blocks.values() or [stand.newest]]
    rows = tuple(row(cell, known) for cell in cells)
    return Summary(
        experiment=experiment_name,
        question=question,
        rows=rows,
        machine=described,
        elsewhere=_elsewhere(journal, by_key, machine),
        provenance=provenance(records, journal.sessions),
        noise=noise(rows, anchors),
    )


def _elsewhere(journal: Journal, cells: Mapping[str, Cell], machine: str | None) -> tuple[Elsewhere, ...]:
    """The other machines on which any of these cells stands."""
    others = sorted({record.machine for record in journal.records} - {machine})
    counts = {name: len(cells.keys() & standing(journal, name).keys()) for name in others}
    return tuple(Elsewhere(machine_of(name, journal), count) for name, count in counts.items() if count)
