"""rows of a piece of work → Evidence: what batches and preflight say of its kind, as intervals over blocks.

Times are of batches: a further one on warm workers where there is one, else the first; without the time in which others
had the cores, so that a busy machine does not pass for work that waits. Ratios are over serial, a task, paired inside
blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median

from ...child.histogram import middle_ns
from ...child.models.table import MODELS
from ...journal.lines import Record
from ...standing import Block
from ...stats import Interval, hodges_lehmann, median_interval
from ...summary import Row
from ...summary.rows import BLOCKS_THE_LOOP
from ..claims import gets_verdict

APART = ("process", "interpreter")
"""Workers that share no GIL, and no lock that lies in the program's own modules."""

SWITCH_INTERVAL_S = 0.005
"""How long a thread may hold the GIL, unless Python is told otherwise."""


@dataclass(frozen=True, slots=True)
class Gain:
    """A model's best cell of those with several workers and a core for each, over serial."""

    row: Row
    speedup: Interval
    cpu: Interval | None  # CPU time a task over serial's
    dispatch: Interval | None  # share of the workers' time in batches that went into no task
    startup: float  # share of the makespan


@dataclass(frozen=True, slots=True)
class HeldUp:
    """How late a sleeper beside a task woke, as the preflight saw it. In s."""

    ticks: int
    typical_s: float
    longest_s: float
    span_s: float
    queued_s: float  # in all, that the sleeper had no core
    task_queued_s: float  # that the task had none, where it is in another thread


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a piece of work; None where nothing is."""

    cpus: int | None  # usable ones
    use: Interval | None  # of its time in serial's batches that was not spent queueing for a core, the share on one
    queueing: float  # the largest share of their time that any of these had no core, because others had them
    threads: Gain | None
    apart: Gain | None
    gil: str  # as the threads found it: shared, off, re-enabled
    beside_thread: HeldUp | None
    switch_interval_s: float
    in_loop: HeldUp | None  # of a coroutine body


def evidence_of(rows: Sequence[Row], cpus: int | None) -> Evidence:
    """Of rows that do the same work; cells that get no verdict say nothing."""
    able = [row for row in rows if gets_verdict(row) and row.counted]
    serial = next((row for row in able if row.cell.model.kind == "serial"), None)
    threads = [row for row in able if MODELS[row.cell.model.kind].worker == "thread"]
    gain = _best_gain(threads, serial, cpus)
    apart = _best_gain([row for row in able if MODELS[row.cell.model.kind].worker in APART], serial, cpus)
    watched = [gain.row] if gain else threads[:1]
    looked_at = [*([serial] if serial else []), *(each.row for each in (gain, apart) if each)]
    return Evidence(
        cpus=cpus,
        use=_over_blocks(serial.counted, lambda record: _use(record, cpus)) if serial else None,
        queueing=max((_queueing(row, cpus) for row in looked_at), default=0.0),
        threads=gain,
        apart=apart,
        gil=watched[0].gil if watched else "",
        beside_thread=_held_up(watched),
        switch_interval_s=_switch_interval_s(watched),
        in_loop=_held_up(awaited(able)),
    )


def awaited(rows: Sequence[Row]) -> list[Row]:
    """Those in which an event loop awaits the work's own coroutine."""
    return [row for row in rows if MODELS[row.cell.model.kind].worker == "coroutine" and _awaits(row)]


def _use(record: Record, cpus: int | None) -> float | None:
    if record.cpu_batches_ns is None or not record.batches_ns:
        return None
    own_ns = record.batches_ns * (1 - _taken(record, 1, cpus))
    return record.cpu_batches_ns / max(own_ns, record.cpu_batches_ns, 1)


def _taken(record: Record, workers: int, cpus: int | None) -> float:
    """The share of the workers' time in which others had their cores: no more than what was left of all cores, since
    workers that fill them queue for each other."""
    if record.cpu_batches_ns is None or not record.batches_ns or not cpus:
        return 0.0
    left_ns = max(0.0, cpus * record.batches_ns - record.cpu_batches_ns)
    return min(record.queued_ns, left_ns, workers * record.batches_ns) / (workers * record.batches_ns)


def _queueing(row: Row, cpus: int | None) -> float:
    return median(_taken(record, row.cell.workers, cpus) for record in row.counted.values())


