"""The plan: what is measured, in which blocks, and what is left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from records import FACTS, PYTHON, THREADS, WAIT, Line, StandIn, cell, changed, failed, journal

from runner.child.protocol import METHOD
from runner.installed import Installed
from runner.journal import Journal
from runner.matrix import Cell
from runner.plan import Plan, Wanted, comparisons, make_plan
from runner.schedule import ANCHOR, schedule, seed_of
from runner.stale import stale as stale_of
from runner.standing import standing

ONE, TWO, FOUR = cell(), cell(THREADS, 2), cell(THREADS, 4)
CELLS = [ONE, TWO, FOUR]
KEYS = tuple(each.key for each in CELLS)


def designed(lines: list[Line], session: str = "s1") -> list[Line]:
    """The same lines with those that say which cells the session's blocks are to hold."""
    return [*(cell_line(key, session) for key in KEYS), *lines]


def cell_line(key: str, session: str = "s1") -> Line:
    return {"type": "cell", "session": session, "key": key, "specification": {}}


THREE_BLOCKS = Wanted(3)


def planned(
    held: Journal, wanted: Wanted = THREE_BLOCKS, boot: str = "b-1", stale: Mapping[str, str] | None = None
) -> Plan:
    return make_plan(CELLS, held, StandIn().machine, boot, wanted, stale or {})


def stale_in(lines: list[Line], cells: Sequence[Cell] = CELLS, **found: Installed) -> dict[str, str]:
    """What has changed, where `current` is PYTHON and has no packages."""
    here = {"current": Installed(PYTHON, lambda distribution: None), **found}
    return stale_of(standing(journal(lines), StandIn().machine), {cell.key: cell for cell in cells}, Path(), here)


def measured(blocks: int = 3) -> list[Line]:
    return designed(StandIn().run(CELLS, blocks))


def without(lines: list[Line], *gone: tuple[str, int]) -> list[Line]:
    return [line for line in lines if (line.get("key"), line.get("block")) not in gone]


def shape(plan: Plan) -> list[tuple[str | None, int, tuple[str, ...]]]:
    return [(block.session, block.number, block.keys) for block in plan.blocks]


def test_with_nothing_measured_every_cell_is_planned_in_every_block() -> None:
    assert shape(planned(Journal())) == [(None, 1, KEYS), (None, 2, KEYS), (None, 3, KEYS)]


def test_with_everything_measured_nothing_is_planned() -> None:
    assert shape(planned(journal(measured()))) == []


def test_a_missing_invocation_is_made_up_in_its_block() -> None:
    lines = without(measured(), (TWO.key, 2))
    assert shape(planned(journal(lines))) == [("s1", 2, (TWO.key,))]


def test_a_missing_baseline_is_made_up_alone() -> None:
    lines = without(measured(), (ONE.key, 2))
    assert shape(planned(journal(lines))) == [("s1", 2, (ONE.key,))]


def test_after_a_reboot_a_missing_invocation_takes_a_new_block_with_baseline_and_best() -> None:
    lines = without(measured(), (TWO.key, 2))
    assert shape(planned(journal(lines), boot="b-2")) == [(None, 1, KEYS)]


def test_a_new_cell_takes_new_blocks_with_baseline_and_best() -> None:
    lines = [line for line in StandIn().run(CELLS, 3) if line.get("key") != TWO.key]
    lines = [*lines, *(cell_line(each.key) for each in (ONE, FOUR))]
    assert shape(planned(journal(lines))) == [(None, n, KEYS) for n in (1, 2, 3)]


def test_a_stale_cell_takes_new_blocks_too() -> None:
    assert shape(planned(journal(measured()), stale={TWO.key: "images.py has changed"})) == [
        (None, n, KEYS) for n in (1, 2, 3)
    ]


def test_more_blocks_are_added_to_those_that_stand() -> None:
    assert shape(planned(journal(measured()), Wanted(5))) == [(None, 1, KEYS), (None, 2, KEYS)]


