"""paired differences → what may be claimed of them: the exact signed-rank test, Holm's correction, equivalence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import ceil, log1p, log2, sqrt
from statistics import NormalDist
from typing import Literal

from .estimators import ALPHA, EXACT_UP_TO, LEAST, Interval
from .ranks import doubled_ranks

Claim = Literal["equivalent", "faster", "slower", "can't tell", "too few"]

POWER = 0.8


def signed_rank_p(differences: Sequence[float], one_sided: bool = False) -> float:
    """P-value of Wilcoxon's signed-rank test that the differences are centred at 0 (Wilcoxon 1945; Pratt 1959).

    From the distribution of the sum of positive ranks over all 2ⁿ equally likely signs, given the ranks that were
    found, so that ties are no trouble: exactly up to 150 differences, beyond by its normal approximation. Zeros keep
    their ranks and add to neither side. Assumes independent differences, symmetric about their centre. `one_sided`
    tests against a centre above 0. The least p that n differences can give is 2/2ⁿ, or 1/2ⁿ; of none it is 1.
    """
    ranks = doubled_ranks([abs(difference) for difference in differences])
    signed = [(rank, difference) for rank, difference in zip(ranks, differences, strict=True) if difference]
    positive = sum(rank for rank, difference in signed if difference > 0)
    tails = _exact_tails if len(signed) <= EXACT_UP_TO else _normal_tails
    below, above = tails(tuple(sorted(rank for rank, _ in signed)), positive)
    return above if one_sided else min(1.0, 2 * min(below, above))


def _exact_tails(ranks: tuple[int, ...], found: int) -> tuple[float, float]:
    """The shares of all choices among the ranks whose sum is at most, and at least, the one found."""
    ways = _ways(ranks)
    cases: int = 1 << len(ranks)
    return sum(ways[: found + 1]) / cases, sum(ways[found:]) / cases


def _normal_tails(ranks: tuple[int, ...], found: int) -> tuple[float, float]:
    """The same, about: each rank is in or out, so the sum has half of them all as its mean and a quarter of their
    squares as its variance, whatever is tied. Half a rank, here 1, corrects for continuity."""
    normal = NormalDist(sum(ranks) / 2, sqrt(sum(rank * rank for rank in ranks)) / 2)
    return normal.cdf(found + 1), normal.cdf(sum(ranks) - found + 1)


@cache
def _ways(ranks: tuple[int, ...]) -> list[int]:
    """How many of the 2ⁿ choices among the ranks have the sum 0, 1, 2 …"""
    ways = [1] + [0] * sum(ranks)
    reached = 0
    for rank in ranks:
        reached += rank
        for total in range(reached, rank - 1, -1):
            ways[total] += ways[total - rank]
    return ways


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number, in their order (Holm 1979): the family-wise error stays below alpha.

    The i-th smallest of m is multiplied by m − i + 1, made no smaller than those before it, and at most 1.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def claim(interval: Interval, adjusted_p: float, margin: float, smallest_effect: float | None) -> Claim:
    """What may be said of ln speedup from its interval, its Holm-adjusted p-value and a margin (0.05 is 5 %).

    First equivalence, by inclusion of the interval in ± ln(1 + margin) (Schuirmann 1987, with a 95 % interval, so at
    2.5 % a side); then a difference, where both the test and the interval say so. Without an interval, or without an
    effect that could show among so many comparisons: too few.
    """
    if interval.low is None or interval.high is None:
        return "too few"
    if is_equivalent(interval, margin):
        return "equivalent"
    if adjusted_p < ALPHA and interval.low > 0:
        return "faster"
    if adjusted_p < ALPHA and interval.high < 0:
        return "slower"
    return "too few" if smallest_effect is None else "can't tell"


def is_equivalent(interval: Interval, margin: float) -> bool:
    """Whether an interval of ln ratios lies within ± ln(1 + margin); one without ends lies nowhere."""
    bound = log1p(margin)
    return interval.low is not None and interval.high is not None and -bound <= interval.low and interval.high <= bound


def smallest_effect(shared: Interval, comparisons: int) -> float | None:
    """The least ln speedup that so many blocks would have found in four of five tries, None where they could find none.

    `shared` is the interval that shares the 5 % among all comparisons: it leaves out 0 exactly where the test rejects
    at such a level. So the effect is its half-width, and z of the power times the standard error, which is the
    half-width over z of the level where the estimate is about normal.
    """
    if shared.half_width is None:
        return None
    z = NormalDist().inv_cdf
    return shared.half_width * (1 + z(POWER) / z(1 - ALPHA / 2 / comparisons))


def needed_blocks(comparisons: int, one_sided: bool = False) -> int:
    """The least number of blocks at which a family of so many comparisons can have a claim at all: n with
    comparisons · 2/2ⁿ < alpha, since 2/2ⁿ is the least p that the exact test has; never fewer than carry an interval.
    One-sided the least p is 1/2ⁿ: the best of a work takes a block less.
    """
    return max(LEAST, ceil(log2((1 if one_sided else 2) * max(comparisons, 1) / ALPHA)))
