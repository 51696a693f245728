"""Text or number → number, exactly."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.experiment.quantity import QuantityError, count, factor, same_number, seconds, share, size, tolerance


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60 s", 60.0),
        ("60s", 60.0),
        (" 60  s ", 60.0),
        ("5 ms", 0.005),
        ("0.3 ms", 0.0003),
        ("7 us", 7e-6),
        ("7 \N{MICRO SIGN}s", 7e-6),
        ("7 \N{GREEK SMALL LETTER MU}s", 7e-6),
        ("9 ns", 9e-9),
        ("1.5 min", 90.0),
        ("2 h", 7200.0),
        ("1e3 ms", 1.0),
        ("1_000", 1000.0),
        (".5 s", 0.5),
        (0.05, 0.05),
        (3, 3.0),
        (0, 0.0),
    ],
)
def test_durations_are_in_seconds(text: object, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 B", 1),
        ("1 kB", 1000),
        ("1 MB", 10**6),
        ("1 GB", 10**9),
        ("64 KiB", 65_536),
        ("1.5 MiB", 1_572_864),
        ("4 GiB", 4 * 1024**3),
        (10_000, 10_000),
        (1e6, 1_000_000),
        (0, 0),
    ],
)
def test_sizes_are_whole_bytes(text: object, expected: int) -> None:
    found = size(text)
    assert found == expected
    assert type(found) is int


def test_a_share_is_a_part_of_the_whole() -> None:
    assert (share("2%"), share("2.3 %"), share("100%"), share(0.5), share(1)) == (0.02, 0.023, 1.0, 0.5, 1.0)


def test_a_factor_may_have_its_sign() -> None:
    assert (factor("3x"), factor("1.5 x"), factor(2)) == (3.0, 1.5, 2.0)


def test_a_count_may_be_written_as_a_power_of_ten() -> None:
    found = count(1e6)
    assert found == 1_000_000
    assert type(found) is int


@pytest.mark.parametrize("quantity", [seconds, size, share, factor, tolerance])
@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        None,
        [],
        {},
        math.nan,
        math.inf,
        -math.inf,
        -1,
        "-1",
        "",
        "s",
        "x3",
        "1 1",
        "1e999",
        10**400,
        "9" * 101,
    ],
)
def test_what_is_no_quantity_is_refused(quantity: Callable[[object], float], value: object) -> None:
    with pytest.raises(QuantityError):
        quantity(value)


@pytest.mark.parametrize("value", [True, 0, -1, 1.5, math.nan, math.inf, "3", None, []])
def test_what_is_no_count_is_refused(value: object) -> None:
    with pytest.raises(QuantityError, match="count"):
        count(value)


@pytest.mark.parametrize(
    ("quantity", "value", "remedy"),
    [
        (seconds, "5 sec", "`sec` is no unit of it, known: ns, us, ms, s, min, h"),
        (seconds, "5 MS", "did you mean `ms`"),
        (size, "5 Kib", "did you mean `KiB`"),
        (size, 0.5, "no whole number of bytes"),
        (share, 50, '2 percent is "2%"'),
        (share, "101%", "more than the whole"),
        (seconds, -1, "write 0 or more"),
        (seconds, True, '"60 s"'),
        (factor, "3 y", '"3x"'),
    ],
)
def test_a_refusal_says_what_would_be_right(quantity: Callable[[object], float], value: object, remedy: str) -> None:
    with pytest.raises(QuantityError) as refused:
        quantity(value)
    assert remedy in str(refused.value)


@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False))
def test_a_plain_number_passes(number: float) -> None:
    assert seconds(number) == number


@given(st.integers(0, 10**6))
def test_units_are_exact(number: int) -> None:
    assert seconds(f"{number} ms") == number / 1000
    assert share(f"{number % 101}%") == (number % 101) / 100
    assert size(f"{number} KiB") == number * 1024


@given(st.text(max_size=30))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    for quantity in (seconds, size, share, factor):
        try:
            assert 0 <= quantity(text) < math.inf
        except QuantityError:
            continue


def test_negative_zero_is_zero() -> None:
    assert math.copysign(1, seconds(-0.0)) == 1.0


@pytest.mark.parametrize(("text", "number"), [("64 KiB", 65_536), ("50 ms", 0.05), ("2%", 0.02), ("3x", 3), ("5", 5)])
def test_a_number_is_known_in_any_unit(text: str, number: float) -> None:
    assert same_number(text, number)
    assert not same_number(text, number + 1)
