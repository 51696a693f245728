"""Two independent samples: exact where there is an exact value, by simulation where there is a promise."""

from __future__ import annotations

import itertools
import random
from math import comb

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from runner.stats import ALPHA, claim, mann_whitney_bound, mann_whitney_p, shift

NUMBERS = st.lists(st.floats(-5, 5), min_size=1, max_size=12)
UNTIED = st.lists(st.floats(-5, 5), min_size=2, max_size=24, unique=True).flatmap(
    lambda values: st.integers(1, len(values) - 1).map(lambda cut: (values[:cut], values[cut:]))
)
TIED = st.lists(st.integers(0, 3).map(float), min_size=1, max_size=5)
Samples = tuple[list[float], list[float]]


@given(UNTIED)
def test_the_p_value_is_that_of_scipy_where_there_are_no_ties(samples: Samples) -> None:
    expected = scipy.stats.mannwhitneyu(samples[1], samples[0], method="exact").pvalue
    assert mann_whitney_p(*samples) == pytest.approx(expected)


@given(UNTIED)
def test_the_one_sided_p_value_is_that_of_scipy(samples: Samples) -> None:
    expected = scipy.stats.mannwhitneyu(samples[1], samples[0], method="exact", alternative="greater").pvalue
    assert mann_whitney_p(*samples, one_sided=True) == pytest.approx(expected)


@given(TIED, TIED)
def test_with_ties_it_counts_all_ways_to_share_out_the_numbers(before: list[float], after: list[float]) -> None:
    ranks = scipy.stats.rankdata([*before, *after])
    found = sum(ranks[len(before) :])
    sums = [sum(chosen) for chosen in itertools.combinations(ranks, len(after))]
    above = sum(total >= found for total in sums) / len(sums)
    below = sum(total <= found for total in sums) / len(sums)
    assert mann_whitney_p(before, after) == pytest.approx(min(1, 2 * min(above, below)))


@pytest.mark.parametrize("values", [200, 30], ids=["untied", "tied"])
def test_of_many_numbers_it_is_the_large_sample_approximation_of_scipy(values: int) -> None:
    rng = random.Random(1)
    before = [float(rng.randrange(values)) for _ in range(60)]
    after = [float(rng.randrange(values)) + 3 for _ in range(70)]
    expected = scipy.stats.mannwhitneyu(after, before, method="asymptotic").pvalue
    assert mann_whitney_p(before, after) == pytest.approx(expected)


def test_the_approximation_continues_the_exact_value() -> None:
    before = [float(place) for place in range(51)]
    after = [place + 7.5 for place in before]
    exact = scipy.stats.mannwhitneyu(after, before, method="exact").pvalue
    assert 0.01 < exact < 0.05
    assert mann_whitney_p(before, after) == pytest.approx(exact, rel=0.05)


@given(NUMBERS, NUMBERS)
def test_samples_that_change_places_have_the_same_p_value(before: list[float], after: list[float]) -> None:
    assert mann_whitney_p(before, after) == pytest.approx(mann_whitney_p(after, before))


@pytest.mark.parametrize("count", [5, 80])
def test_numbers_that_are_all_equal_differ_in_nothing(count: int) -> None:
    assert mann_whitney_p([1.0] * count, [1.0] * count) == 1


def test_an_empty_sample_differs_from_nothing() -> None:
    assert mann_whitney_p([], [1.0, 2.0]) == 1


@pytest.mark.parametrize(("count", "other"), [(4, 4), (5, 9), (10, 10), (10, 30)])
def test_the_bound_is_the_largest_that_leaves_a_fortieth_below(count: int, other: int) -> None:
    # the chance that U is so small is the one-sided p of samples that have this U
    bound = mann_whitney_bound(count, other)
    below = [_p_below(count, other, statistic) for statistic in (bound - 1, bound)]
    assert below[0] <= 0.025 < below[1]


def _p_below(count: int, other: int, statistic: int) -> float:
    """P(U ≤ statistic), by SciPy on numbers that have that U."""
    larger = [float(place) for place in range(1, other + 1)]
    whole, rest = divmod(statistic, other)
    smaller = [other + 1.0 + place for place in range(whole)] + ([rest + 0.5] if rest else [])
    smaller += [-float(place) for place in range(count - len(smaller))]
    result = scipy.stats.mannwhitneyu(smaller, larger, method="exact", alternative="less")
    assert result.statistic == statistic
    return float(result.pvalue)


