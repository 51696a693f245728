"""The peers' recipes are what is published of them, and README's table is what they give."""

from __future__ import annotations

import runpy
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from published import T_18, Recipe, asv, hyperfine, mann_whitney_p, pyperf, runmatrix

REPOSITORY = Path(__file__).parent.parent
TIMES = st.lists(st.integers(10_000, 20_000), min_size=20, max_size=20, unique=True)
FIRST = [1.00, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07, 1.08, 1.09]


@given(TIMES)
def test_pyperf_takes_the_t_of_pooled_variance_against_its_table(times: list[int]) -> None:
    expected = scipy.stats.ttest_ind(times[10:], times[:10])
    found = pyperf(times[:10], times[10:])
    assert (found != "can't tell") == (abs(expected.statistic) >= T_18)


def test_the_critical_value_of_ten_values_each_is_students() -> None:
    assert scipy.stats.t.ppf(0.975, 18) == pytest.approx(T_18, abs=5e-4)


@given(TIMES, st.integers(1, 19))
def test_the_p_value_of_u_is_that_of_scipy(times: list[int], first: int) -> None:
    expected = scipy.stats.mannwhitneyu(times[:first], times[first:], method="exact").pvalue
    assert mann_whitney_p(times[:first], times[first:]) == pytest.approx(expected)


@pytest.mark.parametrize(("factor", "expected"), [(1.1, "can't tell"), (1.0, "slower")])
def test_asv_says_nothing_of_a_difference_below_its_factor(factor: float, expected: str) -> None:
    own = [time + 0.0951 for time in FIRST]  # above all of the others, by 9 %
    assert asv(FIRST, own, factor) == expected


def test_asv_tells_a_difference_above_its_factor() -> None:
    assert asv([time * 1.3 for time in FIRST], FIRST) == "faster"


@pytest.mark.parametrize(("deviations", "expected"), [(0.99, "can't tell"), (1.01, "slower")])
def test_hyperfine_tells_ratios_by_their_propagated_deviation(deviations: float, expected: str) -> None:
    relative = stdev(FIRST) / fmean(FIRST) * sqrt(2)  # of a ratio of two with the same relative deviation
    ratio = 1 / (1 - deviations * relative)  # ratio · (1 − relative) is 1 where the deviation reaches just to 1
    assert hyperfine(FIRST, [time * ratio for time in FIRST]) == expected


@pytest.mark.parametrize("recipe", [pyperf, hyperfine, asv, runmatrix], ids=lambda recipe: recipe.__name__)
def test_every_recipe_tells_twice_the_time_from_half_of_it(recipe: Recipe) -> None:
    double = [2 * time for time in FIRST]
    assert (recipe(FIRST, double), recipe(double, FIRST)) == ("slower", "faster")


def test_readmes_tables_are_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(REPOSITORY / "tests" / "bench" / "recipes.py"), run_name="__main__")
    for table in capsys.readouterr().out.strip().split("\n\n"):
        assert table in (REPOSITORY / "README.md").read_text(encoding="utf-8")
