"""Scaling of rows: which law is told from which cells, and where it is silent."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

import pytest
from pages import page_of, tables_of
from records import FACTS, SERIAL, THREADS, Line, StandIn, cell, changed, failed, journal, swept, variant

from runner.matrix import Cell, Variant
from runner.stats import USL, Interval
from runner.summary import summarise
from runner.verdict import Fit, Scaling, decide

PROCESSES, ASYNCIO = variant("processes"), variant("asyncio")


def machine(share: float = 0.2, cpus: int = 16) -> StandIn:
    return StandIn(share=share, facts={**FACTS, "usable_cpus": cpus})


def cells_of(counts: Iterable[int], model: Variant = PROCESSES) -> list[Cell]:
    return [cell(), *(cell(model, workers) for workers in counts)]


def grown(cells: Iterable[Cell], each: int) -> list[Cell]:
    """The same with weak scaling."""
    return [replace(one, tasks=each * one.workers, tasks_per_worker=each) for one in cells]


def scaling_of(lines: Sequence[Line], cells: Sequence[Cell]) -> tuple[Scaling, ...]:
    return decide(summarise(cells, journal(lines), "waiting", ""), 0.05).scaling


def fit_of(counts: Iterable[int], stand_in: StandIn, blocks: int = 10) -> Fit | None:
    cells = cells_of(counts)
    (one,) = scaling_of(stand_in.run(cells, blocks), cells)
    return one.fit


def with_law(cells: Sequence[Cell], speedups: dict[int, float], blocks: int = 10) -> list[Line]:
    """Lines of cells with these speedups of their batches, by workers, and 1 % of noise."""
    source = random.Random(1)
    lines = []
    for line in machine(0.0).run(cells, blocks):
        if line["type"] == "invocation":
            workers = next(one.workers for one in cells if one.key == line["key"])
            cold_ns = round(4e9 / speedups[workers] * (1 + source.gauss(0, 0.01)))
            line = {**line, "phases": {"startup_ns": 10**6, "cold_ns": cold_ns, "steady_ns": [], "stop_ns": 10**6}}
            line["cpu"] = {"tree_ns": 10**9, "cold_ns": round(cold_ns * 0.01), "steady_ns": 0}
        lines.append(line)
    return lines


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2, 1.0])
def test_amdahls_share_comes_back_from_a_machine_that_obeys_it(share: float) -> None:
    fit = fit_of([2, 4, 8], machine(share))
    assert fit is not None
    assert fit.law == "Amdahl"
    assert not fit.off
    found = fit.parameters["serial share"]
    assert (found.estimate, found.low, found.high) == pytest.approx((share, share, share), abs=1e-6)


def test_a_lock_held_for_a_share_comes_back_from_one_task_a_worker() -> None:
    cells = grown(cells_of([2, 4, 8]), 1)
    (one,) = scaling_of(machine(0.25).run(cells, 10), cells)
    assert one.fit is not None
    assert one.fit.law == "Amdahl"
    assert one.fit.parameters["serial share"].estimate == pytest.approx(0.25, abs=1e-6)
    assert [point.karp_flatt and point.karp_flatt.estimate for point in one.points] == pytest.approx([0.25] * 3)


def test_weak_scaling_without_a_serial_part_has_gustafsons_share_and_no_karp_flatt() -> None:
    cells = grown(cells_of([2, 4, 8]), 10)
    (one,) = scaling_of(machine(0.0).run(cells, 10), cells)
    assert one.fit is not None
    assert one.fit.law == "Gustafson"
    assert one.fit.parameters["serial share"].estimate == pytest.approx(0, abs=1e-6)
    assert [point.speedup.estimate for point in one.points] == pytest.approx([2, 4, 8])
    assert {point.karp_flatt for point in one.points} == {None}


def test_weak_scaling_that_follows_amdahl_is_not_given_gustafsons_share() -> None:
    cells = grown(cells_of([2, 4, 8, 16]), 10)
    (one,) = scaling_of(machine(0.25).run(cells, 10), cells)
    assert one.fit is not None
    assert one.fit.off


def test_two_counts_carry_karp_flatt_only() -> None:
    cells = cells_of([4])
    (one,) = scaling_of(machine(0.2).run(cells, 10), cells)
    assert one.fit is None
    assert one.points[0].karp_flatt is not None
    assert one.points[0].karp_flatt.estimate == pytest.approx(0.2)


def test_without_one_worker_nothing_is_said() -> None:
    cells = [replace(one, baseline=f"{one.workload.name}/processes/2") for one in cells_of([2, 4])[1:]]
    assert scaling_of(machine().run(cells, 10), cells) == ()


def test_a_model_is_held_against_itself_with_one_worker_where_that_was_measured() -> None:
    cells = cells_of([1, 2, 4])
    lines = machine(0.2).run(cells, 10)
    dear = changed(lines, "wait/serial/1", range(1, 11), {"phases": {"startup_ns": 1, "cold_ns": 10**9, "stop_ns": 1}})
    (one,) = scaling_of(dear, cells)
    assert one.over.cell.key == "wait/processes/1"
    assert one.fit is not None
    assert one.fit.parameters["serial share"].estimate == pytest.approx(0.2, abs=1e-6)


def test_counts_beyond_the_cores_are_measured_but_no_part_of_the_law() -> None:
    cells = cells_of([2, 4, 8])
    (one,) = scaling_of(machine(cpus=4).run(cells, 10), cells)
    assert [point.carried for point in one.points] == [True, True, False]
    assert one.fit is not None
    assert one.fit.most_workers == 4


def test_waiting_work_has_more_workers_than_cores_in_its_law() -> None:
    cells = cells_of([2, 4, 8], THREADS)
    (one,) = scaling_of(with_law(cells, {1: 1, 2: 1.9, 4: 3.5, 8: 6.0}), cells)
    assert [point.carried for point in one.points] == [True, True, True]


def test_workers_without_a_task_are_no_part_of_the_law() -> None:
    cells = [replace(one, tasks=4) for one in cells_of([2, 4, 8])]
    lines = [{**line, "tasks": 4, "service": {"1600": 4}} for line in machine().run(cells, 10)]
    assert [point.carried for point in scaling_of(lines, cells)[0].points] == [True, True, False]


def usl(counts: Iterable[int], contention: float, coherency: float) -> dict[int, float]:
    return {workers: USL.speedup((1.0, contention, coherency), workers) for workers in counts}


def fit_of_usl(counts: Sequence[int], contention: float, coherency: float) -> Fit:
    cells = cells_of(counts[1:])
    (one,) = scaling_of(with_law(cells, usl(counts, contention, coherency)), cells)
    assert one.fit is not None
    return one.fit


def test_six_counts_that_reach_eight_workers_carry_the_universal_scalability_law() -> None:
    fit = fit_of_usl((1, 2, 4, 8, 12, 16), 0.05, 0.01)
    assert fit.law == "Universal Scalability Law"
    assert not fit.off
    assert fit.parameters["contention"].estimate == pytest.approx(0.05, abs=0.01)
    assert fit.parameters["coherency"].estimate == pytest.approx(0.01, abs=0.001)
    assert fit.peak is not None
    assert fit.peak.estimate == pytest.approx((0.95 / 0.01) ** 0.5, rel=0.05)


def test_six_counts_below_eight_workers_carry_it_only_past_the_peak() -> None:
    assert fit_of_usl((1, 2, 3, 4, 5, 6), 0.1, 0.0).law == "Amdahl"
    assert fit_of_usl((1, 2, 3, 4, 5, 6), 0.1, 0.1).law == "Universal Scalability Law"


def test_five_counts_carry_amdahls_law_however_far_they_reach() -> None:
    assert fit_of_usl((1, 2, 4, 8, 16), 0.1, 0.0).law == "Amdahl"


def test_where_coherency_may_be_free_the_peak_has_no_upper_end() -> None:
    fit = fit_of_usl((1, 2, 4, 8, 12, 16), 0.1, 0.0)
    assert fit.parameters["coherency"].low == 0
    assert fit.peak is not None
    assert fit.peak.high == inf


def test_a_law_that_misses_what_was_measured_is_said_to_be_off() -> None:
    cells = cells_of([2, 4, 8])
    (one,) = scaling_of(with_law(cells, {1: 1, 2: 2, 4: 3, 8: 1.5}), cells)
    assert one.fit is not None
    assert 8 in {at.workers for at in one.fit.off}


def test_fewer_than_six_blocks_give_a_share_without_an_interval() -> None:
    fit = fit_of([2, 4, 8], machine(0.2), blocks=5)
    assert fit is not None
    assert fit.blocks == 5
    share = fit.parameters["serial share"]
    assert share == Interval(share.estimate)


def test_blocks_without_all_points_are_left_out_of_the_fit() -> None:
    cells = cells_of([2, 4, 8])
    lines = changed(machine(0.2).run(cells, 20), "wait/processes/8", [3, 4], failed("failed", "no"))
    (one,) = scaling_of(lines, cells)
    assert one.fit is not None
    assert one.fit.blocks == 18


def test_a_dropped_cell_does_not_take_the_blocks_of_the_others_from_the_fit() -> None:
    cells = cells_of([2, 4, 8])
    lines = [
        line for line in machine(0.2).run(cells, 10) if line.get("key") != "wait/processes/8" or line["block"] in (1, 2)
    ]
    (one,) = scaling_of(lines, cells)
    assert one.fit is not None
    assert (one.fit.blocks, one.fit.most_workers) == (10, 4)


def test_cells_that_failed_in_more_than_a_tenth_of_their_blocks_have_no_point() -> None:
    cells = cells_of([2, 4, 8])
    lines = changed(machine(0.2).run(cells, 10), "wait/processes/8", [3, 4], failed("failed", "no"))
    assert [point.workers for point in scaling_of(lines, cells)[0].points] == [2, 4]


def test_first_batches_are_used_for_all_where_some_cell_has_no_further_one() -> None:
    cells = cells_of([2, 4])
    lines = machine(0.2).run(cells, 10)
    phases = {"startup_ns": 1, "cold_ns": 4 * 10**9, "steady_ns": [10**9], "stop_ns": 1}
    every = lines
    for one in cells:
        every = changed(every, one.key, range(1, 11), {"phases": phases})
    assert scaling_of(every, cells)[0].batch == "steady"
    some = changed(lines, cells[0].key, range(1, 11), {"phases": phases})
    assert scaling_of(some, cells)[0].batch == "cold"


def test_steady_batches_are_used_where_all_have_them() -> None:
    cells = cells_of([2])
    lines = machine().run(cells, 10)
    for one, ns in zip(cells, (9 * 10**8, 3 * 10**8), strict=True):
        phases = {"startup_ns": 1, "cold_ns": 10**9, "steady_ns": [ns, ns], "stop_ns": 1}
        lines = changed(lines, one.key, range(1, 11), {"phases": phases})
    assert scaling_of(lines, cells)[0].points[0].speedup.estimate == pytest.approx(3)


@pytest.mark.parametrize(
    ("model", "gil", "bounds"),
    [
        (THREADS, "shared", [1, 1, 1]),
        (THREADS, "re-enabled", [1, 1, 1]),
        (THREADS, "off", [2, 4, 4]),
        (PROCESSES, "per interpreter", [2, 4, 4]),
        (ASYNCIO, "off", [1, 1, 1]),
        (variant("asyncio", values={"offload": "threads"}), "off", [2, 4, 4]),
    ],
    ids=["threads", "re-enabled", "free-threaded", "processes", "asyncio", "asyncio offloaded"],
)
def test_bounds_of_computing_work_on_four_cores(model: Variant, gil: str, bounds: list[float]) -> None:
    cells = cells_of([2, 4, 8], model)
    lines = [{**line, "gil": gil} for line in machine(0.0, cpus=4).run(cells, 6)]
    assert [point.bound for point in scaling_of(lines, cells)[0].points] == pytest.approx(bounds)


def test_without_cpu_time_there_is_no_bound_and_one_core_a_worker() -> None:
    cells = cells_of([2, 4, 8])
    lines = [{**line, "cpu": None} for line in machine(cpus=4).run(cells, 6)]
    points = scaling_of(lines, cells)[0].points
    assert [point.bound for point in points] == [None, None, None]
    assert [point.carried for point in points] == [True, True, False]


def test_what_lies_above_its_bound_by_its_whole_interval_is_named() -> None:
    cells = cells_of([2, 4], THREADS)
    assert [point.exceeds for point in scaling_of(machine(0.0).run(cells, 10), cells)[0].points] == [True, True]
    page = page_of(machine(0.0).run(cells, 10), cells)
    assert "`threads`: above the bound with 2, 4 workers by the whole interval" in page
    assert "not all CPU time is spent holding the GIL" in page


def test_each_variant_of_a_model_and_each_piece_of_work_scales_by_itself() -> None:
    sizes = [swept(cell().workload, "seconds", size) for size in (0.01, 0.05)]
    cells = [
        replace(one, key=f"{size}{one.key}", workload=workload, baseline=f"{size}{one.baseline}")
        for size, workload in enumerate(sizes)
        for one in cells_of([2, 4])
    ]
    assert len(scaling_of(machine().run(cells, 6), cells)) == 2
    assert "`processes`, seconds = 0.01 <sub>" in page_of(machine().run(cells, 6), cells)


def said(counts: Sequence[int], stand_in: StandIn, blocks: int = 10) -> str:
    cells = cells_of(counts)
    lines = [{**line, "gil": "per interpreter"} for line in stand_in.run(cells, blocks)]
    page = page_of(lines, cells)
    return next(line for line in page.splitlines() if line.startswith("- `processes` scales by Amdahl's law"))


def test_the_page_says_nothing_of_more_than_twice_the_most_workers() -> None:
    assert "any number of workers" not in said([2, 4, 8], machine(0.5))


def test_the_page_says_what_a_share_means() -> None:
    assert said([2, 4, 8], machine(0.2)) == (
        "- `processes` scales by Amdahl's law, serial share 0.200 (0.200–0.200): "
        "16 workers, twice the most that it was fitted to, would give 4.00× (4.00–4.00)."
    )


def test_a_limit_beyond_twice_the_largest_count_is_not_told() -> None:
    assert said([2, 4], machine(0.1)).endswith(
        ": 8 workers, twice the most that it was fitted to, would give 4.71× (4.71–4.71)."
    )


def test_nothing_is_told_that_the_bound_forbids() -> None:
    assert said([2, 4], machine(0.1, cpus=4)).endswith(
        ": 8 workers, twice the most that it was fitted to, can't pass the bound of 4.00×."
    )


def test_a_share_without_an_interval_says_why() -> None:
    assert "serial share 0.200 (5 blocks, too few for an interval): " in said([2, 4, 8], machine(0.2), 5)


def scaling_lines(counts: Sequence[int], speedups: dict[int, float]) -> str:
    cells = cells_of(counts)
    page = page_of(with_law(cells, speedups), cells)
    return "\n".join(line for line in page.splitlines() if line.startswith("- `processes` scales by"))


def test_a_law_that_is_off_is_not_given() -> None:
    text = scaling_lines([2, 4, 8], {1: 1, 2: 2, 4: 3, 8: 1.5})
    assert "Amdahl's law does not hold (with " in text
    assert "so no parameters are given" in text
    assert "serial share" not in text


def test_the_page_says_where_the_peak_lies() -> None:
    counts = (1, 2, 4, 8, 12, 16)
    assert ": the peak lies at 10 workers (" in scaling_lines(counts[1:], usl(counts, 0.05, 0.01))


def test_the_page_never_looks_past_twice_the_largest_count_for_a_peak() -> None:
    counts = (1, 2, 4, 8, 12, 16)
    assert "no peak up to 32 workers" in scaling_lines(counts[1:], usl(counts, 0.05, 0.0))


def test_the_table_has_points_beside_bounds() -> None:
    cells = cells_of([2, 4, 8])
    _, points, _ = tables_of(page_of(machine(0.2, cpus=4).run(cells, 10), cells))
    assert points[0] == ["model", "workers", "speedup (×)", "efficiency", "e(N)", "bound (×)"]
    name = "<code>processes</code> <sub>over <code>serial</code>, first batches</sub>"
    assert points[1][:4] == [name, "2", "1.67 <sub>1.67–1.67</sub>", "0.833"]
    assert points[3][1] == "8 ‡"


def test_models_without_a_law_are_named_in_one_line() -> None:
    cells = [*cells_of([2]), cell(THREADS, 2)]
    page = page_of(machine().run(cells, 6), cells)
    assert "- No law for `processes`, `threads`: a law takes 3 worker counts" in page


def test_where_no_model_has_more_than_one_worker_there_is_no_section() -> None:
    cells = [cell(), cell(THREADS, 1)]
    assert "Scaling" not in page_of(machine().run(cells, 6), cells)
    assert "Scaling" not in page_of(machine().run([cell(SERIAL)], 6), [cell(SERIAL)])


def test_the_table_is_folded_away() -> None:
    cells = [cell(), *(cell(variant(f"m{number}", "threads"), 2) for number in range(13))]
    assert "<summary>Kind of work, scaling and noise</summary>" in page_of(machine().run(cells, 6), cells)