def _over_blocks(records: Mapping[Block, Record], value: Callable[[Record], float | None]) -> Interval | None:
    """Median over the records that have the value."""
    values = [found for record in records.values() if (found := value(record)) is not None]
    return median_interval(values) if values else None


def _best_gain(rows: Iterable[Row], serial: Row | None, cpus: int | None) -> Gain | None:
    """The one with the largest speedup; None where no cell has several workers and a core for each."""
    if serial is None:
        return None
    fitting = [row for row in rows if 1 < row.cell.workers <= (cpus or row.cell.workers)]
    gains = [gain for row in fitting if (gain := _gain(row, serial, cpus))]
    return max(gains, key=lambda gain: gain.speedup.estimate, default=None)


def _gain(row: Row, serial: Row, cpus: int | None) -> Gain | None:
    speedup = _ratio(_values(serial, _batch_ns_a_task, cpus), _values(row, _batch_ns_a_task, cpus))
    if speedup is None:
        return None
    return Gain(
        row,
        speedup,
        _ratio(_values(row, _cpu_ns_a_task, cpus), _values(serial, _cpu_ns_a_task, cpus)),
        _over_blocks(row.counted, lambda record: _dispatch(record, row.cell.workers)),
        median((record.startup_ns or 0) / (record.makespan_ns or 1) for record in row.counted.values()),
    )


Value = Callable[[Record, int, int | None], float | None]
"""Of a record, its number of workers, and the usable cores."""


def _values(row: Row, value: Value, cpus: int | None) -> dict[Block, float]:
    """Block → the value, where there is one."""
    found = {block: value(record, row.cell.workers, cpus) for block, record in row.counted.items()}
    return {block: number for block, number in found.items() if number}


def _ratio(over: Mapping[Block, float], under: Mapping[Block, float]) -> Interval | None:
    """Of blocks that both have."""
    logs = [log(over[block] / under[block]) for block in over.keys() & under.keys()]
    return hodges_lehmann(logs).mapped(exp) if logs else None


def _batch_ns_a_task(record: Record, workers: int, cpus: int | None) -> float | None:
    if not record.batch_ns or not record.tasks:
        return None
    return record.batch_ns * (1 - _taken(record, workers, cpus)) / record.tasks


def _cpu_ns_a_task(record: Record, workers: int, cpus: int | None) -> float | None:
    if record.cpu_batches_ns is None or not record.tasks:
        return None
    return record.cpu_batches_ns / (1 + record.batches) / record.tasks


def _dispatch(record: Record, workers: int) -> float | None:
    """What is left of the batches after each worker's share of the tasks, rounded up: waiting for the last is none."""
    service_ns = _service_ns(record)
    if service_ns is None or not record.batches_ns or not record.tasks:
        return None
    most_tasks = -(-record.tasks // workers)
    return max(0.0, 1 - most_tasks * service_ns * (1 + record.batches) / record.batches_ns)


def _service_ns(record: Record) -> float | None:
    """How long a task takes in its worker, the mean."""
    buckets, counts = record.service[::2], record.service[1::2]
    total_ns = sum(count * middle_ns(bucket) for bucket, count in zip(buckets, counts, strict=True))
    return total_ns / sum(counts) if counts else None


def _held_up(rows: Sequence[Row]) -> HeldUp | None:
    """What the newest preflight saw of any of these."""
    seen = [record for row in rows for record in row.counted.values() if record.held_up]
    if not seen:
        return None
    said = max(seen, key=lambda record: record.run).held_up
    return HeldUp(
        ticks=said["ticks"],
        typical_s=said["typical_ns"] / 1e9,
        longest_s=said["longest_ns"] / 1e9,
        span_s=said["span_ns"] / 1e9,
        queued_s=said.get("queued_ns", 0) / 1e9,
        task_queued_s=said.get("task_queued_ns", 0) / 1e9,
    )


def _awaits(row: Row) -> bool:
    """Whether its tasks are coroutines of their own."""
    return not row.cell.model.values.get("offload") and not any(BLOCKS_THE_LOOP in note for note in row.notes)


def _switch_interval_s(rows: Sequence[Row]) -> float:
    said = [record.resolved.get("switch_interval") for row in rows for record in row.counted.values()]
    return float(next(filter(None, said), SWITCH_INTERVAL_S))
