"""Estimators and intervals: against published tables, SciPy, and what must hold for any numbers."""

from __future__ import annotations

import random
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runner.stats import (
    ALPHA,
    Interval,
    at_least,
    hodges_lehmann,
    median_interval,
    order_statistic_bound,
    proportion_interval,
    signed_rank_bound,
    signed_rank_p,
)

NUMBERS = st.lists(st.integers(-1000, 1000).map(float), min_size=1, max_size=30)

CRITICAL_VALUES = {6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 11: 10, 12: 13, 13: 17, 14: 21, 15: 25, 20: 52, 25: 89, 30: 137}
"""Wilcoxon's signed-rank statistic, two-sided 5 %: the largest that is significant, from the printed tables."""

HAMILTON = [-0.952, 0.147, -1.022, -0.430, -0.620, -0.590, -0.490, 0.080, -0.010]
"""Hollander & Wolfe, table 3.1: depression scale factor IV, after less before."""


@pytest.mark.parametrize(("count", "critical"), CRITICAL_VALUES.items())
def test_the_signed_rank_bound_is_one_above_the_tabulated_critical_value(count: int, critical: int) -> None:
    assert signed_rank_bound(count) == critical + 1


@pytest.mark.parametrize("comparisons", [2, 12, 40])
@pytest.mark.parametrize("count", [7, 10, 20, 30])
def test_of_several_comparisons_the_interval_leaves_out_what_bonferroni_s_test_rejects(
    count: int, comparisons: int
) -> None:
    rng = random.Random(count)
    differences = [rng.gauss(0.6, 1) for _ in range(count)]
    low = hodges_lehmann(differences, comparisons).low
    rejected = [
        signed_rank_p([value - centre for value in differences]) * comparisons <= ALPHA
        for centre in (-9.0, (low or 0.0) - 1e-6, (low or 0.0) + 1e-6)
    ]
    assert rejected == ([False] * 3 if low is None else [True, True, False])


def test_of_several_comparisons_the_approximate_bound_continues_the_exact_one() -> None:
    assert signed_rank_bound(151, 20) == pytest.approx(signed_rank_bound(150, 20), rel=0.02)


def test_the_interval_of_hollander_and_wolfe_is_theirs() -> None:
    interval = hodges_lehmann(HAMILTON)
    assert interval.estimate == pytest.approx(-0.46)
    assert interval.low == pytest.approx(-0.786)
    assert interval.high == pytest.approx(-0.010)


@pytest.mark.parametrize("count", range(6, 26))
def test_a_shift_lies_in_the_interval_exactly_if_wilcoxon_does_not_reject_it(count: int) -> None:
    source = random.Random(count)
    differences = [source.gauss(0.5, 1) for _ in range(count)]
    interval = hodges_lehmann(differences)
    assert interval.low is not None
    assert interval.high is not None
    for shift in (interval.low + 1e-9, interval.high - 1e-9):
        assert _wilcoxon_p(differences, shift) > 0.05
    for shift in (interval.low - 1e-9, interval.high + 1e-9):
        assert _wilcoxon_p(differences, shift) <= 0.05


def _wilcoxon_p(differences: list[float], shift: float) -> float:
    return float(stats.wilcoxon([value - shift for value in differences], method="exact").pvalue)


def test_many_differences_get_an_interval_that_is_hardly_wider_than_the_exact_one() -> None:
    exact = 8445  # by the same recursion, 200 differences
    assert exact - 2 <= signed_rank_bound(200) <= exact


@pytest.mark.parametrize("count", range(1, 120))
def test_the_order_statistic_bound_is_the_binomial_quantile(count: int) -> None:
    assert order_statistic_bound(count) == sum(stats.binom.cdf(heads, count, 0.5) <= 0.025 for heads in range(count))


def test_six_values_give_their_extremes() -> None:
    assert median_interval([5.0, 1.0, 2.0, 9.0, 4.0, 3.0]) == Interval(3.5, 1.0, 9.0)


@pytest.mark.parametrize("count", range(1, 6))
def test_fewer_than_six_numbers_carry_no_interval(count: int) -> None:
    numbers = [float(number) for number in range(count)]
    middle = (count - 1) / 2
    assert hodges_lehmann(numbers) == median_interval(numbers) == Interval(middle)


