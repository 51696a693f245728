"""records of a cell and of its baseline → ln speedup of each block that has both: the numbers that claims are made of."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from .journal import On, Record
from .matrix import Cell
from .standing import Block


def times(records: Mapping[Block, Record], on: On) -> dict[Block, float]:
    """Block → the time that verdicts compare, in ns; blocks in which it was not measured are left out."""
    return {block: time for block, record in records.items() if (time := record.time_ns(on))}


def log_speedups(
    cell: Cell, records: Mapping[Block, Record], baseline: Mapping[Block, Record], on: On
) -> dict[Block, float]:
    """ln(baseline's time / cell's) of each block that both have.

    With weak scaling ln(cell's tasks a second / baseline's): a second of the time compared, so that strong and weak
    scaling agree where the number of tasks is the same.
    """
    own, other = times(records, on), times(baseline, on)
    if on == "quickest":  # the least of more batches is less
        own = {block: ns for block, ns in own.items() if block in other and alike(records[block], baseline[block])}
    weak = cell.tasks_per_worker is not None
    return {
        block: log((other[block] / _share(baseline[block], weak)) / (time / _share(records[block], weak)))
        for block, time in own.items()
        if block in other
    }


def alike(record: Record, other: Record) -> bool:
    """Whether both had as many further batches."""
    return record.batches == other.batches


def _share(record: Record, weak: bool) -> int:
    """What a time is divided by: the tasks, where their number grows with the workers."""
    return (record.tasks or 1) if weak else 1
