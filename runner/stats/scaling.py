"""numbers of workers, speedups → laws of scaling: their parameters, the intervals of these, and bounds.

A law is fitted by least squares on the scale of ln speedup, so that relative errors count alike wherever they are. All
laws here are linear in their parameters once the speedup is held against the number of workers, so a few steps of
Gauss–Newton serve; importing SciPy for them would take a second.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import exp, inf, log, sqrt
from operator import add, itemgetter, mul
from statistics import NormalDist, median

from .estimators import LEAST, Interval

RESAMPLES = 499
STEPS = 100
TOLERANCE = 1e-13
SMALLEST = 1e-9
"""A curve stays above this: its logarithm is taken. A parameter that is not is 0."""

Vector = tuple[float, ...]
Points = Mapping[int, float]
"""Number of workers → ln speedup."""


@dataclass(frozen=True, slots=True)
class Law:
    """A curve c(N) = offset + Σ parameter · feature(N) ≥ 0 with parameters from 0 to `most`.

    c is workers over speedup, or where `inverse` speedup over workers.
    """

    features: Callable[[float], Vector]
    offset: float
    most: float
    inverse: bool = False

    def speedup(self, parameters: Vector, workers: float) -> float:
        """The speedup that the law has for so many workers."""
        curve = self._curve(parameters, self.features(workers))
        return workers * curve if self.inverse else workers / curve

    def fit(self, points: Points) -> Vector:
        """The parameters nearest to the points, relative errors alike.

        As many points as parameters are needed at least, and do not tell whether the law holds; a law with one
        parameter says nothing of one worker. Raises ValueError for points that do not decide on the parameters.
        """
        logs = self._logs(points)
        curve = [exp(value) for value in logs]
        found = self._step(points, curve)(logs)
        for _ in range(STEPS):
            curve = [self._curve(found, self.features(workers)) for workers in points]
            before, found = found, self._step(points, curve)(logs)
            if all(abs(new - old) <= TOLERANCE * max(1.0, abs(old)) for new, old in zip(found, before, strict=True)):
                break
        return found

    def refits(self, blocks: Sequence[Points]) -> list[Vector]:
        """Parameters for the medians of each resample of whole blocks, all of which hold the same numbers of workers.

        From the fit to all blocks one step of Gauss–Newton leads to each (Davidson & MacKinnon 1999): of the order of
        the squared noise from the end of the way. The draws depend on the number of blocks alone. Fewer than 6 blocks
        have no resamples that could say anything.
        """
        if len(blocks) < LEAST:
            return []
        points = medians(blocks)
        fitted = self.fit(points)
        step = self._step(points, [self._curve(fitted, self.features(workers)) for workers in points])
        columns = [self._logs_of(workers, [block[workers] for block in blocks]) for workers in points]
        return [step([_middle(sorted(draw(column))) for column in columns]) for draw in _draws(len(blocks))]

    def _curve(self, parameters: Vector, features: Vector) -> float:
        linear = self.offset + _dot(parameters, features)
        return max(SMALLEST, linear)

    def _logs(self, points: Points) -> list[float]:
        return [self._logs_of(workers, [value])[0] for workers, value in points.items()]

    def _logs_of(self, workers: int, values: Iterable[float]) -> list[float]:
        """ln c where ln speedup was measured."""
        sign = 1 if self.inverse else -1
        return [sign * (value - log(workers)) for value in values]

    def _step(self, points: Points, curve: Sequence[float]) -> Callable[[Sequence[float]], Vector]:
        """ln c as measured → parameters, with ln c made linear about a curve."""
        rows = [
            tuple(value / at for value in self.features(workers)) for workers, at in zip(points, curve, strict=True)
        ]
        shifts = [1 - self.offset / at - log(at) for at in curve]
        solve = _nonnegative(rows)

        def step(logs: Sequence[float]) -> Vector:
            return tuple([min(self.most, value) for value in solve(list(map(add, logs, shifts)))])

        return step


AMDAHL = Law(lambda workers: (workers - 1.0,), offset=1.0, most=1.0)
"""S = N / (1 + σ(N − 1)): a share σ of the work can't be shared out (Amdahl 1967). Assumes that the work stays the
same, that the rest is shared out evenly, and that workers cost nothing. Parameter: (σ,)."""

GUSTAFSON = Law(lambda workers: ((1.0 - workers) / workers,), offset=1.0, most=1.0, inverse=True)
"""S = N − s(N − 1): a share s of each run's time is serial while the work grows with the workers (Gustafson 1988).
Only of weak scaling, S being the ratio of tasks a second. Parameter: (s,)."""

USL = Law(lambda workers: (1.0, workers - 1.0, workers * (workers - 1.0)), offset=0.0, most=inf)
"""X = λN / (1 + σ(N − 1) + κN(N − 1)): the Universal Scalability Law (Gunther 1993), with contention σ and the price κ
of keeping workers coherent. Parameters: (1/λ, σ/λ, κ/λ); `scalability` has λ, σ and κ."""


@dataclass(frozen=True, slots=True)
class Scalability:
    """Parameters of the Universal Scalability Law; `scale` is the speedup that it has for one worker."""

    scale: float
    contention: float
    coherency: float

    @property
    def peak(self) -> float:
        """N* = √((1 − σ)/κ), the number of workers with the largest speedup; infinite where there is none."""
        free = max(0.0, 1 - self.contention)
        return sqrt(free / self.coherency) if self.coherency else inf


def scalability(parameters: Vector) -> Scalability:
    """λ, σ and κ from USL's linear parameters; what arithmetic leaves of nothing is nothing."""
    scale = 1 / max(parameters[0], SMALLEST)
    contention, coherency = (value * scale if value > SMALLEST else 0.0 for value in parameters[1:])
    return Scalability(scale, contention, coherency)


