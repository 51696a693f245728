"""Pages and comparisons are of the cells that the file declares, whatever else the journal remembers."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from records import MACHINE, THREADS, Line, StandIn, cell, held
from reports import FIRST, SECOND, experiment, hold, session
from test_command import runmatrix
from test_compare import ALONE, CELLS, COUNTED, ELSEWHERE, FOUR, HERE, TWO, measured, outcomes, without
from test_origin import git

from runner import api
from runner.compare import Comparison, compare_held
from runner.declaration import Declaration, declaration
from runner.opening import Opened
from runner.origin import current, origin
from runner.recorded import recorded
from runner.site.measured import measured as measured_in

BEFORE = """\
question: From which size on do threads pay?
workloads:
  digest: {kind: hash, sweep: {size: [4 KiB, 64 KiB]}}
models: [serial, threads]
workers: [1, 2]
tasks: 8
"""
AFTER = BEFORE.replace("4 KiB, 64 KiB", "64 KiB, 256 KiB")
WRONG = BEFORE.replace("hash, sweep: {size: [4 KiB, 64 KiB]}", "crunch, iterations: 7")


def keys(opened: Opened) -> set[str]:
    return {each.key for each in opened.matrix.cells}


def only(lines: Sequence[Line], wanted: Collection[str]) -> list[Line]:
    """Without the cells that were not to be measured."""
    return [line for line in lines if line.get("key", "anchor") in {"anchor", *wanted}]


@pytest.fixture
def edited(tmp_path: Path) -> Opened:
    """Committed results, after an earlier mistake; then one of two swept values was changed, and measured."""
    mistaken = experiment(tmp_path, WRONG, "digests")
    lines = session(mistaken, "20261119T100000Z-aaaaaa")
    first = experiment(tmp_path, BEFORE, "digests")
    lines += session(first, FIRST)
    hold(first, lines)
    api.report(first)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "measured")
    second = experiment(tmp_path, AFTER, "digests")
    hold(second, lines + only(session(second, SECOND), keys(second) - keys(first)))
    api.report(second)
    return second


def project(opened: Opened) -> Path:
    return opened.path.parent.parent


def compared(edited: Opened) -> dict[str, object]:
    """The only experiment of the comparison with what was committed, as a program gets it."""
    known = json.loads(runmatrix(project(edited), "compare", "HEAD", "--json").stdout)
    (found,) = known["experiments"]
    assert isinstance(found, dict)
    return found


# What a table declares


def test_a_table_declares_each_cell_of_the_file_in_its_order_for_its_machine(edited: Opened) -> None:
    text = (edited.folder / "summary.csv").read_text()
    assert declaration(text) == Declaration(tuple(each.key for each in edited.matrix.cells), MACHINE)


def test_cells_that_were_not_measured_are_declared_as_well(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    hold(opened, only(session(opened), [opened.matrix.cells[0].key]))
    api.report(opened)
    known = declaration((opened.folder / "summary.csv").read_text())
    assert known
    assert set(known.keys) == keys(opened)


@pytest.mark.parametrize("text", ["", "no table\n", "\N{BYTE ORDER MARK}key;machine\na;m\n", "key,machine\na,m\nb,n\n"])
def test_what_is_no_table_of_one_machine_declares_nothing(text: str) -> None:
    assert declaration(text) is None


def test_a_table_that_a_spreadsheet_wrote_again_declares_the_same() -> None:
    assert declaration("\N{BYTE ORDER MARK}machine,key\r\nm,a\r\n,b\r\n") == Declaration(("a", "b"), "m")


def test_the_table_beside_the_journal_is_read_in_a_folder_and_at_a_revision(edited: Opened) -> None:
    here = project(edited)
    first, now = origin("HEAD", here).experiments["digests"], current(here).experiments["digests"]
    assert first.declaration
    assert now.declaration
    assert first.declaration.keys != now.declaration.keys
    assert set(now.declaration.keys) == keys(edited)


# What is known of the declared cells


def test_cells_come_in_the_order_of_the_table() -> None:
    order = (*COUNTED, *CELLS[:3])
    assert recorded(held(measured("s1"), order), HERE.machine).cells == order


def test_what_is_no_longer_declared_is_nobody_s_baseline() -> None:
    known = recorded(held(measured("s1"), (TWO, FOUR)), HERE.machine)
    assert {each.baseline for each in known.cells} == {TWO.key}


def test_on_another_machine_than_the_table_s_all_is_declared_that_was_measured_there() -> None:
    lines = [*measured("s1"), *measured("s2", machine=ELSEWHERE)]
    assert recorded(held(lines, (ALONE,)), ELSEWHERE.machine).cells == CELLS


def test_without_a_table_all_is_declared_that_the_journal_knows() -> None:
    assert recorded(held(measured("s1")), HERE.machine).cells == CELLS


# What a page says


def test_a_page_is_of_the_cells_that_the_file_declares(edited: Opened) -> None:
    known = measured_in("digests", current(project(edited)).experiments["digests"])
    assert [row.cell.key for row in known.summary.rows] == [each.key for each in edited.matrix.cells]


def test_a_page_gives_the_answers_of_the_table_beside_the_journal(edited: Opened) -> None:
    known = measured_in("digests", current(project(edited)).experiments["digests"])
    committed = json.loads((edited.folder / "environment.json").read_text())["answers"]
    assert {each.workload: each.claims for each in known.verdicts.answers} == committed


# What a comparison says


def beside(
    before: Sequence[Line], after: Sequence[Line], declared: Sequence[object] = CELLS, machine: StandIn = HERE
) -> Comparison:
    """B has a table of these cells."""
    cells = [each for each in CELLS if each in declared]
    return compare_held(held(before), held(after, cells, machine.machine), "waiting")


def test_a_cell_that_the_file_no_longer_declares_has_left_though_the_journal_remembers_it() -> None:
    lines = measured("s1")
    found = outcomes(beside(lines, lines, [each for each in CELLS if each is not TWO]))
    assert found == {each.key: "left" if each is TWO else "unchanged" for each in CELLS}


def test_that_a_cell_left_is_no_new_measurement() -> None:
    lines = measured("s1")
    assert beside(lines, lines, [ALONE, TWO]).relation == "the same measurements"


def test_a_cell_that_is_declared_and_was_not_measured_has_not_left() -> None:
    (change,) = [
        change
        for change in beside(measured("s1"), without(measured("s2"), TWO.key)).changes
        if change.cell.key == TWO.key
    ]
    assert (change.outcome, change.pair.reason) == ("only in A", "not measured in B")


def test_a_cell_that_was_declared_before_and_is_measured_now_has_not_joined() -> None:
    before = held(without(measured("s1"), TWO.key), CELLS)
    assert outcomes(compare_held(before, held(measured("s2")), "waiting"))[TWO.key] == "only in B"


def test_cells_that_neither_side_declares_are_not_counted(edited: Opened) -> None:
    assert compared(edited)["outcomes"] == {"unchanged": 3, "joined": 3, "left": 3}


def test_what_is_new_in_the_journal_and_in_the_table_has_joined() -> None:
    new = cell(THREADS, 8)
    after = held([*measured("s1"), *HERE.declared([new], 10, "s2")], [*CELLS, new])
    assert outcomes(compare_held(held(measured("s1"), CELLS), after, "waiting"))[new.key] == "joined"


def test_a_value_that_left_and_one_that_joined_are_told_on_the_terminal(edited: Opened) -> None:
    lines = [line.split() for line in runmatrix(project(edited), "compare", "HEAD").stdout.splitlines()]
    assert {(line[2], line[-1]) for line in lines if line[:1] == ["digest"]} == {("4096", "left"), ("262144", "joined")}


def test_json_and_markdown_at_once_are_refused(edited: Opened) -> None:
    assert runmatrix(project(edited), "compare", "HEAD", "--markdown", "--json").returncode == 2


def test_markdown_is_given_where_it_is_asked_for(edited: Opened) -> None:
    assert runmatrix(project(edited), "compare", "HEAD", "--markdown").stdout.startswith("# From `HEAD` to `now`\n")
