"""times of two → Claim: how pyperf, asv, hyperfine and Runmatrix decide between them, from their published definitions.

Written anew after what pyperf 2.10, asv 0.6.6 and hyperfine (its relative speeds) do. Each takes the baseline's times
and the other's, in s, in the order in which they were measured, and says what the other is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import comb, log, sqrt
from statistics import fmean, median, stdev, variance

from runner.stats import Claim, claim, hodges_lehmann, signed_rank_p, smallest_effect

Recipe = Callable[[Sequence[float], Sequence[float]], Claim]

T_18 = 2.101
"""Student's t, 95 %, two-tailed, at 18 degrees of freedom: ten values each, to the digits of pyperf's table."""

ASV_P = 0.002


def pyperf(baseline: Sequence[float], own: Sequence[float]) -> Claim:
    """`pyperf compare_to`: Student's t of two samples with pooled variance. Ten values each."""
    if not len(baseline) == len(own) == 10:
        raise ValueError("the critical value is that of ten values each")
    error = sqrt((variance(baseline) + variance(own)) / len(own))
    difference = fmean(own) - fmean(baseline)
    return _direction(difference) if abs(difference) >= T_18 * error else "can't tell"


def asv(baseline: Sequence[float], own: Sequence[float], factor: float = 1.1) -> Claim:
    """`asv continuous` and `asv compare`: Mann and Whitney's U at p < 0.002, and medians apart by the factor.

    Where there are too few samples for such a p, asv asks that the medians' 99 % intervals don't overlap, and of a
    single sample for the factor alone. Neither arises with its default of ten samples, so neither is here.
    """
    if mann_whitney_p(baseline, own) >= ASV_P:
        return "can't tell"
    before, after = median(baseline), median(own)
    return _direction(after - before) if max(before, after) > factor * min(before, after) else "can't tell"


def hyperfine(baseline: Sequence[float], own: Sequence[float]) -> Claim:
    """hyperfine's "1.05 ± 0.02 times faster", read as a difference where 1 lies outside.

    The slower mean over the faster, ± the standard deviations of single runs, propagated. hyperfine itself prints
    the figures and leaves the reading to people; Welch's test is one of its scripts, to be run afterwards.
    """
    means = fmean(baseline), fmean(own)
    ratio = max(means) / min(means)
    spread = ratio * sqrt((stdev(baseline) / means[0]) ** 2 + (stdev(own) / means[1]) ** 2)
    return _direction(means[1] - means[0]) if ratio - spread > 1 else "can't tell"


def runmatrix(baseline: Sequence[float], own: Sequence[float], margin: float = 0.05) -> Claim:
    """Ours: of times paired by block, the exact signed-rank test and interval, and equivalence within the margin."""
    differences = [log(before / after) for before, after in zip(baseline, own, strict=True)]
    interval = hodges_lehmann(differences)
    return claim(interval, signed_rank_p(differences), margin, smallest_effect(interval, 1))


def _direction(difference: float) -> Claim:
    return "slower" if difference > 0 else "faster"


def mann_whitney_p(one: Sequence[float], other: Sequence[float]) -> float:
    """Exact two-sided p-value of Mann and Whitney's U (1947), for times without ties."""
    above = sum(a > b for a in one for b in other)
    rarest = min(above, len(one) * len(other) - above)
    return min(1.0, 2 * sum(_ways(len(one), len(other))[: rarest + 1]) / comb(len(one) + len(other), len(one)))


@cache
def _ways(first: int, second: int) -> list[int]:
    """In how many orders of so many and so many U is 0, 1, 2 …: the largest is one of the first, or it isn't."""
    if not first or not second:
        return [1]
    ways = [0] * (first * second + 1)
    for u, count in enumerate(_ways(first - 1, second)):
        ways[u + second] += count
    for u, count in enumerate(_ways(first, second - 1)):
        ways[u] += count
    return ways
