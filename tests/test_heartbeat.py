"""How long others are held up beside a task, as real children see it; bounds far enough apart for a busy machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from children import each_of, function, lacking, launched, order, rehearsed

from runner.child.heartbeat import held_up as seen_of
from runner.child.heartbeat import in_batches
from runner.child.models.table import MODELS

if TYPE_CHECKING:  # a contract is never imported at run time
    from runner.child.models.contract import HeldUp, Outcome

SWITCH_INTERVAL_NS = 5_000_000
GIL = pytest.mark.skipif("t" in sys.abiflags, reason="a free-threaded Python has no GIL to hold")

LOCKED = (
    "import hashlib, threading\n"
    "LOCK, BUFFER = threading.Lock(), bytes(2**26)\n"
    "def task():\n    with LOCK:\n        return hashlib.sha256(BUFFER).hexdigest()\n"
)
BLOCKER = "import time\nasync def task():\n    time.sleep(0.05)\n"
PART = "import {0}, time\nasync def task():\n    time.sleep(0.03)\n    await {0}.sleep(0.03)\n"
YIELDS = "import {0}\nasync def task():\n    await {0}.sleep(0.05)\n"
OTHER_LOOP = {"loop": "uvloop"}
LOOPS = [
    ("asyncio", {}),
    pytest.param(
        "asyncio",
        OTHER_LOOP,
        marks=pytest.mark.skipif(bool(lacking("asyncio", OTHER_LOOP)), reason="uvloop is missing"),
    ),
    pytest.param("trio", {}, marks=pytest.mark.skipif(bool(lacking("trio")), reason="trio is missing")),
]
CROWDED = (
    "import os, subprocess, sys, time\n"
    "SPIN = [sys.executable, '-c', 'import time\\nwhile time.process_time() < 0.1: pass']\n"
    "def task():\n"
    "    core = {min(os.sched_getaffinity(0))}\n"
    "    os.sched_setaffinity(0, core)\n"
    "    os.sched_setaffinity(os.getpid(), core)\n"
    "    others = [subprocess.Popen(SPIN) for _ in range(3)]\n"
    "    return [other.wait() for other in others]\n"
)


def held_up(finding: Mapping[str, object]) -> dict[str, int]:
    found = finding["held_up"]
    assert isinstance(found, dict)
    return found


def others_had_the_cores(seen: Mapping[str, int]) -> bool:
    return seen["queued_ns"] + seen["task_queued_ns"] > 0.1 * seen["span_ns"]


@GIL
@pytest.mark.parametrize("iterations", [5_000, 3_000_000])
@pytest.mark.parametrize("kind", ["threads", "bare_threads"])
def test_a_pure_python_loop_holds_other_threads_up_by_the_switch_interval(
    kind: str, iterations: int, tmp_path: Path
) -> None:
    finding = rehearsed(order(tmp_path, "crunch", {"iterations": iterations}, kind))
    assert held_up(finding)["typical_ns"] >= SWITCH_INTERVAL_NS / 2


@GIL
def test_how_long_others_are_held_up_follows_the_switch_interval(tmp_path: Path) -> None:
    options = {"switch_interval": 0.03}
    finding = rehearsed(order(tmp_path, "crunch", {"iterations": 3_000_000}, "threads", options=options))
    assert held_up(finding)["typical_ns"] >= 15_000_000


def test_hashing_a_large_buffer_holds_no_other_thread_up(tmp_path: Path) -> None:
    finding = rehearsed(order(tmp_path, "hash", {"size": 2**22}, "threads"))
    assert held_up(finding)["typical_ns"] < SWITCH_INTERVAL_NS / 2


@GIL
def test_one_task_of_thirty_milliseconds_tells_a_gil_that_is_held_or_that_others_had_the_cores(tmp_path: Path) -> None:
    code = "import time\ndef task():\n    end = time.thread_time() + 0.03\n    while time.thread_time() < end:\n        pass\n"
    seen = held_up(rehearsed(function(tmp_path, code, "threads")))
    assert seen["ticks"] >= 3 or others_had_the_cores(seen)
    assert seen["typical_ns"] >= SWITCH_INTERVAL_NS / 2 or others_had_the_cores(seen)


def test_a_lock_holds_up_those_alone_who_want_it(tmp_path: Path) -> None:
    finding = rehearsed(function(tmp_path, LOCKED, "threads"))
    assert held_up(finding)["typical_ns"] < SWITCH_INTERVAL_NS / 2


@pytest.mark.parametrize(("kind", "options"), LOOPS)
def test_a_coroutine_that_never_yields_holds_the_loop_up_all_its_time(
    kind: str, options: dict[str, object], tmp_path: Path
) -> None:
    seen = held_up(rehearsed(function(tmp_path, BLOCKER, kind, options=options)))
    assert seen["longest_ns"] >= 0.8 * seen["span_ns"]


def test_short_tasks_without_effects_are_seen_together(tmp_path: Path) -> None:
    seen = held_up(rehearsed(order(tmp_path, "crunch", {"iterations": 5_000}, "asyncio")))
    assert seen["span_ns"] >= 5_000_000
    assert seen["longest_ns"] >= 0.8 * seen["span_ns"]


@pytest.mark.parametrize(("kind", "options"), LOOPS)
def test_a_coroutine_that_blocks_for_half_its_time_holds_the_loop_up_that_long(
    kind: str, options: dict[str, object], tmp_path: Path
) -> None:
    seen = held_up(rehearsed(function(tmp_path, PART.format(kind), kind, options=options)))
    assert 0.2 * seen["span_ns"] <= seen["longest_ns"] < 0.8 * seen["span_ns"]


@pytest.mark.parametrize(("kind", "options"), LOOPS)
def test_a_coroutine_that_waits_as_it_should_leaves_the_loop_to_others(
    kind: str, options: dict[str, object], tmp_path: Path
) -> None:
    seen = held_up(rehearsed(function(tmp_path, YIELDS.format(kind), kind, options=options)))
    assert seen["longest_ns"] < 0.8 * seen["span_ns"]


@pytest.mark.parametrize("model", sorted(MODELS))
@pytest.mark.parametrize("task", ["def task():\n", "async def task():\n"])
def test_a_task_of_the_users_is_done_once_however_short_it_is(model: str, task: str, tmp_path: Path) -> None:
    code = task + "    with open('done', 'a') as file:\n        file.write('once ')\n"
    finding = rehearsed(function(tmp_path, code, model))
    done = tmp_path / "done"
    assert (done.read_text() if done.exists() else "") == ("once " if finding["status"] == "ok" else "")


@pytest.mark.parametrize("model", ["threads", "asyncio"])
def test_a_program_of_the_users_is_done_once(model: str, tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "open('done', 'a').write('once ')"]
    options = {"offload": "threads"} if model == "asyncio" else {}
    assert rehearsed(order(tmp_path, "command", {"argv": argv}, model, options=options))["status"] == "ok"
    assert (tmp_path / "done").read_text() == "once "


def test_only_ticks_that_were_due_while_the_tasks_were_done_count() -> None:
    outcomes: list[Outcome] = [(10, 14, "worker", None, None), (14, 20, "worker", None, None)]
    seen = seen_of(outcomes, [(5, 6), (12, 17), (18, 19), (25, 90)], queued_ns=2, task_queued_ns=3)
    assert seen == {
        "ticks": 2, "typical_ns": 5, "longest_ns": 5, "queued_ns": 2, "task_queued_ns": 3, "span_ns": 10,
    }  # fmt: skip


def test_of_several_batches_that_long_one_counts_in_which_there_were_cores() -> None:
    queued: Iterator[int] = iter([0, 50, 10, 30, 40])
    asked: list[int] = []

    def watched(items: Sequence[object]) -> tuple[list[Outcome], HeldUp]:
        asked.append(len(items))
        span_ns = 10_000_000 * len(items)
        return [(0, span_ns, "worker", None, None)], seen_of([(0, span_ns, "", None, None)], [], next(queued))

    _, seen = in_batches(watched, None)
    assert asked == [1, 7, 7, 7, 7]
    assert (seen["queued_ns"], seen["span_ns"]) == (10, 70_000_000)


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this system does not say who queued for a core")
def test_how_long_the_sleeper_had_no_core_is_told_beside(tmp_path: Path) -> None:
    assert held_up(rehearsed(function(tmp_path, CROWDED, "threads")))["queued_ns"] > 0


@pytest.mark.parametrize("kind", each_of(MODELS))
def test_a_task_that_fails_is_reported_as_ever(kind: str, tmp_path: Path) -> None:
    finding = rehearsed(function(tmp_path, "def task():\n    raise KeyError('lost')\n", kind))
    assert (finding["status"], finding["reason"]) == ("failed", "KeyError: 'lost' (mine.py:2)")


@pytest.mark.parametrize("kind", each_of(MODELS))
def test_measuring_imports_nothing_of_it(kind: str, tmp_path: Path) -> None:
    code = "import sys\ndef task():\n    assert not [name for name in sys.modules if name.endswith('.heartbeat')]\n"
    assert launched(function(tmp_path, code, kind)).status == "ok"


def test_a_child_tells_how_long_it_had_no_core_in_its_batches(tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "sleep", {"seconds": 0.01}, batches=2))
    assert (
        0 <= reply.said["cpu"]["queued_ns"] < sum([reply.said["phases"]["cold_ns"], *reply.said["phases"]["steady_ns"]])
    )
