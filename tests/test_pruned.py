"""What `report --prune` leaves out of a journal, and that what is left says the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import MACHINE, Line, StandIn, failed, journal
from reports import FIRST, SECOND, THIRD, WAITING, experiment, hold, measured, session, tables
from test_command import runmatrix

from runner import api
from runner.child.protocol import METHOD
from runner.errors import CommandError, LockedError, ResultsError
from runner.journal import Journal, JournalWriter, read
from runner.opening import Opened
from runner.pruned import pruned
from runner.schedule import ANCHOR
from runner.standing import standing

ELSEWHERE = StandIn(share=0.5, machine="m-there", facts={"cpu": "Other", "usable_cpus": 8})


def lines(opened: Opened) -> list[Line]:
    return [json.loads(text) for text in opened.journal.read_text().splitlines()]


def left_out(opened: Opened, held: list[Line]) -> Mapping[str, int]:
    """Of what → how many lines go of a journal that holds these."""
    hold(opened, held)
    return api.prune(opened)


def afresh(opened: Opened, name: str = SECOND) -> list[Line]:
    """A session that measured everything anew."""
    first, *rest = session(opened, name)
    return [{**first, "fresh": [cell.key for cell in opened.matrix.cells]}, *rest]


def same_tables(opened: Opened, held: list[Line]) -> None:
    """Pruning this journal changes no byte of the tables."""
    hold(opened, held)
    api.report(opened)
    before = tables(opened)
    api.prune(opened)
    api.report(opened)
    assert tables(opened) == before


def keys(opened: Opened) -> dict[tuple[str, int], str]:
    return {(cell.model.name, cell.workers): cell.key for cell in opened.matrix.cells}


def changed_file(opened: Opened, key: str) -> dict[str, object]:
    """A fingerprint with a file of the project that is another now."""
    (opened.project / "mine.py").write_text("new = 1\n")
    return {"python": "CPython 3.11.7", "method": METHOD, "files": {"mine.py": "of-old"}, "distributions": {}}


def test_a_journal_all_of_which_stands_stays_byte_for_byte(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    before = opened.journal.read_bytes()
    assert api.prune(opened) == {}
    assert opened.journal.read_bytes() == before


def test_what_was_measured_afresh_leaves_nothing_of_before(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    old = session(opened)
    left_out(opened, [*old, *afresh(opened)])
    assert {line["session"] for line in lines(opened)} == {SECOND}


def test_it_says_of_what_the_lines_were(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    cells, anchors, rest = 3 * 6, 6, 1 + 3
    assert left_out(opened, [*session(opened), *afresh(opened)]) == {
        "superseded by later ones": cells,
        "of sessions and blocks of which nothing is left": anchors + rest,
    }


def test_cells_that_the_file_no_longer_declares_go(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    held = session(opened)
    fewer = experiment(tmp_path, WAITING.replace("[1, 2]", "[1]"))
    gone = keys(opened).keys() - keys(fewer).keys()
    assert left_out(fewer, held) == {"of cells that the file no longer declares": 7 * len(gone)}
    assert {line["key"] for line in lines(fewer) if line["type"] == "invocation"} == {
        ANCHOR.key,
        *keys(fewer).values(),
    }


def test_stale_cells_go(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    key = keys(opened)["threads", 2]
    old = changed_file(opened, key)
    held = [
        {**line, "fingerprint": old} if line.get("key") == key and "block" in line else line for line in session(opened)
    ]
    assert left_out(opened, held) == {"of stale cells": 7}
    assert api.report(opened).known.rows[-1].status == "missing"


def test_a_stale_baseline_stays_while_others_are_compared_with_it(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    key = keys(opened)["serial", 1]
    old = changed_file(opened, key)
    held = [
        {**line, "fingerprint": old} if line.get("key") == key and "block" in line else line for line in session(opened)
    ]
    same_tables(opened, held)
    assert api.prune(opened) == {}


def test_repeats_that_a_merge_left_go(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    held = session(opened)
    assert left_out(opened, [*held, *held]) == {"said twice": len(held)}


def test_an_attempt_that_a_later_one_replaced_goes(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    held = session(opened)
    last = held[-2]
    assert last["key"] != ANCHOR.key
    again = {**last, "attempt": 2, "time": "2026-11-22T11:00:00Z"}
    held[-2] = {**last, **failed("crashed", "killed")}
    assert left_out(opened, [*held, again]) == {"superseded by later ones": 1}
    assert again in lines(opened)


def test_a_failure_that_stands_stays(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    held = session(opened)
    held[-2] = {**held[-2], **failed("crashed", "killed")}
    assert left_out(opened, held) == {}


def test_what_stands_from_other_machines_stays(tmp_path: Path) -> None:
    opened = experiment(tmp_path, WAITING.replace("[1, 2]", "[1, cpus]"))
    there = session(opened, FIRST, ELSEWHERE)
    left_out(opened, [*there, *session(opened, SECOND), *afresh(opened, THIRD)])
    assert [line for line in lines(opened) if line in there] == there


def test_the_tables_stay_those_of_the_same_machine(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    there = session(opened, FIRST, ELSEWHERE, blocks=7)
    left_out(opened, [*there, *session(opened, SECOND), *afresh(opened, THIRD)])
    assert api.report(opened).known.machine.name == MACHINE  # type: ignore[union-attr]


def test_lines_of_unknown_types_stay(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    left_out(opened, [*session(opened), {"type": "remark", "session": FIRST}, *afresh(opened)])
    assert {"type": "remark", "session": FIRST} in lines(opened)


def trace(key: str) -> Line:
    return {
        "type": "trace",
        "session": SECOND,
        "key": key,
        "machine": MACHINE,
        "fingerprint": {"python": "", "method": METHOD, "files": {}, "distributions": {}},
        "pid": 1,
        "phases": {},
        "workers": [],
        "tasks": [],
    }


def test_traces_stay_as_long_as_their_cells(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    key = keys(opened)["threads", 2]
    left_out(opened, [*session(opened), *afresh(opened), trace(key), trace("gone")])
    assert [line["key"] for line in lines(opened) if line["type"] == "trace"] == [key]


def test_no_byte_of_the_tables_changes_where_nothing_was_stale(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    held = [*session(opened), *afresh(opened), *session(opened, THIRD, ELSEWHERE, blocks=4)]
    held[-2] = {**held[-2], **failed("crashed", "killed")}
    same_tables(opened, held)


def test_the_session_that_describes_the_machine_stays(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    newest = StandIn(facts={"cpu": "Upgraded", "usable_cpus": 4}).session(THIRD)
    same_tables(opened, [*session(opened), *afresh(opened), newest])
    assert newest in lines(opened)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_same_stands_of_any_journal(data: st.DataObject, tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    held = _any_journal(opened, data)
    text = [json.dumps(line).encode() + b"\n" for line in held]
    try:
        left = journal([json.loads(line) for line in pruned(opened, text).lines])
    except CommandError:
        return
    for machine in (MACHINE, ELSEWHERE.machine):
        assert _standing(left, machine) == _standing(journal(held), machine)


def _any_journal(opened: Opened, data: st.DataObject) -> list[Line]:
    """Sessions on two machines, of changing code, some afresh or retried, some invocations failed or left out."""
    held: list[Line] = []
    all_keys = [cell.key for cell in opened.matrix.cells]
    some = st.lists(st.sampled_from(all_keys), unique=True, max_size=2)
    for name in (FIRST, SECOND, THIRD):
        machine = data.draw(st.sampled_from([StandIn(), ELSEWHERE]))
        first, *rest = session(opened, name, machine, blocks=data.draw(st.integers(1, 2)))
        held.append({**first, "fresh": data.draw(some), "retried": data.draw(some)})
        method = data.draw(st.sampled_from([1, 1, 2]))
        for line in rest:
            fate = data.draw(st.sampled_from(["ok", "ok", "failed", "left out"])) if "block" in line else "ok"
            prints = {"fingerprint": {**line["fingerprint"], "method": method}} if "block" in line else {}  # type: ignore[dict-item]
            if fate != "left out":
                held.append({**line, **prints, **(failed("crashed", "killed") if fate == "failed" else {})})
    return held


def _standing(held: Journal, machine: str) -> dict[str, object]:
    stands = standing(held, machine)
    return {key: (stand.blocks, stand.finding) for key, stand in stands.items() if key != ANCHOR.key}


def test_a_journal_of_which_nothing_stands_is_let_be(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    hold(opened, session(opened))
    other = experiment(tmp_path, WAITING.replace("0.01", "0.02"))
    before = other.journal.read_bytes()
    with pytest.raises(CommandError, match="nothing of it stands any more"):
        api.prune(other)
    assert other.journal.read_bytes() == before


def test_nobody_prunes_what_is_being_measured_into(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    with JournalWriter(opened.journal), pytest.raises(LockedError):
        api.prune(opened)


def test_a_journal_can_be_appended_to_after_it_was_rewritten(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    with JournalWriter(opened.journal) as writer:
        writer.rewrite([])
        writer.append(StandIn().session(THIRD))
    assert list(read(opened.journal).sessions) == [THIRD]


def test_there_is_nothing_to_prune_where_nothing_was_measured(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    with pytest.raises(ResultsError, match="nothing has been measured yet"):
        api.prune(opened)
    assert not opened.journal.exists()


def test_the_command_says_how_many_lines_went(tmp_path: Path) -> None:
    opened = experiment(tmp_path)
    hold(opened, [*session(opened), *afresh(opened)])
    done = runmatrix(tmp_path, "report", "--prune", "experiments/waiting.yaml")
    assert done.returncode == 0
    assert (
        "28 lines pruned: 10 of sessions and blocks of which nothing is left, 18 superseded by later ones"
        in done.stdout
    )