def karp_flatt(speedup: float, workers: int) -> float:
    """e = (1/S − 1/N) / (1 − 1/N), the serial share that was met with N workers (Karp & Flatt 1990).

    It grows with N where overhead does, and is below 0 where the speedup is above N. Needs two workers at least.
    """
    return (1 / speedup - 1 / workers) / (1 - 1 / workers)


def asymptotic_bound(workers: int, servers: float, demand: float) -> float:
    """The largest possible speedup: min(N, servers / demand) (Denning & Buzen 1978, bottleneck analysis).

    `demand` is the time that one worker's batch needs of a resource over the batch's time, and `servers` how many can
    be given at once: CPU time of the usable cores, or of the one thread that holds the GIL or is the event loop.
    Assumes that a task demands the same however many workers there are. Never below the 1 that one worker had.
    """
    return max(1.0, min(float(workers), servers / demand if demand > 0 else inf))


def medians(blocks: Sequence[Points]) -> dict[int, float]:
    """Number of workers → median over blocks that all hold the same ones. Raises ValueError for no blocks."""
    if not blocks:
        raise ValueError("no blocks")
    return {workers: median(block[workers] for block in blocks) for workers in blocks[0]}


def resampled_interval(estimate: float, refits: Sequence[float], blocks: int) -> Interval:
    """The 95 % interval of something that was refitted to resampled blocks; below 6 blocks there is none.

    The expanded percentile interval (Hesterberg 2014, What Teachers Should Know about the Bootstrap, arXiv:1411.5279):
    from few blocks plain percentiles are too narrow by √((n − 1)/n) and by normal instead of t quantiles.
    """
    if blocks < LEAST or not refits:
        return Interval(estimate)
    ordered = sorted(refits)
    tail = NormalDist().cdf(-_t_quantile(blocks - 1) * sqrt(blocks / (blocks - 1)))
    place = max(1, int(tail * (len(ordered) + 1)))
    return Interval(estimate, min(estimate, ordered[place - 1]), max(estimate, ordered[-place]))


def _t_quantile(freedom: int) -> float:
    """97.5 % of Student's t, to 0.003 from 5 degrees of freedom on (Abramowitz & Stegun 1964, 26.7.5)."""
    z = NormalDist().inv_cdf(0.975)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


@cache
def _draws(count: int) -> list[Callable[[Sequence[float]], Sequence[float]]]:
    """How each resample picks its blocks among so many."""
    source = random.Random(count)
    return [itemgetter(*source.choices(range(count), k=count)) for _ in range(RESAMPLES)]


def _middle(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _nonnegative(rows: Sequence[Vector]) -> Callable[[Sequence[float]], Vector]:
    """Targets → parameters, none below 0, with the least squares of rows · parameters − targets.

    With at most 3 parameters each choice of those above 0 is tried, the largest first: if none of all is below 0 they
    are the answer, since the problem is convex.
    """
    width = len(rows[0]) if rows else 1
    if len(rows) < width:
        raise ValueError(f"{len(rows)} points do not decide on {width} parameters")
    choices = [face for size in range(width, 0, -1) for face in combinations(range(width), size)]
    solvers = {face: _least_squares([[row[column] for column in face] for row in rows]) for face in choices}

    def solve(targets: Sequence[float]) -> Vector:
        whole = [_dot(line, targets) for line in solvers[choices[0]]]
        if min(whole) >= 0:
            return tuple(whole)
        tried = [_on_face(face, solvers[face], targets, width) for face in choices[1:]]
        feasible = [found for found in tried if min(found) >= 0] or [(0.0,) * width]
        return min(feasible, key=lambda found: _misfit(rows, found, targets))

    return solve


def _on_face(face: Sequence[int], solver: Sequence[Sequence[float]], targets: Sequence[float], width: int) -> Vector:
    found = [0.0] * width
    for column, line in zip(face, solver, strict=True):
        found[column] = _dot(line, targets)
    return tuple(found)


def _misfit(rows: Sequence[Vector], parameters: Vector, targets: Sequence[float]) -> float:
    return sum((_dot(row, parameters) - target) ** 2 for row, target in zip(rows, targets, strict=True))


def _dot(left: Iterable[float], right: Iterable[float]) -> float:
    total: float = sum(map(mul, left, right))
    return total


def _least_squares(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """(RᵀR)⁻¹Rᵀ by Gauss–Jordan, which a symmetric matrix above 0 lets do without pivoting."""
    columns = list(zip(*rows, strict=True))
    lines = [[*(_dot(a, b) for b in columns), *a] for a in columns]
    for pivot, line in enumerate(lines):
        scale = line[pivot]
        if not scale:
            raise ValueError("the points do not decide on the parameters")
        line[:] = [value / scale for value in line]
        for other in lines:
            if other is not line:
                factor = other[pivot]
                other[:] = [value - factor * known for value, known in zip(other, line, strict=True)]
    return [line[len(columns) :] for line in lines]