def test_no_numbers_at_all_are_an_error() -> None:
    with pytest.raises(ValueError, match="no median"):
        hodges_lehmann([])
    with pytest.raises(ValueError, match="no median"):
        median_interval([])


@given(NUMBERS, st.integers(-1000, 1000))
def test_shifted_numbers_shift_the_estimate_and_its_interval(numbers: list[float], shift: int) -> None:
    shifted = [number + shift for number in numbers]
    assert hodges_lehmann(shifted) == hodges_lehmann(numbers).mapped(lambda value: value + shift)
    assert median_interval(shifted) == median_interval(numbers).mapped(lambda value: value + shift)


@given(NUMBERS)
def test_an_estimate_does_not_depend_on_the_order_of_the_numbers(numbers: list[float]) -> None:
    assert hodges_lehmann(numbers[::-1]) == hodges_lehmann(numbers)
    assert median_interval(numbers[::-1]) == median_interval(numbers)


@given(NUMBERS)
def test_turning_the_sign_turns_the_interval(numbers: list[float]) -> None:
    interval, turned = hodges_lehmann(numbers), hodges_lehmann([-number for number in numbers])
    assert turned.estimate == -interval.estimate
    if interval.low is not None and interval.high is not None:
        assert (turned.low, turned.high) == (-interval.high, -interval.low)


@given(st.lists(st.integers(-1000, 1000).map(float), min_size=6, max_size=30))
def test_an_estimate_lies_in_its_interval(numbers: list[float]) -> None:
    for interval in (hodges_lehmann(numbers), median_interval(numbers)):
        assert interval.low is not None
        assert interval.high is not None
        assert min(numbers) <= interval.low <= interval.estimate <= interval.high <= max(numbers)


def test_one_wild_number_of_ten_does_not_move_the_estimate_far() -> None:
    calm = [0.01 * number for number in range(10)]
    assert hodges_lehmann([*calm[:9], 1000.0]).estimate == pytest.approx(hodges_lehmann(calm).estimate, abs=0.02)


@pytest.mark.parametrize("count", [7, 10, 20])
def test_the_speedup_interval_covers_the_truth_under_lognormal_noise_with_spikes(count: int) -> None:
    source = random.Random(count)
    covered = 0
    for _ in range(1000):
        interval = hodges_lehmann([_noise(source) - _noise(source) for _ in range(count)]).mapped(exp)
        covered += (interval.low or 0) <= 1 <= (interval.high or 0)
    assert covered >= 930


def _noise(source: random.Random) -> float:
    """ln of a time: 2 % noise, and a spike of up to 50 % in one of ten."""
    return source.gauss(0, 0.02) + (source.uniform(0, 0.5) if source.random() < 0.1 else 0)


@pytest.mark.parametrize(("successes", "trials"), [(0, 9), (1, 45), (5, 45), (9, 9), (30, 60)])
def test_a_proportions_interval_is_that_of_clopper_and_pearson(successes: int, trials: int) -> None:
    theirs = stats.binomtest(successes, trials).proportion_ci(method="exact")
    ours = proportion_interval(successes, trials)
    assert ours.estimate == successes / trials
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_the_chance_of_so_many_or_more_is_the_binomial_tail() -> None:
    assert at_least(5, 45, 0.05) == pytest.approx(stats.binom.sf(4, 45, 0.05))


@pytest.mark.parametrize(("successes", "trials"), [(60, 1_030), (5_000, 100_000), (0, 100_000), (100_000, 100_000)])
def test_a_day_of_trials_has_its_interval_and_its_chance(successes: int, trials: int) -> None:
    theirs = stats.binomtest(successes, trials).proportion_ci(method="exact")
    ours = proportion_interval(successes, trials)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-6)
    assert at_least(successes, trials, 0.05) == pytest.approx(stats.binom.sf(successes - 1, trials, 0.05), rel=1e-6)


@pytest.mark.parametrize(("successes", "share", "chance"), [(0, 0.0, 1.0), (1, 0.0, 0.0), (5, 1.0, 1.0), (6, 1.0, 0.0)])
def test_what_is_certain_has_no_chance_about_it(successes: int, share: float, chance: float) -> None:
    assert at_least(successes, 5, share) == chance
