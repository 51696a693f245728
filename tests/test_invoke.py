"""One child at a time: every way it can end is told apart, in time, and leaves nothing behind."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from children import function, launched, nothing_left, order

import runner
from runner import tree
from runner.invoke import Launcher, Order

ROOT = Path(runner.__file__).parent.parent
"""Where what is tested was imported from: the installed package, or the checkout."""
ENDINGS = {
    "ok": ("def task():\n    return 1\n", ""),
    "failed": ("def task():\n    raise ValueError('no')\n", "4 of 4 tasks failed: ValueError: no (mine.py:2)"),
    "crashed by a signal": ("import os\ndef task():\n    os.kill(os.getpid(), 11)\n", "ended by SIGSEGV"),
    "crashed by an abort": ("import os\ndef task():\n    os.abort()\n", "ended by SIGABRT"),
    "killed": ("import os\ndef task():\n    os.kill(os.getpid(), 9)\n", "ended by SIGKILL"),
    "crashed by exiting": (
        "import os\ndef task():\n    os._exit(7)\n",
        "it gave no reply; it exited with 7: it printed nothing",
    ),
    "failed by sys.exit": (
        "import sys\ndef task():\n    sys.exit(5)\n",
        "4 of 4 tasks failed: SystemExit: 5 (mine.py:3)",
    ),
    "oom by itself": ("def task():\n    raise MemoryError\n", "4 of 4 tasks failed: MemoryError:  (mine.py:2)"),
    "failed import": (
        "import nothing_of_the_kind\n",
        "ModuleNotFoundError: No module named 'nothing_of_the_kind' (mine.py:1)",
    ),
    "failed syntax": ("def task(:\n", "SyntaxError: invalid syntax (mine.py, line 1)"),
}


@pytest.mark.parametrize(
    ("status", "code", "reason"), [(name, *ending) for name, ending in ENDINGS.items()], ids=list(ENDINGS)
)
def test_every_ending_has_its_status_and_reason(status: str, code: str, reason: str, tmp_path: Path) -> None:
    reply = launched(function(tmp_path, code))
    assert (reply.status, reply.reason) == (status.split()[0], reason)


WORKER_ENDINGS = {
    "crashed": ("import os\ndef task():\n    os.kill(os.getpid(), 11)\n", "a worker process was ended by SIGSEGV"),
    "killed": ("import os\ndef task():\n    os.kill(os.getpid(), 9)\n", "a worker process was ended by SIGKILL"),
    "crashed by exiting": ("import os\ndef task():\n    os._exit(7)\n", "a worker process exited with 7"),
}


@pytest.mark.parametrize(
    ("status", "code", "reason"), [(n, *e) for n, e in WORKER_ENDINGS.items()], ids=list(WORKER_ENDINGS)
)
def test_a_worker_process_that_dies_is_the_cells_reason(status: str, code: str, reason: str, tmp_path: Path) -> None:
    reply = launched(function(tmp_path, code, "processes", workers=2, timeout_s=20.0))
    assert (reply.status, reply.reason) == (status.split()[0], reason)


HANGS = {
    "sleeps": "import time\ndef task():\n    time.sleep(600)\n",
    "spins": "def task():\n    while True: pass\n",
    "floods its output": "def task():\n    while True: print('x' * 100_000)\n",
    "closes its pipes": "import os, time\ndef task():\n    os.close(1); os.close(2); time.sleep(600)\n",
    "ignores signals": (
        "import signal, time\n"
        "def task():\n    signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "    while True: time.sleep(600)\n"
    ),
    "never ends after its reply": (
        "import threading, time\ndef task():\n    threading.Thread(target=time.sleep, args=(600,)).start()\n    return 1\n"
    ),
}


@pytest.mark.parametrize("code", HANGS.values(), ids=list(HANGS))
def test_a_child_that_does_not_end_is_ended_at_its_timeout(code: str, tmp_path: Path) -> None:
    with Launcher() as launch:
        began = time.monotonic()
        reply = launch(function(tmp_path, code, timeout_s=2.0))
        took = time.monotonic() - began
    assert reply.status == "timeout"
    assert took < 2 + tree.PATIENCE_S / 2


@pytest.mark.parametrize("model", ["threads", "processes"])
def test_the_stacks_of_a_hung_child_and_its_workers_are_kept(model: str, tmp_path: Path) -> None:
    code = "import time\ndef hang_about():\n    time.sleep(600)\ndef task():\n    hang_about()\n"
    reply = launched(function(tmp_path, code, model, workers=2, timeout_s=2.0))
    assert reply.stacks.count("in hang_about") == 2
    assert reply.stacks.count("Process ") == (1 if model == "threads" else 3)


def test_what_was_printed_is_kept_within_bounds(tmp_path: Path) -> None:
    code = "def task():\n    print('first'); print('x' * 1_000_000); print('last', flush=True); raise ValueError\n"
    output = launched(function(tmp_path, code, tasks=1)).output
    assert output.startswith("first")
    assert "last\n" in output
    assert "bytes left out" in output
    assert len(output) < 40_000


GARBAGE = {
    "nothing": "b''",
    "garbage": "b'\\xff\\x00garbage'",
    "half a message": 'b\'{"protocol": 1, "status": "o\'',
    "another kind of message": "b'{\"hello\": 1}'",
    "a number": "b'12'",
}


@pytest.mark.parametrize("reply", GARBAGE.values(), ids=list(GARBAGE))
def test_a_reply_that_is_none_is_one_crashed_cell(reply: str, tmp_path: Path) -> None:
    code = (
        "import glob, os, sys\n"
        "def task():\n"
        f"    scratch = max(glob.glob({str(tmp_path / 'tmp' / '*' / '*')!r}), key=os.path.getmtime)\n"
        f"    open(os.path.join(scratch, 'reply'), 'wb').write({reply})\n"
        "    os._exit(0)\n"
    )
    (tmp_path / "tmp").mkdir()
    asked = function(tmp_path, code)
    said = subprocess.run(
        [sys.executable, "-c", LAUNCH, *arguments(asked)],
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.startswith("crashed its reply ")


LAUNCH = """
import json, sys
from pathlib import Path
from runner.invoke import Launcher, Order
request, project, timeout_s = json.loads(sys.argv[1])
with Launcher() as launch:
    reply = launch(Order(sys.executable, request, Path(project), {}, timeout_s))
