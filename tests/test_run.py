"""The loop and the preflight, with a launcher that obeys Amdahl's law in place of children: exact and instant."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import MACHINE, THREADS, WAIT, StandIn, cell, drift

from runner.child.protocol import PROTOCOL
from runner.errors import Interrupted
from runner.installed import Installed, Pythons, current
from runner.invoke import Order, Reply
from runner.journal import Journal
from runner.matrix import Cell
from runner.orders import Surroundings
from runner.plan import Plan, Wanted, make_plan
from runner.preflight import Finding
from runner.probe import NoPython
from runner.run import Outcome, Step, Task, new_session_id, run
from runner.standing import standing
from runner.summary import summarise

CELLS = [cell(), cell(THREADS, 2), cell(THREADS, 4)]


@dataclass
class Launcher:
    """Replies as children of a machine on which a quarter of the work can't be shared out."""

    statuses: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (purpose, model) → status
    interrupted_at: int | None = None
    orders: list[Order] = field(default_factory=list)

    def __call__(self, order: Order) -> Reply:
        self.orders.append(order)
        if len(self.orders) == self.interrupted_at:
            raise Interrupted(2)
        purpose, model = order.request["purpose"], order.request["model"]["kind"]
        status: Any = self.statuses.get((purpose, model), "ok")
        if status == "crashed":
            return Reply("crashed", "ended by SIGSEGV")
        said = self._finding(order, status) if purpose == "rehearse" else self._measurement(order)
        return Reply(status if purpose == "measure" else "ok", "because" if status != "ok" else "", said)

    def _finding(self, order: Order, status: str) -> dict[str, Any]:
        finding = {"status": status, "reason": "because", "tasks": 100, "results": {"digest": status == "other"}}
        return {
            "findings": [
                {**finding, "startup_ns": 0, "task_ns": 10**9, "stop_ns": 0} for _ in order.request["variants"]
            ]
        }

    def _measurement(self, order: Order) -> dict[str, Any]:
        block_seed = int(order.env["PYTHONHASHSEED"])
        total_ns = round(StandIn(0.25).seconds(cell(THREADS, order.request["workers"])) * 1e9 * drift(block_seed))
        return {
            "phases": {"startup_ns": 0, "cold_ns": total_ns, "steady_ns": [], "stop_ns": 0},
            "results": {"digest": "d"},
        }


def done(
    tmp_path: Path, launcher: Launcher, cells: list[Cell] | None = None, blocks: int = 6, **changes: Any
) -> tuple[Journal, list[Mapping[str, Any]], Outcome]:
    """A run from an empty journal: the journal, the lines that were appended, what it did."""
    cells = cells or CELLS
    pythons = Pythons({"current": current(), **changes.pop("found", {})}, changes.pop("absent", {}))
    around = Surroundings(tmp_path, tmp_path, 0, changes.pop("timeout_s", None), pythons=pythons)
    header = StandIn().session("s1")
    task = Task("s1", MACHINE, 1, around, changes.pop("budget_s", None), tmp_path, header)
    lines: list[Mapping[str, Any]] = []
    journal = Journal()
    plan = make_plan(cells, journal, MACHINE, "b-1", Wanted(blocks), {})
    steps: list[Step] = changes.pop("steps", [])
    outcome = run(plan, journal, task, launcher, lambda *new: lines.extend(new), steps.append)
    return journal, lines, outcome


def test_the_speedups_of_a_whole_run_are_those_of_the_machine(tmp_path: Path) -> None:
    journal, _, _ = done(tmp_path, Launcher())
    rows = summarise(CELLS, journal, "quick", "?").rows
    assert [round(row.speedup.estimate, 9) for row in rows if row.speedup] == [
        1.0,
        1.6,
        round(1 / (0.25 + 0.75 / 4), 9),
    ]


