"""The sentence that a workload's figures are put into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from records import SERIAL, THREADS, Line, StandIn, cell, changed, failed, journal, swept

from runner.matrix import Cell
from runner.summary import summarise

BASELINE = cell()
FOUR = cell(THREADS, 4)
CELLS = (BASELINE, FOUR)
LINES = StandIn(share=0.1).run(CELLS, 10)


def sentence(lines: Sequence[Line], cells: Sequence[Cell] = CELLS) -> str:
    (answer,) = summarise(cells, journal(lines), "waiting", "").answers
    assert answer.workload == "wait"
    return answer.sentence


def test_the_answer_is_the_largest_speedup_with_its_evidence() -> None:
    two = cell(THREADS, 2)
    lines = StandIn().run([BASELINE, two, FOUR], 10)
    slower = {"startup_ns": 0, "cold_ns": 1, "stop_ns": 0, "steady_ns": []}
    noisy = changed(lines, two.key, [1], {"phases": slower})
    assert sentence(noisy, [BASELINE, two, FOUR]) == (
        "The largest speedup measured is 4.00× over serial (95 % interval 4.00 to 4.00, 10 blocks): "
        "threads with 4 workers, 6.00 s → 1.50 s."
    )


def test_below_six_blocks_the_answer_gives_the_range_in_words() -> None:
    lines = changed(
        StandIn().run(CELLS, 3), FOUR.key, [1], {"phases": {"startup_ns": 0, "cold_ns": 2 * 10**9, "stop_ns": 0}}
    )
    assert "(3 of 3 blocks: 3.00 to 4.00×)" in sentence(lines)


def test_a_cell_that_failed_in_more_than_a_tenth_of_its_blocks_is_no_answer() -> None:
    assert sentence(changed(LINES, FOUR.key, [1, 2], failed("failed", "no"))) == (
        "No answer: whatever was compared failed in more than a tenth of its blocks."
    )


def test_where_nothing_took_less_time_the_answer_says_that() -> None:
    assert sentence(StandIn(share=1.0).run(CELLS, 6)).startswith("Nothing measured took less time than serial; ")


def test_without_measurements_there_is_no_answer() -> None:
    assert sentence([]) == "Not measured yet."
    assert sentence(StandIn().run([BASELINE], 1), [BASELINE]) == "Nothing to compare with: serial takes 6.00 s."


def test_an_answer_says_where_it_lies_on_what_is_swept() -> None:
    sizes = [swept(BASELINE.workload, "seconds", size) for size in (0.01, 0.05)]
    cells = [
        replace(each, key=f"{size}{each.key}", workload=workload, baseline=f"{size}{each.baseline}")
        for size, workload in enumerate(sizes)
        for each in (cell(SERIAL), FOUR)
    ]
    assert ": threads with 4 workers, seconds = 0.01, " in sentence(StandIn().run(cells, 6), cells)


def test_weak_scaling_answers_in_tasks_a_second() -> None:
    grown = [replace(each, tasks=10 * each.workers, tasks_per_worker=10) for each in CELLS]
    assert sentence(StandIn().run(grown, 5), grown).endswith("threads with 4 workers, 1.67 tasks/s → 6.67 tasks/s.")
