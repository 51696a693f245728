"""What a plan foretells: blocks until intervals are narrow, effects that would show, what could be cut."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from records import MACHINE, THREADS, Line, StandIn, cell, changed, failed, journal
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


def test_while_a_cell_has_no_interval_it_is_not_foretold_how_many_blocks_are_needed() -> None:
    likely = foretold([line for line in StandIn().run(CELLS, 10) if line.get("key") != TWO.key])
    assert (likely.blocks, likely.widest and likely.widest.cell) == (None, FOUR)


def test_a_cell_that_can_not_run_is_not_waited_for() -> None:
    others = [line for line in StandIn().run(CELLS, 10) if line.get("key") != TWO.key]
    finding = StandIn().invocation(TWO, "s1", 0, {"stage": "preflight", **failed("unsupported", "needs a body")})
    assert foretold([*others, finding]).blocks == 10


def test_a_cell_that_failed_in_every_block_is_not_waited_for() -> None:
    lines = changed(StandIn().run(CELLS, 10), TWO.key, range(1, 11), failed("crashed", "SIGSEGV"))
    assert foretold(lines).blocks == 10


def test_what_was_left_out_is_not_waited_for() -> None:
    lines = [line for line in StandIn().run(CELLS, 10) if line.get("key") != TWO.key or line["block"] in (1, 2)]
    plan = make_plan(CELLS, journal(lines), MACHINE, "b-1", Wanted(10), {})
    assert forecast(plan, Stopping(10, 30, 0.02)).blocks is None
    assert forecast(plan, Stopping(10, 30, 0.02, drop=1.5)).blocks == 10


def test_where_half_of_the_blocks_fail_the_effect_that_would_show_shrinks_with_their_number_as_ever() -> None:
    whole = noisy(StandIn().run(CELLS, 14), TWO.key, 0.05)
    half = changed(whole, TWO.key, range(1, 8), failed("crashed", "SIGSEGV"))
    now, later = (foretold(half, wanted=wanted).effects["wait"] for wanted in (14, 56))
    assert later == pytest.approx(now / 2, rel=0.1)


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
