"""Tests, corrections and claims: exact where there is an exact value, by simulation where there is a promise."""

from __future__ import annotations

import itertools
import random
from math import log

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from noise import LAWS, Law, white

from runner.stats import (
    Interval,
    can_be_best,
    claim,
    hodges_lehmann,
    holm,
    needed_blocks,
    signed_rank_p,
    smallest_effect,
)
from runner.stats.estimators import EXACT_UP_TO

DIFFERENCES = st.lists(st.floats(-5, 5).filter(lambda x: abs(x) > 1e-9), min_size=1, max_size=25, unique_by=abs)


@given(DIFFERENCES)
def test_the_p_value_is_that_of_scipy_where_there_are_no_ties(differences: list[float]) -> None:
    expected = scipy.stats.wilcoxon(differences, method="exact").pvalue
    assert signed_rank_p(differences) == pytest.approx(expected)


@given(DIFFERENCES)
def test_the_one_sided_p_value_is_that_of_scipy(differences: list[float]) -> None:
    expected = scipy.stats.wilcoxon(differences, method="exact", alternative="greater").pvalue
    assert signed_rank_p(differences, one_sided=True) == pytest.approx(expected)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8))
def test_with_ties_and_zeros_it_counts_all_signs(values: list[int]) -> None:
    sizes = [abs(value) for value in values]
    ranks = [sum(other < size for other in sizes) + (sizes.count(size) + 1) / 2 for size in sizes]
    moved = [rank for rank, value in zip(ranks, values, strict=True) if value]
    found = sum(rank for rank, value in zip(ranks, values, strict=True) if value > 0)
    sums = [sum(itertools.compress(moved, signs)) for signs in itertools.product((0, 1), repeat=len(moved))]
    above = sum(total >= found for total in sums) / len(sums)
    below = sum(total <= found for total in sums) / len(sums)
    assert signed_rank_p([float(value) for value in values]) == pytest.approx(min(1, 2 * min(above, below)))


@pytest.mark.parametrize("alternative", ["two-sided", "greater"])
@pytest.mark.parametrize("digits", [1, 3, 9])
def test_of_many_differences_the_p_value_is_scipy_s_approximation_ties_and_zeros_included(
    digits: int, alternative: str
) -> None:
    rng = random.Random(7)
    differences = [round(rng.gauss(0.1, 1), digits) for _ in range(400)]
    expected = scipy.stats.wilcoxon(
        differences, zero_method="pratt", correction=True, method="asymptotic", alternative=alternative
    ).pvalue
    assert signed_rank_p(differences, one_sided=alternative == "greater") == pytest.approx(expected, rel=0.02)


def test_of_many_differences_that_are_all_zero_the_p_value_is_one() -> None:
    assert signed_rank_p([0.0] * 500) == 1.0


def test_the_approximation_goes_on_where_the_exact_p_value_ends() -> None:
    rng = random.Random(8)
    differences = [rng.gauss(0.1, 1) for _ in range(EXACT_UP_TO + 1)]
    expected = scipy.stats.wilcoxon(differences, method="exact").pvalue
    assert signed_rank_p(differences) == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize(("count", "least"), [(6, 2 / 64), (10, 2 / 1024)])
def test_the_least_p_value_is_two_in_all_signs(count: int, least: float) -> None:
    assert signed_rank_p([float(value) for value in range(1, count + 1)]) == least


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_that_of_its_definition(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    ordered = sorted(p_values)
    for own, found in zip(p_values, adjusted, strict=True):
        place = ordered.index(own)
        expected = max(min(1.0, (len(ordered) - i) * ordered[i]) for i in range(place + 1))
        assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high", "p", "expected"),
    [
        (-0.04, 0.04, 0.001, "equivalent"), (0.01, 0.04, 0.001, "equivalent"), (0.01, 0.2, 0.001, "faster"),
        (-0.2, -0.01, 0.001, "slower"), (0.01, 0.2, 0.2, "can't tell"), (-0.1, 0.2, 0.001, "can't tell"),
        (None, None, 0.0, "too few"),
    ],
)  # fmt: skip
def test_claims_are_made_in_their_order(low: float | None, high: float | None, p: float, expected: str) -> None:
    assert claim(Interval(0.0, low, high), p, 0.05, 0.1) == expected


def test_what_could_not_show_in_so_few_blocks_is_too_few_and_not_can_t_tell() -> None:
    assert claim(Interval(0.1, -0.1, 0.3), 1.0, 0.05, None) == "too few"


def test_equivalence_takes_no_correction_for_many_comparisons() -> None:
    assert claim(Interval(0.0, -0.01, 0.01), 1.0, 0.05, None) == "equivalent"


@pytest.mark.parametrize(("comparisons", "blocks"), [(1, 6), (25, 10), (36, 11), (100, 12)])
def test_a_family_needs_as_many_blocks_as_its_least_p_value_asks_for(comparisons: int, blocks: int) -> None:
    assert needed_blocks(comparisons) == blocks
    assert comparisons * 2 / 2**blocks < 0.05


