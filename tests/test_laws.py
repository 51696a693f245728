"""Laws of scaling as numbers: exact data give back their parameters, noisy ones what SciPy finds, intervals the truth."""

from __future__ import annotations

import random
from math import exp, inf, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from runner.stats import (
    AMDAHL,
    GUSTAFSON,
    USL,
    Interval,
    Law,
    asymptotic_bound,
    karp_flatt,
    medians,
    resampled_interval,
    scalability,
)

SHARES = st.floats(0, 1)
COUNTS = st.sets(st.integers(2, 200), min_size=2, max_size=8)
SIX = (1, 2, 4, 8, 12, 16)


def logs(law: Law, parameters: tuple[float, ...], counts: set[int] | tuple[int, ...]) -> dict[int, float]:
    return {workers: log(law.speedup(parameters, workers)) for workers in sorted(counts)}


@given(SHARES, COUNTS)
def test_exact_points_give_back_amdahls_share(share: float, counts: set[int]) -> None:
    assert AMDAHL.fit(logs(AMDAHL, (share,), counts)) == pytest.approx((share,), abs=1e-9)


@given(SHARES, COUNTS)
def test_exact_points_give_back_gustafsons_share(share: float, counts: set[int]) -> None:
    assert GUSTAFSON.fit(logs(GUSTAFSON, (share,), counts)) == pytest.approx((share,), abs=1e-6)


@given(st.floats(0.5, 2), st.floats(0, 0.9), st.floats(0, 0.1))
def test_exact_points_give_back_scale_contention_and_coherency(
    scale: float, contention: float, coherency: float
) -> None:
    parameters = (1 / scale, contention / scale, coherency / scale)
    found = scalability(USL.fit(logs(USL, parameters, SIX)))
    assert (found.scale, found.contention, found.coherency) == pytest.approx(
        (scale, contention, coherency), rel=1e-6, abs=1e-8
    )


def test_the_curves_are_those_of_the_textbooks() -> None:
    assert AMDAHL.speedup((0.1,), 8) == pytest.approx(8 / (1 + 0.1 * 7))
    assert GUSTAFSON.speedup((0.1,), 8) == pytest.approx(8 - 0.1 * 7)
    assert USL.speedup((0.5, 0.05, 0.005), 8) == pytest.approx(2 * 8 / (1 + 0.1 * 7 + 0.01 * 8 * 7))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 1.0])
@pytest.mark.parametrize("law", [AMDAHL, GUSTAFSON], ids=["Amdahl", "Gustafson"])
def test_noisy_points_give_the_share_that_scipy_finds(law: Law, share: float, seed: int) -> None:
    source = random.Random(seed)
    points = {workers: value + source.gauss(0, 0.1) for workers, value in logs(law, (share,), (2, 3, 5, 8)).items()}

    def squares(tried: float) -> float:
        return sum((log(law.speedup((tried,), workers)) - value) ** 2 for workers, value in points.items())

    found = optimize.minimize_scalar(squares, bounds=(0, 1), method="bounded", options={"xatol": 1e-10})
    assert law.fit(points) == pytest.approx((min((0.0, 1.0, float(found.x)), key=squares),), abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("contention", "coherency"), [(0.0, 0.0), (0.05, 0.0), (0.0, 0.01), (0.1, 0.003)])
def test_noisy_points_give_the_scalability_that_scipy_finds(contention: float, coherency: float, seed: int) -> None:
    source = random.Random(seed)
    exact = logs(USL, (1.0, contention, coherency), SIX)
    points = {workers: value + source.gauss(0, 0.05) for workers, value in exact.items()}
    found = optimize.least_squares(
        lambda tried: [log(USL.speedup(tuple(tried), workers)) - value for workers, value in points.items()],
        x0=(1.0, 0.05, 0.005),
        bounds=([1e-6, 0, 0], [inf, inf, inf]),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
    )
    assert USL.fit(points) == pytest.approx(tuple(found.x), abs=2e-4)


@pytest.mark.parametrize(
    ("law", "points"), [(AMDAHL, {}), (AMDAHL, {1: 0.0}), (USL, {1: 0.0, 2: 0.6})], ids=["none", "one", "two for three"]
)
def test_too_few_points_are_an_error(law: Law, points: dict[int, float]) -> None:
    with pytest.raises(ValueError, match="point"):
        law.fit(points)


def test_points_slower_than_one_worker_have_a_share_of_one_at_most() -> None:
    assert AMDAHL.fit({2: -0.5, 4: -0.7}) == (1.0,)


def test_points_faster_than_workers_have_a_share_of_none_at_least() -> None:
    assert AMDAHL.fit({2: 1.0, 4: 2.0}) == (0.0,)


def test_the_peak_lies_where_one_worker_more_begins_to_cost() -> None:
    known = scalability((1.0, 0.05, 0.003))
    assert known.peak == pytest.approx(sqrt(0.95 / 0.003))
    around = {workers: USL.speedup((1.0, 0.05, 0.003), workers) for workers in range(1, 60)}
    assert abs(max(around, key=around.__getitem__) - known.peak) < 1


def test_without_a_price_of_coherency_there_is_no_peak() -> None:
    assert scalability((1.0, 0.05, 0.0)).peak == inf


