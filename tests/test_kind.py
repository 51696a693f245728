"""The kind of work, on a stand-in machine whose batches take exactly as long as each rule's case wants them to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from records import FACTS, THREADS, Line, StandIn, cell, drift, journal, swept, variant

from runner.child.histogram import histogram
from runner.matrix import Cell, Variant
from runner.summary import summarise
from runner.verdict import Kind, Verdicts, decide

PROCESSES, ASYNCIO = variant("processes"), variant("asyncio")
CELLS = (cell(), cell(THREADS, 2), cell(THREADS, 4), cell(PROCESSES, 2), cell(PROCESSES, 4))
HELD = {"ticks": 30, "typical_ns": 5_100_000, "longest_ns": 8_000_000, "span_ns": 200_000_000}
FREE = {"ticks": 30, "typical_ns": 100_000, "longest_ns": 8_000_000, "span_ns": 40_000_000}


@dataclass
class Known(StandIn):
    """A machine on which four workers of a model gain what is said, two of them half of that gain."""

    gains: Mapping[str, float] = field(default_factory=dict)
    use: Sequence[float] = (1.0,)  # share of serial's time that computes, block by block
    queued: Mapping[str, float] = field(default_factory=dict)  # share of the workers' time without a core
    cpu: Mapping[str, float] = field(default_factory=dict)  # CPU time a task over serial's
    busy: Mapping[str, float] = field(default_factory=dict)  # share of the workers' time that goes into tasks
    said: Mapping[str, Line] = field(default_factory=dict)  # what the lines of a model say besides
    spread: Mapping[str, float] = field(default_factory=dict)  # by how much every second block differs

    def seconds(self, cell: Cell) -> float:
        gain = self.gains.get(cell.model.name, 1.0)
        return self.serial_s / (gain if cell.workers == 4 else 1 + (gain - 1) / 2 if cell.workers == 2 else 1)

    def invocation(self, cell: Cell, session: str, block: int, changes: Mapping[str, object] | None = None) -> Line:
        model, tasks = cell.model.name, cell.tasks or 1
        wide = 1 + self.spread.get(model, 0.0) * (block % 2)
        batch_ns = round(self.seconds(cell) * drift(block) * wide * 1e9)
        cpu_ns = round(self.serial_s * drift(block) * self.use[block % len(self.use)] * self.cpu.get(model, 1.0) * 1e9)
        service_ns = round(batch_ns * cell.workers / tasks * self.busy.get(model, 1.0))
        return super().invocation(
            cell,
            session,
            block,
            {
                "phases": {"startup_ns": 10**6, "cold_ns": batch_ns, "steady_ns": [], "stop_ns": 10**6},
                "cpu": {
                    "tree_ns": cpu_ns,
                    "cold_ns": cpu_ns,
                    "steady_ns": 0,
                    "queued_ns": round(batch_ns * cell.workers * self.queued.get(model, 0.0)),
                },
                "service": histogram([service_ns] * tasks),
                **self.said.get(model, {}),
                **(changes or {}),
            },
        )


def decided(lines: Sequence[Line], cells: Sequence[Cell] = CELLS) -> Verdicts:
    return decide(summarise(cells, journal(lines), "kinds", ""), 0.05)


def kind(machine: Known, cells: Sequence[Cell] = CELLS, blocks: int = 10) -> Kind:
    (one,) = decided(machine.run(cells, blocks), cells).kinds
    return one


def found_of(threads: float, processes: float, **more: Any) -> Kind:
    return kind(Known(gains={"threads": threads, "processes": processes}, **more))


@pytest.mark.parametrize(
    ("use", "expected"),
    [(0.0, "waiting"), (0.2, "waiting"), (0.21, "mixed"), (0.79, "mixed"), (0.8, "computing"), (1.0, "computing")],
)
def test_the_share_of_its_time_that_serial_computes_tells_waiting_from_computing(use: float, expected: str) -> None:
    assert kind(Known(use=(use,)), [CELLS[0]]).kind == expected


def test_time_in_which_others_had_the_cores_is_no_waiting() -> None:
    found = kind(Known(use=(0.5,), queued={"serial": 0.5}), [CELLS[0]])
    assert found.kind == "computing"
    assert found.figures[1] == "all without the up to 50 % of their time in which others had the cores"


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ((0.1, 0.3), "waiting or mixed"),
        ((0.7, 0.9), "mixed or computing"),
        ((0.1, 0.9), "waiting or mixed or computing"),
    ],
)
def test_an_interval_that_crosses_a_bound_leaves_open_which_it_is(use: tuple[float, ...], expected: str) -> None:
    found = kind(Known(use=use), [CELLS[0]])
    assert (found.kind, found.open.partition(":")[0]) == (expected, "can't tell which")


def test_a_loop_that_only_processes_share_out_is_serialised_by_the_gil_where_a_sleeper_beside_it_woke_late() -> None:
    found = found_of(1.0, 3.9, said={"threads": {"held_up": HELD}})
    assert found.kind == "computing, serialised by the GIL"
    assert "a thread beside a task woke 5.10 ms late (median of 30)" in found.figures
    assert "threads at most 1.15× while processes at least 1.3×" in found.rules


def test_it_is_serialised_by_a_lock_where_the_sleeper_woke_in_time() -> None:
    assert found_of(1.0, 3.9, said={"threads": {"held_up": FREE}}).kind == "computing, serialised by a lock"


def test_single_ticks_that_are_late_decide_nothing() -> None:
    late = {**FREE, "longest_ns": 90_000_000}
    assert found_of(1.0, 3.9, said={"threads": {"held_up": late}}).kind == "computing, serialised by a lock"


@pytest.mark.parametrize(("interval_s", "by"), [(0.05, "a lock"), (0.001, "the GIL")])
def test_what_is_late_is_held_against_the_switch_interval(interval_s: float, by: str) -> None:
    said = {"threads": {"held_up": HELD, "resolved": {"switch_interval": interval_s}}}
    assert found_of(1.0, 3.9, said=said).kind == f"computing, serialised by {by}"


def test_a_switch_interval_as_short_as_a_sleepers_own_lateness_tells_nothing_apart() -> None:
    said = {"threads": {"held_up": HELD, "resolved": {"switch_interval": 0.0001}}}
    assert found_of(1.0, 3.9, said=said).open == "by the GIL or a lock, which was not told apart"


def test_without_a_sleeper_beside_it_gil_and_lock_are_not_told_apart() -> None:
    found = found_of(1.0, 3.9)
    assert (found.kind, found.open) == (
        "computing, serialised in one process",
        "by the GIL or a lock, which was not told apart",
    )


APART = "by the GIL or a lock, which was not told apart"


@pytest.mark.parametrize(
    ("seen", "open_"),
    [
        ({**FREE, "ticks": 9}, f"{APART}: a task is too short to be seen"),
        ({**FREE, "ticks": 0, "typical_ns": 0, "span_ns": 300_000}, f"{APART}: a task is too short to be seen"),
        ({**HELD, "ticks": 2}, f"{APART}: a task is too short to be seen"),
        ({**HELD, "queued_ns": 90_000_000}, f"{APART}: others had the cores"),
        ({**FREE, "task_queued_ns": 21_000_000}, f"{APART}: others had the cores"),
    ],
)
def test_too_few_ticks_and_cores_that_others_had_are_no_evidence_of_gil_or_lock(
    seen: Mapping[str, int], open_: str
) -> None:
    found = found_of(1.0, 3.9, said={"threads": {"held_up": seen}})
    assert (found.kind, found.open) == ("computing, serialised in one process", open_)


@pytest.mark.parametrize(
    ("seen", "by"),
    [
        ({**FREE, "ticks": 10}, "a lock"),
        ({**HELD, "ticks": 3}, "the GIL"),
        ({**HELD, "queued_ns": 70_000_000, "task_queued_ns": 70_000_000}, "the GIL"),
        ({**FREE, "queued_ns": 20_000_000, "task_queued_ns": 19_000_000}, "a lock"),
    ],
)
def test_ticks_that_others_do_not_explain_tell_gil_and_lock_apart(seen: Mapping[str, int], by: str) -> None:
    found = found_of(1.0, 3.9, said={"threads": {"held_up": seen}})
    assert (found.kind, found.open) == (f"computing, serialised by {by}", "")


def test_without_a_gil_it_can_only_be_a_lock() -> None:
    found = found_of(1.0, 3.9, said={"threads": {"gil": "off", "held_up": HELD}})
    assert found.kind == "computing, serialised by a lock"


@pytest.mark.parametrize(
    ("gil", "expected"),
    [("shared", "releasing the GIL"), ("off", "with no GIL to hold it up"), ("re-enabled", "releasing the GIL")],
)
def test_threads_that_gain_release_the_gil_or_there_is_none(gil: str, expected: str) -> None:
    assert found_of(3.9, 3.8, said={"threads": {"gil": gil}}).kind == f"computing, {expected}"


def test_that_threads_gain_is_told_without_processes() -> None:
    assert kind(Known(gains={"threads": 3.9}), CELLS[:3]).kind == "computing, releasing the GIL"


def test_workers_that_spend_more_cpu_time_on_the_same_task_share_a_resource() -> None:
    found = found_of(1.0, 1.0, cpu={"processes": 1.5})
    assert found.kind == "computing, limited by a resource that its workers share"


def test_where_nothing_gains_and_nothing_tells_why_that_is_said() -> None:
    found = found_of(1.0, 1.0)
    assert (found.kind, found.open) == (
        "computing, gaining nothing from several workers",
        "can't tell a serial section from cores that others use",
    )


def test_where_others_had_the_cores_that_nothing_gains_says_nothing() -> None:
    found = found_of(1.0, 1.0, use=(0.9,), queued={"serial": 0.1})
    assert (found.kind, found.open) == ("computing", "can't tell what several workers gain: others had the cores")


def test_gains_are_told_without_the_time_in_which_others_had_the_cores() -> None:
    found = found_of(1.0, 1.0, queued={"processes": 0.5}, said={"threads": {"held_up": HELD}})
    assert found.kind == "computing, serialised by the GIL"


def test_workers_that_fill_the_cores_queue_for_each_other_which_is_no_excuse() -> None:
    found = found_of(1.0, 1.0, queued={"processes": 0.5}, cpu={"processes": 4.0})
    assert found.kind == "computing, limited by a resource that its workers share"


@pytest.mark.parametrize("threads", [0.2, 1.0, 1.25])
def test_tasks_too_small_to_share_out_are_blamed_on_no_lock(threads: float) -> None:
    found = found_of(threads, 0.1, busy={"processes": 0.02}, said={"threads": {"held_up": HELD}})
    assert found.kind == "computing, too little work a task to share out"


def test_threads_that_only_hand_out_tasks_are_not_serialised_even_where_processes_gain() -> None:
    found = found_of(0.5, 3.0, busy={"threads": 0.1}, said={"threads": {"held_up": HELD}})
    assert found.kind == "computing, too little work a task to share out"


def test_workers_that_wait_for_the_last_task_have_not_lost_their_time_in_handing_out() -> None:
    three = [replace(each, tasks=5) for each in CELLS]
    found = kind(Known(gains={"threads": 1.0, "processes": 1.1}, busy={"processes": 0.6}), three)
    assert found.kind == "computing, gaining nothing from several workers"


@pytest.mark.parametrize(("threads", "processes"), [(1.2, 3.9), (1.0, 1.2)])
def test_between_the_bounds_what_several_workers_gain_is_left_open(threads: float, processes: float) -> None:
    found = found_of(threads, processes, said={"threads": {"held_up": HELD}})
    assert (found.kind, found.open.partition(":")[0]) == ("computing", "can't tell what several workers gain")


def test_an_interval_that_crosses_the_bound_is_left_open_whatever_its_middle() -> None:
    found = found_of(1.3, 3.9, spread={"threads": 0.4}, said={"threads": {"held_up": HELD}})
    assert found.kind == "computing"


def test_one_usable_core_separates_nothing() -> None:
    found = kind(Known(facts={**FACTS, "usable_cpus": 1}, gains={"processes": 4.0}))
    assert (found.kind, found.open) == (
        "computing",
        "can't separate what holds it up: this machine has one usable core",
    )


@pytest.mark.parametrize(
    ("cells", "lacking"),
    [(CELLS[:3], "processes"), (CELLS[:1] + CELLS[3:], "threads"), (CELLS[:1], "threads or processes")],
)
def test_cells_that_are_not_there_separate_nothing(cells: Sequence[Cell], lacking: str) -> None:
    assert kind(Known(gains={"processes": 4.0}), cells).open == (
        f"can't separate what holds it up: no cell of {lacking} has several workers with a core each"
    )


def test_workers_without_a_core_each_decide_nothing() -> None:
    found = kind(Known(facts={**FACTS, "usable_cpus": 2}, gains={"processes": 4.0}), CELLS[:1] + CELLS[2:3] + CELLS[4:])
    assert found.open.startswith("can't separate what holds it up: no cell of threads or processes")


def test_too_few_blocks_decide_nothing_and_it_is_said() -> None:
    found = kind(Known(), blocks=5)
    assert (found.kind, found.open) == ("can't tell", "too few blocks carry no interval")


def test_without_serial_nothing_is_decided() -> None:
    assert kind(Known(), CELLS[1:]).open == "there is no serial cell with CPU times to hold it against"


def test_waiting_under_a_lock_is_serialised_by_it() -> None:
    found = found_of(1.0, 3.9, use=(0.01,), said={"threads": {"held_up": FREE}})
    assert found.kind == "waiting, serialised by a lock"


def test_waiting_that_threads_overlap_needs_no_more_words() -> None:
    assert found_of(3.9, 3.9, use=(0.01,)).kind == "waiting"


def test_a_share_that_may_be_nothing_bounds_no_speedup() -> None:
    found = found_of(3.9, 3.9, use=(0.0, 0.5))
    assert "one thread computing at a time already allows any speedup" in found.rules


def test_threads_that_gain_no_more_than_one_at_a_time_allows_leave_open_who_holds_the_gil() -> None:
    found = found_of(1.9, 3.9, use=(0.5,))
    assert found.kind == "mixed, its waiting overlapped by threads"
    assert found.open.startswith("can't tell whether its computing releases the GIL")


def test_threads_that_gain_more_than_one_at_a_time_allows_compute_at_the_same_time() -> None:
    assert found_of(3.8, 3.9, use=(0.5,)).kind == "mixed, releasing the GIL"


AWAITED = [*CELLS, cell(ASYNCIO, 2)]


def awaited(held_up: Mapping[str, int], **said: object) -> Kind:
    return kind(Known(use=(0.01,), gains={"threads": 4.0}, said={"asyncio": {"held_up": held_up, **said}}), AWAITED)


def test_a_coroutine_that_holds_the_loop_all_its_time_never_yields() -> None:
    found = awaited({"ticks": 1, "typical_ns": 0, "longest_ns": 49_000_000, "span_ns": 50_000_000})
    assert found.kind == "waiting; its coroutine never yields"
    assert "beside it the event loop stood still for up to 49.0 ms of 50.0 ms" in found.figures


def test_a_coroutine_that_holds_the_loop_for_a_part_of_its_time_is_said_to() -> None:
    found = awaited({"ticks": 20, "typical_ns": 0, "longest_ns": 25_000_000, "span_ns": 50_000_000})
    assert found.kind == "waiting; its coroutine holds up the loop"


@pytest.mark.parametrize(
    ("longest_ns", "span_ns"), [(200_000, 50_000_000), (3_900_000, 4_000_000), (4_000_000, 15_000_000)]
)
def test_a_loop_that_goes_on_or_was_hardly_watched_is_not_spoken_of(longest_ns: int, span_ns: int) -> None:
    assert awaited({"ticks": 20, "typical_ns": 0, "longest_ns": longest_ns, "span_ns": span_ns}).kind == "waiting"


def test_a_loop_that_stood_still_while_others_had_the_cores_is_not_blamed_on_its_coroutine() -> None:
    held = {"ticks": 20, "typical_ns": 0, "longest_ns": 45_000_000, "span_ns": 50_000_000}
    assert awaited({**held, "queued_ns": 45_000_000}).kind == "waiting"
    assert awaited({**held, "longest_ns": 58_000_000, "queued_ns": 60_000_000}).kind == "waiting"
    assert awaited({**held, "queued_ns": 10_000_000}).kind == "waiting; its coroutine never yields"


def test_a_plain_body_blocks_the_loop_by_design_which_its_row_says() -> None:
    never = {"ticks": 1, "typical_ns": 0, "longest_ns": 49_000_000, "span_ns": 50_000_000}
    assert awaited(never, notes=["its plain body blocks the event loop"]).kind == "waiting"


def test_the_text_has_the_kind_then_the_figures_with_intervals_then_the_rule() -> None:
    machine = Known(gains={"threads": 1.0, "processes": 4.0}, said={"threads": {"held_up": HELD}})
    (said,) = decided(machine.run(CELLS, 10)).kind_texts("wait")
    assert said == (
        "Kind of work: computing, serialised by the GIL. Serial computes for 100 % of its time; "
        "threads with 2 workers 1.00× (1.00 to 1.00); processes with 4 workers 4.00× (4.00 to 4.00); "
        "a thread beside a task woke 5.10 ms late (median of 30). The rule: computing where at least 80 % of the time "
        "computes; threads at most 1.15× while processes at least 1.3×; later by half the switch interval (2.5 ms) or "
        "more is a GIL that is held."
    )


def two_sizes(*gains: tuple[Variant, float]) -> list[str]:
    """Texts for a workload of two sizes, by what four processes gain with each."""
    lines: list[Line] = [StandIn().session("s1")]
    cells: list[Cell] = []
    for workload, gain in gains:
        own = [
            replace(
                each, workload=workload, key=f"{workload.swept}{each.key}", baseline=f"{workload.swept}{each.baseline}"
            )
            for each in CELLS
        ]
        cells.extend(own)
        lines.extend(Known(gains={"processes": gain}, said={"threads": {"held_up": HELD}}).run(own, 10)[1:])
    return decided(lines, cells).kind_texts("wait")


def test_pieces_of_work_of_one_kind_share_a_text_and_others_have_their_own() -> None:
    small, large = (swept(variant("wait", "sleep"), "seconds", size) for size in (0.01, 0.05))
    (alike,) = two_sizes((small, 3.9), (large, 3.8))
    assert alike.startswith("Kind of work, all 2 alike: computing, serialised by the GIL. For seconds = 0.01: ")
    assert [text.partition(":")[0] for text in two_sizes((small, 3.9), (large, 1.0))] == [
        "Kind of work, seconds = 0.01",
        "Kind of work, seconds = 0.05",
    ]