@pytest.mark.parametrize(("cells", "blocks"), [(2, 6), (4, 6), (5, 7), (21, 9), (26, 9), (27, 10)])
def test_the_best_of_so_many_takes_a_block_less_since_its_test_is_one_sided(cells: int, blocks: int) -> None:
    assert needed_blocks(cells - 1, one_sided=True) == blocks


def effect_of(differences: list[float], comparisons: int) -> float | None:
    return smallest_effect(hodges_lehmann(differences, comparisons), comparisons)


def test_the_smallest_effect_grows_with_the_spread_and_the_comparisons() -> None:
    differences = [float(value) for value in range(-6, 6)]
    few, many = effect_of(differences, 1), effect_of(differences, 10)
    assert few is not None
    assert many is not None
    assert few < many
    assert effect_of([2 * value for value in differences], 1) == pytest.approx(2 * few)


@pytest.mark.parametrize("comparisons", [1, 3, 12, 25, 40])
def test_where_even_the_least_p_value_says_nothing_no_effect_would_show(comparisons: int) -> None:
    needed = needed_blocks(comparisons)
    assert effect_of([float(value) for value in range(needed - 1)], comparisons) is None
    assert effect_of([float(value) for value in range(needed)], comparisons) is not None


# What the design promises, on the noise that machines have.


def blocks_of(law: Law, rng: random.Random, effects: list[float], count: int) -> list[dict[object, float]]:
    """−ln time of each contestant in each block, every block in a fresh random order."""
    level = law(rng)
    contestants: list[dict[object, float]] = [{} for _ in effects]
    for block in range(count):
        for index in rng.sample(range(len(effects)), len(effects)):
            contestants[index][block] = -(next(level) + effects[index])
    return contestants


def paired(law: Law, rng: random.Random, effect: float, count: int) -> list[float]:
    baseline, own = blocks_of(law, rng, [0.0, effect], count)
    return [own[block] - baseline[block] for block in own]


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_identical_code_is_called_different_in_no_more_than_38_of_500_comparisons(law: Law) -> None:
    rng = random.Random(1)
    flagged = 0
    for _ in range(500):
        differences = paired(law, rng, 0.0, 10)
        flagged += claim(hodges_lehmann(differences), signed_rank_p(differences), 0.0, 0.1) in ("faster", "slower")
    assert flagged <= 38


def test_an_effect_of_three_percent_under_noise_of_two_is_found_in_four_of_five_runs() -> None:
    rng = random.Random(2)
    found = 0
    for _ in range(500):
        differences = paired(white, rng, 0.03, 10)
        found += claim(hodges_lehmann(differences), signed_rank_p(differences), 0.0, 0.1) == "slower"
    assert found >= 400


@pytest.mark.parametrize("count", [7, 10, 20])
def test_intervals_cover_the_truth_in_93_of_100_under_lognormal_noise_with_spikes(count: int) -> None:
    rng = random.Random(3)
    covered = 0
    for _ in range(1000):
        times = [
            (rng.lognormvariate(0, 0.05) + _spike(rng), 1.1 * (rng.lognormvariate(0, 0.05) + _spike(rng)))
            for _ in range(count)
        ]
        interval = hodges_lehmann([log(own / baseline) for baseline, own in times])
        assert interval.low is not None
        assert interval.high is not None
        covered += interval.low <= log(1.1) <= interval.high
    assert covered >= 930


def _spike(rng: random.Random) -> float:
    return rng.expovariate(2) if rng.random() < 0.1 else 0.0


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@pytest.mark.parametrize("lead", [0.0, 0.01])
def test_a_truly_best_contestant_is_left_out_in_no_more_than_five_of_a_hundred(law: Law, lead: float) -> None:
    rng = random.Random(4)
    left_out = sum(not can_be_best(blocks_of(law, rng, [0.0, *[lead] * 5], 10))[0] for _ in range(400))
    assert left_out <= 400 * 0.05 + 8  # 1.8 standard deviations above a rate of 5 %


def test_a_contestant_that_is_clearly_worse_is_left_out() -> None:
    rng = random.Random(5)
    assert can_be_best(blocks_of(white, rng, [0.0, 0.0, 0.5], 10)) == [True, True, False]


@pytest.mark.parametrize(("blocks", "comparisons"), [(9, 12), (10, 1), (10, 25), (11, 40), (12, 1), (15, 12), (20, 40)])
def test_the_smallest_effect_is_indeed_found_in_four_of_five_runs(blocks: int, comparisons: int) -> None:
    rng = random.Random(6)
    effects = [effect_of(paired(white, rng, 0.0, blocks), comparisons) for _ in range(300)]
    typical = sorted(effect for effect in effects if effect is not None)[150]
    found = sum(comparisons * signed_rank_p(paired(white, rng, typical, blocks)) < 0.05 for _ in range(500))
    assert found / 500 == pytest.approx(0.8, abs=0.08)