def test_an_interrupted_session_is_finished_block_by_block() -> None:
    lines = without(measured(2), (TWO.key, 2), (FOUR.key, 2))
    assert shape(planned(journal(lines))) == [("s1", 2, (TWO.key, FOUR.key)), (None, 1, KEYS)]


def test_cells_that_were_not_chosen_are_left_alone_but_for_the_baseline() -> None:
    assert shape(planned(Journal(), Wanted(1, only={TWO.key}))) == [(None, 1, (ONE.key, TWO.key))]


def test_fresh_measures_all_in_new_blocks() -> None:
    assert shape(planned(journal(measured()), Wanted(2, fresh=True))) == [(None, 1, KEYS), (None, 2, KEYS)]


def test_what_failed_stands_as_data_and_is_measured_again_only_on_demand() -> None:
    lines = [
        {**line, **failed("crashed", "SIGSEGV")} if line.get("key") == TWO.key and line.get("block") == 2 else line
        for line in measured()
    ]
    assert shape(planned(journal(lines))) == []
    assert shape(planned(journal(lines), Wanted(3, retry=True))) == [("s1", 2, (TWO.key,))]


def test_a_cell_that_failed_in_the_preflight_is_not_planned_until_it_is_retried() -> None:
    finding = {**StandIn().invocation(TWO, "s1", 0), **failed("unsupported", "no"), "stage": "preflight", "position": 0}
    lines = [*without(measured(), *((TWO.key, n) for n in (1, 2, 3))), finding]
    assert shape(planned(journal(lines))) == []
    assert TWO.key in planned(journal(lines), Wanted(3, retry=True)).keys


def test_another_machines_results_do_not_count_here() -> None:
    held = journal(designed(StandIn(machine="m-there", facts=FACTS).run(CELLS, 3)))
    assert len(planned(held).blocks) == 3


def test_cells_whose_results_must_be_there_to_be_compared_are_never_made_up_alone() -> None:
    close = [replace(each, same={"close": 0.1}) for each in CELLS]
    held = journal(without(measured(), (TWO.key, 2)))
    plan = make_plan(close, held, StandIn().machine, "b-1", Wanted(3), {})
    assert shape(plan) == [(None, 1, KEYS)]


def test_the_order_of_each_block_is_random_seeded_and_holds_the_anchor_once() -> None:
    cells = [cell(THREADS, workers) for workers in range(1, 30)] + [ONE]
    plan = make_plan(cells, Journal(), "m", "b", Wanted(2), {})
    first, again, other = (list(schedule(plan, Journal(), "s", seed)) for seed in (1, 1, 2))
    orders = [[i.cell.key for i in run if i.block == block] for run in (first, other) for block in (1, 2)]
    assert [i.cell.key for i in first] == [i.cell.key for i in again]
    assert len({tuple(order) for order in orders}) == 4
    assert all(order.count(ANCHOR.key) == 1 and len(order) == 31 for order in orders)


def test_a_block_that_is_made_up_keeps_its_seed_and_goes_on_with_its_positions() -> None:
    held = journal(without(measured(), (TWO.key, 2)))
    invocations = list(schedule(planned(held), held, "s2", 99))
    (made_up,) = [each for each in invocations if each.cell is not ANCHOR]
    assert (made_up.session, made_up.block, made_up.attempt) == ("s1", 2, 1)
    assert sorted(each.position for each in invocations) == [2, 3]
    assert made_up.seed == seed_of(1, ("s1", 2))


def test_an_anchor_is_made_up_with_a_block_that_lost_it_and_not_where_there_is_one() -> None:
    lines = without(measured(), (TWO.key, 2))
    lost = journal(lines)
    kept = journal([*lines, StandIn().invocation(ANCHOR, "s1", 2)])
    assert [ANCHOR in [each.cell for each in schedule(planned(held), held, "s2", 1)] for held in (lost, kept)] == [
        True,
        False,
    ]