def test_every_line_is_written_before_the_next_child_starts(tmp_path: Path) -> None:
    launcher = Launcher(interrupted_at=10)
    lines: list[Mapping[str, Any]] = []
    plan = make_plan(CELLS, Journal(), MACHINE, "b-1", Wanted(6), {})
    task = Task("s1", MACHINE, 1, Surroundings(tmp_path, tmp_path, 0, None), None, tmp_path, StandIn().session("s1"))
    with pytest.raises(Interrupted):
        run(plan, Journal(), task, launcher, lambda *new: lines.extend(new), lambda step: None)
    preflights = 2
    assert sum(line["type"] == "invocation" for line in lines) == 10 - 1 - preflights


def test_the_preflight_has_one_child_for_each_workload_and_model_with_all_variants(tmp_path: Path) -> None:
    other = replace(WAIT, values={"seconds": 1.0}, swept={"seconds": 1.0})
    cells = [
        *CELLS,
        *(replace(each, workload=other, key="x" + each.key, baseline=f"x{each.baseline}") for each in CELLS),
    ]
    launcher = Launcher()
    done(tmp_path, launcher, cells)
    rehearsals = [order for order in launcher.orders if order.request["purpose"] == "rehearse"]
    assert [(o.request["model"]["kind"], len(o.request["variants"])) for o in rehearsals] == [
        ("serial", 2),
        ("threads", 2),
    ]


@pytest.mark.parametrize("status", ["failed", "unsupported", "crashed"])
def test_what_fails_in_the_preflight_is_written_once_and_never_measured(status: str, tmp_path: Path) -> None:
    launcher = Launcher({("rehearse", "threads"): status})
    _, lines, outcome = done(tmp_path, launcher)
    measured = {order.request["model"]["kind"] for order in launcher.orders if order.request["purpose"] == "measure"}
    assert measured == {"serial"}
    assert [line["status"] for line in lines if line.get("stage") == "preflight"] == [status, status]
    assert outcome.failed == {CELLS[1].key, CELLS[2].key}


def test_a_variant_that_crashes_does_not_take_its_siblings_along(tmp_path: Path) -> None:
    other = replace(WAIT, values={"seconds": 1.0}, swept={"seconds": 1.0})
    cells = [cell(), replace(cell(), workload=other, key="other", baseline="other")]

    class OneCrashes(Launcher):
        def __call__(self, order: Order) -> Reply:
            variants = order.request.get("variants", [])
            if any(variant["parameters"].get("seconds") == 1.0 for variant in variants):
                self.orders.append(order)
                return Reply("crashed", "ended by SIGSEGV")
            return super().__call__(order)

    _, lines, _ = done(tmp_path, OneCrashes(), cells)
    assert [line["key"] for line in lines if line.get("stage") == "preflight"] == ["other"]
    assert {line["key"] for line in lines if line.get("stage") == "block"} == {CELLS[0].key, "anchor"}


def test_another_result_than_the_baselines_is_found_in_the_preflight(tmp_path: Path) -> None:
    class Differs(Launcher):
        def _finding(self, order: Order, status: str) -> dict[str, Any]:
            said = super()._finding(order, status)
            said["findings"][0]["results"] = {"digest": order.request["model"]["kind"]}
            return said

    _, lines, _ = done(tmp_path, Differs())
    assert {line["status"] for line in lines if line.get("stage") == "preflight"} == {"invalid"}


OTHER = replace(cell(), key="other", python="3.14t", python_label="no GIL", baseline="other")
"""The first cell on another Python."""


def installed(executable: str) -> Installed:
    """A Python of which nothing matters but how it is started."""
    return Installed("CPython 3.14.0", lambda distribution: None, executable, {}, ("/opt/free",))


def test_each_cell_is_started_by_its_own_python_and_the_anchor_by_current(tmp_path: Path) -> None:
    launcher = Launcher()
    done(tmp_path, launcher, [cell(), OTHER], blocks=1, found={"3.14t": installed("/opt/free/bin/python3.14t")})
    started = sorted((order.request["purpose"], order.python, order.folders[0]) for order in launcher.orders)
    here = (sys.executable, sys.prefix)
    free = ("/opt/free/bin/python3.14t", "/opt/free")
    assert started == sorted([("measure", *here)] * 2 + [("measure", *free), ("rehearse", *free), ("rehearse", *here)])


