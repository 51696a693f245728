"""counted records → Figures: medians over blocks, and speedups paired inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import exp
from statistics import median

from ..child.histogram import percentile
from ..journal.lines import Record
from ..matrix import Cell
from ..standing import Block
from ..stats import Interval, hodges_lehmann, median_interval
from .shape import Figures

NS = 1e-9
MIB = 2**20
TASKS_FOR_P99 = 100


def figures(
    cell: Cell, records: Mapping[Block, Record], times_ns: Mapping[Block, float], ratios: Mapping[Block, float]
) -> Figures:
    """What a cell's counted records say, of which there is one at least: the times that verdicts compare, and their
    log ratios to the baseline's."""
    of = records.values()
    speedup = _speedup(cell, ratios)
    service = _service(of)
    tasks = sum(service.values())
    return Figures(
        makespan_s=median_interval([record.makespan_ns or 0 for record in of]).mapped(_seconds),
        compared_s=median_interval(list(times_ns.values())).mapped(_seconds) if times_ns else None,
        speedup=speedup,
        efficiency=speedup and speedup.mapped(lambda factor: factor / cell.workers),
        startup_s=_median(of, lambda record: record.startup_ns, NS),
        cold_s=_median(of, lambda record: record.cold_ns, NS),
        steady_s=_median(of, lambda record: record.steady_ns, NS),
        quickest_s=_median(of, lambda record: record.quickest_ns, NS),
        stop_s=_median(of, lambda record: record.stop_ns, NS),
        tasks_per_s=_median(of, _tasks_per_ns, 1 / NS),
        task_p50_s=_percentile(service, 0.5) if tasks else None,
        task_p95_s=_percentile(service, 0.95) if tasks else None,
        task_p99_s=_percentile(service, 0.99) if tasks >= TASKS_FOR_P99 else None,
        task_n=tasks or None,
        cpu_s=_median(of, lambda record: record.cpu_ns, NS),
        cpu_per_wall=_median(of, _cpu_per_wall, 1),
        memory_mib=_median(of, lambda record: record.memory_bytes, 1 / MIB),
    )


def _seconds(ns: float) -> float:
    return ns * NS


def _speedup(cell: Cell, ratios: Mapping[Block, float]) -> Interval | None:
    if cell.baseline == cell.key:
        return Interval(1.0)
    return hodges_lehmann(list(ratios.values())).mapped(exp) if ratios else None


def _median(records: Iterable[Record], value: Callable[[Record], float | None], unit: float) -> float | None:
    """Median over the records that have the value."""
    values = [found for record in records if (found := value(record)) is not None]
    return median(values) * unit if values else None


def _tasks_per_ns(record: Record) -> float | None:
    """Of the steady batches, of the cold one where there are none."""
    return record.tasks / record.batch_ns if record.tasks and record.batch_ns else None


def _cpu_per_wall(record: Record) -> float | None:
    """CPU time over time, of all batches."""
    if record.cpu_batches_ns is None or not record.batches_ns:
        return None
    return record.cpu_batches_ns / record.batches_ns


def _service(records: Iterable[Record]) -> dict[str, int]:
    """The histogram of the service times of all records' tasks, those of cold and further batches alike."""
    counts: dict[int, int] = {}
    for record in records:
        for bucket, count in zip(record.service[::2], record.service[1::2], strict=True):
            counts[bucket] = counts.get(bucket, 0) + count
    return {str(bucket): count for bucket, count in counts.items()}


def _percentile(service: Mapping[str, int], share: float) -> float:
    """In s."""
    return percentile(service, share) * NS
