"""k of n → what share it may be: the exact binomial interval, and the chance of as many at a given share."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p

from .estimators import ALPHA, Interval

STEPS = 60
"""Halvings of [0, 1]: more than a float can tell apart."""


def at_least(successes: int, trials: int, share: float) -> float:
    """Probability of so many successes or more in independent trials that succeed with probability `share`.

    The sum of the shorter tail: its terms only fall, each by its ratio to the one before, until they no longer count.
    """
    if successes <= 0:
        return 1.0
    if successes > trials or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    if successes > share * trials:
        return _tail(successes, trials, share)
    return 1 - _tail(trials - successes + 1, trials, 1 - share)


def _tail(successes: int, trials: int, share: float) -> float:
    """The same from the mean up. The first term is taken from logarithms: C(1030, 515) is more than a float can hold."""
    ways = lgamma(trials + 1) - lgamma(successes + 1) - lgamma(trials - successes + 1)
    term = exp(ways + successes * log(share) + (trials - successes) * log1p(-share))
    total = 0.0
    for k in range(successes, trials + 1):
        if total + term == total:
            break
        total += term
        term *= (trials - k) / (k + 1) * share / (1 - share)
    return total


def proportion_interval(successes: int, trials: int) -> Interval:
    """k / n with its exact 95 % interval (Clopper & Pearson 1934), which holds the true share in 95 % of cases or more.

    Assumes independent trials. No trials at all raise ZeroDivisionError.
    """
    tail = ALPHA / 2
    low = _root(lambda share: at_least(successes, trials, share) > tail) if successes else 0.0
    high = _root(lambda share: at_least(successes + 1, trials, share) >= 1 - tail) if successes < trials else 1.0
    return Interval(successes / trials, low, high)


def _root(is_above: Callable[[float], bool]) -> float:
    """Where a condition that holds from some share on begins to."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_above(middle) else (middle, high)
    return high