@given(SHARES, st.integers(2, 1000))
def test_karp_and_flatt_meet_the_share_of_amdahls_law_at_every_count(share: float, workers: int) -> None:
    assert karp_flatt(AMDAHL.speedup((share,), workers), workers) == pytest.approx(share, abs=1e-9)


def test_the_bound_is_the_least_of_workers_and_what_the_resource_serves() -> None:
    assert asymptotic_bound(8, servers=4, demand=0.1) == 8
    assert asymptotic_bound(64, servers=4, demand=0.1) == 40
    assert asymptotic_bound(64, servers=1, demand=0.1) == 10
    assert asymptotic_bound(64, servers=1, demand=0.0) == 64


def test_a_bound_is_never_below_what_one_worker_had() -> None:
    assert asymptotic_bound(2, servers=1, demand=1.02) == 1


def noise(source: random.Random) -> float:
    """ln of a time: 3 % of lognormal noise, and in a tenth of the cases a spike."""
    return source.gauss(0, 0.03) + (source.expovariate(1 / 0.15) if source.random() < 0.1 else 0.0)


def noisy_blocks(source: random.Random, exact: dict[int, float], count: int) -> list[dict[int, float]]:
    """Speedups over one worker whose own noise all points of a block share."""
    return [
        {workers: value - noise(source) + before for workers, value in exact.items()}
        for before in [noise(source) for _ in range(count)]
    ]


@pytest.mark.parametrize("count", [6, 7, 10, 20])
def test_the_interval_of_a_share_covers_the_truth_under_noise_with_spikes(count: int) -> None:
    source = random.Random(count)
    exact = logs(AMDAHL, (0.1,), (2, 4, 8))
    covered = 0
    for _ in range(300):
        blocks = noisy_blocks(source, exact, count)
        refits = [share for (share,) in AMDAHL.refits(blocks)]
        interval = resampled_interval(AMDAHL.fit(medians(blocks))[0], refits, count)
        covered += (interval.low or 0) <= 0.1 <= (interval.high or 0)
    assert covered >= 0.93 * 300


def test_the_interval_of_a_peak_covers_the_truth_under_noise_with_spikes() -> None:
    source = random.Random(1)
    exact = logs(USL, (1.0, 0.05, 0.003), SIX[1:])
    covered = 0
    for _ in range(100):
        blocks = [{1: 0.0, **block} for block in noisy_blocks(source, exact, 10)]
        refits = [scalability(one).peak for one in USL.refits(blocks)]
        interval = resampled_interval(scalability(USL.fit(medians(blocks))).peak, refits, 10)
        covered += (interval.low or inf) <= sqrt(0.95 / 0.003) <= (interval.high or 0)
    assert covered >= 93


def test_one_step_to_each_refit_ends_where_the_whole_way_does() -> None:
    source = random.Random(2)
    blocks = noisy_blocks(source, logs(AMDAHL, (0.1,), (2, 4, 8)), 10)
    quick = sorted(share for (share,) in AMDAHL.refits(blocks))
    whole = sorted(AMDAHL.fit(medians(source.choices(blocks, k=10)))[0] for _ in range(2000))
    for part in (0.1, 0.5, 0.9):
        assert quick[int(part * len(quick))] == pytest.approx(whole[int(part * len(whole))], abs=0.005)


def test_the_same_blocks_give_the_same_refits() -> None:
    blocks = noisy_blocks(random.Random(3), logs(AMDAHL, (0.1,), (2, 4)), 8)
    assert AMDAHL.refits(blocks) == AMDAHL.refits(blocks)


def test_fewer_than_six_blocks_carry_no_interval() -> None:
    assert resampled_interval(0.1, [0.1, 0.2], 5) == Interval(0.1)
    assert AMDAHL.refits([logs(AMDAHL, (0.1,), (2, 4))] * 5) == []


@pytest.mark.parametrize("blocks", [6, 7, 10, 30, 100])
def test_the_ends_are_those_of_the_expanded_percentile_interval(blocks: int) -> None:
    refits = [float(number) for number in range(1, 100_000)]
    interval = resampled_interval(50_000.0, refits, blocks)
    expanded = stats.norm.cdf(-stats.t.ppf(0.975, blocks - 1) * sqrt(blocks / (blocks - 1)))
    assert interval.low == pytest.approx(expanded * 100_000, rel=0.02)
    assert interval.high == pytest.approx(100_000 - expanded * 100_000, rel=0.02)


def test_exact_blocks_have_no_spread() -> None:
    interval = resampled_interval(0.1, [share for (share,) in AMDAHL.refits([logs(AMDAHL, (0.1,), (2, 4))] * 6)], 6)
    assert interval.low == pytest.approx(0.1)
    assert interval.high == pytest.approx(0.1)


def test_no_blocks_at_all_are_an_error() -> None:
    with pytest.raises(ValueError, match="no blocks"):
        medians([])


def test_a_median_is_that_of_each_number_of_workers() -> None:
    assert medians([{2: 1.0, 4: 5.0}, {2: 3.0, 4: 4.0}, {2: 2.0, 4: exp(1)}]) == {2: 2.0, 4: 4.0}