@pytest.mark.parametrize("comparisons", [2, 12, 40])
def test_of_several_comparisons_the_interval_leaves_out_what_bonferroni_s_test_rejects(comparisons: int) -> None:
    rng = random.Random(11)
    before, after = [[rng.gauss(place, 1) for _ in range(9)] for place in (0, 1)]
    low = shift(before, after, comparisons).low
    assert low is not None
    rejected = [
        mann_whitney_p(before, [value - centre for value in after]) * comparisons < ALPHA
        for centre in (low - 1e-6, low + 1e-6)
    ]
    assert rejected == [True, False]


def test_where_the_least_p_value_is_no_less_than_five_percent_no_interval_shares_it() -> None:
    before, after = [0.0, 1.0], [float(value) for value in range(14)]
    assert mann_whitney_p(before, [value + 99 for value in after]) * 3 == pytest.approx(ALPHA)
    assert shift(before, after, 3).low is None


def test_a_sample_too_small_for_so_many_comparisons_has_no_interval_however_large_the_other() -> None:
    assert mann_whitney_bound(2, 99, 100) == 0


def test_the_approximate_bound_continues_the_exact_one() -> None:
    assert mann_whitney_bound(50, 51) == pytest.approx(mann_whitney_bound(50, 50) * 51 / 50, rel=0.01)


@given(NUMBERS, NUMBERS)
def test_the_shift_is_the_median_of_all_differences(before: list[float], after: list[float]) -> None:
    ordered = sorted(new - old for old in before for new in after)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    assert shift(before, after).estimate == pytest.approx(middle)


@pytest.mark.parametrize(("count", "other", "carries"), [(3, 4, False), (3, 5, True), (4, 4, True), (1, 38, False)])
def test_few_numbers_carry_no_interval(count: int, other: int, carries: bool) -> None:
    assert (shift([0.0] * count, [1.0] * other).low is not None) is carries


def test_an_empty_sample_has_no_shift() -> None:
    with pytest.raises(ValueError, match="empty sample"):
        shift([], [1.0])


@given(UNTIED)
def test_the_interval_leaves_zero_exactly_where_the_test_says_so(samples: Samples) -> None:
    before, after = samples
    interval = shift(before, after)
    if interval.low is None or interval.high is None:
        assert 2 / comb(len(before) + len(after), len(before)) > 0.05
    elif interval.low > 0 or interval.high < 0:
        assert mann_whitney_p(before, after) <= 0.05
    elif interval.low < 0 < interval.high:
        assert mann_whitney_p(before, after) > 0.05


def _sample(rng: random.Random, count: int, place: float) -> list[float]:
    """Times as they are: about 2 % of noise, one in ten a spike."""
    return [place + rng.gauss(0, 0.02) + (rng.expovariate(5) if rng.random() < 0.1 else 0) for _ in range(count)]


@pytest.mark.parametrize(("count", "other"), [(7, 7), (10, 10), (10, 20)])
def test_intervals_cover_the_truth_in_93_of_100(count: int, other: int) -> None:
    rng = random.Random(3)
    covered = 0
    for _ in range(1000):
        interval = shift(_sample(rng, count, 0), _sample(rng, other, 0.1))
        assert interval.low is not None
        assert interval.high is not None
        covered += interval.low <= 0.1 <= interval.high
    assert covered >= 930


@pytest.mark.parametrize(("count", "other"), [(7, 7), (10, 10), (10, 20)])
def test_identical_code_is_called_different_in_no_more_than_38_of_500_comparisons(count: int, other: int) -> None:
    rng = random.Random(4)
    flagged = 0
    for _ in range(500):
        before, after = _sample(rng, count, 0), _sample(rng, other, 0)
        flagged += claim(shift(before, after), mann_whitney_p(before, after), 0.0, 0.1) in ("faster", "slower")
    assert flagged <= 38


def test_an_effect_of_three_percent_under_noise_of_two_is_found_in_four_of_five() -> None:
    rng = random.Random(5)
    found = 0
    for _ in range(500):
        before = [rng.gauss(0, 0.02) for _ in range(10)]
        after = [rng.gauss(0.03, 0.02) for _ in range(10)]
        found += mann_whitney_p(before, after) < 0.05
    assert found >= 400
