"""records of a cell and of its baseline → which blocks count (MEASURING: "a cell counts only if")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .gil import broken
from .journal.lines import Record, Status
from .matrix import Cell, same_work
from .standing import Block

FAILED_AT_MOST = 0.1
"""A cell that failed in more of its blocks gets no verdict (MEASURING)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A record, and what became of it once its results were compared."""

    record: Record
    status: Status
    reason: str


def judge(cell: Cell, records: Mapping[Block, Record], references: Mapping[Block, Record]) -> dict[Block, Judged]:
    """Each block's record of a cell against what is required of it, and against `references`, the baseline's records
    where their results ought to be the same."""
    return {block: _judged(cell, record, references.get(block)) for block, record in records.items()}


def counted(judged: Mapping[Block, Judged]) -> dict[Block, Record]:
    """The records that have a time."""
    return {block: each.record for block, each in judged.items() if each.status == "ok"}


def ought_to_agree(cell: Cell, baseline: Cell) -> bool:
    """Whether both do the same tasks on the same Python, so that their results can be compared."""
    return same_work(cell, baseline) and _tasks(cell) == _tasks(baseline)


def _tasks(cell: Cell) -> tuple[int | None, int | None]:
    """What decides how many tasks a cell has."""
    return cell.tasks, cell.tasks_per_worker and cell.tasks_per_worker * cell.workers


def _judged(cell: Cell, record: Record, reference: Record | None) -> Judged:
    if record.status != "ok":
        return Judged(record, record.status, record.reason)
    if unmet := broken(cell.gil, record.gil, record.notes):
        return Judged(record, "invalid", unmet)
    if not record.makespan_ns:
        return Judged(record, "invalid", "a phase has no time")
    if reference is not None and reference.status == "ok" and _differ(record, reference):
        return Judged(record, "invalid", "its results differ from the baseline's")
    return Judged(record, "ok", "")


def _differ(record: Record, reference: Record) -> bool:
    """By digest; else by what the later of the two found when it compared them."""
    if "digest" in record.results and "digest" in reference.results:
        return bool(record.results["digest"] != reference.results["digest"])
    return False in (
        record.results.get("agrees", {}).get(reference.key),
        reference.results.get("agrees", {}).get(record.key),
    )