def test_results_of_one_python_are_left_where_those_of_another_do_not_look(tmp_path: Path) -> None:
    launcher = Launcher()
    compared = replace(OTHER, baseline=cell().key)
    done(tmp_path, launcher, [cell(), compared], blocks=1, found={"3.14t": installed("/opt/python")})
    folders = [order.request["reference"]["folder"] for order in launcher.orders if "reference" in order.request]
    variants = [each["reference"]["folder"] for order in launcher.orders for each in order.request.get("variants", ())]
    assert (len(set(folders)), len(set(variants))) == (3, 2)


def test_a_cell_without_its_python_is_a_row_for_which_no_child_is_started(tmp_path: Path) -> None:
    launcher = Launcher()
    _, lines, outcome = done(
        tmp_path, launcher, [cell(), OTHER], absent={"3.14t": NoPython("there is no Python 3.14t")}
    )
    found = [(line["key"], line["status"], line["reason"]) for line in lines if line.get("stage") == "preflight"]
    assert found == [("other", "unsupported", "there is no Python 3.14t")]
    assert {order.python for order in launcher.orders} == {sys.executable}
    assert outcome.failed == frozenset()


def test_a_gil_that_one_variant_turned_on_is_not_held_against_its_siblings(tmp_path: Path) -> None:
    class TurnsOn(Launcher):
        def _finding(self, order: Order, status: str) -> dict[str, Any]:
            on = any(variant["parameters"].get("seconds") == 1.0 for variant in order.request["variants"])
            found = super()._finding(order, status)["findings"]
            return {"findings": [{**finding, "gil": "re-enabled" if on else "off"} for finding in found]}

    other = replace(WAIT, values={"seconds": 1.0}, swept={"seconds": 1.0})
    cells = [replace(cell(), gil="off"), replace(cell(), gil="off", workload=other, key="other", baseline="other")]
    _, lines, _ = done(tmp_path, TurnsOn(), cells)
    found = [(line["key"], line["status"], line["gil"]) for line in lines if line.get("stage") == "preflight"]
    assert found == [("other", "invalid", "re-enabled")]


def test_what_turned_the_gil_on_stands_in_the_notes_of_every_line(tmp_path: Path) -> None:
    class Prints(Launcher):
        def __call__(self, order: Order) -> Reply:
            reply = super().__call__(order)
            said = {**reply.said, "notes": ["first"], "gil": "re-enabled"}
            return replace(
                reply, said=said, output="The global interpreter lock (GIL) has been enabled to load module 'x'"
            )

    _, lines, _ = done(tmp_path, Prints(), blocks=1)
    notes = [line["notes"] for line in lines if line.get("stage") == "block"]
    said = "the GIL is on in a free-threaded Python: x was imported, which does not declare that it can do without"
    assert notes == [["first", said]] * 4


def test_what_the_preflight_saw_of_a_task_stands_in_every_line_of_its_cells(tmp_path: Path) -> None:
    class Sees(Launcher):
        def _finding(self, order: Order, status: str) -> dict[str, Any]:
            said = super()._finding(order, status)
            watched = {"held_up": {"ticks": 30}} if order.request["model"]["kind"] == "threads" else {}
            return {"findings": [{**finding, **watched} for finding in said["findings"]]}

    journal, _, _ = done(tmp_path, Sees())
    seen = {record.key: record.held_up for record in journal.records if record.stage == "block"}
    assert seen == {cell().key: {}, "anchor": {}, CELLS[1].key: {"ticks": 30}, CELLS[2].key: {"ticks": 30}}


def test_a_timeout_is_ten_times_what_the_preflight_makes_expect(tmp_path: Path) -> None:
    launcher = Launcher()
    done(tmp_path, launcher)
    timeouts = {
        o.request["workers"]: o.timeout_s
        for o in launcher.orders
        if o.request["purpose"] == "measure" and o.request["workload"]["kind"] == "sleep"
    }
    assert timeouts[4] == pytest.approx(10 * 100)  # no further batches were asked for


