"""Verdicts: what is claimed of each cell, which are best, and the sentence that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from records import SERIAL, THREADS, Line, StandIn, cell, changed, failed, in_full, journal, swept, variant

from runner.matrix import Cell
from runner.summary import summarise
from runner.verdict import decide, worded

BASELINE = cell()
FOUR = cell(THREADS, 4)
CELLS = (BASELINE, FOUR)
LINES = StandIn(share=0.1).run(CELLS, 10)


def sentence(lines: Sequence[Line], cells: Sequence[Cell] = CELLS) -> str:
    (answer,) = decide(summarise(cells, journal(lines), "waiting", ""), 0.05).answers
    assert answer.workload == "wait"
    return in_full(answer)


ASYNCIO, PROCESSES = variant("asyncio"), variant("processes")


def slower(lines: list[Line], key: str, factor: float) -> list[Line]:
    """The same lines with one cell slower in every block, by 1 % more in every second."""
    found = []
    for line in lines:
        if line.get("key") == key:
            phases = line["phases"]
            assert isinstance(phases, dict)
            times = {
                name: round(ns * factor * (1.01 if line["block"] in (2, 4, 6, 8, 10) else 1))
                for name, ns in phases.items()
                if ns
            }
            line = {**line, "phases": {**phases, **times}}
        found.append(line)
    return found


def test_the_answer_is_the_simplest_of_the_best_with_its_evidence_and_price() -> None:
    two = cell(THREADS, 2)
    assert sentence(StandIn().run([BASELINE, two, FOUR], 10), [BASELINE, two, FOUR]) == (
        "threads with 4 workers, 4.00× faster than serial (6.00 s → 1.50 s; 95 % interval 4.00 to 4.00). "
        "Price of threads: 20.0 MiB of memory instead of 20.0, 12.0 ms of CPU time a task instead of 48.0 ms."
    )


def test_of_models_that_are_equivalent_the_simpler_is_advised_and_the_others_named() -> None:
    cells = [BASELINE, cell(PROCESSES, 4), FOUR, cell(ASYNCIO, 4)]
    said = sentence(StandIn().run(cells, 10), cells)
    assert said.startswith("asyncio with 4 workers, 4.00× faster than serial ")
    assert (
        "As good, as far as can be told: processes and threads with 4 workers (take threads if the code isn't async)."
        in said
    )


def test_a_plain_body_that_blocks_the_loop_does_not_make_asyncio_simple() -> None:
    cells = [BASELINE, FOUR, cell(ASYNCIO, 4)]
    notes = {"notes": ["its plain body blocks the event loop"]}
    lines = changed(StandIn().run(cells, 10), cells[2].key, range(1, 11), notes)
    assert sentence(lines, cells).startswith("threads with 4 workers, ")


def test_concurrency_that_buys_nothing_is_not_advised() -> None:
    assert sentence(StandIn(share=1.0).run(CELLS, 10)).startswith(
        "serial: nothing else was shown to be more than 5 % faster (6.00 s)."
    )


def test_the_next_best_of_another_kind_is_named_where_none_is_among_the_best() -> None:
    cells = [BASELINE, FOUR, cell(PROCESSES, 4)]
    said = sentence(slower(StandIn().run(cells, 10), cells[2].key, 1.5), cells)
    assert "Next: processes with 4 workers, 2.653×." in said


def test_what_gains_nothing_is_not_named_as_the_next_best() -> None:
    cells = [BASELINE, FOUR, cell(PROCESSES, 4)]
    assert "Next" not in sentence(slower(StandIn().run(cells, 10), cells[2].key, 5), cells)


def test_below_six_blocks_the_answer_gives_the_range_in_words() -> None:
    lines = changed(
        StandIn().run(CELLS, 3), FOUR.key, [1], {"phases": {"startup_ns": 0, "cold_ns": 2 * 10**9, "stop_ns": 0}}
    )
    assert "; 3 of 3 blocks: 3.00 to 4.00×)" in sentence(lines)


def test_a_cell_that_failed_in_more_than_a_tenth_of_its_blocks_is_no_answer() -> None:
    assert sentence(changed(LINES, FOUR.key, [1, 2], failed("failed", "no"))) == (
        "No answer: whatever was compared failed in more than a tenth of its blocks."
    )


def test_below_six_blocks_where_nothing_took_less_time_the_answer_says_that() -> None:
    assert sentence(StandIn(share=1.0).run(CELLS, 5)).startswith("Nothing measured took less time than serial; ")


def test_without_measurements_there_is_no_answer() -> None:
    assert sentence([]) == "Not measured yet."
    assert sentence(StandIn().run([BASELINE], 1), [BASELINE]) == "Nothing to compare with: serial takes 6.00 s."


def test_an_answer_begins_with_where_it_lies_on_what_is_swept() -> None:
    sizes = [swept(BASELINE.workload, "seconds", size) for size in (0.01, 0.05)]
    cells = [
        replace(each, key=f"{size}{each.key}", workload=workload, baseline=f"{size}{each.baseline}")
        for size, workload in enumerate(sizes)
        for each in (cell(SERIAL), FOUR)
    ]
    said = sentence(StandIn().run(cells, 10), cells)
    assert "seconds = 0.01: threads with 4 workers, 4.00× faster" in said
    assert "seconds = 0.05: threads with 4 workers, 4.00× faster" in said


def test_weak_scaling_answers_in_tasks_a_second() -> None:
    grown = [replace(each, tasks=10 * each.workers, tasks_per_worker=10) for each in CELLS]
    assert "(1.67 tasks/s → 6.67 tasks/s; " in sentence(StandIn().run(grown, 5), grown)


def test_a_baseline_that_is_the_same_model_elsewhere_is_named_with_its_place() -> None:
    sizes = [swept(BASELINE.workload, "seconds", size) for size in (0.01, 0.05)]
    cells = [replace(cell(THREADS, 4, size), key=f"{size.swept['seconds']}", baseline="0.01") for size in sizes]
    assert "over threads with 4 workers at seconds = 0.01" in sentence(StandIn().run(cells, 10), cells)


def words(lines: Sequence[Line], cells: Sequence[Cell] = CELLS, margin: float = 0.05) -> list[str]:
    verdicts = decide(summarise(cells, journal(lines), "waiting", ""), margin)
    return [verdicts.words(each.key) for each in cells]


def test_each_cell_has_its_claim_and_the_best_and_the_answer_are_marked() -> None:
    cells = [BASELINE, cell(THREADS, 2), FOUR]
    assert words(StandIn().run(cells, 10), cells) == ["", "faster", "faster, best, answer"]


def test_what_lies_within_the_margin_is_equivalent_and_what_does_not_is_slower() -> None:
    lines = slower(StandIn(share=1.0).run(CELLS, 10), FOUR.key, 1.02)
    assert words(lines) == ["best, answer", "equivalent, best"]
    assert words(lines, margin=0.001) == ["best, answer", "slower"]


def test_too_few_blocks_carry_no_verdict() -> None:
    assert words(StandIn().run(CELLS, 5)) == ["", "too few"]


def test_a_cell_that_failed_in_more_than_a_tenth_of_its_blocks_gets_no_verdict() -> None:
    assert words(changed(LINES, FOUR.key, [1, 2], failed("failed", "no"))) == ["", ""]


def test_so_few_blocks_that_the_correction_forbids_any_claim_are_said_to_be_that() -> None:
    cells = [BASELINE, cell(THREADS, 2), FOUR]
    said = sentence(StandIn().run(cells, 6), cells)
    assert said.startswith("threads with 4 workers, 4.00× over serial, in too few blocks to be sure of it ")
    assert words(StandIn().run(cells, 6), cells)[1:] == ["too few", "too few, best, answer"]


def test_what_could_have_shown_is_given_in_two_digits() -> None:
    assert worded("can't tell", 0.00312) == "can't tell (a difference of 0.31 % would probably show)"


def test_where_blocks_are_too_few_for_so_many_comparisons_the_largest_is_given_with_how_many_would_do() -> None:
    cells = [BASELINE, *(cell(THREADS, workers) for workers in (2, 3, 4, 8))]
    said = sentence(StandIn().run(cells, 6), cells)
    assert said.startswith(
        "The largest speedup measured is 8.00× over serial: threads with 8 workers; "
        "6 blocks can't carry 4 comparisons, 8 can "
    )


def test_nothing_is_claimed_over_a_baseline_that_failed_in_more_than_a_tenth_of_its_blocks() -> None:
    lines = changed(LINES, BASELINE.key, [1, 2], failed("timeout", "no"))
    assert words(lines) == ["", ""]
    assert sentence(lines) == "No answer: serial failed in more than a tenth of its blocks."


def test_with_too_few_blocks_for_so_many_cells_nothing_is_called_best() -> None:
    cells = [BASELINE, *(cell(THREADS, workers) for workers in (2, 3, 4, 8))]
    assert {text.split(" (")[0] for text in words(StandIn().run(cells, 6), cells)} == {"", "too few"}


def test_a_baseline_that_some_cell_is_claimed_to_beat_is_never_the_answer() -> None:
    cells = [BASELINE, *(cell(variant(f"slow{n}", "threads"), 2) for n in range(10)), FOUR]
    lines = StandIn(share=1.0).run(cells, 12)
    for other in cells[1:-1]:
        lines = slower(lines, other.key, 3.0)
    lines = slower(lines, FOUR.key, 0.8)
    assert words(lines, cells)[0] == ""
    assert words(lines, cells)[-1] == "faster, best, answer"


def test_a_model_that_was_added_later_is_told_from_those_that_it_was_never_measured_with() -> None:
    two, late = cell(THREADS, 2), cell(PROCESSES, 4)
    cells = [BASELINE, two, FOUR, late]
    lines = StandIn().run([BASELINE, two, FOUR], 10)
    lines += [
        line
        for line in slower(StandIn().run([BASELINE, FOUR, late], 10, "s2"), late.key, 0.2)
        if line["type"] != "cell"
    ]
    assert [text.endswith("answer") for text in words(lines, cells)] == [False, False, False, True]
    assert "best" not in words(lines, cells)[1]


def test_a_loop_that_hands_on_to_threads_is_no_simpler_than_threads() -> None:
    cells = [BASELINE, cell(variant("asyncio", values={"offload": "threads"}), 4), FOUR]
    assert words(StandIn().run(cells, 10), cells)[2].endswith("answer")


def test_each_piece_of_work_has_its_part_also_where_nothing_was_decided() -> None:
    sizes = [swept(BASELINE.workload, "seconds", size) for size in (0.01, 0.05)]
    cells = [
        replace(each, key=f"{size}{each.key}", workload=workload, baseline=f"{size}{each.baseline}")
        for size, workload in enumerate(sizes)
        for each in (cell(SERIAL), FOUR)
    ]
    said = sentence(StandIn().run(cells[:2], 10), cells)
    assert "seconds = 0.05: Not measured yet." in said


def test_where_there_is_no_answer_it_is_not_of_one_of_a_models_swept_options() -> None:
    cells = [*(cell(swept(THREADS, "switch_interval", value), 4) for value in (0.001, 0.1)), BASELINE]
    cells = [replace(each, key=f"{number}") for number, each in enumerate(cells)]
    assert sentence([], cells) == "Not measured yet."
