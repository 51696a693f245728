"""numbers → spread: a standard deviation that a few wild numbers don't move."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

NORMAL = 1.4826
"""1 / z.75: makes the median deviation of normally distributed numbers their standard deviation."""


def robust_spread(values: Sequence[float]) -> float:
    """1.4826 times the median absolute deviation from the median (Hampel 1974); half of the numbers may be wild.

    Of logarithms it is a share: 0.03 is 3 %. Of few numbers it is biased low; none at all raises ValueError.
    """
    centre = median(values)
    return NORMAL * median(abs(value - centre) for value in values)
