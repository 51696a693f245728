"""paired differences → what may be claimed of them: the exact signed-rank test, Holm's correction, equivalence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import ceil, log1p, log2
from statistics import NormalDist
from typing import Literal

from .estimators import LEAST, Interval

Claim = Literal["equivalent", "faster", "slower", "can't tell", "too few"]

ALPHA = 0.05
POWER = 0.8


def signed_rank_p(differences: Sequence[float], one_sided: bool = False) -> float:
    """P-value of Wilcoxon's signed-rank test that the differences are centred at 0 (Wilcoxon 1945; Pratt 1959).

    Exact: from the distribution of the sum of positive ranks over all 2ⁿ equally likely signs, given the ranks that
    were found, so that ties are no trouble. Zeros keep their ranks and add to neither side. Assumes independent
    differences, symmetric about their centre. `one_sided` tests against a centre above 0. The least p that n
    differences can give is 2/2ⁿ, or 1/2ⁿ; of none it is 1.
    """
    ranks = _doubled_ranks([abs(difference) for difference in differences])
    signed = [(rank, difference) for rank, difference in zip(ranks, differences, strict=True) if difference]
    positive = sum(rank for rank, difference in signed if difference > 0)
    ways = _ways(tuple(sorted(rank for rank, _ in signed)))
    cases: int = 1 << len(signed)
    above = sum(ways[positive:]) / cases
    return above if one_sided else min(1.0, 2 * min(above, sum(ways[: positive + 1]) / cases))


def _doubled_ranks(sizes: Sequence[float]) -> list[int]:
    """Twice the mean rank of each size from 1, which is whole where ties share one."""
    ordered = sorted(sizes)
    first = {size: index for index, size in reversed(list(enumerate(ordered)))}
    last = {size: index for index, size in enumerate(ordered)}
    return [first[size] + last[size] + 2 for size in sizes]


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


def claim(interval: Interval, adjusted_p: float, margin: float) -> Claim:
    """What may be said of ln speedup from its interval, its Holm-adjusted p-value and a margin (0.05 is 5 %).

    First equivalence, by inclusion of the interval in ± ln(1 + margin) (Schuirmann 1987, with a 95 % interval, so at
    2.5 % a side); then a difference, where both the test and the interval say so. Without an interval: too few.
    """
    if interval.low is None or interval.high is None:
        return "too few"
    bound = log1p(margin)
    if -bound <= interval.low and interval.high <= bound:
        return "equivalent"
    if adjusted_p < ALPHA and interval.low > 0:
        return "faster"
    if adjusted_p < ALPHA and interval.high < 0:
        return "slower"
    return "can't tell"


def smallest_effect(interval: Interval, comparisons: int) -> float | None:
    """The least ln speedup that so many blocks would have found in four of five tries, None without an interval.

    From the interval's half-width, which is z.975 standard errors where the estimate is about normal:
    (z of alpha/2 shared among the comparisons + z of the power) standard errors.
    """
    if interval.half_width is None:
        return None
    z = NormalDist().inv_cdf
    standard_error = interval.half_width / z(1 - ALPHA / 2)
    return (z(1 - ALPHA / 2 / comparisons) + z(POWER)) * standard_error


def needed_blocks(comparisons: int) -> int:
    """The least number of blocks at which a family of so many comparisons can have a claim at all: n with
    comparisons · 2/2ⁿ < alpha, since 2/2ⁿ is the least p that the exact test has; never fewer than carry an interval.
    """
    return max(LEAST, ceil(log2(2 * max(comparisons, 1) / ALPHA)))
