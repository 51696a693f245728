"""rows → Scaling: how the batches of each model scale with its workers, by which law, and where laws are silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log
from typing import Literal

from ..child.models.table import MODELS
from ..matrix import Cell, shares_a_thread, work_of
from ..matrix.cells import canonical
from ..standing import Block
from ..stats import LEAST, Interval, asymptotic_bound, hodges_lehmann, karp_flatt
from ..summary import Row
from .claims import gets_verdict
from .laws import Fit, fit_of

Logs = Mapping[Block, float]
"""Block → ln of something."""

FULL = 1.1
"""Demand of the cores, as a share of them, up to which they count as enough: CPU time over time is no exact figure."""


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured with so many workers, over one worker; what it can be at most; whether a law may use it.

    `karp_flatt` is the serial share that was met, None where the work grows with the workers. `bound` is None where
    CPU time or cores are unknown; `exceeds` says that the whole interval lies above it, by more than the margin.
    `carried` says that the CPU time of so many workers fits the usable cores, and that each of them had a task.
    """

    workers: int
    speedup: Interval
    karp_flatt: Interval | None
    bound: float | None
    exceeds: bool
    carried: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one worker needs of a core (CPU time over time, None where unknown), how many cores can be used, and how
    many workers can have CPU time at once."""

    demand: float | None
    cpus: int
    servers: int

    @property
    def carries(self) -> float:
        """The most workers whose demand fits the cores; where it is unknown, one for each."""
        if self.demand is None:
            return self.cpus
        return self.cpus * FULL / self.demand if self.demand else inf

    def bound(self, workers: int) -> float | None:
        """The largest possible speedup of so many workers; None where the demand is unknown."""
        return None if self.demand is None else asymptotic_bound(workers, self.servers, self.demand)


@dataclass(frozen=True, slots=True)
class Scaling:
    """A model on a piece of work: its points beyond one worker, and the law that they follow, if they are enough.

    `over` is what had one worker: the model itself, or serial where that was not measured. `batch` is `cold` where
    some cell has no further batch: then the first is used for all. `capacity` speaks of one worker of `over`. A point
    of fewer than 6 blocks, such as of a dropped cell, is no part of the law where others have more.
    """

    row: Row
    over: Row
    batch: Literal["steady", "cold"]
    capacity: Capacity
    points: tuple[Point, ...]
    fit: Fit | None


def scalings(rows: Sequence[Row], cpus: int, margin: float) -> tuple[Scaling, ...]:
    """One for each model on each piece of work that was measured with one worker and with more.

    `cpus` are the usable cores; a point is off its law, or above its bound, by more than `margin` (0.05 is 5 %).
    """
    works: dict[str, list[Row]] = {}
    for row in rows:
        if gets_verdict(row) and row.counted:
            works.setdefault(work_of(row.cell), []).append(row)
    found = [_scaling(model, work, cpus, margin) for work in works.values() for model in _by_model(work)]
    return tuple(one for one in found if one)


def demand(row: Row) -> float | None:
    """CPU time over time of a row's batches: how much of a core one worker needs."""
    return row.figures.cpu_per_wall if row.figures else None


def _by_model(rows: Sequence[Row]) -> list[dict[int, Row]]:
    """Number of workers → row, for each model that has workers."""
    models: dict[str, dict[int, Row]] = {}
    for row in rows:
        if not _ignores_workers(row.cell):
            name = canonical([row.cell.model.name, dict(row.cell.model.swept)])
            models.setdefault(name, {}).setdefault(row.cell.workers, row)
    return list(models.values())


def _ignores_workers(cell: Cell) -> bool:
    kind = MODELS.get(cell.model.kind)
    return kind is not None and kind.ignores_workers


def _scaling(model: Mapping[int, Row], work: Sequence[Row], cpus: int, margin: float) -> Scaling | None:
    over = model.get(1) or next((row for row in work if _ignores_workers(row.cell)), None)
    more = [model[workers] for workers in sorted(model) if workers > 1]
    if over is None or not more:
        return None
    batch: Literal["steady", "cold"] = "steady" if all(map(_is_steady, [over, *more])) else "cold"
    capacity = Capacity(demand(over), cpus, _servers(more[0], cpus))
    before = _times(over, batch)
    paired = {row.cell.workers: _speedups(before, _times(row, batch)) for row in more}
    points = tuple(_point(row, paired[row.cell.workers], capacity, margin) for row in more if paired[row.cell.workers])
    if not points:
        return None
    enough = min(LEAST, max(map(len, paired.values())))
    usable = {p.workers: p.speedup for p in points if p.carried and len(paired[p.workers]) >= enough}
    fit = fit_of(usable, paired, is_scaled=not _is_fixed_work(over.cell), margin=margin)
    return Scaling(more[0], over, batch, capacity, points, fit)


def _is_steady(row: Row) -> bool:
    return all(record.steady_ns for record in row.counted.values())


def _times(row: Row, batch: Literal["steady", "cold"]) -> dict[Block, float]:
    """Block → ln of a batch's ns a task, in the order of the blocks."""
    times = {
        block: (record.steady_ns if batch == "steady" else record.cold_ns, record.tasks or 1)
        for block, record in sorted(row.counted.items())
    }
    return {block: log(ns / tasks) for block, (ns, tasks) in times.items() if ns}


def _speedups(before: Logs, after: Logs) -> dict[Block, float]:
    return {block: before[block] - after[block] for block in before if block in after}


def _is_fixed_work(cell: Cell) -> bool:
    """Whether a batch is what Amdahl speaks of: the same tasks for any number of workers, or one round of one task for
    each, whose tasks a second grow as the speedup of fixed work does."""
    return cell.tasks_per_worker in (None, 1)


def _point(row: Row, logs: Logs, capacity: Capacity, margin: float) -> Point:
    workers = row.cell.workers
    speedup = hodges_lehmann(list(logs.values())).mapped(exp)
    bound = capacity.bound(workers)
    return Point(
        workers=workers,
        speedup=speedup,
        karp_flatt=_share_met(speedup, workers) if _is_fixed_work(row.cell) else None,
        bound=bound,
        exceeds=bound is not None and speedup.low is not None and speedup.low > bound * (1 + margin),
        carried=workers <= min(capacity.carries, row.tasks or workers),
    )


def _servers(row: Row, cpus: int) -> int:
    """How many workers can have CPU time at once: one in an event loop or under the GIL, else as many as cores."""
    return 1 if shares_a_thread(row.cell.model) or row.gil in ("shared", "re-enabled") else cpus


def _share_met(speedup: Interval, workers: int) -> Interval:
    """A larger speedup is a smaller share."""
    if speedup.low is None or speedup.high is None:
        return Interval(karp_flatt(speedup.estimate, workers))
    return Interval(*(karp_flatt(value, workers) for value in (speedup.estimate, speedup.high, speedup.low)))
