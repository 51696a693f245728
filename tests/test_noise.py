"""The noise of a run: what is said of it with every table, and which rows are marked."""

from __future__ import annotations

from math import log
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import page_of, sheet_of
from records import SERIAL, THREADS, WAIT, Line, StandIn, cell, changed, drift, journal, variant

from runner.invoke.usage import Clocks, times_in, usage
from runner.stats import robust_spread
from runner.summary import Summary, summarise

BASELINE, FOUR = cell(), cell(THREADS, 4)
CELLS = (BASELINE, FOUR)
S = 10**9
LINES = StandIn().run(CELLS, 10)


def beside(others_cores: float, steal_cores: float = 0.0, wall_s: float = 4.0) -> Line:
    """What a line has of a child beside which others used so many cores."""
    return {
        "wall_ns": round(wall_s * S),
        "others_cpu_ns": round(others_cores * wall_s * S),
        "steal_ns": round(steal_cores * wall_s * S),
        "load": [1.5, 1.6],
    }


def disturbed(*others: float, wall_s: float = 4.0, steal_cores: float = 0.0) -> list[Line]:
    """A run in whose blocks others used so many cores beside threads × 4, and none beside the baseline."""
    lines = changed(LINES, BASELINE.key, range(1, 11), beside(0.0, 0.0, wall_s))
    for block in range(1, 11):
        taken = others[(block - 1) % len(others)]
        lines = changed(lines, FOUR.key, [block], beside(taken, steal_cores, wall_s))
    return lines


def summary_of(lines: list[Line]) -> Summary:
    return summarise(CELLS, journal(lines), "waiting", "What pays?")


def notes_of(lines: list[Line]) -> tuple[str, ...]:
    return summary_of(lines).rows[1].notes


def test_a_row_beside_which_others_used_cores_is_marked_with_how_many() -> None:
    assert notes_of(disturbed(0.8)) == ("measured in noise: others used 0.8 cores",)


def test_only_the_rows_that_were_disturbed_are_marked() -> None:
    assert summary_of(disturbed(0.8)).rows[0].notes == ()


def test_a_row_beside_which_others_used_less_than_a_tenth_of_a_core_is_not_marked() -> None:
    assert notes_of(disturbed(0.08)) == ()


def test_what_the_host_took_counts_as_others_and_is_said_apart() -> None:
    assert notes_of(disturbed(0.0, steal_cores=0.3)) == (
        "measured in noise: others used 0.0 cores, the host took 0.3 cores",
    )


def test_noise_in_some_blocks_counts_by_its_share_of_all_time() -> None:
    assert notes_of(disturbed(0.0, 1.0)) == ("measured in noise: others used 0.5 cores",)


def test_clocks_that_tick_too_early_and_too_late_cancel_out() -> None:
    assert notes_of(disturbed(0.4, -0.4, wall_s=0.02)) == ()


def test_what_the_ticks_of_the_clock_may_be_wrong_by_marks_no_row() -> None:
    assert notes_of(disturbed(0.2, wall_s=0.02)) == ()


def test_the_mark_is_in_the_sheet_and_below_the_table() -> None:
    lines = disturbed(0.8)
    assert sheet_of(lines, CELLS)[1]["notes"] == "measured in noise: others used 0.8 cores"
    assert "- `threads` × 4: measured in noise: others used 0.8 cores\n" in page_of(lines, CELLS)


def test_rows_that_were_measured_in_noise_share_one_remark_so_that_a_tenth_more_moves_no_other_line() -> None:
    lines = disturbed(0.8)
    for block in range(1, 11):
        lines = changed(lines, BASELINE.key, [block], beside(0.3))
    page = page_of(lines, CELLS)
    assert page.count("- all cells: measured in noise: others used 0.3 to 0.8 cores\n") == 1


def test_where_most_was_measured_in_noise_the_page_says_so_before_any_figure() -> None:
    lines = disturbed(0.8)
    for block in range(1, 11):
        lines = changed(lines, BASELINE.key, [block], beside(0.3))
    said, _, _ = page_of(lines, CELLS).partition("## ")
    assert "\n> Measured in noise: others used 0.3 to 0.8 cores meanwhile. " in said


def test_where_half_was_measured_in_noise_the_rows_say_so_and_no_more() -> None:
    assert summary_of(disturbed(0.8)).noise.warning == ""


