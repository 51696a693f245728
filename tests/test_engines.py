"""Schedulers of many machines and pools of one's own: what becomes of a row when a worker is lost, or never comes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from children import function, lacking, launched, order

from runner import tree
from runner.child.models.anywhere import ON_THIS_MACHINE

DASK = pytest.mark.skipif(bool(lacking("dask")), reason=f"dask {lacking('dask')}")
RAY = pytest.mark.skipif(bool(lacking("ray")), reason=f"ray {lacking('ray')}")

ITEMS = {"inputs": "mine:items"}
TWELVE = "import os, pathlib, time\ndef items():\n    return list(range(12))\n"
DIES_ONCE = TWELVE + (
    "def task(item):\n    time.sleep(0.1)\n"
    "    if item == 3 and not pathlib.Path('killed').exists():\n"
    "        pathlib.Path('killed').touch()\n        os.kill(os.getpid(), 9)\n"
    "    return item\n"
)
DIES_ALWAYS = TWELVE + "def task(item):\n    os.kill(os.getpid(), 9)\n"
SLOW = TWELVE + (
    "HERE = pathlib.Path(__file__).parent\n"
    "def task(item):\n    (HERE / f'by-{os.getpid()}').touch()\n    time.sleep(0.3)\n    return item\n"
)


@DASK
def test_tasks_of_a_lost_dask_worker_are_done_again_but_the_row_is_no_measurement(tmp_path: Path) -> None:
    asked = function(tmp_path, DIES_ONCE, "dask", workers=3, tasks=None, parameters=ITEMS, timeout_s=60.0)
    reply = launched(asked)
    expected = "1 of 3 worker processes ended on the way; Dask had their tasks done again"
    assert (reply.status, reply.reason) == ("invalid", expected)


@DASK
def test_a_task_that_ends_every_dask_worker_is_the_cells_reason(tmp_path: Path) -> None:
    asked = function(tmp_path, DIES_ALWAYS, "dask", workers=2, tasks=1, parameters=ITEMS, timeout_s=90.0)
    reply = launched(asked)
    assert (reply.status, reply.reason) == ("crashed", "a task ended every worker process that it was given to")


@DASK
def test_a_task_that_hangs_in_a_dask_worker_is_found_in_its_stack(tmp_path: Path) -> None:
    code = "import time\ndef task():\n    time.sleep(60)\n"
    reply = launched(function(tmp_path, code, "dask", workers=2, timeout_s=10.0))
    assert (reply.status, "in task (mine.py:3)" in reply.reason) == ("timeout", True)


@contextmanager
def dask_cluster(folder: Path, workers: int, threads: int = 1) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and its workers, each a process that knows nothing of Runmatrix."""
    log = (folder / "cluster.log").open("wb")
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    contact = folder / "scheduler.json"
    begun = [subprocess.Popen([*scheduler, "--no-dashboard", "--scheduler-file", contact], stderr=log, cwd=folder)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", f"{threads}", "--no-nanny"]
    try:
        address = _address(contact)
        begun += [
            subprocess.Popen([*worker, "--no-dashboard", address], stderr=log, cwd=folder) for _ in range(workers)
        ]
        _wait_for(folder / "cluster.log", "Registered to:", workers)
        yield address, begun[1:]
    finally:
        for process in begun:
            process.kill()
            process.wait()
        log.close()


def _address(contact: Path) -> str:
    import json

    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        if contact.exists() and (text := contact.read_text()).endswith("}"):
            return str(json.loads(text)["address"])
        time.sleep(0.05)
    raise AssertionError("the scheduler never came")


def _wait_for(log: Path, words: str, times: int) -> None:
    give_up = time.monotonic() + 30
    while log.read_text().count(words) < times:
        assert time.monotonic() < give_up, log.read_text()
        time.sleep(0.05)


@DASK
def test_a_running_dask_scheduler_does_the_tasks_by_its_own_workers(tmp_path: Path) -> None:
    with dask_cluster(tmp_path, 3) as (address, workers):
        options = {"address": address}
        asked = function(tmp_path, SLOW, "dask", workers=3, tasks=None, parameters=ITEMS, options=options)
        reply = launched(asked)
        by = {int(path.name.removeprefix("by-")) for path in tmp_path.glob("by-*")}
        assert (reply.status, reply.reason, by) == ("ok", "", {worker.pid for worker in workers})


@DASK
def test_a_worker_of_a_running_scheduler_that_is_killed_in_the_middle_of_a_batch_invalidates_the_row(
    tmp_path: Path,
) -> None:
    with dask_cluster(tmp_path, 3) as (address, workers):
        options = {"address": address}
        asked = function(tmp_path, SLOW, "dask", workers=3, tasks=None, parameters=ITEMS, options=options)
        killer = subprocess.Popen([sys.executable, "-c", KILLER, str(workers[0].pid), str(tmp_path)])
        reply = launched(asked)
        killer.wait()
    expected = "1 of 3 worker processes ended on the way; Dask had their tasks done again"
    assert (reply.status, reply.reason) == ("invalid", expected)


KILLER = """
import os, pathlib, sys, time
pid, folder = sys.argv[1:]
while not (pathlib.Path(folder) / f"by-{pid}").exists():
    time.sleep(0.01)
os.kill(int(pid), 9)
"""


@DASK
def test_threads_of_a_dask_worker_are_all_made_ready_before_the_first_batch(tmp_path: Path) -> None:
    code = SETS_UP + "def task(worker):\n    return len(list(HERE.glob('made-*')))\n"
    with dask_cluster(tmp_path, 1, threads=6) as (address, _):
        parameters = {"worker_setup": "mine:setup"}
        asked = function(
            tmp_path,
            code,
            "dask",
            workers=6,
            tasks=30,
            parameters=parameters,
            options={"address": address},
            same="mine:six",
        )
        reply = launched(asked)
    assert (reply.status, reply.said["workers_ready"], len(list(tmp_path.glob("made-*")))) == ("ok", 6, 6)
    assert reply.said["notes"] == [ON_THIS_MACHINE]


SETS_UP = (
    "import pathlib, secrets\nHERE = pathlib.Path(__file__).parent\n"
    "def setup():\n    (HERE / f'made-{secrets.token_hex(8)}').touch()\n    return 1\n"
    "def six(one, other):\n    return one == other == 6\n"
)


@DASK
def test_a_scheduler_with_fewer_workers_than_asked_for_is_unsupported(tmp_path: Path) -> None:
    with dask_cluster(tmp_path, 1) as (address, _):
        reply = launched(order(tmp_path, "noop", {}, "dask", workers=4, options={"address": address}))
    expected = "the scheduler has 1 worker processes with 1 threads, of which no 4 threads can be taken"
    assert (reply.status, reply.reason) == ("unsupported", expected)


@DASK
def test_a_scheduler_that_does_not_run_is_told_from_a_hang(tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "noop", {}, "dask", workers=2, options={"address": "tcp://127.0.0.1:9"}))
    assert (reply.status, "tcp://127.0.0.1:9" in reply.reason) == ("failed", True)


