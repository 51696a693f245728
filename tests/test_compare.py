"""Two journals → what changed: what may be compared is, what may not is said, and nothing else is claimed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import log

import pytest
from records import (
    FACTS,
    PYTHON,
    SERIAL,
    THREADS,
    WAIT,
    Line,
    StandIn,
    cell,
    changed,
    drift,
    failed,
    held,
    journal,
    slowed,
    variant,
)

from runner.child.protocol import METHOD
from runner.compare import (
    Between,
    Change,
    Comparison,
    Limit,
    Pair,
    Paired,
    Unpaired,
    compare_held,
    compare_results,
    decide,
    parse_limit,
    tripped,
)
from runner.errors import CommandError
from runner.recorded import Held, recorded
from runner.summary import summarise

EXPERIMENT = {
    "question": "What pays?",
    "workloads": {"wait": {"kind": "sleep", "seconds": 0.05}, "count": {"kind": "crunch", "iterations": 1000}},
    "models": ["serial", "threads"],
    "tasks": [100],
}
COUNT = variant("count", "crunch", {"iterations": 1000})
ALONE, TWO, FOUR = cell(), cell(THREADS, 2), cell(THREADS, 4)
COUNTED = cell(SERIAL, 1, COUNT), cell(THREADS, 2, COUNT)
CELLS = (ALONE, TWO, FOUR, *COUNTED)
HERE = StandIn(share=0.2)
ELSEWHERE = StandIn(share=0.2, machine="m-there", facts={**FACTS, "cpu": "Epyc"})
Factor = Mapping[str, float]


def measured(
    session: str, factor: Factor | None = None, speed: float = 1.0, machine: StandIn = HERE, blocks: int = 10
) -> list[Line]:
    """A session's lines; `factor` is how much longer a key's cell takes, `speed` how much longer all do. 1 % of noise."""
    rng = random.Random(session)
    lines = machine.declared(CELLS, blocks, session, {"experiment": EXPERIMENT})
    return slowed(lines, lambda line: speed * (factor or {}).get(str(line["key"]), 1.0) * rng.gauss(1, 0.01))


def compared(before: Sequence[Line], after: Sequence[Line]) -> Comparison:
    return compare_held(held(before), held(after), "waiting")


def outcomes(comparison: Comparison) -> dict[str, str]:
    return {change.cell.key: change.outcome for change in comparison.changes}


def change_of(comparison: Comparison, key: str) -> Change:
    (change,) = [change for change in comparison.changes if change.cell.key == key]
    return change


def with_fingerprint(lines: Sequence[Line], changes: Mapping[str, object], keys: Sequence[str] = ()) -> list[Line]:
    """What stands behind invocations, changed; of all unless keys are named."""
    stated = {"python": PYTHON, "method": METHOD, "files": {}, "distributions": {}, **changes}
    return [
        {**line, "fingerprint": stated} if "fingerprint" in line and (not keys or line["key"] in keys) else line
        for line in lines
    ]


def test_a_cell_that_takes_longer_is_slower_and_no_other_is() -> None:
    comparison = compared(measured("s1"), measured("s2", {TWO.key: 1.1}))
    assert outcomes(comparison) == {each.key: "slower" if each is TWO else "equivalent" for each in CELLS}


def test_a_cell_that_takes_less_time_is_faster() -> None:
    assert outcomes(compared(measured("s1"), measured("s2", {TWO.key: 0.9})))[TWO.key] == "faster"


@pytest.mark.parametrize("speed", [0.7, 1.3])
def test_the_anchor_takes_out_that_a_machine_was_faster_or_slower_in_general(speed: float) -> None:
    comparison = compared(measured("s1"), measured("s2", {TWO.key: 1.1}, speed))
    assert outcomes(comparison) == {each.key: "slower" if each is TWO else "equivalent" for each in CELLS}


def test_the_ratio_is_the_change_and_not_the_machine_s() -> None:
    time = change_of(compared(measured("s1"), measured("s2", {TWO.key: 1.1}, 1.3)), TWO.key).time
    assert time
    assert time.ratio.estimate == pytest.approx(1.1, abs=0.01)


def test_how_much_slower_the_machine_was_is_what_the_anchor_says() -> None:
    anchor = compared(measured("s1"), measured("s2", speed=1.3)).anchor
    assert anchor
    assert anchor.estimate == pytest.approx(1.3, abs=0.02)


def waiting(lines: Sequence[Line]) -> list[Line]:
    """The lines of work that computes for next to none of its time, on a machine that does not drift."""
    idle = {"tree_ns": 10**6, "cold_ns": 10**6, "steady_ns": 0}
    still = slowed(lines, lambda line: 1 / drift(int(str(line["block"]))))
    return [{**line, "cpu": idle} if line["type"] == "invocation" else line for line in still]


def test_waiting_that_takes_as_long_on_a_slower_machine_is_not_called_faster() -> None:
    slower_anchor = measured("s2", {"anchor": 1.3})
    comparison = compared(waiting(measured("s1")), waiting(slower_anchor))
    assert set(outcomes(comparison).values()) == {"can't tell"}


def test_waiting_that_takes_longer_is_slower_where_the_machine_is_as_it_was() -> None:
    comparison = compared(waiting(measured("s1")), waiting(measured("s2", {TWO.key: 1.1})))
    assert outcomes(comparison)[TWO.key] == "slower"


def test_the_ratio_of_speedups_is_taken_inside_blocks() -> None:
    comparison = compared(measured("s1"), measured("s2", {TWO.key: 1.25}, 1.3))
    changed_one, other = (change_of(comparison, each.key).speedup for each in (TWO, FOUR))
    assert changed_one
    assert other
    assert changed_one.ratio.estimate == pytest.approx(0.8, abs=0.01)
    assert (changed_one.claim, other.claim) == ("slower", "equivalent")


def test_a_baseline_has_no_speedup_to_compare() -> None:
    assert change_of(compared(measured("s1"), measured("s2")), ALONE.key).speedup is None


def test_identical_code_is_called_different_in_no_more_than_38_of_500_comparisons_of_a_session_with_another() -> None:
    rng = random.Random(7)
    flagged = 0
    for _ in range(500):
        samples = [tuple(rng.gauss(0, 0.02) - rng.gauss(0, 0.02) for _ in range(10)) for _ in range(2)]
        (change,) = decide([Pair(None, ROW, Unpaired(*samples))], 0.0)
        flagged += change.outcome in ("faster", "slower")
    assert flagged <= 38


ROW = summarise((TWO,), journal(measured("s1")), "waiting", "").rows[0]


def test_the_same_measurements_twice_are_said_to_be_the_same() -> None:
    comparison = compared(measured("s1"), measured("s1"))
    assert comparison.relation == "the same measurements"
    assert set(outcomes(comparison).values()) == {"unchanged"}


def test_a_journal_that_goes_on_changes_only_the_cells_that_were_measured_anew() -> None:
    before = measured("s1")
    anew = [
        line
        for line in measured("s2", {TWO.key: 1.2})
        if line["type"] != "invocation" or line["key"] in (TWO.key, ALONE.key, "anchor")
    ]
    anew[0] = {**anew[0], "fresh": [TWO.key, ALONE.key]}
    comparison = compared(before, [*before, *anew])
    unchanged = dict.fromkeys((FOUR.key, *(each.key for each in COUNTED)), "unchanged")
    assert outcomes(comparison) == {ALONE.key: "equivalent", TWO.key: "slower", **unchanged}


def test_further_blocks_of_the_same_code_are_no_change() -> None:
    before = measured("s1")
    comparison = compared(before, [*before, *measured("s2", blocks=5)])
    assert set(outcomes(comparison).values()) == {"unchanged"}
    assert change_of(comparison, TWO.key).pair.reason == "5 further blocks of the same code in B"


def test_a_journal_that_has_gone_on_is_not_the_same_measurements() -> None:
    before = measured("s1")
    assert compared(before, [*before, *measured("s2", blocks=5)]).relation == "two sessions"


def test_further_blocks_that_only_a_has_are_said_too() -> None:
    after = measured("s1")
    comparison = compared([*after, *measured("s2", blocks=1)], after)
    assert change_of(comparison, TWO.key).pair.reason == "1 further block of the same code in A"


def test_cells_that_all_failed_alike_in_two_sessions_are_not_the_same_measurements() -> None:
    sides = [failing(measured(session)) for session in ("s1", "s2")]
    comparison = compared(*sides)
    assert (set(outcomes(comparison).values()), comparison.relation) == ({"unchanged"}, "two sessions")


def test_cells_that_failed_are_the_same_measurements_where_it_was_the_same_failure() -> None:
    assert compared(failing(measured("s1")), failing(measured("s1"))).relation == "the same measurements"


def failing(lines: Sequence[Line]) -> list[Line]:
    """The lines, no cell having ended well in any block."""
    return [{**line, **failed("crashed", "SIGSEGV")} if line["type"] == "invocation" else line for line in lines]


def test_two_sessions_are_said_to_be_two_sessions() -> None:
    assert compared(measured("s1"), measured("s2")).relation == "two sessions"


def test_two_machines_are_said_to_be_two_machines() -> None:
    assert compared(measured("s1"), measured("s2", machine=ELSEWHERE)).relation == "two machines"


def test_blocks_in_which_nothing_could_show_among_so_many_cells_are_too_few() -> None:
    sides = [measured(session, factor, blocks=4) for session, factor in (("s1", {}), ("s2", {TWO.key: 2.0}))]
    change = change_of(compared(*sides), TWO.key)
    assert change.time
    assert change.time.ratio.low is not None
    assert (change.outcome, change.time.smallest_effect) == ("too few", None)


def test_times_of_two_machines_are_not_compared() -> None:
    comparison = compared(measured("s1"), measured("s2", machine=ELSEWHERE))
    assert [change.time for change in comparison.changes] == [None] * len(CELLS)


def test_speedups_of_two_machines_are() -> None:
    comparison = compared(measured("s1"), measured("s2", {TWO.key: 1.3}, 5.0, ELSEWHERE))
    found = outcomes(comparison)
    assert (found[TWO.key], found[FOUR.key], found[ALONE.key]) == ("slower", "equivalent", "not compared")


def test_of_machines_the_one_that_both_have_is_compared() -> None:
    before = [*measured("s1"), *measured("s0", machine=ELSEWHERE, blocks=20)]
    comparison = compared(before, measured("s2"))
    assert (comparison.relation, comparison.before and comparison.before.name) == ("two sessions", HERE.machine)


def test_more_workers_than_one_side_has_cores_are_not_compared() -> None:
    fewer = replace(HERE, facts={**FACTS, "usable_cpus": 2})
    found = outcomes(compared(measured("s1"), measured("s2", machine=fewer)))
    assert (found[FOUR.key], found[TWO.key]) == ("not compared", "equivalent")


def test_measurements_by_two_methods_are_not_compared() -> None:
    comparison = compared(measured("s1"), with_fingerprint(measured("s2"), {"method": METHOD + 1}))
    assert {change.pair.reason for change in comparison.changes} == {
        f"measured by method {METHOD} in A and {METHOD + 1} in B"
    }


def with_batches(lines: Sequence[Line], batches: int, on: str) -> list[Line]:
    """The lines of an experiment whose verdicts are on further batches, each as long as the first."""
    found: list[Line] = []
    for line in lines:
        phases, cpu = line.get("phases"), line.get("cpu")
        if line["type"] == "session":
            line = {**line, "experiment": {**EXPERIMENT, "measure": {"verdict_on": on}}}
        if isinstance(phases, dict) and isinstance(cpu, dict):
            further = {"steady_ns": [phases["cold_ns"]] * batches}
            line = {**line, "phases": {**phases, **further}, "cpu": {**cpu, "steady_ns": cpu["cold_ns"] * batches}}
        found.append(line)
    return found


def test_the_quickest_of_more_batches_is_not_compared_with_that_of_fewer() -> None:
    comparison = compared(with_batches(measured("s1"), 3, "quickest"), with_batches(measured("s2"), 9, "quickest"))
    assert {(change.outcome, change.pair.reason) for change in comparison.changes} == {
        ("not compared", "3 further batches in A, 9 in B")
    }


def test_the_quickest_of_as_many_batches_is_compared() -> None:
    comparison = compared(
        with_batches(measured("s1"), 3, "quickest"), with_batches(measured("s2", {TWO.key: 1.1}), 3, "quickest")
    )
    assert outcomes(comparison) == {each.key: "slower" if each is TWO else "equivalent" for each in CELLS}


def test_steady_batches_are_compared_whatever_their_number() -> None:
    comparison = compared(with_batches(measured("s1"), 3, "steady"), with_batches(measured("s2"), 9, "steady"))
    assert set(outcomes(comparison).values()) == {"equivalent"}


def test_where_the_anchor_ran_on_another_python_only_speedups_are_compared() -> None:
    other = with_fingerprint(measured("s2"), {"python": "CPython 3.14.0 (main, Oct 7 2025) [GCC 14]"})
    change = change_of(compared(measured("s1"), other), TWO.key)
    assert (change.time, change.outcome) == (None, "equivalent")
    assert "the anchor ran on CPython 3.11.7" in change.pair.notes[0]


def test_without_an_anchor_times_are_not_compared() -> None:
    bare = [line for line in measured("s2") if line.get("key") != "anchor"]
    change = change_of(compared(measured("s1"), bare), TWO.key)
    assert (change.time, change.pair.notes) == (
        None,
        ("times not compared: no block in B in which the anchor counts as well",),
    )


def test_another_number_of_tasks_is_other_work() -> None:
    before, after = as_many_as_inputs(measured("s1")), as_many_as_inputs(measured("s2"))
    comparison = compared(before, changed(after, TWO.key, range(1, 11), {"tasks": 200}))
    assert change_of(comparison, TWO.key).pair.reason == "other work: 100 tasks in A, 200 in B"


def as_many_as_inputs(lines: Sequence[Line]) -> list[Line]:
    """The lines of cells whose inputs only the child can count."""
    return [with_specification(line, {"tasks": "inputs"}) for line in lines]


def with_specification(line: Line, changes: Mapping[str, object]) -> Line:
    specified = line.get("specification")
    return {**line, "specification": {**specified, **changes}} if isinstance(specified, dict) else line


def test_what_differs_in_the_code_behind_a_cell_is_said() -> None:
    old = {"files": {"mine.py": "1", "same.py": "1"}, "distributions": {"numpy": "1.26.0"}}
    new = {"files": {"mine.py": "2", "same.py": "1", "new.py": "1"}, "distributions": {"numpy": "2.0.0"}}
    before = with_fingerprint(measured("s1"), old, [TWO.key])
    comparison = compared(before, with_fingerprint(measured("s2"), new, [TWO.key]))
    assert change_of(comparison, TWO.key).pair.code == ("mine.py has changed", "numpy 1.26.0 → 2.0.0")
    assert change_of(comparison, FOUR.key).pair.code == ()


def without(lines: Sequence[Line], key: str) -> list[Line]:
    return [line for line in lines if line.get("key") != key]


def test_a_cell_that_is_gone_has_left_and_a_new_one_has_joined() -> None:
    found = outcomes(compared(without(measured("s1"), TWO.key), without(measured("s2"), FOUR.key)))
    assert (found[TWO.key], found[FOUR.key]) == ("joined", "left")


def test_a_cell_that_fails_now_has_another_status_and_the_reason() -> None:
    after = changed(measured("s2"), TWO.key, range(1, 11), failed("timeout", "took longer than 30 s"))
    change = change_of(compared(measured("s1"), after), TWO.key)
    assert (change.outcome, change.pair.reason) == (
        "other status",
        "ok in A, timeout (took longer than 30 s) in B",
    )


def test_a_cell_that_failed_in_more_than_a_tenth_of_its_blocks_is_not_compared() -> None:
    after = changed(measured("s2"), TWO.key, (1, 2), failed("timeout", "took longer than 30 s"))
    change = change_of(compared(measured("s1"), after), TWO.key)
    assert (change.outcome, change.pair.reason) == ("not compared", "2 of 10 blocks in B do not count")


def test_a_cell_that_fails_for_the_same_reason_in_both_is_unchanged() -> None:
    sides = [changed(measured(s), TWO.key, range(1, 11), failed("crashed", "SIGSEGV")) for s in ("s1", "s2")]
    assert outcomes(compared(*sides))[TWO.key] == "unchanged"


def test_three_blocks_are_too_few() -> None:
    comparison = compared(measured("s1", blocks=3), measured("s2", {TWO.key: 2}, blocks=3))
    assert outcomes(comparison)[TWO.key] == "too few"


def test_claims_are_corrected_for_the_cells_of_a_workload() -> None:
    rng = random.Random(1)
    cells = [cell(THREADS, workers) for workers in range(1, 31)]
    pairs = [
        Pair(None, replace(ROW, cell=each), Unpaired(*_samples(rng, 0.04 if each is cells[0] else 0.0)))
        for each in cells
    ]
    alone, among = decide(pairs[:1], 0.0)[0], decide(pairs, 0.0)[0]
    assert alone.time
    assert among.time
    assert among.time.adjusted_p == pytest.approx(min(1, 30 * alone.time.adjusted_p))


def _samples(rng: random.Random, effect: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    before, after = (tuple(rng.gauss(place, 0.02) for _ in range(10)) for place in (0.0, effect))
    return before, after


def test_blocks_that_hold_both_are_compared_in_pairs() -> None:
    differences = tuple(0.1 + 0.001 * block for block in range(1, 11))
    (change,) = decide([Pair(None, ROW, Paired(differences))], 0.05)
    assert change.outcome == "slower"
    assert change.time
    assert change.time.adjusted_p == 2 / 2**10


def test_between_two_views_lies_all_that_either_says() -> None:
    views = [Unpaired(*_samples(random.Random(seed), effect)) for seed, effect in ((1, 0.0), (2, 0.1))]
    between, (one, other) = Between(*views), (view.interval for view in views)
    assert (between.interval.low, between.interval.high) == (one.low, other.high)


def test_between_two_views_only_what_both_reject_is_rejected() -> None:
    views = [Unpaired(*_samples(random.Random(seed), effect)) for seed, effect in ((1, 0.0), (2, 0.1))]
    assert Between(*views).p_value == max(view.p_value for view in views)
    assert Between(*views).p_above(0.01) == max(view.p_above(0.01) for view in views)


@pytest.mark.parametrize(("bound", "least"), [(0.05, True), (0.15, False)])
def test_pairs_exceed_a_bound_where_all_of_them_do(bound: float, least: bool) -> None:
    pairs = Paired(tuple(0.1 + 0.001 * block for block in range(10)))
    assert (pairs.p_above(bound) == 1 / 2**10) is least


# What a journal knows without its YAML


def test_cells_are_known_by_the_names_of_their_experiment() -> None:
    assert recorded(held(measured("s1")), HERE.machine).cells == CELLS


def test_margin_and_question_are_those_of_the_newest_session() -> None:
    newer = HERE.session("s2", {"experiment": {**EXPERIMENT, "question": "And now?", "measure": {"margin": "2%"}}})
    known = recorded(held([*measured("s1"), newer]), HERE.machine)
    assert (known.question, known.margin) == ("And now?", 0.02)


def test_names_are_those_that_cells_had_last() -> None:
    renamed = {**EXPERIMENT, "workloads": {"doze": {"kind": "sleep", "seconds": 0.05}}}
    lines = [*measured("s1"), HERE.session("s2", {"experiment": renamed})]
    names = [each.workload.name for each in recorded(held(lines), HERE.machine).cells]
    assert names == ["doze", "doze", "doze", "count", "count"]


def test_cells_whose_experiment_can_not_be_read_are_called_by_their_kinds() -> None:
    later = HERE.declared(CELLS, 1, "s1", {"experiment": {"shape": "of a later version"}})
    names = {each.workload.name for each in recorded(held(later), HERE.machine).cells}
    assert names == {WAIT.kind, COUNT.kind}


def test_cells_of_unknown_kinds_are_passed_over() -> None:
    specified = {"workload": {"kind": "later", "parameters": {}}, "model": {"kind": "serial", "options": {}}}
    line: Line = {"type": "cell", "session": "s1", "key": "new", "specification": specified}
    assert recorded(held([*measured("s1"), line]), HERE.machine).cells == CELLS


# Which experiments belong together


def results(*names: str) -> dict[str, Held]:
    return {name: held(measured("s1")) for name in names}


def test_experiments_are_matched_by_name() -> None:
    found = compare_results(("one", results("x", "y")), ("two", results("y", "z")))
    assert ([each.experiment for each in found.experiments], found.only_before, found.only_after) == (
        ["y"],
        ("x",),
        ("z",),
    )


def test_one_experiment_on_each_side_is_the_same_whatever_its_folder_is_called() -> None:
    found = compare_results(("one", results("old")), ("two", results("new")))
    assert [each.experiment for each in found.experiments] == ["new"]


# --fail-on


@pytest.mark.parametrize(
    ("text", "slower"), [("slower:5%", 0.05), ("slower: 0.1", 0.1), ("slower:150%", 1.5), ("slower:0%", 0.0)]
)
def test_a_limit_is_how_much_slower_a_cell_may_be(text: str, slower: float) -> None:
    assert parse_limit(text) == Limit(slower)


@pytest.mark.parametrize(
    "text", ["", "slower", "slower:", "faster:5%", "slower:fast", "slower:-5%", "5%", "slower:5 s"]
)
def test_what_is_no_limit_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(CommandError, match="write `slower:5%`"):
        parse_limit(text)


@pytest.mark.parametrize("bound", ["5", "1", "2.5"])
def test_a_bare_number_from_one_on_is_refused_as_percent_was_meant(bound: str) -> None:
    with pytest.raises(CommandError, match=rf"write `slower:{bound}%`"):
        parse_limit(f"slower:{bound}")


def slower_by(factor: float, noise: Callable[[random.Random], float] = lambda rng: rng.gauss(0, 0.005)) -> Comparison:
    rng = random.Random(3)
    before, after = (tuple(place + noise(rng) for _ in range(12)) for place in (0.0, log(factor)))
    changes = decide([Pair(None, ROW, Unpaired(before, after))], 0.05)
    return replace(compared(measured("s1"), measured("s1")), changes=changes)


@pytest.mark.parametrize(("factor", "shown"), [(1.10, 1), (1.05, 0), (1.04, 0), (0.5, 0)])
def test_only_a_slowdown_beyond_the_limit_trips(factor: float, shown: int) -> None:
    assert len(tripped([slower_by(factor)], Limit(0.05)).shown) == shown


def test_a_slowdown_that_may_be_beyond_the_limit_is_counted_as_open() -> None:
    found = tripped([slower_by(1.10, lambda rng: rng.gauss(0, 0.05))], Limit(0.05))
    assert (len(found.shown), found.open, found.compared) == (0, 1, 1)


def test_where_no_times_are_compared_nothing_trips() -> None:
    comparison = compared(measured("s1"), measured("s2", {TWO.key: 3}, machine=ELSEWHERE))
    found = tripped([comparison], Limit(0.05))
    assert (found.shown, found.compared) == ((), 0)
