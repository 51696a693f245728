"""When enough is measured: looks at the width of intervals, and cells that are left out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from records import MACHINE, THREADS, WAIT, Line, StandIn, cell, changed, failed, journal, swept

from runner.looks import Stopping, dropped, next_look, wanted_blocks
from runner.matrix import Cell
from runner.standing import standing
from runner.stats import hodges_lehmann, signed_rank_p

ONE, TWO, FOUR = cell(), cell(THREADS, 2), cell(THREADS, 4)
CELLS = (ONE, TWO, FOUR)
SHORT = Stopping(least=6, most=30, precision=0.02)


def wanted(lines: Sequence[Line], stopping: Stopping = SHORT, cells: Sequence[Cell] = CELLS) -> dict[str, int]:
    return wanted_blocks(cells, standing(journal(lines), MACHINE), stopping)


def noisy(lines: Sequence[Line], key: str, noise: float, seed: int = 1) -> list[Line]:
    """One cell's times spread by so much on the log scale."""
    rng = random.Random(seed)
    found = []
    for line in lines:
        phases = line.get("phases")
        if line.get("key") == key and isinstance(phases, dict):
            factor = 2.718 ** rng.gauss(0, noise)
            phases = {name: round(ns * factor) if isinstance(ns, int) else ns for name, ns in phases.items()}
            line = {**line, "phases": phases}
        found.append(line)
    return found


@pytest.mark.parametrize(
    ("blocks", "most", "look"),
    [(3, 30, 10), (10, 30, 15), (15, 30, 20), (20, 100, 30), (31, 100, 40), (12, 30, 15), (20, 25, 25), (95, 97, 97)],
)
def test_looks_come_at_ten_fifteen_twenty_and_every_ten_from_there(blocks: int, most: int, look: int) -> None:
    assert next_look(blocks, most) == look


def test_before_anything_is_measured_the_least_number_of_blocks_is_wanted() -> None:
    assert wanted([]) == {each.key: 6 for each in CELLS}


def test_narrow_intervals_end_it_at_the_least_number() -> None:
    assert set(wanted(StandIn().run(CELLS, 6)).values()) == {6}


def test_one_wide_interval_takes_all_cells_of_its_work_to_the_next_look() -> None:
    assert set(wanted(noisy(StandIn().run(CELLS, 6), TWO.key, 0.3)).values()) == {10}


def test_cells_of_other_work_rest() -> None:
    longer = swept(WAIT, "seconds", 2.0)
    other = [replace(each, workload=longer, key=f"x{each.key}", baseline=f"x{each.baseline}") for each in CELLS]
    lines = noisy(StandIn().run([*CELLS, *other], 6), TWO.key, 0.3)
    assert wanted(lines, cells=[*CELLS, *other]) == {each.key: 10 for each in CELLS} | {each.key: 6 for each in other}


def test_the_most_blocks_end_it_however_wide() -> None:
    assert set(wanted(noisy(StandIn().run(CELLS, 30), TWO.key, 0.9)).values()) <= {6, 30}


def test_where_least_and_most_are_one_number_no_width_adds_to_it() -> None:
    lines = noisy(StandIn().run(CELLS, 10), TWO.key, 0.9)
    assert set(wanted(lines, Stopping(10, 10, 0.02)).values()) == {10}


def test_a_cell_that_failed_everywhere_holds_nobody_up() -> None:
    lines = changed(StandIn().run(CELLS, 6), TWO.key, range(1, 7), failed("failed", "ValueError"))
    assert set(wanted(lines).values()) == {6}


def test_a_cell_that_failed_once_is_still_looked_at() -> None:
    lines = changed(noisy(StandIn().run(CELLS, 8), TWO.key, 0.3), TWO.key, [3], failed("failed", "ValueError"))
    assert set(wanted(lines, Stopping(8, 30, 0.02)).values()) == {10}


def test_a_cell_that_the_preflight_refused_holds_nobody_up() -> None:
    lines = StandIn().run([ONE, FOUR], 2)
    refused = StandIn().invocation(TWO, "s1", 0, {**failed("unsupported", "no"), "stage": "preflight"})
    assert wanted([*lines, refused], Stopping(6, 30, 0.02, drop=3.0))[FOUR.key] == 6


# `drop`

SLOW = Stopping(least=6, most=30, precision=0.02, drop=3.0)


def test_with_drop_the_first_look_is_after_two_blocks() -> None:
    assert set(wanted([], SLOW).values()) == {2}
    assert set(wanted(StandIn(0.5).run(CELLS, 2), SLOW).values()) == {6}


def test_a_cell_three_times_as_slow_as_the_best_is_wanted_no_more() -> None:
    cells = [ONE, TWO, cell(THREADS, 8)]
    assert wanted(StandIn().run(cells, 2), SLOW, cells)[TWO.key] == 0


def test_what_others_are_compared_with_is_never_left_out() -> None:
    lines = StandIn().run(CELLS, 2)
    assert set(dropped(CELLS, standing(journal(lines), MACHINE), SLOW)) == set()


def test_once_behind_is_not_left_out() -> None:
    cells = [ONE, TWO, cell(THREADS, 8)]
    lines = StandIn().run(cells, 3)
    phases = {"phases": {"startup_ns": 0, "cold_ns": 10**9, "steady_ns": [], "stop_ns": 0}}
    assert TWO.key not in dropped(cells, standing(journal(changed(lines, TWO.key, [2], phases)), MACHINE), SLOW)


# What stopping on width does to false alarms, beside what stopping on significance would do.


def stopped(rng: random.Random, enough: Callable[[list[float]], bool]) -> list[float]:
    """Differences of two that are the same, taken until a look finds that they are enough."""
    values: list[float] = []
    look = 0
    while look < 100:
        look = next_look(look, 100) if look else 10
        values += [rng.gauss(0, 0.05) for _ in range(look - len(values))]
        if enough(values):
            break
    return values


def is_narrow(values: list[float]) -> bool:
    return (hodges_lehmann(values).half_width or 1) <= 0.02


def is_significant(values: list[float]) -> bool:
    return signed_rank_p(values) < 0.05


def false_alarms(enough: Callable[[list[float]], bool], runs: int = 200) -> int:
    rng = random.Random(7)
    return sum(is_significant(stopped(rng, enough)) for _ in range(runs))


def test_stopping_on_width_raises_no_false_alarms_and_stopping_on_significance_would() -> None:
    assert false_alarms(is_narrow) <= 18  # 5 % of 200, and two standard deviations
    assert false_alarms(is_significant) >= 30