@RAY
def test_a_ray_actor_that_dies_is_the_cells_reason(tmp_path: Path) -> None:
    asked = function(tmp_path, DIES_ONCE, "ray", workers=2, tasks=None, parameters=ITEMS, timeout_s=60.0)
    reply = launched(asked)
    assert (reply.status, reply.reason) == ("crashed", "a worker process ended before its task was done")


@RAY
def test_a_cluster_of_ray_that_does_not_run_is_told_at_once(tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "noop", {}, "ray", workers=2, options={"address": "127.0.0.1:9"}))
    assert (reply.status, reply.reason) == ("failed", "no cluster of Ray was found at 127.0.0.1:9: Connection refused")


@RAY
def test_a_running_cluster_of_ray_does_the_tasks_of_as_many_workers_as_it_has_cores(tmp_path: Path) -> None:
    with ray_cluster(tmp_path, 2) as (address, env):
        asked = [order(tmp_path, "noop", {}, "ray", workers=n, options={"address": address}, env=env) for n in (2, 3)]
        enough, too_many = map(launched, asked)
    assert (enough.status, enough.said["workers_ready"], enough.said["notes"]) == ("ok", 2, [ON_THIS_MACHINE])
    expected = "the cluster has 2 cores, and 3 workers need one each"
    assert (too_many.status, too_many.reason) == ("unsupported", expected)