def test_a_timeout_of_the_experiments_own_is_kept(tmp_path: Path) -> None:
    launcher = Launcher()
    done(tmp_path, launcher, timeout_s=7.0)
    assert {o.timeout_s for o in launcher.orders if o.request["workload"]["kind"] == "sleep"} == {7.0}


def test_no_timeout_is_shorter_than_half_a_minute() -> None:
    quick = Finding("ok", "", {"startup_ns": 1, "task_ns": 1, "stop_ns": 1}, Reply("ok", ""))
    assert quick.rehearsed(replace(cell(), tasks=1), Surroundings(Path(), Path(), 0, None)).timeout_s == 30.0


def test_a_spent_budget_ends_the_run_at_a_blocks_end_but_not_before_the_first(tmp_path: Path) -> None:
    _, lines, outcome = done(tmp_path, Launcher(), budget_s=0.0)
    blocks = [line["block"] for line in lines if line.get("stage") == "block"]
    assert (blocks, outcome.measured, outcome.out_of_budget) == ([1] * 4, 3, 5 * 3)


def looked(
    tmp_path: Path, launcher: Launcher, first: int, later: int, budget_s: float | None = None
) -> tuple[Journal, list[Step], Outcome]:
    """A run of `first` blocks that at its look finds `later` to be wanted."""
    journal, steps = Journal(), list[Step]()
    task = Task(
        "s1", MACHINE, 1, Surroundings(tmp_path, tmp_path, 0, None), budget_s, tmp_path, StandIn().session("s1")
    )
    plans = iter([later, later])

    def look() -> Plan | None:
        return make_plan(CELLS, journal, MACHINE, "b-1", Wanted(next(plans)), {})

    plan = make_plan(CELLS, journal, MACHINE, "b-1", Wanted(first), {})
    return journal, steps, run(plan, journal, task, launcher, lambda *new: None, steps.append, look)


def test_what_a_look_asks_for_is_measured_in_further_blocks_of_the_session(tmp_path: Path) -> None:
    journal, _, outcome = looked(tmp_path, Launcher(), 2, 5)
    assert sorted({record.block for record in journal.records}) == [1, 2, 3, 4, 5]
    assert outcome.measured == 15
    assert all(len(stand.blocks) == 5 for stand in standing(journal, MACHINE).values())


def test_a_look_repeats_no_preflight_and_writes_no_cell_twice(tmp_path: Path) -> None:
    launcher = Launcher()
    looked(tmp_path, launcher, 2, 5)
    assert [order.request["purpose"] for order in launcher.orders].count("rehearse") == 2


def test_how_far_a_run_is_goes_on_over_a_look(tmp_path: Path) -> None:
    _, steps, _ = looked(tmp_path, Launcher(), 2, 3)
    assert [(step.block, step.blocks) for step in steps if step.stage == "block"][-1] == (3, 3)
    assert steps[-1].total == 9


def test_a_budget_spent_before_a_look_is_told(tmp_path: Path) -> None:
    _, _, outcome = looked(tmp_path, Launcher(), 1, 3, budget_s=0.0)
    assert (outcome.measured, outcome.out_of_budget) == (3, 6)


def test_a_session_sorts_after_earlier_ones_even_where_the_clock_was_set_back() -> None:
    assert new_session_id(["29990101T000000Z-abcdef"]).startswith("29990101T000001Z-")


def test_cells_of_a_block_share_a_seed_and_other_blocks_have_another(tmp_path: Path) -> None:
    launcher = Launcher()
    done(tmp_path, launcher, blocks=2)
    seeds = [order.env["PYTHONHASHSEED"] for order in launcher.orders if order.request["purpose"] == "measure"]
    assert [len(set(seeds[:4])), len(set(seeds[4:])), len(set(seeds))] == [1, 1, 2]
    assert all(order.env["RUNMATRIX_SEED"] == order.env["PYTHONHASHSEED"] for order in launcher.orders)


