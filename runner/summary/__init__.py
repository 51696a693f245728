"""([Cell], Journal) → Summary: a row a cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from ..journal import Journal, On, Record
from ..matrix import Cell
from ..pythons import CURRENT
from ..schedule import ANCHOR
from ..standing import Block, main_machine, standing
from .noise import IN_NOISE, cores_taken, noise, noisy
from .provenance import machine_of, provenance, python_version
from .rows import Standing, row
from .shape import Elsewhere, Figures, Machine, Noise, Provenance, Row, RowStatus, Summary

__all__ = [
    "IN_NOISE",
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
    "noisy",
    "summarise",
]

NONE: Mapping[str, str] = MappingProxyType({})


def summarise(
    cells: Sequence[Cell],
    journal: Journal,
    experiment_name: str,
    question: str,
    stale: Mapping[str, str] = NONE,
    machine: str | None = None,
    on: On = "makespan",
    dropped: Mapping[str, str] = NONE,
) -> Summary:
    """Summarise what stands on one machine: unless it is named, the one that has most.

    `stale` is key → reason of cells whose figures no longer speak of what is there now, `dropped` key → why a cell
    was left out of further blocks, `on` the time that is compared. Rows come in the order of `cells`.
    """
    machine = machine or main_machine(journal)
    by_key = {cell.key: cell for cell in cells}
    stands = {key: stand for key, stand in standing(journal, machine).items() if key in by_key}
    anchors = _anchors(journal, machine, {block for stand in stands.values() for block in stand.blocks})
    described = machine_of(machine, journal) if machine else None
    current = _current([*anchors.values(), *(stands[key].newest for key in stands if by_key[key].python == CURRENT)])
    known = Standing(by_key, stands, stale, described.usable_cpus if described else None, on, dropped, current)
    records = [record for stand in stands.values() for record in stand.blocks.values() or [stand.newest]]
    rows = tuple(row(cell, known) for cell in cells)
    return Summary(
        experiment=experiment_name,
        question=question,
        rows=rows,
        machine=described,
        elsewhere=_elsewhere(journal, by_key, machine),
        provenance=provenance(records, journal.sessions),
        noise=noise(rows, anchors.values()),
        anchors=anchors,
        verdict_on=on,
        traces={key: trace for (place, key), trace in journal.traces.items() if place == machine and key in by_key},
    )


def _current(records: Sequence[Record]) -> str:
    """The version of the Python that Runmatrix ran in when the newest of these was measured; empty where unknown."""
    newest_first = sorted(records, key=lambda record: record.order, reverse=True)
    return next((version for record in newest_first if (version := python_version(record.fingerprint.python))), "")


def _anchors(journal: Journal, machine: str | None, blocks: Collection[Block]) -> dict[Block, Record]:
    """Of the blocks that rows rest on. Whatever became of later ones: a block's own anchor is what its cells can be
    held against."""
    found: dict[Block, Record] = {}
    for record in sorted(journal.records, key=lambda record: record.attempt):
        block = (record.session, record.block)
        is_anchor = record.key == ANCHOR.key and record.machine == machine and block in blocks
        if is_anchor and record.status == "ok" and record.makespan_ns:
            found[block] = record
    return found


def _elsewhere(journal: Journal, cells: Mapping[str, Cell], machine: str | None) -> tuple[Elsewhere, ...]:
    """The other machines on which any of these cells stands."""
    others = sorted({record.machine for record in journal.records} - {machine})
    counts = {name: len(cells.keys() & standing(journal, name).keys()) for name in others}
    return tuple(Elsewhere(machine_of(name, journal), count) for name, count in counts.items() if count)