@contextmanager
def ray_cluster(folder: Path, cores: int) -> Iterator[tuple[str, dict[str, str]]]:
    """A cluster that knows nothing of Runmatrix, its address, and what its clients must have in their environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {"RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0", "HOME": str(folder)}
    scratch = tempfile.mkdtemp(prefix="ray")  # short enough for the names of sockets
    command = [sys.executable, "-c", "from ray.scripts.scripts import main; main()", "start", "--head", "--block"]
    where = [f"--port={port}", "--node-ip-address=127.0.0.1", f"--temp-dir={scratch}", f"--num-cpus={cores}"]
    log = (folder / "cluster.log").open("wb")
    head = subprocess.Popen(
        [*command, *where, "--include-dashboard=false"],
        stdout=log,
        stderr=log,
        env={**os.environ, **env},
        start_new_session=True,
    )
    try:
        _wait_for(folder / "cluster.log", "Ray runtime started", 1)
        yield f"127.0.0.1:{port}", env
    finally:
        os.killpg(head.pid, signal.SIGTERM)
        head.wait()
        log.close()
        shutil.rmtree(scratch, ignore_errors=True)


@RAY
def test_nothing_of_ray_is_left_when_its_cell_is_done(tmp_path: Path) -> None:
    launched(order(tmp_path, "noop", {}, "ray", workers=2))
    assert [process.name() for process in tree.marked(tree.mark_of(os.getpid()))] == []


@RAY
@pytest.mark.parametrize("body", ["return 1", "raise KeyError"])
def test_ray_leaves_nothing_in_the_users_home_whatever_becomes_of_its_cell(body: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    asked = function(tmp_path, f"def task():\n    {body}\n", "ray", workers=2, env={"HOME": str(home)})
    launched(asked)
    assert list(home.iterdir()) == []


PROCESSES = """
from concurrent.futures import ProcessPoolExecutor
def start(workers):
    return ProcessPoolExecutor(workers)
def run(pool, function, items):
    return list(pool.map(function, items))
def stop(pool):
    pool.shutdown()
"""

ONE_BY_ONE = """
def start(workers):
    return None
def run(pool, function, items):
    return [function(item) for item in items]
def stop(pool):
    pass
"""


def own(folder: Path, pool: str, **changes: object) -> str:
    """What becomes of a cell on that pool."""
    asked = function(
        folder, TWELVE + "def task(item):\n    return item\n", "own", parameters=ITEMS, tasks=None, **changes
    )
    (folder / "my_pool.py").write_text(pool)
    reply = launched(asked)
    return f"{reply.status}: {reply.reason}"


def test_a_pool_of_ones_own_may_consist_of_processes(tmp_path: Path) -> None:
    assert own(tmp_path, PROCESSES, workers=3) == "ok: "


def test_a_pool_of_ones_own_that_has_fewer_workers_than_it_was_asked_for_is_told(tmp_path: Path) -> None:
    expected = "invalid: 2 workers never were at work all at once, in 20 s"
    assert own(tmp_path, ONE_BY_ONE, workers=2, timeout_s=60.0) == expected


def test_a_pool_of_ones_own_without_one_of_its_functions_is_told(tmp_path: Path) -> None:
    said = own(tmp_path, ONE_BY_ONE.replace("def stop", "def end"), workers=1)
    assert said == "failed: AttributeError: module 'my_pool' has no attribute 'stop'"


WRONG = {
    "pass": ("failed", "must return what `function` returned for each item, and has None"),
    "return [7 for item in items]": ("failed", "must return what `function` returned for each item, and has 7"),
    "return [function(item) for item in items[1:]]": (
        "invalid",
        "was given 1 items, one for each worker, and returned 0",
    ),
}


@pytest.mark.parametrize("body", WRONG)
def test_a_pool_of_ones_own_that_does_not_give_back_what_was_returned_is_told(body: str, tmp_path: Path) -> None:
    status, words = WRONG[body]
    wrong = ONE_BY_ONE.replace("return [function(item) for item in items]", body)
    assert own(tmp_path, wrong, workers=1) == f"{status}: `my_pool:run` {words}"


def test_a_pool_of_ones_own_that_loses_tasks_is_told(tmp_path: Path) -> None:
    lossy = ONE_BY_ONE.replace("for item in items", "for item in (items if items[0] is None else items[1:])")
    assert own(tmp_path, lossy, workers=1) == "invalid: 11 of 12 tasks were answered"