def test_each_step_is_said_before_its_child_with_how_far_the_run_is(tmp_path: Path) -> None:
    steps: list[Step] = []
    done(tmp_path, Launcher(), blocks=1, steps=steps)
    assert [(step.stage, step.done, step.total) for step in steps] == [
        ("preflight", 0, 3), ("preflight", 0, 3), *(("block", done, 3) for done in done_before_each(steps)),
    ]  # fmt: skip


def done_before_each(steps: list[Step]) -> list[int]:
    """Anchors are children too, but count for nothing."""
    names = [step.cell.key for step in steps if step.stage == "block"]
    return [sum(name != "anchor" for name in names[:index]) for index in range(len(names))]


def test_requests_say_which_protocol_they_keep(tmp_path: Path) -> None:
    launcher = Launcher()
    done(tmp_path, launcher, blocks=1)
    assert {order.request["protocol"] for order in launcher.orders} == {PROTOCOL}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_was_lost_of_a_journal_one_run_makes_it_whole(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _, lines, _ = done(Path(folder), Launcher(), blocks=3)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        cut = text[: data.draw(st.integers(0, len(text)), "cut")].splitlines()
        kept = [json.loads(line) for line in cut if whole(line)]
        gone = data.draw(st.sets(st.integers(0, 20), max_size=6), "gone")
        journal = Journal()
        for index, line in enumerate(kept):
            if line["type"] != "invocation" or index not in gone:
                journal.add(line)
        task = Task(
            "s2",
            MACHINE,
            1,
            Surroundings(Path(folder), Path(folder), 0, None),
            None,
            Path(folder),
            StandIn().session("s2"),
        )
        run(
            make_plan(CELLS, journal, MACHINE, "b-1", Wanted(3), {}),
            journal,
            task,
            Launcher(),
            lambda *new: None,
            lambda step: None,
        )
    stands = standing(journal, MACHINE)
    paired = [len(stands[each.key].blocks.keys() & stands[CELLS[0].key].blocks.keys()) for each in CELLS]
    assert min(paired) >= 3
    assert make_plan(CELLS, journal, MACHINE, "b-1", Wanted(3), {}).blocks == ()


def whole(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def test_what_changes_whenever_it_is_measured_ends_the_run_and_is_told(tmp_path: Path) -> None:
    journal = Journal()
    task = Task("s1", MACHINE, 1, Surroundings(tmp_path, tmp_path, 0, None), None, tmp_path, StandIn().session("s1"))

    def look() -> Plan:
        return make_plan(CELLS, journal, MACHINE, "b-1", Wanted(9), {CELLS[1].key: "its inputs have changed"})

    plan = make_plan(CELLS, journal, MACHINE, "b-1", Wanted(2), {})
    outcome = run(plan, journal, task, Launcher(), lambda *new: None, lambda step: None, look)
    assert outcome.measured == 6
    assert outcome.changing == {CELLS[1].key: "its inputs have changed"}


def test_inputs_are_looked_at_again_at_each_look(tmp_path: Path) -> None:
    digests = iter(["one", "two"])
    journal, plans = Journal(), iter([4, 4])

    def look() -> Plan:
        return make_plan(CELLS, journal, MACHINE, "b-1", Wanted(next(plans)), {})

    task = Task(
        "s1", MACHINE, 1, Surroundings(tmp_path, tmp_path, 0, None), None, tmp_path, StandIn().session("s1"),
        lambda cells: dict.fromkeys([cell.key for cell in cells], next(digests)),
    )  # fmt: skip
    plan = make_plan(CELLS, journal, MACHINE, "b-1", Wanted(2), {})
    run(plan, journal, task, Launcher(), lambda *new: None, lambda step: None, look)
    assert {record.fingerprint.inputs for record in journal.records if record.key != "anchor"} == {"one", "two"}
