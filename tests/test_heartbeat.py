"""How long others are held up beside a task, as real children see it; bounds far enough apart for a busy machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from children import function, launched, order, rehearsed

from runner.child.models.table import MODELS

SWITCH_INTERVAL_NS = 5_000_000
GIL = pytest.mark.skipif("t" in sys.abiflags, reason="a free-threaded Python has no GIL to hold")

LOCKED = (
    "import hashlib, threading\n"
    "LOCK, BUFFER = threading.Lock(), bytes(2**22)\n"
    "def task():\n    with LOCK:\n        return hashlib.sha256(BUFFER).hexdigest()\n"
)
BLOCKER = "import time\nasync def task():\n    time.sleep(0.05)\n"
BRIEF = "async def task():\n    x = 0\n    while x < 5_000:\n        x += 1\n"
PART = "import asyncio, time\nasync def task():\n    time.sleep(0.03)\n    await asyncio.sleep(0.03)\n"
YIELDS = "import asyncio\nasync def task():\n    await asyncio.sleep(0.05)\n"
ONCE = "import pathlib\ndef task():\n    pathlib.Path('only').touch(exist_ok=False)\n    return 7\n"
COUNTED = (
    "import time\ncalls = []\ndef task():\n    calls.append(1)\n    time.sleep({seconds})\n    return len(calls)\n"
)


def held_up(finding: Mapping[str, object]) -> dict[str, int]:
    found = finding["held_up"]
    assert isinstance(found, dict)
    return found


@GIL
@pytest.mark.parametrize("iterations", [5_000, 3_000_000])
def test_a_pure_python_loop_holds_other_threads_up_by_the_switch_interval(iterations: int, tmp_path: Path) -> None:
    finding = rehearsed(order(tmp_path, "crunch", {"iterations": iterations}, "threads"))
    assert held_up(finding)["typical_ns"] >= SWITCH_INTERVAL_NS / 2


@GIL
def test_how_long_others_are_held_up_follows_the_switch_interval(tmp_path: Path) -> None:
    options = {"switch_interval": 0.03}
    finding = rehearsed(order(tmp_path, "crunch", {"iterations": 3_000_000}, "threads", options=options))
    assert held_up(finding)["typical_ns"] >= 15_000_000


def test_hashing_a_large_buffer_holds_no_other_thread_up(tmp_path: Path) -> None:
    finding = rehearsed(order(tmp_path, "hash", {"size": 2**22}, "threads"))
    assert held_up(finding)["typical_ns"] < SWITCH_INTERVAL_NS / 2


def test_a_lock_holds_up_those_alone_who_want_it(tmp_path: Path) -> None:
    finding = rehearsed(function(tmp_path, LOCKED, "threads"))
    assert held_up(finding)["typical_ns"] < SWITCH_INTERVAL_NS / 2


@pytest.mark.parametrize("code", [BLOCKER, BRIEF])
def test_a_coroutine_that_never_yields_holds_the_loop_up_all_its_time(code: str, tmp_path: Path) -> None:
    seen = held_up(rehearsed(function(tmp_path, code, "asyncio")))
    assert seen["longest_ns"] >= 0.8 * seen["span_ns"]


def test_a_coroutine_that_blocks_for_half_its_time_holds_the_loop_up_that_long(tmp_path: Path) -> None:
    seen = held_up(rehearsed(function(tmp_path, PART, "asyncio")))
    assert 0.2 * seen["span_ns"] <= seen["longest_ns"] < 0.8 * seen["span_ns"]


def test_a_coroutine_that_waits_as_it_should_leaves_the_loop_to_others(tmp_path: Path) -> None:
    seen = held_up(rehearsed(function(tmp_path, YIELDS, "asyncio")))
    assert seen["longest_ns"] < 0.8 * seen["span_ns"]


@pytest.mark.parametrize(("seconds", "times"), [(0.3, 1), (0.0, 2)])
def test_a_task_that_takes_long_is_done_once_and_a_short_one_again(seconds: float, times: int, tmp_path: Path) -> None:
    code = COUNTED.format(seconds=seconds) + "def down():\n    open(f'did-{min(len(calls), 2)}', 'w').close()\n"
    rehearsed(function(tmp_path, code, "threads", parameters={"teardown": "mine:down"}))
    assert (tmp_path / f"did-{times}").exists()


@pytest.mark.parametrize("model", ["threads", "asyncio"])
def test_the_result_is_that_of_the_first_time_however_often_the_task_was_done(model: str, tmp_path: Path) -> None:
    code = COUNTED.format(seconds=0.0)
    alone = rehearsed(function(tmp_path, code, "serial"))
    assert rehearsed(function(tmp_path, code, model))["results"] == alone["results"]


@pytest.mark.parametrize("model", ["threads", "asyncio"])
def test_a_task_that_can_be_done_once_only_is_no_failure(model: str, tmp_path: Path) -> None:
    finding = rehearsed(function(tmp_path, ONCE, model))
    assert (finding["status"], finding["reason"]) == ("ok", "")


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_a_task_that_fails_is_reported_as_ever(kind: str, tmp_path: Path) -> None:
    finding = rehearsed(function(tmp_path, "def task():\n    raise KeyError('lost')\n", kind))
    assert (finding["status"], finding["reason"]) == ("failed", "KeyError: 'lost' (mine.py:2)")


def test_measuring_imports_nothing_of_it(tmp_path: Path) -> None:
    code = "import sys\ndef task():\n    assert not [name for name in sys.modules if name.endswith('.heartbeat')]\n"
    assert [launched(function(tmp_path, code, kind)).status for kind in sorted(MODELS)] == ["ok"] * len(MODELS)


def test_a_child_tells_how_long_it_had_no_core_in_its_batches(tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "sleep", {"seconds": 0.01}, batches=2))
    assert (
        0 <= reply.said["cpu"]["queued_ns"] < sum([reply.said["phases"]["cold_ns"], *reply.said["phases"]["steady_ns"]])
    )