def test_the_noise_of_a_run_is_that_of_its_baselines_and_of_all_its_counted_rows() -> None:
    noise = summary_of(disturbed(0.8)).noise
    assert noise.spread == pytest.approx(robust_spread([log(drift(block)) for block in range(1, 11)]))
    assert noise.others_cores == pytest.approx(0.4)
    assert (noise.steal_cores, noise.load) == (0.0, 1.5)


def test_the_anchor_has_a_spread_of_its_own() -> None:
    anchors = [{**StandIn().invocation(BASELINE, "s1", block), "key": "anchor"} for block in range(1, 11)]
    summary = summary_of([*LINES, *anchors])
    assert summary.noise.anchor_spread == summary.noise.spread


def test_the_workload_whose_baseline_varies_most_is_named() -> None:
    steady = variant("steady", "sleep")
    lines = StandIn().run([BASELINE, cell(SERIAL, 1, steady)], 10)
    for block in range(1, 11):
        still = StandIn(serial_s=4 / drift(block)).invocation(cell(SERIAL, 1, steady), "s1", block)
        lines = changed(lines, "steady/serial/1", [block], still)
    summary = summarise([BASELINE, cell(SERIAL, 1, steady)], journal(lines), "two", "?")
    assert summary.noise.widest is not None
    assert summary.noise.widest[1] == WAIT.name


def test_a_line_of_noise_stands_below_each_table_and_with_how_it_was_measured() -> None:
    said = "others used 0.40 cores, the host took 0.00 (steal), load 1.5."
    page = page_of(disturbed(0.8), CELLS)
    assert page.count(said) == 2
    assert next(line for line in page.splitlines() if line.startswith("Measured on")).endswith(said)


def test_of_a_journal_that_does_not_know_nothing_is_said_of_others() -> None:
    noise = summary_of(LINES).noise
    assert (noise.others_cores, noise.steal_cores, noise.load) == (None, None, None)
    assert notes_of(LINES) == ()
    assert "others used" not in page_of(LINES, CELLS)


def test_fewer_than_six_blocks_carry_no_spread() -> None:
    assert summary_of(StandIn().run(CELLS, 5)).noise.spread is None


@given(st.lists(st.floats(-1e3, 1e3), min_size=5), st.floats(1e6, 1e9))
def test_two_wild_numbers_of_five_or_more_leave_a_spread_within_that_of_the_rest(
    values: list[float], wild: float
) -> None:
    rest = sorted(values)
    within = 2 * (rest[-1] - rest[0])
    assert robust_spread([*values, wild, -wild]) <= 1.4826 * within


def test_the_spread_of_normally_distributed_numbers_is_their_standard_deviation() -> None:
    quantiles = [NormalDist(5, 0.03).inv_cdf((k + 0.5) / 1001) for k in range(1001)]
    assert robust_spread(quantiles) == pytest.approx(0.03, rel=2e-3)


STAT = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 2 3 100 200 4 5 6 1 0\ncpu1 10 0 0 0 0 0 0 7 0 0\nintr 1\n"


def test_busy_time_is_all_but_idle_iowait_and_steal_on_the_cores_that_may_be_used() -> None:
    tick = S // 100
    assert times_in(STAT, {0}) == (15 * tick, 6 * tick)
    assert times_in(STAT, {0, 1}) == (25 * tick, 13 * tick)


def test_a_system_that_counts_nothing_does_not_tell() -> None:
    assert times_in("cpu0 0 0 0 0 0 0 0 0 0 0\n", {0}) is None


def test_others_used_what_neither_the_child_nor_runmatrix_did() -> None:
    used = usage(Clocks(0, 0, 10 * S, S), Clocks(4 * S, S, 17 * S, 3 * S), tree_cpu_ns=2 * S)
    assert (used.wall_ns, used.others_cpu_ns, used.steal_ns) == (4 * S, 4 * S, 2 * S)


def test_where_the_system_does_not_tell_only_the_time_is_known() -> None:
    used = usage(Clocks(0, 0, None, None), Clocks(4 * S, S, None, None), tree_cpu_ns=2 * S)
    assert (used.wall_ns, used.others_cpu_ns, used.steal_ns) == (4 * S, None, None)