print(reply.status, reply.reason)
"""


def arguments(asked: Order) -> list[str]:
    import json

    return [json.dumps([dict(asked.request), str(asked.project), asked.timeout_s])]


def test_memory_beyond_the_limit_is_oom_for_the_whole_tree(tmp_path: Path) -> None:
    code = "import time\ndef task():\n    block = bytearray(120_000_000)\n    time.sleep(30)\n    return len(block)\n"
    reply = launched(function(tmp_path, code, "processes", workers=2, tasks=2, memory_limit_bytes=200 * 2**20))
    assert reply.status == "oom"
    assert reply.reason.endswith("the limit is 200 MiB")


def test_memory_within_the_limit_is_no_reason_to_fail(tmp_path: Path) -> None:
    assert launched(order(tmp_path, memory_limit_bytes=500 * 2**20)).status == "ok"


def fleeing(word: str) -> str:
    """A task that leaves processes behind in every way there is, and then hangs or not."""
    return f"""
import os, subprocess, sys, time
SLEEP = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)", {word!r}]
def task(hang):
    subprocess.Popen(SLEEP)
    subprocess.Popen(SLEEP, env={{}})
    subprocess.Popen(SLEEP, start_new_session=True)
    subprocess.Popen(["sh", "-c", 'setsid "$@" & setsid sh -c "\\\\"\\\\$@\\\\" &" sh "$@" &', "sh", *SLEEP])
    time.sleep(0.5)
    while hang: time.sleep(600)
    return 1
"""


@pytest.mark.parametrize("hang", [True, False], ids=["hung", "done"])
def test_no_grandchild_outlives_its_cell(hang: bool, tmp_path: Path) -> None:
    word = f"word-{secrets.token_hex(8)}"
    with nothing_left(word):
        reply = launched(function(tmp_path, fleeing(word), tasks=1, parameters={"args": {"hang": hang}}, timeout_s=3.0))
    assert reply.status == ("timeout" if hang else "ok")


def test_a_grandchild_that_holds_the_pipe_does_not_hold_up_the_cell(tmp_path: Path) -> None:
    code = "import subprocess\ndef task():\n    subprocess.Popen(['sleep', '600'])\n    return 1\n"
    with Launcher() as launch:
        began = time.monotonic()
        reply = launch(function(tmp_path, code))
    assert (reply.status, time.monotonic() - began < 10) == ("ok", True)


PARENT = """
import sys, json
from pathlib import Path
from runner import tree
from runner.invoke import Launcher, Order
tree.adopt_orphans()
request, project, timeout_s = json.loads(sys.argv[1])
with Launcher() as launch:
    launch(Order(sys.executable, request, Path(project), {}, timeout_s))
"""


def started(word: str, count: int) -> list[psutil.Process]:
    """Wait until as many processes with that word are there."""
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        found = [p for p in psutil.process_iter(["cmdline"]) if (p.info["cmdline"] or [""])[-1] == word]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{count} processes with {word} never came")


def test_a_parent_that_is_killed_takes_the_whole_tree_with_it_within_two_seconds(tmp_path: Path) -> None:
    word = f"word-{secrets.token_hex(8)}"
    asked = function(tmp_path, fleeing(word), tasks=1, parameters={"args": {"hang": True}}, timeout_s=600.0)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments(asked)], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    processes = started(word, 5)
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(processes, timeout=2)
    assert alive == []


def test_what_still_escaped_a_killed_parent_is_ended_at_the_next_start(tmp_path: Path) -> None:
    word = f"word-{secrets.token_hex(8)}"
    mark = tree.mark_of(os.getpid()).rpartition("-")[0] + "-1"
    escaped = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)", word],
        env={**os.environ, tree.MARK: mark},
        start_new_session=True,
    )
    launched(order(tmp_path))
    assert escaped.wait(5) == -signal.SIGKILL


def test_the_children_of_another_runmatrix_that_is_alive_are_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], env={**os.environ, tree.MARK: tree.mark_of(os.getpid())}
    )
    code = "from runner.invoke import Launcher\nwith Launcher(): pass\n"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    assert other.poll() is None
    other.kill()
    other.wait()


BURNING = """
import subprocess, sys, time
BURN = [sys.executable, "-S", "-c", "import sys, time\\nwhile time.process_time() < float(sys.argv[1]): pass"]
def task(seconds):
    subprocess.run([*BURN, seconds])
    subprocess.run([*BURN, seconds], start_new_session=True)
    subprocess.run(["sh", "-c", '"$@" &', "sh", *BURN, seconds])
    time.sleep(2)
    return 1
