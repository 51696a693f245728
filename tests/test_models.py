"""Every model keeps the same contract, by being listed: no test here names one."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from children import each_of, function, lacking, launched, order, workers_of

from runner import tree
from runner.child.histogram import percentile
from runner.child.measure import gil
from runner.child.models.table import MODELS
from runner.errors import Interrupted
from runner.interrupt import Interrupt
from runner.invoke import Launcher

KINDS = each_of(MODELS)
PLAIN = "import os, threading\ndef task(item):\n    return item * 2\ndef items():\n    return list(range(12))\n"
ITEMS = {"inputs": "mine:items"}


@pytest.mark.parametrize("kind", KINDS)
def test_all_tasks_are_answered_with_all_workers_ready(kind: str, tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "noop", {"payload": 10}, kind, workers=workers_of(kind), tasks=20, batches=2))
    said = reply.said
    assert (reply.status, said["tasks"], said["answered"], said["workers_ready"]) == ("ok", 20, 20, workers_of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_results_are_those_of_serial_in_the_same_order(kind: str, tmp_path: Path) -> None:
    asked = function(tmp_path, PLAIN, kind, workers=workers_of(kind), tasks=None, parameters=ITEMS)
    serial = function(tmp_path, PLAIN, "serial", tasks=None, parameters=ITEMS)
    assert launched(asked).said["results"] == launched(serial).said["results"]


VARIANTS = [
    pytest.param(
        kind,
        {name: choice},
        id=f"{kind} {name} {choice}",
        marks=pytest.mark.skipif(bool(lacking(kind, {name: choice})), reason=lacking(kind, {name: choice})),
    )
    for kind, model in MODELS.items()
    for name, parameter in model.parameters.items()
    if isinstance(parameter.type, tuple)
    for choice in parameter.type
]
"""Each choice of each option that has choices."""


@pytest.mark.parametrize(("kind", "options"), VARIANTS)
def test_results_are_those_of_serial_whatever_options_are_chosen(
    kind: str, options: dict[str, object], tmp_path: Path
) -> None:
    code = PLAIN + "async def atask(item):\n    return task(item)\n"
    parameters = {**ITEMS, "async_call": "mine:atask"}
    serial = launched(function(tmp_path, code, "serial", tasks=None, parameters=parameters))
    asked = function(tmp_path, code, kind, workers=3, tasks=None, parameters=parameters, options=options, batches=1)
    reply = launched(asked)
    said = reply.said
    assert (reply.status, said["answered"], said["workers_ready"]) == ("ok", 12, 3)
    assert said["results"] == serial.said["results"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_phases_are_all_there_with_a_time_for_each_batch(kind: str, tmp_path: Path) -> None:
    phases = launched(order(tmp_path, "noop", {}, kind, workers=workers_of(kind), batches=3)).said["phases"]
    assert sorted(phases) == ["cold_ns", "imports_ns", "startup_ns", "steady_ns", "stop_ns"]
    assert len(phases["steady_ns"]) == 3
    assert min(phases["cold_ns"], phases["startup_ns"], *phases["steady_ns"]) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_that_raises_fails_the_cell_and_is_quoted(kind: str, tmp_path: Path) -> None:
    code = "def task():\n    raise KeyError('lost')\n"
    reply = launched(function(tmp_path, code, kind, workers=workers_of(kind)))
    assert (reply.status, reply.reason) == ("failed", "4 of 4 tasks failed: KeyError: 'lost' (mine.py:2)")


@pytest.mark.parametrize("kind", KINDS)
def test_worker_setup_is_called_once_in_every_worker_and_its_value_passed(kind: str, tmp_path: Path) -> None:
    code = (
        "import os, pathlib, secrets\n"
        "def setup():\n    pathlib.Path(f'made-{secrets.token_hex(8)}').touch()\n    return 'mine'\n"
        "def task(worker):\n    return worker\n"
    )
    workers = workers_of(kind)
    reply = launched(function(tmp_path, code, kind, workers=workers, parameters={"worker_setup": "mine:setup"}))
    assert (reply.status, len(list(tmp_path.glob("made-*")))) == ("ok", workers)


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_setup_that_raises_fails_the_cell_at_once(kind: str, tmp_path: Path) -> None:
    code = "def setup():\n    raise OSError('no server')\ndef task(worker):\n    return worker\n"
    parameters = {"worker_setup": "mine:setup"}
    reply = launched(function(tmp_path, code, kind, workers=workers_of(kind), parameters=parameters, timeout_s=60.0))
    assert (reply.status, reply.reason) == ("failed", "OSError: no server (mine.py:2)")


@pytest.mark.parametrize("kind", KINDS)
def test_a_coroutine_function_is_awaited_or_refused_but_never_hangs(kind: str, tmp_path: Path) -> None:
    code = "async def task():\n    return 5\n"
    reply = launched(function(tmp_path, code, kind, workers=workers_of(kind), timeout_s=60.0))
    assert reply.status in ("ok", "unsupported")


@pytest.mark.parametrize("kind", KINDS)
def test_an_interrupt_leaves_nothing_behind(kind: str, tmp_path: Path) -> None:
    asked = function(tmp_path, ENDLESS, kind, workers=workers_of(kind))
    with Interrupt() as interrupt, Launcher(interrupt) as launch:
        Thread(target=interrupt_once, args=(tmp_path / "begun",)).start()
        with pytest.raises(Interrupted):
            launch(asked)
    assert tree.marked(tree.mark_of(os.getpid())) == []
    assert [path for path in shared(tmp_path) if path.exists()] == []


ENDLESS = """
import os, pathlib, time
here = pathlib.Path(__file__).parent
def task():
    (here / f"maps-{os.getpid()}").write_text(pathlib.Path("/proc/self/maps").read_text())
    (here / "begun").touch()
    time.sleep(60)
