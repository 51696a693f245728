"""two independent samples → the shift between them: its Hodges–Lehmann estimate, exact interval and exact test.

Both rest on one assumption: independent numbers whose distributions differ in their place alone. For numbers that
belong together in pairs there are sharper ones: `hodges_lehmann` and `signed_rank_p`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate, groupby
from math import comb, sqrt
from statistics import NormalDist

from .estimators import ALPHA, ONE_TAIL, Interval, between
from .ranks import doubled_ranks

EXACT_UP_TO = 100
"""Numbers in both samples together. Beyond, the normal approximation with corrections for ties and continuity, which
there is within a twentieth of any p from 0.01 on; the exact one takes their fourth power in steps."""


def shift(before: Sequence[float], after: Sequence[float], comparisons: int = 1) -> Interval:
    """How much larger `after` is: the median of all differences after − before (Hodges & Lehmann 1963).

    The interval runs from the k-th smallest to the k-th largest difference, k from the exact null distribution of the
    Mann–Whitney statistic (Hollander & Wolfe, Nonparametric Statistical Methods, section 4.3); ties only widen it.
    4 and 4 numbers are the least that carry one, 3 need 5; fewer carry none. One of several `comparisons` has the
    interval that shares the 5 % among them. An empty sample raises ValueError.
    """
    if not before or not after:
        raise ValueError("an empty sample has no shift")
    differences = sorted([new - old for new in after for old in before])
    few, many = sorted((len(before), len(after)))
    return between(differences, mann_whitney_bound(few, many, comparisons))


def mann_whitney_p(before: Sequence[float], after: Sequence[float], one_sided: bool = False) -> float:
    """P-value of the Mann–Whitney test that neither sample is larger (Wilcoxon 1945; Mann & Whitney 1947).

    Exact: from the distribution of the rank sum of `after` over all equally likely ways to share out the mean ranks
    that were found, so that ties are no trouble. `one_sided` tests that `after` is larger. Two-sided it is twice the
    smaller side, and at most 1. The least p of m and n numbers is 2/C(m+n, n); of an empty sample it is 1.
    """
    if not before or not after:
        return 1.0
    ranks = doubled_ranks([*before, *after])
    found = sum(ranks[len(before) :])
    tails = _exact_tails if len(ranks) <= EXACT_UP_TO else _normal_tails
    below, above = tails(tuple(sorted(ranks)), len(after), found)
    return above if one_sided else min(1.0, 2 * min(below, above))


@cache
def mann_whitney_bound(count: int, other: int, comparisons: int = 1) -> int:
    """The largest k with P(U < k) < 2.5 % / comparisons for the Mann–Whitney statistic U of so many numbers; 0 where
    there is none."""
    if count + other > EXACT_UP_TO:
        spread = sqrt(count * other * (count + other + 1) / 12)
        return max(0, int(count * other / 2 - NormalDist().inv_cdf(1 - ALPHA / 2 / comparisons) * spread))
    ways = _ways(tuple(range(1, count + other + 1)), count)[count * (count + 1) // 2 :]
    allowed = (comb(count + other, count) - 1) // (ONE_TAIL * comparisons)
    return next(bound for bound, cases in enumerate(accumulate(ways)) if cases > allowed)


def _exact_tails(ranks: tuple[int, ...], chosen: int, found: int) -> tuple[float, float]:
    """The shares of all choices of so many ranks whose sum is at most, and at least, the one found."""
    ways = _ways(ranks, chosen)
    cases = comb(len(ranks), chosen)
    return sum(ways[: found + 1]) / cases, sum(ways[found:]) / cases


@lru_cache(maxsize=256)
def _ways(ranks: tuple[int, ...], chosen: int) -> list[int]:
    """How many choices of so many of the ranks have the sum 0, 1, 2 …

    All numbers of one size of choice are the digits of one integer, in a base that none can reach: adding a rank to
    every choice is then one shift, and the whole distribution takes `len(ranks) · chosen` additions.
    """
    digit_bytes = len(ranks) // 8 + 1
    choices = [1] + [0] * chosen
    for count, rank in enumerate(ranks, 1):
        for size in range(min(count, chosen), 0, -1):
            choices[size] += choices[size - 1] << (8 * digit_bytes * rank)
    digits = choices[chosen].to_bytes((sum(ranks[-chosen:]) + 1) * digit_bytes, "little")
    return [
        int.from_bytes(digits[start : start + digit_bytes], "little") for start in range(0, len(digits), digit_bytes)
    ]


def _normal_tails(ranks: tuple[int, ...], chosen: int, found: int) -> tuple[float, float]:
    """The same, about (Hollander & Wolfe, section 4.1, large-sample approximation, ties)."""
    total = len(ranks)
    ties = sum(count**3 - count for count in (len(list(alike)) for _, alike in groupby(ranks)))
    variance = chosen * (total - chosen) / 12 * (total + 1 - ties / (total * (total - 1)))
    if not variance:
        return 1.0, 1.0  # all numbers are equal
    distance, half = (found - chosen * (total + 1)) / 2, 0.5  # ranks are doubled, sums of ranks are not
    normal = NormalDist(0, sqrt(variance))
    return normal.cdf(distance + half), 1 - normal.cdf(distance - half)