"""
MEASURED = PARENT.replace("    launch(", "    reply = launch(") + "print(reply.status, reply.tree_cpu_ns)\n"


def test_cpu_time_of_the_whole_tree_is_accounted_to_five_percent(tmp_path: Path) -> None:
    spent = []
    for seconds in ("0", "0.5"):  # waited for, in a session of its own, orphaned
        asked = function(tmp_path, BURNING, tasks=1, parameters={"args": {"seconds": seconds}})
        command = [sys.executable, "-c", MEASURED, *arguments(asked)]
        said = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
        )
        status, cpu_ns = said.stdout.split()
        assert status == "ok"
        spent.append(int(cpu_ns) / 1e9)
    assert spent[1] - spent[0] == pytest.approx(3 * 0.5, rel=0.05)


def test_cpu_time_of_workers_that_their_parent_never_waits_for_is_accounted(tmp_path: Path) -> None:
    asked = order(
        tmp_path, "crunch", {"iterations": 3_000_000}, "processes", workers=2, options={"start_method": "forkserver"}
    )
    reply = launched(asked)
    assert reply.tree_cpu_ns is not None
    assert reply.tree_cpu_ns > 0.9 * reply.said["cpu"]["cold_ns"]


def test_a_busy_neighbour_is_noticed_while_a_child_sleeps(tmp_path: Path) -> None:
    neighbour = subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"])
    try:
        reply = launched(order(tmp_path, "sleep", {"seconds": 1.0}, tasks=1))
    finally:
        neighbour.kill()
        neighbour.wait()
    assert reply.wall_ns is not None
    assert reply.others_cpu_ns is not None
    assert reply.others_cpu_ns > 0.25 * reply.wall_ns


def test_reasons_and_output_name_no_folder_of_this_machine(tmp_path: Path) -> None:
    code = "import os\ndef task():\n    print(os.getcwd(), os.environ['HOME']); raise OSError(os.path.abspath('data.txt'))\n"
    reply = launched(function(tmp_path, code))
    assert str(tmp_path) not in reply.reason + reply.output
    assert str(Path.home()) + "/" not in reply.reason + reply.output
    assert "OSError: data.txt" in reply.reason


def test_a_folder_that_a_killed_runmatrix_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    dead = tree.mark_of(os.getpid()).rpartition("-")[0] + "-1"
    left, own = (Path(tempfile.mkdtemp(prefix=f"runmatrix-{mark}-")) for mark in (dead, tree.mark_of(os.getpid())))
    launched(order(tmp_path))
    assert (left.exists(), own.exists()) == (False, True)
    own.rmdir()


def test_another_namespaces_processes_are_nobodys_to_end() -> None:
    assert tree.is_alive("1-999999999-1")


def test_a_timeout_names_where_the_work_hung(tmp_path: Path) -> None:
    code = "import time\ndef hang_about():\n    time.sleep(600)\ndef task():\n    hang_about()\n"
    reply = launched(function(tmp_path, code, timeout_s=1.0))
    assert reply.reason.startswith("was not done, in hang_about (mine.py:3), after 1 s")


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "asyncio.CancelledError", "GeneratorExit"])
@pytest.mark.parametrize("model", ["serial", "asyncio"])
def test_any_exception_of_a_coroutine_is_its_failure(error: str, model: str, tmp_path: Path) -> None:
    code = f"import asyncio\nasync def task():\n    raise {error}\n"
    assert launched(function(tmp_path, code, model, timeout_s=10.0)).status == "failed"


def test_text_that_no_file_can_hold_is_written_as_its_escape(tmp_path: Path) -> None:
    reply = launched(function(tmp_path, "def task():\n    raise ValueError('bad \\udc80 name')\n"))
    assert "bad \\udc80 name" in reply.reason
    assert reply.reason.encode()


def test_a_cache_that_can_not_be_written_is_a_users_error(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "runmatrix"
    folder.mkdir(parents=True)
    (folder / "child").write_text("a file in the way")
    code = (
        "from runner.errors import ResultsError\nfrom runner.invoke import Launcher\n"
        "try:\n    Launcher().__enter__()\nexcept ResultsError as error:\n    print(error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "child" in said.stdout
    assert "nothing was run" in said.stdout