"""


def shared(folder: Path) -> list[Path]:
    """Semaphores and the like that tasks' processes had a name for."""
    lines = [line for maps in folder.glob("maps-*") for line in maps.read_text().splitlines()]
    return [Path("/" + line.partition(" /")[2]) for line in lines if " /dev/shm/" in line and "(deleted)" not in line]


def interrupt_once(begun: Path) -> None:
    """Send this process SIGINT as soon as a file is there."""
    give_up = time.monotonic() + 30
    while not begun.exists() and time.monotonic() < give_up:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_callable_that_can_not_be_pickled_travels_by_its_name(kind: str, tmp_path: Path) -> None:
    code = "task = (lambda kept: lambda: kept)(7)\n"
    assert launched(function(tmp_path, code, kind, workers=workers_of(kind))).status == "ok"


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_that_can_not_be_pickled_is_an_error_where_it_must_travel_and_never_a_hang(
    kind: str, tmp_path: Path
) -> None:
    code = "import threading\ndef task():\n    return threading.Lock()\n"
    reply = launched(function(tmp_path, code, kind, workers=workers_of(kind), timeout_s=60.0, same="any"))
    travels = MODELS[kind].worker in ("process", "interpreter")
    assert reply.status == ("failed" if travels else "ok")


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_that_can_not_be_unpickled_is_an_error_where_it_must_travel_and_never_a_hang(
    kind: str, tmp_path: Path
) -> None:
    code = "class Odd:\n    def __reduce__(self):\n        return divmod, (1, 0)\ndef task():\n    return Odd()\n"
    reply = launched(function(tmp_path, code, kind, workers=workers_of(kind), tasks=1, timeout_s=60.0, same="any"))
    travels = MODELS[kind].worker in ("process", "interpreter")
    assert reply.status == ("failed" if travels else "ok")
    assert not travels or "ZeroDivisionError" in reply.reason + reply.output or "NotShareableError" in reply.reason


@pytest.mark.skipif("t" in sys.abiflags, reason="a free-threaded Python has the GIL off, which the next test holds")
@pytest.mark.parametrize("kind", KINDS)
def test_the_gil_is_shared_by_workers_of_one_interpreter_alone(kind: str, tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "noop", {}, kind, workers=workers_of(kind)))
    apart = MODELS[kind].worker in ("process", "interpreter")
    assert reply.said["gil"] == ("per interpreter" if apart else "shared")