def test_a_retried_invocation_is_another_attempt() -> None:
    lines = [{**line, **failed("crashed", "x")} if line.get("key") == TWO.key else line for line in measured(1)]
    held = journal(lines)
    invocations = schedule(planned(held, Wanted(1, retry=True)), held, "s2", 1)
    assert {each.cell.key: each.attempt for each in invocations} == {TWO.key: 2, ANCHOR.key: 1}


def test_a_result_that_differed_from_the_baselines_is_retried_too() -> None:
    lines = changed(measured(), TWO.key, [2], {"results": {"digest": "other"}})
    assert shape(planned(journal(lines))) == []
    assert shape(planned(journal(lines), Wanted(3, retry=True))) == [("s1", 2, (TWO.key,))]


def test_a_child_that_never_replied_says_nothing_of_its_code_and_changes_nothing() -> None:
    silent = {
        **failed("crashed", "SIGSEGV"),
        "fingerprint": {"python": "", "method": METHOD, "files": {}, "distributions": {}},
    }
    lines = changed(measured(), TWO.key, [3], silent)
    held = journal(lines)
    assert shape(planned(held)) == []
    assert stale_in(lines) == {}


def test_what_is_imported_only_now_and_then_is_no_change_of_code() -> None:
    lazily = {"python": PYTHON, "method": METHOD, "files": {"mine.py": "1", "lazy.py": "2"}, "distributions": {}}
    eager = {**lazily, "files": {"mine.py": "1"}}
    lines = changed(changed(measured(), TWO.key, [1, 2], {"fingerprint": lazily}), TWO.key, [3], {"fingerprint": eager})
    assert shape(planned(journal(lines))) == []
    assert dict(standing(journal(lines), StandIn().machine)[TWO.key].fingerprint.files) == {
        "mine.py": "1",
        "lazy.py": "2",
    }


@pytest.mark.parametrize("what", [{"python": "CPython 3.12"}, {"distributions": {"numpy": "1"}}, {"method": 0}])
def test_another_python_package_or_method_makes_a_cell_stale(what: Line) -> None:
    fingerprint = {"python": PYTHON, "method": METHOD, "files": {}, "distributions": {}, **what}
    assert list(stale_in(changed(measured(), TWO.key, [1, 2, 3], {"fingerprint": fingerprint}))) == [TWO.key]


def test_fresh_for_one_cell_leaves_the_others_as_they_are() -> None:
    plan = planned(journal(measured()), Wanted(3, fresh=True, only={TWO.key}))
    fresh = StandIn().session("s2", {"fresh": plan.afresh})
    lines = [*measured(), fresh, *StandIn().run(CELLS, 3, "s2")[1:]]
    assert (plan.afresh, shape(plan)) == ([TWO.key], [(None, n, KEYS) for n in (1, 2, 3)])
    assert shape(planned(journal(lines))) == []
    stands = standing(journal(lines), StandIn().machine)
    assert {key: len(stand.blocks) for key, stand in stands.items()} == {ONE.key: 6, TWO.key: 3, FOUR.key: 6}


def test_fresh_for_a_baseline_measures_what_is_compared_with_it_too() -> None:
    plan = planned(journal(measured()), Wanted(1, fresh=True, only={ONE.key}))
    assert shape(plan) == [(None, 1, KEYS)]


def test_a_plan_knows_how_long_it_takes_as_soon_as_all_of_it_was_measured_once() -> None:
    assert planned(Journal()).seconds is None
    assert planned(journal(measured(1)), Wanted(2)).seconds == pytest.approx(
        sum(StandIn().seconds(each) for each in CELLS) * 1.5 + 0.3, rel=0.5
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [([ONE], 0), (CELLS, 2), ([*CELLS, replace(ONE, key="other", workload=replace(ONE.workload, name="other"))], 2)],
)
def test_comparisons_are_counted_in_the_workload_that_has_most(cells: list[Cell], expected: int) -> None:
    assert comparisons(cells) == expected


