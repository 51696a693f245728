"""Measured → Details: all about each cell, what it is and what became of it in every block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from ..journal import Record
from ..standing import Block
from ..summary import Row
from ..summary.numbers import digits
from ..summary.values import assignments, one_line
from ..summary.words import axes, by_workload, contestant
from ..validity import Judged
from .columns import Column, Entry
from .measured import Measured

CELLS_AT_MOST = 1000
"""A page with the blocks of more would take a browser long to open."""

PHASES = ("startup_ns", "cold_ns", "steady_ns", "stop_ns")


@dataclass(frozen=True, slots=True)
class Detail:
    """A cell: what tells it from others, what it is, and a line for each of its blocks below the columns that say
    something."""

    row: Row
    title: str
    facts: Mapping[str, str]
    columns: tuple[Column, ...]
    blocks: tuple[tuple[Entry, ...], ...]


def details(measured: Measured) -> list[Detail]:
    """Those of the first cells where there are very many."""
    of_workload = {name: axes(rows) for name, rows in by_workload(measured.summary.rows).items()}
    rows = measured.summary.rows[:CELLS_AT_MOST]
    return [_detail(row, of_workload[row.cell.workload.name], measured.blocks[row.cell.key]) for row in rows]


def _detail(row: Row, among: Sequence[str], judged: Mapping[Block, Judged]) -> Detail:
    lines = [_line(row, block, each) for block, each in judged.items()]
    kept = [name for name in (lines[0] if lines else ()) if any(line[name].text for line in lines)]
    columns = tuple(Column(name, any(line[name].order is not None for line in lines)) for name in kept)
    return Detail(
        row,
        one_line(f"{row.cell.workload.name}: {contestant(row, among)}"),
        _facts(row),
        columns,
        tuple(tuple(line[name] for name in kept) for line in lines),
    )


def _facts(row: Row) -> dict[str, str]:
    cell = row.cell
    known = {
        "workload": f"{cell.workload.kind} {assignments(cell.workload.values)}",
        "model": f"{cell.model.kind} {assignments(row.options)}",
        "environment": assignments(cell.env),
        "notes": "; ".join(row.notes),
        "key": cell.key,
    }
    return {name: one_line(text) for name, text in known.items() if text}


def _line(row: Row, block: Block, judged: Judged) -> dict[str, Entry]:
    """A block of which the cell's invocation does not count has a reason, and no speedup."""
    record, log_speedup = judged.record, row.log_speedups.get(block)
    return {
        "session": Entry(block[0]),
        "block": Entry(str(block[1]), order=block[1]),
        "position": Entry(str(record.position), order=record.position),
        "measured": Entry(one_line(record.time)),
        "status": Entry(judged.status),
        "makespan (s)": _seconds(record.makespan_ns),
        "speedup (×)": Entry("") if log_speedup is None else Entry(digits(exp(log_speedup)), order=exp(log_speedup)),
        **{f"{phase.removesuffix('_ns')} (s)": _seconds(getattr(record, phase)) for phase in PHASES},
        "reason": Entry(one_line(judged.reason)),
        "notes": Entry(_notes(record)),
    }


def _seconds(time_ns: float | None) -> Entry:
    return Entry("") if time_ns is None else Entry(digits(time_ns / 1e9), order=time_ns)


def _notes(record: Record) -> str:
    return one_line("; ".join(record.notes))
