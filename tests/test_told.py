"""What changed → words for a terminal: short where little did, and no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from records import SERIAL, THREADS, WAIT, Line, cell, changed, failed, held, swept, variant
from test_changes import SLOWER, several
from test_compare import ALONE, CELLS, ELSEWHERE, EXPERIMENT, HERE, measured, with_batches

from runner.compare import Compared, Relation, compare_results
from runner.describe import changes_in_words
from runner.matrix import Cell


def said(after: Sequence[Line], before: Sequence[Line] | None = None) -> str:
    return changes_in_words(
        compare_results(("HEAD~1", {"waiting": held(before or measured("s1"))}), ("now", {"waiting": held(after)}))
    )


def rows(text: str) -> list[list[str]]:
    """The words of each row of a table, its header first."""
    return [line.split() for line in text.splitlines() if line.startswith("  ") and "  " in line.strip()]


def of(cells: Sequence[Cell], workload: object, session: str = "s1") -> list[Line]:
    """A session of these cells, whose experiment declares one workload."""
    said = {**EXPERIMENT, "workloads": {"wait": workload}}
    return HERE.declared(cells, 10, session, {"experiment": said})


def test_a_terminal_gets_no_markup() -> None:
    text = said(changed(SLOWER, ALONE.key, range(1, 11), failed("crashed", "SIGSEGV")))
    assert not any(mark in text for mark in ("<", ">", "|", "&#", "**", "\n#"))


def test_experiments_in_which_nothing_changed_are_one_short_last_line() -> None:
    text = changes_in_words(several(SLOWER, 17))
    assert text.endswith("\n\n17 experiments unchanged\n")
    assert "other-0" not in text


def test_where_nothing_changed_that_alone_is_said() -> None:
    assert said(measured("s1")) == "A is HEAD~1, B is now\n\n1 experiment unchanged\n"


def test_an_experiment_s_first_line_counts_what_became_of_its_cells() -> None:
    assert "\nwaiting: 5 cells: 2 slower, 3 equivalent (within 5 %)\n" in said(SLOWER)


def test_the_worst_cell_comes_first_with_ratio_interval_and_outcome() -> None:
    _, first, *_ = rows(said(SLOWER))
    assert first[:3] == ["wait", "threads", "4"]
    assert first[3:7] == ["1.490", "(1.473", "to", "1.511)"]
    assert first[-1] == "slower"


@pytest.mark.parametrize(("on", "batches"), [("makespan", 0), ("steady", 2), ("quickest", 2)])
def test_a_ratio_is_headed_by_the_time_that_it_is_of(on: str, batches: int) -> None:
    sides = [with_batches(lines, batches, on) for lines in (measured("s1"), SLOWER)]
    assert f" {on} B/A " in said(sides[1], sides[0])


def test_of_two_machines_no_times_are_shown() -> None:
    header, *_ = rows(said(measured("s2", machine=ELSEWHERE)))
    assert "(s)" not in header


def test_a_row_has_the_swept_value_though_all_that_changed_have_the_same() -> None:
    variants = [swept(WAIT, "seconds", value) for value in (0.05, 0.5)]
    old, new = ([cell(model, 1, one) for model in (SERIAL, THREADS)] for one in variants)
    sweep = {"kind": "sleep", "sweep": {"seconds": [0.05, 0.5]}}
    before = of(old, sweep)
    text = said([*before, *of(_keyed(new), sweep, "s2")], before)
    assert [row[2:4] + row[-1:] for row in rows(text)[1:]] == [["0.5", "1", "joined"]] * 2


def _keyed(cells: Sequence[Cell]) -> list[Cell]:
    """Apart from those of the other value."""
    return [replace(each, key=f"{each.key}/new", baseline=f"{each.baseline}/new") for each in cells]


def test_what_was_declared_otherwise_before_tells_a_cell_that_left_from_the_one_that_joined() -> None:
    before = of([ALONE], {"kind": "sleep", "seconds": 0.05})
    later = cell(SERIAL, 1, variant("wait", "sleep", {"seconds": 0.5}))
    after = of(_keyed([later]), {"kind": "sleep", "seconds": 0.5}, "s2")
    header, *found = rows(said(after, before))
    assert header[2] == "seconds"
    assert {(row[2], row[-1]) for row in found} == {("0.05", "left"), ("0.5", "joined")}


def test_a_row_has_its_python_where_there_are_several() -> None:
    experiment = {**EXPERIMENT, "pythons": ["current", "3.14t"]}
    cells = [*CELLS, *(replace(each, python="3.14t", python_label="3.14t", key=f"{each.key}/t") for each in CELLS)]
    before, after = (HERE.declared(cells, 10, session, {"experiment": experiment}) for session in ("s1", "s2"))
    assert {row[2] for row in rows(said(after, before))[1:]} == {"3.11.7", "3.14t"}


def test_a_long_reason_is_cut() -> None:
    text = said(changed(SLOWER, ALONE.key, range(1, 11), failed("failed", "Traceback " * 200)))
    assert text.count("Traceback") < 40


def test_what_failed_before_and_fails_still_is_not_told_again() -> None:
    sides = [
        changed(lines, ALONE.key, range(1, 11), failed("failed", "Traceback")) for lines in (measured("s1"), SLOWER)
    ]
    assert "Traceback" not in said(sides[1], sides[0])


def test_further_blocks_are_told() -> None:
    text = said([*measured("s1"), *measured("s2", blocks=5)])
    assert "waiting: 5 cells: 5 unchanged\n  all of these: 5 further blocks of the same code in B" in text


def many(relation: Relation) -> str:
    """Of more cells than are shown."""
    found = several(SLOWER, 0)
    (comparison,) = found.experiments
    slower = [change for change in comparison.changes if change.outcome == "slower"]
    return changes_in_words(
        replace(found, experiments=(replace(comparison, relation=relation, changes=(*slower * 21,)),))
    )


@pytest.mark.parametrize(("relation", "where"), [("two sessions", "`--json`"), ("the same blocks", "`changes.json`")])
def test_cells_beyond_forty_are_counted_and_said_to_be_where_they_are(relation: Relation, where: str) -> None:
    assert f"\n  and 2 further cells, which {where} has\n" in many(relation)


def test_experiments_of_one_side_are_named() -> None:
    text = changes_in_words(Compared("A", "B", (), ("x",), ("y", "z")))
    assert text.endswith("\nonly in A: x\nonly in B: y, z\n")


def test_what_may_be_claimed_is_said_once_for_all_experiments() -> None:
    sides = [{name: held(lines) for name in ("one", "two")} for lines in (measured("s1"), SLOWER)]
    assert changes_in_words(compare_results(("A", sides[0]), ("B", sides[1]))).count("Two sessions on one machine") == 1


def test_a_remark_too_is_told_with_what_was_declared_otherwise_before() -> None:
    """In a journal without its table there are cells of both declarations."""
    first = of([ALONE], {"kind": "sleep", "seconds": 0.05})
    later = cell(SERIAL, 1, variant("wait", "sleep", {"seconds": 0.5}))
    before = [*first, *of(_keyed([later]), {"kind": "sleep", "seconds": 0.5}, "s2")]
    after = changed(before, f"{ALONE.key}/new", range(1, 11), failed("crashed", "SIGSEGV"))
    assert "wait serial × 1, seconds = 0.5: " in said(after, before)
