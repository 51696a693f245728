"""speedups paired in blocks → Fit: the law of scaling that so many points carry, and whether they lie on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from types import MappingProxyType
from typing import Literal

from ..standing import Block
from ..stats import (
    AMDAHL,
    GUSTAFSON,
    USL,
    Interval,
    Law,
    Points,
    medians,
    resampled_interval,
    scalability,
)

LawName = Literal["Amdahl", "Universal Scalability Law", "Gustafson"]

COUNTS_FOR_ONE = 3
"""The least number of worker counts, one worker included, for a law with one parameter."""
COUNTS_FOR_USL = 6
WORKERS_FOR_USL = 8


@dataclass(frozen=True, slots=True)
class Off:
    """A point that lies off its law by more than its interval and the margin allow."""

    workers: int
    measured: float
    law: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A law as it was fitted to blocks that hold all its points, up to `most_workers`.

    `parameters` are `serial share`, or `contention` and `coherency`, their intervals from refits to resampled blocks;
    `peak` is the number of workers with the largest speedup, infinite where the law has none. Where points are `off`
    the law does not hold, and neither does any of this. `scale` is the speedup that the law has for one worker.
    """

    law: LawName
    parameters: Mapping[str, Interval]
    peak: Interval | None
    most_workers: int
    blocks: int
    off: tuple[Off, ...]
    scale: float = 1.0

    def speedup(self, workers: float) -> float:
        """What the law has for so many workers; a number between two counts is a point of its curve."""
        values = [interval.estimate for interval in self.parameters.values()]
        if self.law == "Universal Scalability Law":
            return USL.speedup(tuple(value / self.scale for value in (1.0, *values)), workers)
        return (AMDAHL if self.law == "Amdahl" else GUSTAFSON).speedup(tuple(values), workers)


def fit_of(
    points: Mapping[int, Interval], logs: Mapping[int, Mapping[Block, float]], *, is_scaled: bool, margin: float
) -> Fit | None:
    """The law of these points (number of workers from 2 → speedup), None where they are too few for any.

    `logs` has ln speedup by number of workers and block. Only blocks with all points count, so that each can be
    resampled as a whole. `is_scaled` says that the work grows with the workers.
    """
    blocks = _whole_blocks({workers: logs[workers] for workers in points})
    if 1 + len(points) < COUNTS_FOR_ONE or not blocks:
        return None
    if is_scaled:
        return _with_one("Gustafson", GUSTAFSON, points, blocks, margin)
    if _carries_usl(points):
        return _with_usl(points, [{1: 0.0, **block} for block in blocks], margin)
    return _with_one("Amdahl", AMDAHL, points, blocks, margin)


def _whole_blocks(logs: Mapping[int, Mapping[Block, float]]) -> list[Points]:
    common = [block for block in next(iter(logs.values()), {}) if all(block in each for each in logs.values())]
    return [{workers: each[block] for workers, each in logs.items()} for block in common]


def _carries_usl(points: Mapping[int, Interval]) -> bool:
    """From 6 counts that reach 8 workers, or go past the peak."""
    return 1 + len(points) >= COUNTS_FOR_USL and (max(points) >= WORKERS_FOR_USL or _is_past_peak(points))


def _is_past_peak(points: Mapping[int, Interval]) -> bool:
    """Whether the most workers are slower than fewer by their whole intervals."""
    last = points[max(points)].high
    return last is not None and any(point.low is not None and point.low > last for point in points.values())


def _with_one(name: LawName, law: Law, points: Mapping[int, Interval], blocks: Sequence[Points], margin: float) -> Fit:
    fitted = law.fit(medians(blocks))
    refits = [share for (share,) in law.refits(blocks)]
    share = resampled_interval(fitted[0], refits, len(blocks))
    return Fit(
        name,
        MappingProxyType({"serial share": share}),
        None,
        max(points),
        len(blocks),
        _off(points, blocks, {workers: law.speedup(fitted, workers) for workers in points}, margin),
    )


def _with_usl(points: Mapping[int, Interval], blocks: Sequence[Points], margin: float) -> Fit:
    fitted = USL.fit(medians(blocks))
    known = scalability(fitted)
    refits = [scalability(one) for one in USL.refits(blocks)]
    return Fit(
        "Universal Scalability Law",
        MappingProxyType(
            {
                "contention": resampled_interval(known.contention, [one.contention for one in refits], len(blocks)),
                "coherency": resampled_interval(known.coherency, [one.coherency for one in refits], len(blocks)),
            }
        ),
        resampled_interval(known.peak, [one.peak for one in refits], len(blocks)),
        max(points),
        len(blocks),
        _off(points, blocks, {workers: USL.speedup(fitted, workers) for workers in points}, margin),
        known.scale,
    )


def _off(
    points: Mapping[int, Interval], blocks: Sequence[Points], curve: Mapping[int, float], margin: float
) -> tuple[Off, ...]:
    """The points whose whole interval, or below 6 blocks every block, lies beyond the margin about the law."""
    off = []
    for workers, point in points.items():
        low, high = point.low, point.high
        if low is None or high is None:
            values = [block[workers] for block in blocks]
            low, high = exp(min(values)), exp(max(values))
        if low > curve[workers] * (1 + margin) or high < curve[workers] / (1 + margin):
            off.append(Off(workers, point.estimate, curve[workers]))
    return tuple(off)
