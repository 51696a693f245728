"""number, its interval → text: as many digits as the interval carries, so that a diff shows what changed."""

from __future__ import annotations

from decimal import Decimal

from ..stats import Interval

FINEST = -9
"""No digit stands for less than a billionth: times are whole ns."""

SMALLER = (("ms", 1e3), ("µs", 1e6))
"""Units of times below a second, and how many of them a second has."""

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


def times(*seconds: float) -> list[str]:
    """Each time with its unit, which is that of the longest: `1.24 s`, `0.0160 s`; `95.4 µs`."""
    longest = max(seconds)
    fitting = (unit for unit in SMALLER if longest * unit[1] >= 1)
    name, scale = ("s", 1.0) if longest >= 1 or not longest else next(fitting, SMALLER[-1])
    return [f"{digits(value * scale)} {name}" for value in seconds]


def percent(share: float, decimals: int | None = None) -> str:
    """`3.1 %`; of a share that somebody has set, unless told otherwise, all its digits."""
    return f"{100 * share:.10g} %" if decimals is None else f"{100 * share:.{decimals}f} %"
