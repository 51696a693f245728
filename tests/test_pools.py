"""What single models promise beyond the contract that all of them keep, and what their options change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from children import function, lacking, launched, order

ITEMS = {"inputs": "mine:items"}
PIDS = (
    "import os, time\n"
    "def items():\n    return list(range(12))\n"
    "def task(item):\n    time.sleep(0.02)\n    return os.getpid()\n"
)
LOOPS = (
    "import asyncio, pathlib\n"
    "kept = []\n"
    "async def task():\n"
    "    loop = asyncio.get_running_loop()\n"
    "    kept.append(loop)\n"  # so that no two have the same id
    "    pathlib.Path(f'{type(loop).__module__}-{id(loop)}').touch()\n"
)


def needing(kind: str, options: dict[str, object] | None = None) -> pytest.MarkDecorator:
    """A test that takes what not every Python has."""
    return pytest.mark.skipif(bool(lacking(kind, options)), reason=f"{kind} {lacking(kind, options)}")


def loops(folder: Path, options: Mapping[str, object], **changes: object) -> list[str]:
    """Names of the modules that the loops came from, one for each loop that tasks ran in."""
    reply = launched(function(folder, LOOPS, "asyncio", options=options, **{"workers": 2, "tasks": 4, **changes}))
    assert (reply.status, reply.reason) == ("ok", "")
    return [path.name.rpartition("-")[0] for path in folder.glob("*-*")]


def test_asyncio_has_one_loop_for_all_batches(tmp_path: Path) -> None:
    assert len(loops(tmp_path, {}, batches=2)) == 1


def test_asyncio_makes_a_loop_for_each_batch_where_that_is_asked_for(tmp_path: Path) -> None:
    assert len(loops(tmp_path, {"loop_scope": "batch"}, batches=2)) == 3


def test_asyncio_makes_a_loop_for_each_task_where_that_is_asked_for(tmp_path: Path) -> None:
    assert len(loops(tmp_path, {"loop_scope": "task"}, batches=2)) == 12


def test_loops_for_each_task_run_at_once_in_as_many_threads_as_there_are_workers(tmp_path: Path) -> None:
    code = "import threading\nmeet = threading.Barrier(3)\nasync def task():\n    meet.wait(10)\n"
    reply = launched(function(tmp_path, code, "asyncio", workers=3, tasks=3, options={"loop_scope": "task"}))
    assert (reply.status, reply.said["workers_used"]) == ("ok", 3)


def test_a_loop_for_each_task_needs_something_to_await(tmp_path: Path) -> None:
    asked = function(tmp_path, "def task():\n    return 1\n", "asyncio", options={"loop_scope": "task"})
    reply = launched(asked)
    expected = "a loop for each task needs a coroutine function, and its only body is a plain one"
    assert (reply.status, reply.reason) == ("unsupported", expected)


@needing("asyncio", {"loop": "uvloop"})
@pytest.mark.parametrize(("scope", "count"), [(None, 1), ("batch", 2), ("task", 8)])
def test_asyncio_takes_the_loop_of_uvloop(scope: str | None, count: int, tmp_path: Path) -> None:
    options = {"loop": "uvloop", "loop_scope": scope}
    assert loops(tmp_path, options, batches=1) == ["uvloop"] * count


@pytest.mark.parametrize("scope", ["batch", "task"])
def test_http_connects_anew_with_each_loop(scope: str, tmp_path: Path) -> None:
    options = {"loop_scope": scope}
    asked = order(tmp_path, "http", {"delay": 0.0, "payload": 10}, "asyncio", workers=3, options=options, batches=2)
    reply = launched(asked)
    assert (reply.status, reply.reason) == ("ok", "")


@pytest.mark.parametrize("scope", [None, "batch"])
@pytest.mark.parametrize(
    "offload",
    ["threads", "processes", pytest.param("interpreters", marks=needing("asyncio", {"offload": "interpreters"}))],
)
def test_asyncio_hands_plain_functions_on_without_blocking(offload: str, scope: str | None, tmp_path: Path) -> None:
    options = {"offload": offload, "loop_scope": scope}
    asked = function(tmp_path, PIDS, "asyncio", workers=3, tasks=None, parameters=ITEMS, options=options, same="any")
    said = launched(asked).said
    assert (said["status"], said["workers_ready"], said["workers_used"], said["notes"]) == ("ok", 3, 3, [])


def test_a_process_that_a_task_was_handed_on_to_and_that_dies_is_the_cells_reason(tmp_path: Path) -> None:
    code = "import os\ndef task():\n    os.kill(os.getpid(), 9)\n"
    asked = function(tmp_path, code, "asyncio", workers=2, options={"offload": "processes"}, timeout_s=20.0)
    reply = launched(asked)
    assert (reply.status, reply.reason) == ("killed", "a worker process was ended by SIGKILL")


def test_a_loop_for_each_task_leaves_nothing_to_hand_on(tmp_path: Path) -> None:
    options = {"offload": "threads", "loop_scope": "task"}
    assert launched(order(tmp_path, "noop", {}, "asyncio", options=options)).status == "unsupported"


@needing("trio")
def test_trio_awaits_coroutine_functions_that_were_written_for_it(tmp_path: Path) -> None:
    code = "import trio\nasync def task():\n    await trio.sleep(0.001)\n    return 5\n"
    reply = launched(function(tmp_path, code, "trio", workers=2, batches=2))
    assert (reply.status, reply.said["notes"], reply.said["workers_used"]) == ("ok", [], 2)


@needing("trio")
def test_a_coroutine_function_for_asyncio_fails_under_trio_in_words(tmp_path: Path) -> None:
    code = "import asyncio\nasync def task():\n    await asyncio.sleep(0)\n"
    reply = launched(function(tmp_path, code, "trio", workers=2))
    assert (reply.status, "some other framework like asyncio" in reply.reason) == ("failed", True)


@needing("trio")
def test_a_plain_function_blocks_trios_event_loop_and_the_row_says_so(tmp_path: Path) -> None:
    reply = launched(function(tmp_path, "def task():\n    return 1\n", "trio", workers=2))
    assert reply.said["notes"] == ["its plain body blocks the event loop"]


@pytest.mark.parametrize(
    "kind", ["asyncio", pytest.param("trio", marks=needing("trio")), pytest.param("gevent", marks=needing("gevent"))]
)
def test_sleepers_in_one_thread_sleep_all_at_once(kind: str, tmp_path: Path) -> None:
    said = launched(order(tmp_path, "sleep", {"seconds": 0.2}, kind, workers=50, tasks=50)).said
    assert said["phases"]["cold_ns"] < 50 * 0.2e9 / 5


PATCHED = "import pathlib, socket\ndef task():\n    pathlib.Path(socket.socket.__module__).touch()\n"


@needing("gevent")
def test_gevent_patches_the_standard_library_before_the_work_imports_any_of_it(tmp_path: Path) -> None:
    code = "from socket import socket\nfrom threading import get_ident\nimport pathlib\n"
    code += "def task():\n    pathlib.Path(f'{socket.__module__} {get_ident.__module__}').touch()\n"
    reply = launched(function(tmp_path, code, "gevent", workers=2))
    assert (reply.status, [path.name for path in tmp_path.glob("gevent*")]) == ("ok", ["gevent._socket3 gevent.thread"])
    assert "MonkeyPatchWarning" not in reply.output


@pytest.mark.parametrize("kind", ["serial", "threads", "bare_threads", "asyncio"])
def test_no_other_model_is_patched(kind: str, tmp_path: Path) -> None:
    launched(function(tmp_path, PATCHED, kind))
    assert (tmp_path / "socket").exists()


@needing("gevent")
def test_greenlets_that_wait_for_what_never_comes_are_told_from_a_hang(tmp_path: Path) -> None:
    code = "import threading\nnever = threading.Event()\ndef task():\n    never.wait()\n"
    reply = launched(function(tmp_path, code, "gevent", workers=2, timeout_s=20.0))
    assert (reply.status, "would block forever" in reply.reason) == ("failed", True)


@needing("gevent")
@pytest.mark.parametrize(
    ("workload", "parameters"),
    [("http", {"delay": 0.001, "payload": 3000}), ("command", {"argv": ["echo", "a"]}), ("file", {"size": 3000})],
)
def test_gevent_does_what_waits_for_others(workload: str, parameters: dict[str, object], tmp_path: Path) -> None:
    reply = launched(order(tmp_path, workload, parameters, "gevent", workers=5, tasks=20, batches=1))
    assert (reply.status, reply.reason) == ("ok", "")


def test_bare_threads_are_a_new_thread_for_each_task_and_never_more_at_once_than_workers(tmp_path: Path) -> None:
    code = (
        "import pathlib, threading, time\n"
        "kept, at_work, lock = [], [], threading.Lock()\n"
        "def task():\n"
        "    with lock:\n        kept.append(threading.current_thread()); at_work.append(1); most = len(at_work)\n"
        "    time.sleep(0.02)\n"
        "    with lock:\n        at_work.pop()\n"
        "    return most\n"
        "def down():\n    pathlib.Path(f'{len(set(kept))} threads').touch()\n"
        "def most(one, other):\n    return max(one, other) <= 3\n"
    )
    asked = function(
        tmp_path, code, "bare_threads", workers=3, tasks=12, parameters={"teardown": "mine:down"}, same="mine:most"
    )
    assert launched(asked).status == "ok"
    assert (tmp_path / "12 threads").exists()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_multiprocessing_pool_starts_as_it_was_asked_to_and_says_so(method: str, tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "noop", {}, "multiprocessing", workers=2, options={"start_method": method}))
    assert (reply.status, reply.said["resolved"]) == ("ok", {"start_method": method, "chunksize": 1})


@pytest.mark.parametrize("kind", ["multiprocessing", pytest.param("loky", marks=needing("loky"))])
def test_pools_of_processes_take_as_many_tasks_at_a_time_as_chunksize_says(kind: str, tmp_path: Path) -> None:
    options = {"chunksize": 12}
    asked = function(tmp_path, PIDS, kind, workers=3, tasks=None, parameters=ITEMS, options=options, same="any")
    assert launched(asked).said["workers_used"] == 1


def test_a_worker_of_a_multiprocessing_pool_gives_way_after_as_many_chunks_as_it_may_do(tmp_path: Path) -> None:
    options = {"maxtasksperchild": 2}
    asked = function(
        tmp_path,
        PIDS,
        "multiprocessing",
        workers=2,
        tasks=None,
        parameters=ITEMS,
        options=options,
        same="any",
        batches=1,
    )
    reply = launched(asked)
    assert (reply.status, reply.said["workers_used"] >= 6) == ("ok", True)


STARTED = [
    ("serial", {}),
    ("threads", {}),
    ("bare_threads", {}),
    ("own", {}),
    *[("asyncio", {"loop_scope": scope}) for scope in (None, "batch", "task")],
    *[("asyncio", {"offload": offload}) for offload in ("threads", "processes")],
    *[
        (kind, {"start_method": how})
        for kind in ("processes", "multiprocessing")
        for how in ("fork", "spawn", "forkserver")
    ],
    *[pytest.param(kind, {}, marks=needing(kind)) for kind in ("trio", "gevent", "loky")],
    pytest.param("interpreters", {}, marks=needing("interpreters")),
]
WATCHES = (
    "import asyncio, pathlib, resource, sys\n"
    "known = []\n"
    "def up():\n    known.extend(sys.modules)\n"
    "def down():\n    pathlib.Path('late').write_text(' '.join(sys.modules.keys() - known))\n"
    "def task():\n    return 1\n"
    "async def atask():\n    return 1\n"
)


@pytest.mark.parametrize(("kind", "options"), STARTED)
def test_nothing_is_imported_in_the_child_inside_the_clocks(
    kind: str, options: dict[str, object], tmp_path: Path
) -> None:
    parameters = {"setup": "mine:up", "teardown": "mine:down", "async_call": "mine:atask"}
    reply = launched(function(tmp_path, WATCHES, kind, parameters=parameters, options=options, batches=1))
    assert (reply.status, (tmp_path / "late").read_text()) == ("ok", "")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_cpu_time_of_workers_that_gave_way_is_counted(method: str, tmp_path: Path) -> None:
    code = "import time\ndef task():\n    end = time.process_time() + 0.1\n    while time.process_time() < end:\n        pass\n"
    options = {"start_method": method, "maxtasksperchild": 1}
    reply = launched(function(tmp_path, code, "multiprocessing", workers=2, tasks=6, options=options))
    assert reply.said["cpu"]["cold_ns"] >= 0.5e9


DEATHS = {
    "killed": ("os.kill(os.getpid(), 9)", "SIGKILL"),
    "crashed": ("os.kill(os.getpid(), 11)", "SIGSEGV"),
    "crashed by exiting": ("os._exit(7)", "7"),
    "crashed by leaving": ("os._exit(0)", "ended before its task was done"),
}


@pytest.mark.parametrize(
    ("status", "call", "word"), [(name, *death) for name, death in DEATHS.items()], ids=list(DEATHS)
)
@pytest.mark.parametrize("kind", ["multiprocessing", pytest.param("loky", marks=needing("loky"))])
def test_a_worker_process_that_dies_is_the_cells_reason(
    kind: str, status: str, call: str, word: str, tmp_path: Path
) -> None:
    code = f"import os\ndef task():\n    {call}\n"
    reply = launched(function(tmp_path, code, kind, workers=2, timeout_s=20.0))
    assert (reply.status, word in reply.reason) == (status.split()[0], True)


def test_what_a_child_said_last_is_not_what_was_left_to_be_cleared_up(tmp_path: Path) -> None:
    code = (
        "import os, sys\ndef down():\n    print('farewell', flush=True)\n    os._exit(3)\ndef task():\n    return 1\n"
    )
    parameters, options = {"teardown": "mine:down"}, {"start_method": "spawn"}
    code = code.replace("def task():", "def task():\n    os.kill(os.getpid(), 9)")
    reply = launched(function(tmp_path, code, "processes", parameters=parameters, options=options))
    assert reply.reason == "it gave no reply; it exited with 3: farewell"


@pytest.mark.parametrize("most_chunks", [1, 2])
def test_a_worker_of_a_multiprocessing_pool_that_leaves_is_told_from_one_that_gives_way(
    most_chunks: int, tmp_path: Path
) -> None:
    code = "import os\ndef items():\n    return list(range(6))\ndef task(item):\n    item == 3 and os._exit(0)\n"
    options = {"maxtasksperchild": most_chunks}
    asked = function(tmp_path, code, "multiprocessing", workers=2, tasks=None, parameters=ITEMS, options=options)
    reply = launched(replace(asked, timeout_s=20.0))
    assert (reply.status, reply.reason) == ("crashed", "a worker process ended before its task was done")


@needing("interpreters")
def test_an_extension_that_was_not_made_for_sub_interpreters_is_unsupported_there(tmp_path: Path) -> None:
    code = "def task():\n    import readline\n"
    reply = launched(function(tmp_path, code, "interpreters", workers=2))
    expected = "4 of 4 tasks failed: readline can't be imported in a sub-interpreter (mine.py:2)"
    assert (reply.status, reply.reason) == ("unsupported", expected)