def test_a_retry_that_had_to_take_new_blocks_takes_the_place_of_what_failed() -> None:
    lines = changed(measured(), TWO.key, [1, 2, 3], failed("timeout", "slow"))
    plan = planned(journal(lines), Wanted(3, retry=True), boot="b-2")
    again = StandIn().session("s2", {"retried": plan.retried, "boot": "b-2"})
    healed = journal([*lines, again, *StandIn().run(CELLS, 3, "s2")[1:]])
    assert {record.status for record in standing(healed, StandIn().machine)[TWO.key].blocks.values()} == {"ok"}
    assert len(standing(healed, StandIn().machine)[ONE.key].blocks) == 6


def other_code(version: str) -> Line:
    return {"fingerprint": {"python": PYTHON, "method": METHOD, "files": {"mine.py": version}, "distributions": {}}}


def test_a_failure_without_a_reply_does_not_outlive_its_code() -> None:
    silent = {
        **failed("timeout", "slow"),
        "fingerprint": {"python": "", "method": METHOD, "files": {}, "distributions": {}},
    }
    first = changed(changed(measured(), TWO.key, [1], other_code("1")), TWO.key, [2, 3], silent)
    second = changed(StandIn().run(CELLS, 3, "s2"), TWO.key, [1, 2, 3], other_code("2"))
    stand = standing(journal([*first, *second]), StandIn().machine)[TWO.key]
    assert {block[0] for block in stand.blocks} == {"s2"}


def test_two_versions_never_stand_together_even_if_the_newest_record_names_neither() -> None:
    runs = [changed(StandIn().run(CELLS, 3, f"s{n}"), TWO.key, [1, 2, 3], other_code(str(n))) for n in (1, 2)]
    nameless = {"fingerprint": {"python": PYTHON, "method": METHOD, "files": {}, "distributions": {}}}
    last = changed(StandIn().run(CELLS, 1, "s3"), TWO.key, [1], nameless)
    stand = standing(journal([*runs[0], *runs[1], *last]), StandIn().machine)[TWO.key]
    assert {block[0] for block in stand.blocks} == {"s2", "s3"}


def test_a_gap_that_two_branches_made_up_means_the_same_in_any_order() -> None:
    lines = [{**StandIn().invocation(TWO, "s1", 1), "run": run} for run in ("s2", "s3")]
    (one,), (other,) = journal(lines).records, journal(lines[::-1]).records
    assert one.run == other.run == "s2"


def test_the_companion_is_the_best_of_the_same_work() -> None:
    other = replace(WAIT, values={"seconds": 9}, swept={"seconds": 9})
    elsewhere = [
        replace(each, key=f"x{each.key}", workload=other, baseline=f"x{each.baseline}") for each in (ONE, FOUR)
    ]
    held = journal([line for line in StandIn().run([*CELLS, *elsewhere], 3) if line.get("key") != TWO.key])
    plan = make_plan([*CELLS, *elsewhere], held, StandIn().machine, "b-1", Wanted(3), {})
    assert shape(plan)[0] == (None, 1, KEYS)


def test_a_gap_is_filled_only_where_the_block_was_to_hold_the_cell() -> None:
    """A cell that came in at a look was never meant for the blocks before it."""
    lines = [
        line
        for line in StandIn().run(CELLS, 3)
        if (line.get("key"), line.get("block")) not in {(TWO.key, 1), (TWO.key, 2)}
    ]
    designs = [{**cell_line(key), "blocks": [1, 3]} for key in (ONE.key, FOUR.key)]
    lines = [*designs, {**cell_line(TWO.key), "blocks": [3, 3]}, *lines]
    assert shape(planned(journal(lines))) == [(None, 1, KEYS), (None, 2, KEYS)]


def test_a_block_of_long_ago_is_not_made_up() -> None:
    lines = without(measured(), (TWO.key, 2))
    plan = planned(journal(lines), Wanted(3, since="2026-11-22T11:00:00Z"))
    assert shape(plan) == [(None, 1, KEYS)]


def test_a_block_that_lacks_the_time_verdicts_compare_does_not_count() -> None:
    assert shape(planned(journal(measured()), Wanted(1, on="steady", since="2027"))) == [(None, 1, KEYS)]
