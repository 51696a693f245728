"""numbers → Interval: estimators and their 95 % intervals.

Both intervals are exact and free of any assumption about the numbers' distribution beyond the one named; both need
6 numbers at least. Integer arithmetic serves, because importing scipy.stats takes a second. One of several comparisons
can have the wider interval that shares the 5 % among them (Bonferroni): all of these hold at once in 95 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import comb, sqrt
from statistics import NormalDist, median

ALPHA = 0.05
ONE_TAIL = 40
"""All cases over this are those that one tail may have: 2.5 %."""

LEAST = 6
"""The least count of numbers that carries a 95 % interval: of n, all lie on one side with probability 2/2ⁿ."""

EXACT_UP_TO = 150
"""From here on the signed-rank quantile is its large-sample approximation: the exact one takes n³ steps."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the 95 % interval around it; `low` and `high` are None where too few numbers carry none."""

    estimate: float
    low: float | None = None
    high: float | None = None

    @property
    def half_width(self) -> float | None:
        """Half the distance between the ends."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    @property
    def mirrored(self) -> Interval:
        """The same statement about the number with the other sign."""
        if self.low is None or self.high is None:
            return Interval(-self.estimate)
        return Interval(-self.estimate, -self.high, -self.low)

    def mapped(self, increasing: Callable[[float], float]) -> Interval:
        """The same statement about an increasing function of the number."""
        if self.low is None or self.high is None:
            return Interval(increasing(self.estimate))
        return Interval(increasing(self.estimate), increasing(self.low), increasing(self.high))


def hodges_lehmann(differences: Sequence[float], comparisons: int = 1) -> Interval:
    """Centre of paired differences: the median of their Walsh averages (xᵢ + xⱼ)/2, i ≤ j.

    The interval runs from the k-th smallest to the k-th largest Walsh average, k from the exact null distribution of
    Wilcoxon's signed-rank statistic (Hodges & Lehmann 1963; Hollander & Wolfe, Nonparametric Statistical Methods,
    section 3.3). Assumes independent differences that lie symmetrically about the centre; ties only widen it.
    Fewer than 6 differences carry no interval, nor do 9 as one of 13 comparisons; none at all raises ValueError.
    """
    return hodges_lehmann_of_each(differences, comparisons)[0]


def hodges_lehmann_of_each(differences: Sequence[float], *comparisons: int) -> list[Interval]:
    """`hodges_lehmann` as one of so many comparisons, for each of these numbers: the averages are the same."""
    ordered = sorted(differences)
    averages = sorted([a + b for index, a in enumerate(ordered) for b in ordered[index:]])
    return [between(averages, signed_rank_bound(len(ordered), count)).mapped(_half) for count in comparisons]


def median_interval(values: Sequence[float]) -> Interval:
    """Median with its binomial interval, from the k-th smallest to the k-th largest value.

    k from the exact binomial distribution with p = 1/2: n = 6 gives [min, max] at 96.9 % (David & Nagaraja, Order
    Statistics, section 7.1). Assumes independent values of one distribution, of any shape. Fewer than 6 values carry
    no interval; none at all raises ValueError.
    """
    return between(sorted(values), order_statistic_bound(len(values)))


@cache
def signed_rank_bound(count: int, comparisons: int = 1) -> int:
    """The largest k with P(T < k) ≤ 2.5 % / comparisons for the signed-rank statistic T of `count` differences; 0 where
    there is none."""
    if count > EXACT_UP_TO:
        return _large_sample_bound(count, comparisons)
    return _bound(_subset_sums(count), 2**count // (ONE_TAIL * comparisons))


@cache
def order_statistic_bound(count: int) -> int:
    """The largest k with P(B < k) ≤ 2.5 % for B binomial with `count` tosses of a fair coin; 0 where none."""
    return _bound([comb(count, heads) for heads in range(count + 1)], 2**count // ONE_TAIL)


def _bound(ways: Sequence[int], allowed: int) -> int:
    """How many of the smallest outcomes together have at most so many of the equally likely cases."""
    left = allowed
    for bound, cases in enumerate(ways):
        left -= cases
        if left < 0:
            return bound
    raise AssertionError("all outcomes together have all cases")


def _subset_sums(count: int) -> list[int]:
    """How many subsets of {1 … count} have the sum 0, 1, 2 … up to the middle: T's null distribution times 2^count."""
    ways = [1] + [0] * (count * (count + 1) // 4)
    for rank in range(1, count + 1):
        for total in range(len(ways) - 1, rank - 1, -1):
            ways[total] += ways[total - rank]
    return ways


def _large_sample_bound(count: int, comparisons: int) -> int:
    """Hollander & Wolfe, section 3.3, large-sample approximation; rounded to the wider interval."""
    spread = sqrt(count * (count + 1) * (2 * count + 1) / 24)
    return int(count * (count + 1) / 4 - NormalDist().inv_cdf(1 - ALPHA / 2 / comparisons) * spread)


def between(ordered: Sequence[float], bound: int) -> Interval:
    """Their median, and the bound-th from either end."""
    if not bound:
        return Interval(median(ordered))
    return Interval(median(ordered), ordered[bound - 1], ordered[-bound])


def _half(value: float) -> float:
    return value / 2
