"""number, its interval → text: as many digits as the interval carries, so that a diff shows what changed."""

from __future__ import annotations

from decimal import Decimal

from ..stats import Interval

FINEST = -9
"""No digit stands for less than a billionth: times are whole ns."""

BRIEF = 0.01
"""Of a number, the half-width whose two digits make four of it at most."""


def digits(value: float | None, half_width: float | None = None) -> str:
    """Two digits of the half-width; three significant ones where there is none; empty for None. Never `1e-05`."""
    if value is None:
        return ""
    if not half_width:
        return f"{Decimal(f'{value:.2e}'):f}" if value else "0"
    last = max(Decimal(f"{half_width:.1e}").adjusted() - 1, FINEST)
    return f"{Decimal(repr(value)).quantize(Decimal((0, (1,), last))):f}"


def interval_digits(interval: Interval | None) -> tuple[str, str, str]:
    """Estimate, low and high, all to the same place; empty where there is nothing to say."""
    if interval is None:
        return "", "", ""
    width = interval.half_width
    return digits(interval.estimate, width), digits(interval.low, width), digits(interval.high, width)


def brief_digits(interval: Interval | None) -> tuple[str, str, str]:
    """The same for sentences and pages, of which nobody reads more than four digits: 3.989, not 3.98937."""
    if interval is None or not interval.half_width:
        return interval_digits(interval)
    width = max(interval.half_width, BRIEF * abs(interval.estimate))
    return digits(interval.estimate, width), digits(interval.low, width), digits(interval.high, width)
