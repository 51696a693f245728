"""Text or number → number: "60 s", "64 KiB", "2%", "3x" in seconds, bytes, as share and factor."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from .messages import did_you_mean, quoted

_WRITTEN = re.compile(r"\s*([-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,4})?)\s*([^\s0-9.]*)\s*")
_MOST_CHARACTERS = 100

_SECONDS = {
    "": Decimal(1),
    "ns": Decimal("1e-9"),
    "us": Decimal("1e-6"),
    "\N{MICRO SIGN}s": Decimal("1e-6"),
    "\N{GREEK SMALL LETTER MU}s": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
}
_BYTES = {
    "": Decimal(1),
    "B": Decimal(1),
    "kB": Decimal(1000),
    "MB": Decimal(1000**2),
    "GB": Decimal(1000**3),
    "KiB": Decimal(1024),
    "MiB": Decimal(1024**2),
    "GiB": Decimal(1024**3),
}
_SHARE = {"": Decimal(1), "%": Decimal("0.01")}
_FACTOR = {"": Decimal(1), "x": Decimal(1)}


class QuantityError(ValueError):
    """A value is no such quantity; the text says what would be."""


def seconds(value: object) -> float:
    """A duration in seconds."""
    return _number(value, _SECONDS, 'a duration: write seconds, or a text like "60 s" or "5 ms"')


def size(value: object) -> int:
    """A size in whole bytes."""
    number = _number(value, _BYTES, 'a size: write bytes, or a text like "64 KiB"')
    if not number.is_integer():
        raise QuantityError(f"{quoted(value)} is no whole number of bytes")
    return int(number)


def share(value: object) -> float:
    """A part of a whole, 0 to 1."""
    number = _number(value, _SHARE, 'a share: write a number from 0 to 1, or a text like "2%"')
    if number > 1:
        raise QuantityError(f'{quoted(value)} is more than the whole: a share goes from 0 to 1, and 2 percent is "2%"')
    return number


def tolerance(value: object) -> float:
    """How far apart two numbers may be, as a part of them."""
    return _number(value, _SHARE, "a tolerance: write a number such as 1e-6")


def factor(value: object) -> float:
    """How many times as much."""
    return _number(value, _FACTOR, 'a factor: write a number, or a text like "3x"')


def count(value: object) -> int:
    """A whole number from 1 on; `1e6` is one."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not isinstance(value, int | float) or not whole:
        raise QuantityError(f"{quoted(value)} is no count: write a whole number from 1 on")
    if value < 1:
        raise QuantityError(f"{quoted(value)} is too small: a count is 1 or more")
    return int(value)


def same_number(text: str, number: float) -> bool:
    """Whether a text, in whichever unit, says this number."""
    for units in (_SECONDS, _BYTES, _SHARE, _FACTOR):
        try:
            if _number(text, units, "a number") == number:
                return True
        except QuantityError:
            continue
    return False


def _number(value: object, units: dict[str, Decimal], expected: str) -> float:
    if isinstance(value, str):
        number = _parsed(value, units, expected)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = _as_float(value)
    else:
        raise QuantityError(f"{quoted(value)} is not {expected}")
    if not math.isfinite(number):
        raise QuantityError(f"{quoted(value)} is not finite, so not {expected}")
    if number < 0:
        raise QuantityError(f"{quoted(value)} is negative: write 0 or more")
    return number + 0.0  # -0.0 becomes 0.0, which is the same quantity and must be the same key


def _parsed(text: str, units: dict[str, Decimal], expected: str) -> float:
    found = _WRITTEN.fullmatch(text) if len(text) <= _MOST_CHARACTERS else None
    if found is None:
        raise QuantityError(f"{quoted(text)} is not {expected}")
    digits, unit = found.groups()
    if unit not in units:
        known = [name for name in units if name.isascii() and name]
        meant = did_you_mean(unit, known, otherwise=f"known: {', '.join(known)}")
        raise QuantityError(f"{quoted(text)} is not {expected}; {quoted(unit)} is no unit of it, {meant}")
    # decimal, so that "50 ms" is the very number that 0.05 is
    return _as_float(Decimal(digits.replace("_", "")) * units[unit])


def _as_float(number: int | float | Decimal) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf
