"""What a sheet and a page say, to the digit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import BASELINE, CELLS, COMMAND, EIGHT, FOUR, LINES, page_of, rendered, sheet_of, summary_of, tables_of
from records import FACTS, THREADS, StandIn, cell, changed, failed, swept, variant

from runner.stats import Interval
from runner.summary.numbers import digits, interval_digits, times


@pytest.mark.parametrize(
    ("value", "half_width", "text"),
    [
        (3.98765, 0.0345, "3.988"),
        (3.98765, 0.00345, "3.9876"),
        (3.98765, 0.0996, "3.99"),
        (3.98765, 1.2, "4.0"),
        (398.765, 12.0, "399"),
        (39876.5, 1234.0, "39900"),
        (1.0, 1e-15, "1.000000000"),
        (2.0, 0.0, "2.00"),
        (3.98765, None, "3.99"),
        (9.999, None, "10.0"),
        (12345.6, None, "12300"),
        (0.0000123456, None, "0.0000123"),
        (0.0, None, "0"),
        (None, 0.1, ""),
    ],
)
def test_a_figure_has_two_digits_of_its_half_width_or_three_significant_ones(
    value: float | None, half_width: float | None, text: str
) -> None:
    assert digits(value, half_width) == text


def test_an_estimate_and_its_interval_end_at_the_same_place() -> None:
    assert interval_digits(Interval(3.98765, 3.9, 4.01)) == ("3.988", "3.900", "4.010")


@pytest.mark.parametrize(
    ("seconds", "texts"),
    [
        ((4.0, 1.0), ["4.00 s", "1.00 s"]),
        ((1.24, 0.016), ["1.24 s", "0.0160 s"]),
        ((0.201, 0.102), ["201 ms", "102 ms"]),
        ((0.0000954,), ["95.4 µs"]),
        ((0.0,), ["0 s"]),
    ],
)
def test_times_have_the_unit_of_the_longest(seconds: tuple[float, ...], texts: list[str]) -> None:
    assert times(*seconds) == texts


@given(st.floats(1e-9, 1e9), st.floats(1e-12, 1e9))
def test_rounding_moves_a_figure_by_at_most_a_twentieth_of_its_half_width(value: float, half_width: float) -> None:
    assert abs(float(digits(value, half_width)) - value) <= max(half_width / 19, 1e-9)


def test_the_columns_of_the_sheet_are_those_of_the_design() -> None:
    (header, *_) = rendered(summary_of())["summary.csv"].splitlines()
    assert header == (
        "experiment,workload,model,options,workers,python,tasks,status,blocks,makespan_s,makespan_low_s,"
        "makespan_high_s,speedup,speedup_low,speedup_high,efficiency,startup_s,cold_s,steady_s,quickest_s,stop_s,tasks_per_s,"
        "task_p50_s,task_p95_s,task_p99_s,task_n,cpu_s,cpu_per_wall,memory_mib,gil,verdict,notes,reason,machine,key"
    )


def test_swept_columns_stand_between_workload_and_model() -> None:
    some = replace(
        cell(swept(THREADS, "switch_interval", 0.01), 2, swept(BASELINE.workload, "seconds", 0.5)), swept_env={"N": "1"}
    )
    (row,) = sheet_of([], [some])
    assert list(row)[:6] == ["experiment", "workload", "workload.seconds", "model.switch_interval", "env.N", "model"]
    assert list(row.values())[2:5] == ["0.5", "0.01", "1"]


def test_a_row_of_the_sheet_is_exactly_this() -> None:
    row = sheet_of()[1]
    filled = {name: value for name, value in row.items() if value}
    assert filled == {
        "experiment": "waiting", "workload": "wait", "model": "threads", "workers": "4", "python": "3.11.7",
        "tasks": "100", "status": "ok", "blocks": "10", "makespan_s": "1.50", "makespan_low_s": "1.00",
        "makespan_high_s": "2.00", "speedup": "4.00", "speedup_low": "4.00", "speedup_high": "4.00",
        "efficiency": "1.00", "startup_s": "0.150", "cold_s": "1.20", "stop_s": "0.150", "tasks_per_s": "83.3",
        "task_p50_s": "0.0337", "task_p95_s": "0.0337", "task_p99_s": "0.0337", "task_n": "1000", "cpu_s": "1.00",
        "cpu_per_wall": "1.00", "memory_mib": "20.0", "gil": "shared", "verdict": "faster", "machine": "m-here", "key": "wait/threads/4",
    }  # fmt: skip


def test_of_further_batches_the_sheet_has_the_mean_and_the_least() -> None:
    phases = {"startup_ns": 1, "cold_ns": 10**9, "steady_ns": [10**9, 3 * 10**9], "stop_ns": 1}
    row = sheet_of(changed(LINES, FOUR.key, range(1, 11), {"phases": phases}))[1]
    assert (row["steady_s"], row["quickest_s"]) == ("2.00", "1.00")


def test_a_failed_cell_has_its_reason_and_no_figure() -> None:
    row = sheet_of(changed(LINES, FOUR.key, range(1, 11), failed("timeout", "30 s")))[1]
    assert (row["status"], row["reason"], row["blocks"]) == ("timeout", "30 s", "0")
    assert {row[name] for name in row if name.endswith(("_s", "_low", "_high")) or name == "speedup"} == {""}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝"])
def test_no_text_becomes_a_formula(start: str) -> None:
    text = f"{start}1+cmd()"
    nasty = replace(cell(variant(text, "threads"), 4, swept(variant(text, "sleep"), "name", text)), key="k")
    row = sheet_of(StandIn().run([nasty], 1), [nasty])[0]
    lines = changed(StandIn().run([nasty], 1), nasty.key, [1], failed("failed", text) | {"notes": [text], "gil": text})
    for value in [*row.values(), *sheet_of(lines, [nasty])[0].values()]:
        assert not value.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


def test_a_negative_swept_number_stays_a_number() -> None:
    assert sheet_of([], [cell(workload=swept(BASELINE.workload, "shift", -5))])[0]["workload.shift"] == "-5"


def test_a_row_is_a_line_whatever_its_texts_hold() -> None:
    sheet = rendered(summary_of(changed(LINES, FOUR.key, range(1, 11), failed("failed", 'a\nb,"c"\r\n'))))
    assert len(sheet["summary.csv"].split("\n")) == 1 + 3 + 1


def test_the_speedup_table_has_models_down_and_workers_across() -> None:
    lines = changed(LINES, EIGHT.key, range(1, 11), {"notes": ["its plain body blocks the event loop"]})
    speedups, *_ = tables_of(page_of(lines))
    assert speedups == [
        ["model", "1 worker", "4 workers", "8 workers"],
        ["<code>serial</code>", "1.00", "", ""],
        ["<code>threads</code>", "", "4.00 <sub>4.00–4.00</sub>", ""],
        [
            "<code>asyncio</code> <sub>blocks the event loop</sub>",
            "",
            "",
            "<strong>8.00</strong> ◀ <sub>8.00–8.00</sub>",
        ],
    ]


def test_a_failed_cell_stands_in_the_table_with_its_reason_below() -> None:
    page = page_of(changed(LINES, FOUR.key, range(1, 11), failed("crashed", "a worker was ended by SIGSEGV")))
    assert tables_of(page)[0][2] == ["<code>threads</code>", "", "<em>crashed</em>", ""]
    assert "- `threads` × 4: *crashed*, a worker was ended by SIGSEGV\n" in page


def test_a_column_with_more_workers_than_cores_is_marked() -> None:
    crowded = (BASELINE, cell(THREADS, 8))
    page = page_of(StandIn().run(crowded, 3), crowded)
    assert tables_of(page)[0][0] == ["model", "1 worker", "8 workers †"]
    assert "†: more workers than usable cores." in page


def test_what_varies_beside_the_model_has_columns_of_its_own() -> None:
    cells = [
        replace(each, key=f"{each.key}/{size}", workload=swept(each.workload, "size", size), python_label=label)
        for size in (64, 512)
        for label in ("3.11", "3.14t")
        for each in (BASELINE, FOUR)
    ]
    (speedups, _) = tables_of(page_of([], cells))
    assert speedups[0] == ["model", "workers", "<code>python</code>", "<code>size</code> 64", "<code>size</code> 512"]
    assert [row[:3] for row in speedups[1:]] == [
        [f"<code>{model}</code>", workers, python]
        for python in ("3.11", "3.14t")
        for model, workers in (("serial", "1"), ("threads", "4"))
    ]


def test_workers_stand_across_unless_another_way_makes_a_smaller_table() -> None:
    sizes = [swept(BASELINE.workload, "size", size) for size in (64, 512)]
    cells = [
        replace(cell(model, workers, size), key=f"{size.swept['size']}/{model.name}/{workers}")
        for size in sizes
        for model, workers in ((BASELINE.model, 1), (THREADS, 1), (THREADS, 2), (EIGHT.model, 1), (EIGHT.model, 2))
    ]
    (speedups, _) = tables_of(page_of([], [*cells[:5], *cells[6:8]]))
    assert speedups[0] == ["model", "<code>size</code>", "1 worker", "2 workers"]


def test_as_many_workers_as_tasks_share_a_column_with_them() -> None:
    cells = [
        replace(cell(model, tasks), key=f"{model.name}/{tasks}", tasks=tasks)
        for tasks in (10, 100)
        for model in (THREADS, EIGHT.model)
    ]
    (speedups, _) = tables_of(page_of([], cells))
    assert speedups[0] == ["model", "<code>tasks</code> 10, 10 workers", "<code>tasks</code> 100, 100 workers"]


def test_intervals_stand_below_their_figures_where_a_table_would_be_too_wide() -> None:
    cells = [BASELINE, *(cell(THREADS, workers) for workers in range(2, 12))]
    (speedups, _, _) = tables_of(page_of(StandIn(share=0.2).run(cells, 6), cells))
    assert speedups[2][2] == "1.67<br><sub>1.67–1.67</sub>"


def test_marks_are_explained_once_and_only_those_that_are_there() -> None:
    page = page_of()
    assert page.count("<sub>Small: 95 % interval; bold: ") == 1
    assert "†" not in page


def test_a_cell_whose_coroutine_holds_up_the_loop_says_so_beside_one_that_does_not() -> None:
    cells = [
        replace(cell(EIGHT.model, 1, swept(BASELINE.workload, "name", name)), key=name, baseline="a") for name in "ab"
    ]
    held = {"held_up": {"ticks": 9, "typical_ns": 10**6, "longest_ns": 9 * 10**7, "span_ns": 10**8}}
    page = page_of(changed(StandIn().run(cells, 6), "b", range(1, 7), held), cells)
    (line,) = tables_of(page)[0][1:]
    assert ["blocks the event loop" in entry for entry in line] == [False, False, False, True]


def test_more_than_a_few_notes_on_cells_are_folded_away() -> None:
    cells = [BASELINE, *(cell(THREADS, workers) for workers in (2, 3, 4, 8))]
    lines = StandIn().run(cells, 6)
    for number, each in enumerate(cells[1:]):
        lines = changed(lines, each.key, range(1, 7), {"notes": [f"note {number}"]})
    assert "<details><summary>4 notes on cells</summary>" in page_of(lines, cells)


def test_weak_scaling_has_one_line_a_model() -> None:
    cells = [replace(each, tasks=10 * each.workers, tasks_per_worker=10) for each in CELLS]
    page = page_of(StandIn().run(cells, 6), cells)
    assert len(tables_of(page)[0]) == 1 + 3
    assert "`seconds=0.05`, 10 tasks per worker." in page


def test_an_answer_begins_with_what_kind_of_work_it_is() -> None:
    (answer,) = [line for line in page_of().splitlines() if line.startswith("- **")]
    assert answer.startswith("- **Computing, releasing the GIL (`wait`): ")


def test_what_decided_on_the_kind_of_work_stands_below_its_table() -> None:
    lines = page_of().splitlines()
    (kind,) = [number for number, line in enumerate(lines) if line.startswith("- Kind of work: computing")]
    assert any(line.startswith("| model") for line in lines[:kind])


def test_all_figures_are_folded_away() -> None:
    *_, figures = tables_of(page_of())
    assert figures[0][:9] == [
        "workload",
        "model",
        "workers",
        "python",
        "tasks",
        "status",
        "blocks",
        "makespan (s)",
        "speedup (×)",
    ]
    assert [row[1] for row in figures[1:]] == ["<code>serial</code>", "<code>threads</code>", "<code>asyncio</code>"]


def test_the_page_says_how_it_was_measured_and_how_to_do_it_again() -> None:
    page = page_of()
    assert "Measured on `m-here` (4 × Xeon, 8 GiB, Linux 6.18) with CPython 3.11.7: 10 blocks in 1 session" in page
    assert page.endswith(f"To measure it again:\n\n```sh\n{COMMAND}\n```\n")


def test_the_page_says_how_long_measuring_it_again_takes_by_what_stands() -> None:
    page = page_of(changed(LINES, FOUR.key, range(1, 11), {"wall_ns": 6_200_000_000}))
    assert "\n\nTo measure it again, in about 1 min 2 s:\n\n```sh\n" in page


def test_the_page_says_which_build_each_label_stands_for() -> None:
    build = "CPython 3.14.0 free-threading build (main, Oct  7 2026) [GCC 12]"
    lines = changed(LINES, FOUR.key, range(1, 11), {"fingerprint": {"python": build}})
    page = page_of(lines, [BASELINE, replace(FOUR, python="3.14t", python_label="no GIL")])
    assert "with CPython 3.11.7, CPython 3.14.0 free-threading build (no GIL): 10 blocks" in page


def test_the_page_says_what_stands_elsewhere_without_mixing_it_in() -> None:
    other = StandIn(machine="m-there", facts={**FACTS, "cpu": "Arm", "cpus": 8, "usable_cpus": 2}, share=1.0)
    page = page_of([*LINES, *other.run([BASELINE, FOUR], 3, "s0")])
    note = "2 of 3 cells also stand from `m-there` (8 × Arm, 2 of them usable, 8 GiB, Linux 6.18)."
    assert f"{note} This page is of one machine alone.\n" in page
    assert tables_of(page) == tables_of(page_of())


def test_without_a_question_the_title_is_the_experiments_name() -> None:
    assert page_of(question="").startswith("# `waiting`\n")


def test_an_experiment_without_any_measurement_has_a_page() -> None:
    assert "Of 3 cells: 3 missing." in page_of([])
    assert "Nothing has been measured yet." in page_of([])


def test_cells_that_share_a_place_stand_in_it_together() -> None:
    other = replace(FOUR, key="other")
    speedups, *_ = tables_of(page_of(StandIn().run([BASELINE, FOUR, other], 3), [BASELINE, FOUR, other]))
    assert speedups[2] == ["<code>threads</code>", "", "4.00<br>4.00"]


def test_a_page_of_many_cells_is_cut_short_and_refers_to_the_sheet() -> None:
    many = [cell(variant(f"m{number}", "threads"), 2) for number in range(600)]
    lines = [
        line for each in many for line in changed(StandIn().run([each], 1), each.key, [1], failed("failed", each.key))
    ]
    page = page_of(lines, many)
    assert tables_of(page)[0][-1] == ['400 more in <a href="summary.csv">summary.csv</a>', ""]
    assert "- 400 more in [summary.csv](summary.csv)\n" in page
    assert "All figures of the 600 cells are in [summary.csv](summary.csv)." in page


@pytest.mark.parametrize(("label", "said"), [("asyncio", "`asyncio` <sub>offload=threads</sub>"), ("mine", "`mine`")])
def test_a_model_without_a_label_says_which_options_are_not_the_usual_ones(label: str, said: str) -> None:
    model = variant(label, "asyncio", {"loop": None, "offload": "threads"})
    cells = [cell(), cell(model, 4)]
    assert f"\n| {said} | " in page_of(StandIn().run(cells, 10), cells)