@pytest.mark.parametrize(
    ("after", "flags", "expected"),
    [([True], "", "shared"), ([False, False], "t", "off"), ([False, True], "t", "re-enabled")],
)
def test_the_gil_is_named_by_what_workers_find_in_the_end(after: list[bool], flags: str, expected: str) -> None:
    assert gil([(os.getpid(), 0, 1, 0, 0, on, ()) for on in after], flags) == expected


def test_memory_is_that_of_the_child_and_all_its_workers(tmp_path: Path) -> None:
    code = "held = []\ndef setup():\n    held.append(b'x' * 50_000_000)\ndef task(worker):\n    return 1\n"
    parameters = {"worker_setup": "mine:setup"}
    reply = launched(function(tmp_path, code, "processes", workers=3, parameters=parameters))
    assert reply.said["memory"]["bytes"] > 3 * 50_000_000


def test_tasks_that_wait_for_others_are_seen_to_queue(tmp_path: Path) -> None:
    said = launched(order(tmp_path, "sleep", {"seconds": 0.02}, "threads", workers=1, tasks=3)).said
    assert percentile(said["queueing"], 1.0) > 0.039e9
    assert percentile(said["service"], 1.0) < 0.039e9


def test_threads_keep_the_switch_interval_that_was_asked_for(tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "noop", {}, "threads", options={"switch_interval": 0.0005}))
    assert reply.said["resolved"]["switch_interval"] == pytest.approx(0.0005)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_start_as_they_were_asked_to_and_say_so(method: str, tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "noop", {}, "processes", workers=2, options={"start_method": method}))
    assert (reply.status, reply.said["resolved"]["start_method"]) == ("ok", method)


def test_processes_take_as_many_tasks_at_a_time_as_chunksize_says(tmp_path: Path) -> None:
    code = "import os, time\ndef task(item):\n    time.sleep(0.01)\n    return os.getpid()\ndef items():\n    return list(range(12))\n"
    asked = function(
        tmp_path, code, "processes", workers=3, tasks=None, parameters=ITEMS, options={"chunksize": 12}, same="any"
    )
    assert launched(asked).said["workers_used"] == 1


def test_a_plain_function_blocks_the_event_loop_and_the_row_says_so(tmp_path: Path) -> None:
    reply = launched(function(tmp_path, "def task():\n    return 1\n", "asyncio", workers=2))
    assert reply.said["notes"] == ["its plain body blocks the event loop"]


def test_an_offloaded_plain_function_does_not_block_the_event_loop(tmp_path: Path) -> None:
    code = "import threading\nmeet = threading.Barrier(2)\ndef task():\n    meet.wait(10)\n    return 1\n"
    reply = launched(function(tmp_path, code, "asyncio", workers=2, options={"offload": "threads"}))
    assert (reply.status, reply.said["notes"]) == ("ok", [])


def test_asyncio_takes_the_coroutine_body_and_others_the_plain_one(tmp_path: Path) -> None:
    code = "def task():\n    return 'plain'\nasync def atask():\n    return 'plain'\n"
    parameters = {"async_call": "mine:atask"}
    for model in ("asyncio", "threads"):
        reply = launched(function(tmp_path, code, model, workers=2, parameters=parameters))
        assert (reply.status, reply.said["notes"]) == ("ok", [])


def test_serial_awaits_coroutines_one_by_one_and_says_so(tmp_path: Path) -> None:
    reply = launched(function(tmp_path, "async def task():\n    return 1\n"))
    assert (reply.status, reply.said["notes"]) == ("ok", ["coroutines awaited one by one"])


@pytest.mark.parametrize("model", ["threads", "processes"])
def test_a_coroutine_function_is_unsupported_where_nothing_awaits_it(model: str, tmp_path: Path) -> None:
    reply = launched(function(tmp_path, "async def task():\n    return 1\n", model, workers=2))
    assert reply.status == "unsupported"
    assert "coroutine function" in reply.reason


def test_a_result_that_cannot_be_pickled_fails_processes_with_a_reason(tmp_path: Path) -> None:
    reply = launched(function(tmp_path, "def task():\n    return lambda: 1\n", "processes", workers=2, timeout_s=20.0))
    assert reply.status == "failed"
    assert "pickle" in reply.reason
