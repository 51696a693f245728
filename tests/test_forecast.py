"""What a plan foretells: blocks until intervals are narrow, effects that would show, what could be cut."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from records import MACHINE, THREADS, Line, StandIn, cell, journal
from test_looks import noisy

from runner.forecast import Forecast, forecast
from runner.looks import Stopping
from runner.plan import Wanted, make_plan

ONE, TWO, FOUR = cell(), cell(THREADS, 2), cell(THREADS, 4)
CELLS = [ONE, TWO, FOUR]


def foretold(lines: Sequence[Line], wanted: int = 10, most: int = 1000) -> Forecast:
    plan = make_plan(CELLS, journal(lines), MACHINE, "b-1", Wanted(wanted), {})
    return forecast(plan, Stopping(wanted, most, 0.02))


def test_without_measurements_nothing_is_foretold() -> None:
    assert foretold([]) == Forecast(None, None, {}, ())


def test_narrow_intervals_need_no_further_blocks() -> None:
    assert foretold(StandIn().run(CELLS, 10)).blocks == 10


def test_blocks_grow_with_the_square_of_the_width() -> None:
    likely = foretold(noisy(StandIn().run(CELLS, 10), TWO.key, 0.1))
    assert likely.widest is not None
    assert likely.widest.cell is TWO
    needed = 10 * (likely.widest.half_width / 0.02) ** 2
    assert likely.blocks is not None
    assert needed <= likely.blocks < needed + 10


def test_no_more_blocks_are_foretold_than_may_be() -> None:
    assert foretold(noisy(StandIn().run(CELLS, 10), TWO.key, 0.3), most=40).blocks == 40


def test_more_blocks_would_show_smaller_effects() -> None:
    lines = noisy(StandIn().run(CELLS, 10), TWO.key, 0.05)
    few, many = foretold(lines).effects["wait"], foretold(lines, wanted=40).effects["wait"]
    assert many == pytest.approx(few / 2, rel=0.1)


def test_where_nothing_could_show_in_so_few_blocks_no_effect_is_foretold() -> None:
    assert "wait" in foretold(StandIn().run(CELLS, 7)).effects
    assert foretold(StandIn().run(CELLS, 6)).effects == {}


def test_cuts_are_models_of_a_workload_and_never_the_baseline() -> None:
    (cut,) = foretold(StandIn().run(CELLS, 6)).cuts
    assert (cut.workload, cut.model, cut.cells) == ("wait", "threads", 2)
