"""What a row says of a cell, on a machine that obeys Amdahl's law."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from records import (
    FACTS,
    MACHINE,
    PYTHON,
    THREADS,
    Line,
    StandIn,
    cell,
    changed,
    failed,
    journal,
    swept,
    variant,
)

from runner.matrix import Cell
from runner.stats import Interval
from runner.summary import Figures, Machine, Row, Summary, summarise

BASELINE = cell()
FOUR = cell(THREADS, 4)
CELLS = (BASELINE, FOUR)
LINES = StandIn(share=0.1).run(CELLS, 10)


def summary_of(lines: Sequence[Line], cells: Sequence[Cell] = CELLS) -> Summary:
    return summarise(cells, journal(lines), "waiting", "What pays?")


def row_of(lines: Sequence[Line], key: str = FOUR.key, cells: Sequence[Cell] = CELLS) -> Row:
    return next(row for row in summary_of(lines, cells).rows if row.cell.key == key)


def figures_of(row: Row) -> Figures:
    assert row.figures is not None
    return row.figures


def four(changes: Mapping[str, object], blocks: Iterable[int] = range(1, 11)) -> Row:
    """The row of threads × 4 after some of its lines were changed."""
    return row_of(changed(LINES, FOUR.key, blocks, changes))


def test_a_speedup_is_amdahls_however_much_the_machine_drifts_between_blocks() -> None:
    speedup = row_of(LINES).speedup
    expected = pytest.approx(1 / (0.1 + 0.9 / 4), rel=1e-8)
    assert speedup is not None
    assert speedup.estimate == expected
    assert speedup.low == expected
    assert speedup.high == expected


def test_the_baseline_has_speedup_one_and_no_interval() -> None:
    assert row_of(LINES, BASELINE.key).speedup == Interval(1.0)


def test_efficiency_is_speedup_over_workers() -> None:
    efficiency = figures_of(row_of(LINES)).efficiency
    assert efficiency is not None
    assert efficiency.estimate == pytest.approx(1 / (0.1 + 0.9 / 4) / 4, rel=1e-8)


def test_five_blocks_give_an_estimate_without_an_interval() -> None:
    figures = figures_of(row_of(StandIn().run(CELLS, 5)))
    assert figures.speedup is not None
    assert figures.speedup.estimate == pytest.approx(4.0, rel=1e-8)
    assert (figures.speedup.low, figures.makespan_s.low) == (None, None)


def test_weak_scaling_compares_tasks_a_second() -> None:
    grown = [replace(each, tasks=10 * each.workers, tasks_per_worker=10) for each in CELLS]
    row = row_of(StandIn(share=0.1).run(grown, 10), cells=grown)
    assert row.speedup is not None
    assert row.speedup.estimate == pytest.approx(4 * 1 / (4 * (0.1 + 0.9 / 4)), rel=1e-8)


def test_only_blocks_in_which_both_count_are_paired() -> None:
    lines = changed(LINES, BASELINE.key, [2, 3], failed("crashed", "SIGSEGV"))
    assert {block for _, block in row_of(lines).log_speedups} == {1, 4, 5, 6, 7, 8, 9, 10}


def test_without_any_pair_there_is_no_speedup_and_a_note_says_why() -> None:
    row = row_of(changed(LINES, BASELINE.key, range(1, 11), failed("crashed", "SIGSEGV")))
    assert row.speedup is None
    assert row.notes == ("no speedup: no block in which its baseline counts as well",)


def test_a_cell_that_nothing_is_compared_with_says_so() -> None:
    alone = replace(FOUR, baseline=None)
    assert row_of(StandIn().run([alone], 6), cells=[alone]).notes == ("no baseline",)


def test_other_results_than_the_baselines_have_no_time() -> None:
    row = four({"results": {"count": 100, "digest": "other"}})
    assert (row.status, row.reason, row.figures) == ("invalid", "its results differ from the baseline's", None)


def test_a_block_with_other_results_is_left_out_and_said() -> None:
    row = four({"results": {"count": 100, "digest": "other"}}, [4])
    assert (row.status, len(row.counted)) == ("ok", 9)
    assert row.notes == ("1 of 10 blocks were invalid: its results differ from the baseline's",)


def test_results_are_not_compared_where_the_baseline_did_not_end_well() -> None:
    lines = changed(LINES, BASELINE.key, [4], failed("timeout", "30 s"))
    lines = changed(lines, FOUR.key, [4], {"results": {"count": 100, "digest": "other"}})
    assert len(row_of(lines).counted) == 10


@pytest.mark.parametrize(
    "other",
    [
        replace(FOUR, python="3.14", python_label="3.14"),
        replace(FOUR, workload=swept(FOUR.workload, "seconds", 1.0)),
        replace(FOUR, tasks=200),
        replace(FOUR, tasks=400, tasks_per_worker=100),
    ],
)
def test_results_are_not_compared_with_those_of_other_work_or_another_python(other: Cell) -> None:
    lines = changed(StandIn().run([BASELINE, other], 6), FOUR.key, range(1, 7), {"results": {"digest": "other"}})
    row = row_of(lines, cells=[BASELINE, other])
    note = "results not compared: its baseline does other tasks, or runs on another Python"
    assert (row.status, row.notes) == ("ok", (note,))


@pytest.mark.parametrize(
    ("baseline", "own", "status"),
    [
        ({"agrees": {}}, {"agrees": {BASELINE.key: True}}, "ok"),
        ({"agrees": {}}, {"agrees": {BASELINE.key: False}}, "invalid"),
        ({"agrees": {FOUR.key: True}}, {"agrees": {}}, "ok"),
        ({"agrees": {FOUR.key: False}}, {"agrees": {}}, "invalid"),
        ({"agrees": {"another": False}}, {"agrees": {}}, "ok"),
        ({"count": 100}, {"count": 100}, "ok"),
    ],
)
def test_whichever_came_later_says_whether_a_cell_agrees_with_its_baseline(
    baseline: Mapping[str, object], own: Mapping[str, object], status: str
) -> None:
    lines = changed(LINES, BASELINE.key, range(1, 11), {"results": baseline})
    assert row_of(changed(lines, FOUR.key, range(1, 11), {"results": own})).status == status


def test_a_line_without_times_is_invalid_even_if_it_says_ok() -> None:
    assert four({"phases": {}}).status == "invalid"


def test_what_was_never_measured_is_missing() -> None:
    row = row_of(StandIn().run([BASELINE], 3))
    assert (row.status, row.blocks, row.figures) == ("missing", 0, None)


def test_what_failed_in_every_block_has_the_newest_reason_and_no_figures() -> None:
    lines = changed(LINES, FOUR.key, range(1, 10), failed("failed", "ValueError: old"))
    row = row_of(changed(lines, FOUR.key, [10], failed("oom", "limit of 4 GiB")))
    assert (row.status, row.reason, row.figures) == ("oom", "limit of 4 GiB", None)


def test_a_few_failures_are_a_note() -> None:
    row = four(failed("failed", "ValueError: no"), [1, 2, 3])
    assert (row.status, row.reason, row.notes) == ("ok", "", ("3 of 10 blocks failed: ValueError: no",))
    assert row.failed_share == pytest.approx(0.3)


def test_failures_in_half_of_the_blocks_make_the_status() -> None:
    row = four(failed("failed", "ValueError: no"), range(1, 6))
    assert (row.status, row.reason, row.figures) == ("failed", "ValueError: no", None)
    assert row.notes == ("5 of 10 blocks failed: ValueError: no",)


def test_a_stale_cell_keeps_its_figures_and_says_why() -> None:
    row = summarise(CELLS, journal(LINES), "waiting", "", stale={FOUR.key: "images.py has changed"}).rows[1]
    assert (row.status, row.reason, len(row.counted)) == ("stale", "images.py has changed", 10)


def test_a_finding_of_the_preflight_is_the_row() -> None:
    finding = StandIn().invocation(FOUR, "s1", 0, {"stage": "preflight", **failed("unsupported", "needs a body")})
    row = row_of([*StandIn().run([BASELINE], 6), finding])
    assert (row.status, row.reason, row.figures) == ("unsupported", "needs a body", None)


def test_makespan_is_the_median_of_startup_cold_and_stop_in_seconds() -> None:
    assert figures_of(row_of(StandIn(serial_s=4.0).run(CELLS, 5))).makespan_s == Interval(1.5)


def test_percentiles_are_of_the_tasks_of_all_blocks() -> None:
    fast, slow = {"service": {"1280": 99}}, {"service": {"1920": 1}}
    figures = figures_of(row_of(changed(changed(LINES, FOUR.key, range(1, 10), fast), FOUR.key, [10], slow)))
    assert figures.task_p50_s == pytest.approx(2**20 * 1e-9, rel=0.006)
    assert figures.task_p99_s == pytest.approx(2**20 * 1e-9, rel=0.006)


def test_beside_percentiles_stands_of_how_many_tasks_they_are() -> None:
    assert figures_of(four({"service": {"1280": 99, "1920": 2}})).task_n == 10 * 101


def test_without_service_times_there_is_no_number_of_them() -> None:
    assert figures_of(four({"service": None})).task_n is None


@pytest.mark.parametrize(("tasks", "known"), [(9, False), (10, True)])
def test_p99_takes_a_hundred_tasks(tasks: int, known: bool) -> None:
    figures = figures_of(four({"service": {"1280": tasks}}))
    assert (figures.task_p99_s is not None) is known


def test_tasks_a_second_are_those_of_the_warm_batches_where_there_are_some() -> None:
    phases = {"startup_ns": 1, "cold_ns": 2 * 10**9, "stop_ns": 1}
    assert figures_of(four({"phases": {**phases, "steady_ns": []}})).tasks_per_s == pytest.approx(50)
    assert figures_of(four({"phases": {**phases, "steady_ns": [10**9, 10**9]}})).tasks_per_s == pytest.approx(100)


def test_cpu_per_wall_is_that_of_all_batches() -> None:
    phases = {"startup_ns": 1, "cold_ns": 2 * 10**9, "steady_ns": [10**9, 10**9], "stop_ns": 1}
    cpu = {"tree_ns": 9 * 10**9, "cold_ns": 2 * 10**9, "steady_ns": 4 * 10**9}
    figures = figures_of(four({"phases": phases, "cpu": cpu, "service": {"1280": 300}}))
    assert figures.cpu_per_wall == pytest.approx(1.5)
    assert figures.cpu_s == pytest.approx(9)


def test_what_was_not_measured_is_none_and_never_zero() -> None:
    figures = figures_of(four({"cpu": None, "memory": None, "service": None}))
    assert (figures.cpu_s, figures.cpu_per_wall, figures.memory_mib, figures.task_p50_s) == (None, None, None, None)
    assert figures.steady_s is None


def test_notes_of_all_blocks_stand_once() -> None:
    lines = changed(LINES, FOUR.key, range(1, 11), {"notes": ["slow"]})
    assert row_of(changed(lines, FOUR.key, [5], {"notes": ["odd", "slow"]})).notes == ("slow", "odd")


@pytest.mark.parametrize(("kind", "notes"), [("threads", ("oversubscribed",)), ("asyncio", ())])
def test_workers_beyond_the_usable_cores_are_noted_unless_they_share_a_thread(
    kind: str, notes: tuple[str, ...]
) -> None:
    eight = cell(variant(kind), 8)
    assert row_of(StandIn().run([BASELINE, eight], 3), eight.key, [BASELINE, eight]).notes == notes


def test_options_are_as_they_turned_out_without_the_swept_ones() -> None:
    model = swept(variant("processes", values={"start_method": None, "extra": None}), "chunksize", 4)
    some = cell(model, 2)
    lines = changed(
        StandIn().run([BASELINE, some], 3), some.key, [1, 2, 3], {"resolved": {"start_method": "fork", "chunksize": 4}}
    )
    assert row_of(lines, some.key, [BASELINE, some]).options == {"start_method": "fork"}


@pytest.mark.parametrize(
    ("build", "python"),
    [
        (PYTHON, "3.11.7"),
        ("CPython 3.14.0 free-threading build (main, Oct  7 2026) [GCC 12]", "3.14.0t"),
    ],
)
def test_the_current_python_is_named_by_its_version(build: str, python: str) -> None:
    assert four({"fingerprint": {"python": build}}).python == python


def test_a_row_that_does_not_know_its_python_has_the_version_of_the_others() -> None:
    assert four({"fingerprint": {"python": ""}}).python == "3.11.7"
    assert row_of([], FOUR.key).python == "current"


def test_a_python_that_was_asked_for_keeps_its_label() -> None:
    labelled = replace(FOUR, python="3.14t", python_label="no GIL")
    assert row_of(LINES, cells=[BASELINE, labelled]).python == "no GIL"


def test_rows_come_in_the_order_of_the_cells() -> None:
    assert [row.cell for row in summary_of(LINES, CELLS[::-1]).rows] == [FOUR, BASELINE]


def test_the_table_is_of_the_machine_that_has_most_and_names_the_others() -> None:
    other = StandIn(machine="m-there", facts={**FACTS, "cpus": 8, "usable_cpus": 8})
    summary = summary_of([*other.run([BASELINE], 6, "s0"), *LINES])
    assert summary.machine == Machine(MACHINE, "Xeon", 4, 4, 8 * 2**30, "Linux 6.18")
    assert [(there.machine.name, there.machine.cpus, there.cells) for there in summary.elsewhere] == [("m-there", 8, 1)]


def test_another_machines_blocks_are_never_paired_with_these() -> None:
    other = StandIn(machine="m-there", share=1.0)
    summary = summary_of([*LINES, *other.run(CELLS, 9, "s0")])
    assert summary.rows == summary_of(LINES).rows


def test_nothing_measured_is_a_table_of_missing_cells() -> None:
    summary = summary_of([])
    assert (summary.machine, [row.status for row in summary.rows]) == (None, ["missing", "missing"])


def test_provenance_names_what_stands_behind_the_rows() -> None:
    fingerprint = {"python": PYTHON, "distributions": {"numpy": "2.4.6"}}
    provenance = summary_of(changed(LINES, FOUR.key, range(1, 11), {"fingerprint": fingerprint})).provenance
    assert (provenance.pythons, provenance.commits) == ((PYTHON,), (("c0ffee", False),))
    assert provenance.distributions == {"numpy": ("2.4.6",)}
    assert (provenance.sessions, provenance.first_date, provenance.last_date) == (1, "2026-11-22", "2026-11-22")


def test_the_order_of_the_journals_lines_does_not_matter() -> None:
    lines = changed(LINES, FOUR.key, [2, 5], failed("failed", "ValueError: no"))
    shuffled = random.Random(1).sample(lines, len(lines))
    assert summary_of(shuffled) == summary_of(lines)


def steady(lines: list[Line], key: str, batches_ns: list[int]) -> list[Line]:
    """The lines, with further batches of one cell."""
    found = []
    for line in lines:
        phases = line.get("phases")
        if line.get("key") == key and isinstance(phases, dict):
            line = {**line, "phases": {**phases, "steady_ns": batches_ns}}
        found.append(line)
    return found


def test_on_steady_speedups_are_of_further_batches() -> None:
    lines = steady(steady(StandIn().run(CELLS, 6), CELLS[0].key, [6, 10]), CELLS[1].key, [4])
    rows = summarise(CELLS, journal(lines), "waiting", "", on="steady").rows
    assert rows[1].speedup is not None
    assert rows[1].speedup.estimate == pytest.approx(2.0)
    assert rows[1].figures is not None
    assert rows[1].figures.compared_s == Interval(4e-9, 4e-9, 4e-9)


def test_on_steady_a_cell_without_further_batches_has_no_speedup_and_says_why() -> None:
    lines = steady(StandIn().run(CELLS, 6), CELLS[0].key, [6, 10])
    row = summarise(CELLS, journal(lines), "waiting", "", on="steady").rows[1]
    assert (row.status, row.speedup) == ("ok", None)
    assert "no speedup: no block in which its baseline has a further batch as well" in row.notes


def test_the_quickest_batch_knows_of_no_burst() -> None:
    lines = steady(steady(StandIn().run(CELLS, 6), CELLS[0].key, [8, 8, 8]), CELLS[1].key, [4, 4, 400])
    row = summarise(CELLS, journal(lines), "waiting", "", on="quickest").rows[1]
    assert row.speedup is not None
    assert row.speedup.estimate == pytest.approx(2.0)


def test_the_quickest_of_unequal_numbers_of_batches_is_not_compared() -> None:
    lines = steady(steady(StandIn().run(CELLS, 6), CELLS[0].key, [8, 8, 8]), CELLS[1].key, [4, 4])
    assert summarise(CELLS, journal(lines), "waiting", "", on="quickest").rows[1].speedup is None
