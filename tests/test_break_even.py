"""Break-even over what is swept: which lines there are, what is claimed of each, and what a page says of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, log

import pytest
from pages import page_of, tables_of
from records import SERIAL, THREADS, Line, StandIn, cell, changed, failed, journal, swept, variant

from runner.matrix import Cell, Variant
from runner.stats import ALPHA, Claim
from runner.summary import summarise
from runner.tables.break_even import break_even_in_words, verdicts_in_words
from runner.verdict import At, BreakEven, decide

BLOCKS = 10
COUNT = variant("count", "crunch")
PROCESSES = variant("processes")


def sized(values: Sequence[object], models: Mapping[str, Variant] | None = None) -> list[Cell]:
    """Serial, and models with two workers, over a parameter of the workload; a key is `10/processes`."""
    return [
        replace(
            cell(model, 1 if name == "serial" else 2, swept(COUNT, "iterations", value)),
            key=f"{value}/{name}",
            baseline=f"{value}/serial",
        )
        for value in values
        for name, model in {"serial": SERIAL, **(models or {"processes": PROCESSES})}.items()
    ]


def with_speedups(
    cells: Sequence[Cell], speedups: Mapping[str, float], blocks: int = BLOCKS, noise: float = 0.01, seed: int = 1
) -> list[Line]:
    """Lines of cells with these speedups over serial, 1 unless given, by key."""
    source = random.Random(seed)
    lines = []
    for line in StandIn().run(cells, blocks):
        if line["type"] == "invocation":
            cold_ns = round(1e9 / speedups.get(str(line["key"]), 1.0) * exp(source.gauss(0, noise)))
            line = {**line, "phases": {"startup_ns": 10**6, "cold_ns": cold_ns, "steady_ns": [], "stop_ns": 10**6}}
        lines.append(line)
    return lines


def found(lines: Sequence[Line], cells: Sequence[Cell], margin: float = 0.05) -> tuple[BreakEven, ...]:
    return decide(summarise(cells, journal(lines), "counting", ""), margin).break_even


def processes(speedups: Mapping[int, float], blocks: int = BLOCKS) -> BreakEven:
    """Of processes that have these speedups by iterations."""
    cells = sized(list(speedups))
    (one,) = found(with_speedups(cells, {f"{v}/processes": s for v, s in speedups.items()}, blocks), cells)
    return one


def said(speedups: Mapping[int, float], blocks: int = BLOCKS) -> tuple[str, str]:
    one = processes(speedups, blocks)
    return verdicts_in_words(one), break_even_in_words(one)


def test_it_lies_between_the_last_slower_and_the_first_faster_value() -> None:
    assert said({1: 0.1, 100: 0.5, 10_000: 1.8, 1_000_000: 1.9}) == (
        "slower up to 100, faster from 10000 on",
        "between 100 and 10000",
    )


def test_values_are_in_their_order_whatever_the_order_of_the_file() -> None:
    one = processes({10_000: 1.8, 1: 0.1, 100: 0.5})
    assert [point.value for point in one.points] == [1, 100, 10_000]


def test_an_equivalent_value_in_between_keeps_it_wide() -> None:
    assert said({1: 0.1, 100: 1.0, 10_000: 1.8}) == (
        "slower up to 1, equivalent at 100, faster from 10000 on",
        "between 1 and 10000",
    )


def test_a_model_that_pays_for_small_values_alone_says_so() -> None:
    assert said({1: 1.8, 10: 1.5, 100: 0.5}) == (
        "faster up to 10, slower from 100 on",
        "between 10 and 100, faster below",
    )


def test_where_it_turns_more_than_once_there_is_no_single_break_even() -> None:
    assert said({1: 0.5, 10: 1.5, 100: 0.5, 1_000: 1.5}) == (
        "slower up to 1, faster at 10, slower at 100, faster from 1000 on",
        "more than one: between 1 and 10, between 10 and 100, between 100 and 1000",
    )


def test_a_model_that_is_slower_throughout_never_pays_up_to_the_last_value() -> None:
    assert said({1: 0.1, 10: 0.2, 100: 0.5}) == ("slower at every value", "never faster up to 100")


def test_one_that_comes_to_be_equivalent_never_pays_either() -> None:
    assert said({1: 0.1, 10: 1.0, 100: 1.0}) == ("slower up to 1, equivalent from 10 on", "never faster up to 100")


def test_a_model_that_is_faster_throughout_pays_from_the_first_value_on() -> None:
    assert said({1: 1.2, 10: 1.5, 100: 1.8}) == ("faster at every value", "faster at every value from 1 on")


def test_one_that_is_equivalent_first_is_never_slower() -> None:
    assert said({1: 1.0, 10: 1.5, 100: 1.8}) == ("equivalent up to 1, faster from 10 on", "never slower from 1 on")


def test_of_few_blocks_nothing_can_be_told() -> None:
    assert said({1: 0.1, 10: 1.5, 100: 1.8}, blocks=3) == ("too few blocks at every value", "can't tell")


def at(claims: Sequence[Claim | None]) -> BreakEven:
    """Claims at 1, 10, 100 …"""
    cells = [one for one in sized([10**power for power in range(len(claims))]) if one.model is PROCESSES]
    rows = summarise(cells, journal([]), "counting", "").rows
    return BreakEven(
        "workload.iterations",
        tuple(At(10**power, rows[power], claim) for power, claim in enumerate(claims)),
    )


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (("slower", "can't tell", "faster"), "between 1 and 100"),
        (("can't tell", "slower", None, "faster", "too few"), "between 10 and 1000"),
        (("slower", "slower", "can't tell"), "can't tell above 10"),
        (("can't tell", "too few", "faster"), "can't tell below 100"),
        (("can't tell", "slower", "can't tell"), "can't tell"),
        (("can't tell", None, "too few"), "can't tell"),
        (("slower", None, "slower"), "can't tell"),
        (("can't tell", "can't tell", "equivalent"), "can't tell below 100"),
    ],
)
def test_what_could_not_be_decided_is_never_taken_for_a_side(claims: Sequence[Claim | None], words: str) -> None:
    assert break_even_in_words(at(claims)) == words


def test_every_value_has_its_claim_in_words() -> None:
    assert verdicts_in_words(at(("too few", "slower", None, "can't tell", "can't tell", "faster"))) == (
        "too few blocks up to 1, slower at 10, no verdict at 100, can't tell from 1000 to 10000, faster from 100000 on"
    )


def test_a_value_at_which_the_model_failed_has_no_verdict() -> None:
    cells = sized([1, 10, 100])
    lines = with_speedups(cells, {"1/processes": 0.1, "100/processes": 1.8})
    (one,) = found(changed(lines, "10/processes", range(1, BLOCKS + 1), failed("crashed", "it broke")), cells)
    assert [point.claim for point in one.points] == ["slower", None, "faster"]


def test_claims_are_those_of_the_table() -> None:
    cells = sized([1, 10, 100])
    verdicts = decide(summarise(cells, journal(with_speedups(cells, {"100/processes": 1.5})), "counting", ""), 0.05)
    (one,) = verdicts.break_even
    assert [point.claim for point in one.points] == [verdicts.cells[point.row.cell.key].claim for point in one.points]


def test_two_values_make_no_line() -> None:
    cells = sized([1, 100])
    assert found(with_speedups(cells, {}), cells) == ()


def test_values_that_are_no_numbers_make_no_line() -> None:
    cells = sized(["small", "medium", "large"])
    assert found(with_speedups(cells, {}), cells) == ()


def test_an_unset_option_is_no_value() -> None:
    cells = sized([1, 10, 100, None])
    (one,) = found(with_speedups(cells, {}), cells)
    assert [point.value for point in one.points] == [1, 10, 100]


def test_a_command_s_numbers_are_texts() -> None:
    cells = sized(["9", "10", "100"])
    (one,) = found(with_speedups(cells, {}), cells)
    assert [point.value for point in one.points] == [9, 10, 100]


def test_each_model_has_a_line_of_its_own() -> None:
    cells = sized([1, 10, 100], {"threads": THREADS, "processes": PROCESSES})
    lines = found(with_speedups(cells, {}), cells)
    assert [one.points[0].row.cell.model.name for one in lines] == ["threads", "processes"]


def test_each_number_of_workers_and_each_python_has_a_line_of_its_own() -> None:
    cells = [
        replace(one, key=f"{one.key}/{workers}/{label}", python_label=label, workers=workers)
        for label in ("3.11", "3.14")
        for workers in (2, 4)
        for one in sized([1, 10, 100])
    ]
    cells = [replace(one, baseline=one.key.replace("processes", "serial")) for one in cells]
    lines = found(with_speedups(cells, {}), cells)
    places = [(one.points[0].row.cell.python_label, one.points[0].row.cell.workers) for one in lines]
    assert places == [("3.11", 2), ("3.11", 4), ("3.14", 2), ("3.14", 4)]


def test_two_numbers_that_change_together_make_no_line() -> None:
    cells = [
        replace(one, workload=swept(one.workload, "step", one.workload.swept["iterations"]))
        for one in sized([1, 10, 100])
    ]
    assert found(with_speedups(cells, {}), cells) == ()


def test_two_numbers_that_are_combined_make_lines_over_each() -> None:
    cells = [
        replace(
            one,
            key=f"{step}/{one.key}",
            baseline=f"{step}/{one.baseline}",
            workload=swept(one.workload, "step", step),
        )
        for step in (1, 2, 3)
        for one in sized([1, 10, 100])
    ]
    lines = found(with_speedups(cells, {}), cells)
    assert [one.axis for one in lines] == ["workload.iterations"] * 3 + ["workload.step"] * 3


def chunked(values: Sequence[int]) -> list[Cell]:
    """Serial, and processes over their chunksize."""
    models = [swept(PROCESSES, "chunksize", value) for value in values]
    return [cell(), *(replace(cell(model, 2), key=str(model.swept["chunksize"])) for model in models)]


def test_an_option_of_a_model_is_a_number_as_well() -> None:
    cells = chunked([1, 10, 100])
    (one,) = found(with_speedups(cells, {"1": 0.5, "10": 1.5, "100": 1.5}), cells)
    assert (one.axis, break_even_in_words(one)) == ("model.chunksize", "between 1 and 10")


def test_a_baseline_that_is_one_of_the_values_has_no_break_even_with_the_others() -> None:
    cells = [replace(one, baseline="1") for one in chunked([1, 10, 100, 1_000])]
    assert found(with_speedups(cells, {"1": 0.5, "10": 1.5}), cells) == ()


def test_the_number_of_tasks_is_a_number_as_well() -> None:
    cells = [
        replace(one, key=f"{tasks}/{one.key}", baseline=f"{tasks}/{one.baseline}", tasks=tasks)
        for tasks in (10, 100, 1_000)
        for one in (cell(), cell(PROCESSES, 2))
    ]
    speedups = {"10/wait/processes/2": 0.5, "100/wait/processes/2": 1.5, "1000/wait/processes/2": 1.5}
    lines = [
        {**line, "service": {"1600": line["tasks"]}} if "tasks" in line else line
        for line in with_speedups(cells, speedups)
    ]
    (one,) = found(lines, cells)
    assert (one.axis, break_even_in_words(one)) == ("tasks", "between 10 and 100")


def test_a_variable_of_the_environment_is_a_number_as_well() -> None:
    cells = [
        replace(
            one,
            key=f"{count}/{one.key}",
            baseline=f"{count}/{one.baseline}",
            env={"HOME": "/", "OMP_NUM_THREADS": count},
            swept_env={"OMP_NUM_THREADS": count},
        )
        for count in ("1", "2", "4")
        for one in (cell(), cell(PROCESSES, 2))
    ]
    (one,) = found(with_speedups(cells, {"1/wait/processes/2": 1.8, "4/wait/processes/2": 0.7}), cells)
    assert (one.axis, break_even_in_words(one)) == ("env.OMP_NUM_THREADS", "between 1 and 4, faster below")


def test_brackets_hold_the_truth_in_95_of_100_experiments() -> None:
    """At 100 there is no difference at all, so whatever is claimed there is false, and any bracket that ends there."""
    values = [60, 80, 90, 100, 110, 120, 140]
    cells = sized(values)
    speedups = {f"{value}/processes": exp(0.05 * log(value / 100)) for value in values}
    missed, bracketed = 0, 0
    for seed in range(200):
        (one,) = found(with_speedups(cells, speedups, blocks=15, noise=0.005, seed=seed), cells, margin=0)
        crossings = one.crossings
        bracketed += bool(crossings)
        missed += any(not before.value < 100 < after.value for before, after in crossings)
    assert bracketed > 150
    assert missed <= 200 * ALPHA + 2 * (200 * ALPHA * (1 - ALPHA)) ** 0.5


def break_even_tables(page: str) -> list[list[list[str]]]:
    return [rows for rows in tables_of(page) if "break-even" in rows[0]]


def test_the_page_has_a_table_for_each_number() -> None:
    cells = sized([1, 10, 100], {"threads": THREADS, "processes": PROCESSES})
    speedups = {"1/processes": 0.5, "10/processes": 1.5, "100/processes": 1.5}
    page = page_of(with_speedups(cells, speedups), cells)
    assert "### Break-even over `iterations`" in page
    assert break_even_tables(page) == [
        [
            ["model", "workers", "verdict", "break-even"],
            ["<code>threads</code>", "2", "equivalent at every value", "never faster up to 100"],
            ["<code>processes</code>", "2", "slower up to 1, faster from 10 on", "between 1 and 10"],
        ]
    ]


def test_a_line_says_what_else_varies() -> None:
    cells = [
        replace(one, key=f"{label}/{one.key}", baseline=f"{label}/{one.baseline}", python_label=label)
        for label in ("3.11", "3.14")
        for one in sized([1, 10, 100])
    ]
    (table,) = break_even_tables(page_of(with_speedups(cells, {}), cells))
    assert [row[0] for row in table[1:]] == [
        "<code>processes</code>, python = 3.11",
        "<code>processes</code>, python = 3.14",
    ]


def test_the_method_is_told_where_there_is_a_table_alone() -> None:
    cells = sized([1, 10, 100])
    assert "Break-even lies between two values" in page_of(with_speedups(cells, {}), cells)
    fewer = sized([1, 10])
    assert "reak-even" not in page_of(with_speedups(fewer, {}), fewer)
