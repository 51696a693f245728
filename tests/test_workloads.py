"""Every kind of workload does what its table row says, under a model that waits and one that computes."""

from __future__ import annotations

import resource
import threading
from functools import partial
from pathlib import Path

import pytest
from children import each_of, function, lacking, launched, order

from runner.child.histogram import percentile
from runner.child.workloads import convoy, mandelbrot, sqrt
from runner.invoke import Launcher

MODELS = [("serial", 1), ("threads", 2), ("processes", 2), ("asyncio", 2)]
SMALL: dict[str, dict[str, object]] = {
    "noop": {"payload": 100},
    "sleep": {"seconds": 0.001},
    "crunch": {"iterations": 1000},
    "hash": {"size": 10_000},
    "mixed": {"seconds": 0.002, "share": 0.5},
    "mandelbrot": {"size": 9, "max_iterations": 50},
    "sqrt": {"count": 100},
    "convoy": {"waits": 2, "seconds": 0.001},
    "file": {"size": 3000},
    "http": {"delay": 0.001, "payload": 3000},
    "command": {"argv": ["echo", "{input}"], "inputs": ["a", "b"]},
}


@pytest.mark.parametrize(("model", "workers"), MODELS)
@pytest.mark.parametrize("kind", sorted(SMALL))
def test_every_workload_runs_under_every_model_with_equal_results(
    kind: str, model: str, workers: int, tmp_path: Path
) -> None:
    reply = launched(order(tmp_path, kind, SMALL[kind], model, workers=workers, batches=1))
    serial = launched(order(tmp_path, kind, SMALL[kind]))
    assert (reply.status, reply.reason) == ("ok", "")
    assert reply.said["results"] == serial.said["results"]


def test_sleep_waits_at_least_as_long_as_it_says(tmp_path: Path) -> None:
    phases = launched(order(tmp_path, "sleep", {"seconds": 0.02}, tasks=3)).said["phases"]
    assert phases["cold_ns"] >= 3 * 20_000_000


def test_mixed_computes_for_its_share_of_the_time(tmp_path: Path) -> None:
    said = launched(order(tmp_path, "mixed", {"seconds": 0.1, "share": 0.3}, tasks=4)).said
    assert said["cpu"]["cold_ns"] == pytest.approx(4 * 30_000_000, rel=0.2)


def test_the_http_server_is_no_part_of_the_cpu_time(tmp_path: Path) -> None:
    with Launcher() as launch:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        reply = launch(order(tmp_path, "http", {"delay": 0.0, "payload": 10}, tasks=300))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    everything_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert reply.tree_cpu_ns is not None
    assert reply.said["server_cpu_ns"] > 0
    assert everything_s * 1e9 - reply.tree_cpu_ns == pytest.approx(reply.said["server_cpu_ns"], abs=1e6)


def test_http_answers_many_connections_at_once(tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "http", {"delay": 0.05, "payload": 10}, "asyncio", workers=200, tasks=200))
    assert reply.status == "ok"
    assert reply.said["phases"]["cold_ns"] < 200 * 50_000_000 / 4


def results(folder: Path, kind: str, tasks: int, **parameters: object) -> object:
    """What describes the results of a serial batch."""
    return launched(order(folder, kind, parameters, tasks=tasks)).said["results"]


def test_a_task_of_mandelbrot_is_a_row_from_the_middle_outwards_and_rows_begin_again() -> None:
    assert mandelbrot.items({"size": 4, "max_iterations": 1}, None) == [1, 2, 0, 3]
    assert mandelbrot.items({"size": 3, "max_iterations": 1}, 5) == [1, 0, 2, 1, 0]


def test_rows_of_mandelbrot_come_in_equal_pairs_for_the_set_is_symmetric() -> None:
    picture = {"size": 16, "max_iterations": 40}
    taken = list(map(mandelbrot.body(picture), mandelbrot.items(picture, None)))
    assert taken[::2] == taken[1::2]


@pytest.mark.parametrize(
    ("point", "iterations"),
    [((0.0, 0.0), 50), ((-1.0, 0.0), 50), ((3.0, 0.0), 1), ((1.0, 0.0), 3), ((0.0, 2.0), 2)],
)
def test_a_point_of_mandelbrot_counts_its_iterations_until_it_is_beyond_2(
    point: tuple[float, float], iterations: int
) -> None:
    assert mandelbrot.escape(*point, 50) == iterations


def test_two_pictures_of_mandelbrot_have_different_results(tmp_path: Path) -> None:
    coarse = results(tmp_path, "mandelbrot", 9, size=9, max_iterations=50)
    assert coarse != results(tmp_path, "mandelbrot", 9, size=9, max_iterations=51)
    assert coarse == results(tmp_path, "mandelbrot", 9, size=9, max_iterations=50)


def test_a_task_of_sqrt_sums_so_many_roots() -> None:
    assert sqrt.body({"count": 5})(None) == pytest.approx(0 + 1 + 2**0.5 + 3**0.5 + 2)


def test_the_spinner_of_a_convoy_ends_with_its_task() -> None:
    before = threading.active_count()
    assert convoy.body({"waits": 2, "seconds": 0.001, "spinner": "thread"})(None) == 2
    assert threading.active_count() == before


def test_a_wait_beside_a_spinner_takes_a_switch_interval_longer(tmp_path: Path) -> None:
    asked = partial(order, tmp_path, "convoy", {"waits": 10, "seconds": 0.001}, "threads", tasks=1)
    if launched(asked()).said["gil"] == "off":
        pytest.skip("this Python has no GIL")
    long, short = (launched(asked(options={"switch_interval": s})).said["phases"]["cold_ns"] for s in (0.05, 0.0005))
    assert long >= 10 * 50_000_000
    assert short < long


@pytest.mark.skipif(bool(lacking("gevent")), reason=f"gevent {lacking('gevent')}")
def test_a_spinner_is_unsupported_where_threads_are_greenlets(tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "convoy", {}, "gevent"))
    assert (reply.status, reply.reason.partition(",")[0]) == ("unsupported", "`spinner: thread` never gives up control")


LOOPS = ["asyncio", *each_of(["trio"])]
PERIOD_NS, OFFENCE_NS = 10_000_000, 150_000_000


def quickest_beat_ns(folder: Path, offender: str, model: str) -> float:
    """Of four, one after the other; as wide of the mark as a bucket of a histogram."""
    parameters = {"period": PERIOD_NS / 1e9, "offender": offender, "seconds": OFFENCE_NS / 1e9}
    reply = launched(order(folder, "heartbeat", parameters, model))
    assert (reply.status, reply.reason) == ("ok", "")
    return percentile(reply.said["service"], 0.0)


@pytest.mark.parametrize("model", LOOPS)
def test_a_beat_beside_a_sleep_that_blocks_is_late_by_what_is_left_of_it(model: str, tmp_path: Path) -> None:
    assert quickest_beat_ns(tmp_path, "time.sleep", model) >= OFFENCE_NS * 0.99


@pytest.mark.parametrize("offender", ["asyncio.sleep", "to_thread"])
@pytest.mark.parametrize("model", LOOPS)
def test_a_beat_beside_a_sleep_that_does_not_block_is_not_held_up_by_it(
    model: str, offender: str, tmp_path: Path
) -> None:
    assert PERIOD_NS * 0.99 <= quickest_beat_ns(tmp_path, offender, model) < OFFENCE_NS


@pytest.mark.parametrize("offender", ["time.sleep", "asyncio.sleep", "to_thread"])
def test_heartbeats_give_up_what_they_have_begun_under_serial_too(offender: str, tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "heartbeat", {"offender": offender, "seconds": 0.02}))
    assert (reply.status, reply.said["notes"]) == ("ok", ["coroutines awaited one by one"])


@pytest.mark.parametrize("model", ["threads", "processes"])
def test_a_heartbeat_without_an_event_loop_is_unsupported(model: str, tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "heartbeat", {}, model))
    assert (reply.status, "coroutine function" in reply.reason) == ("unsupported", True)


def test_tasks_beyond_the_inputs_begin_again(tmp_path: Path) -> None:
    code = "def task(item):\n    return item\ndef items():\n    return [1, 2, 3]\n"
    three = function(tmp_path, code, tasks=3, parameters={"inputs": "mine:items"})
    six = function(
        tmp_path,
        "def task(item):\n    return item\ndef items():\n    return [1, 2, 3, 1, 2, 3]\n",
        tasks=None,
        parameters={"inputs": "mine:items"},
    )
    assert launched(three).said["tasks"] == 3
    first = launched(six).said["results"]
    assert launched(function(tmp_path, code, tasks=6, parameters={"inputs": "mine:items"})).said["results"] == first


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [([5, 6], 2), ({"glob": "data/*.bin"}, 3), ({"lines": "names.txt"}, 2)],
    ids=["list", "glob", "lines"],
)
def test_inputs_may_be_a_list_files_or_lines(inputs: object, expected: int, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in "abc":
        (tmp_path / "data" / f"{name}.bin").touch()
    (tmp_path / "names.txt").write_text("one\ntwo\n")
    reply = launched(
        function(tmp_path, "def task(item):\n    return item\n", tasks=None, parameters={"inputs": inputs})
    )
    assert (reply.status, reply.said["tasks"]) == ("ok", expected)


def test_arguments_reach_the_function(tmp_path: Path) -> None:
    code = "def task(item, factor):\n    assert factor == 3\n    return item * factor\n"
    reply = launched(function(tmp_path, code, tasks=None, parameters={"inputs": [1], "args": {"factor": 3}}))
    assert reply.status == "ok"


def test_setup_and_teardown_run_once_in_the_child(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "def setup():\n    Path('log').open('a').write('setup ')\n"
        "def teardown():\n    Path('log').open('a').write('teardown')\n"
        "def task():\n    assert Path('log').read_text() == 'setup '\n"
    )
    launched(
        function(
            tmp_path, code, "processes", workers=2, parameters={"setup": "mine:setup", "teardown": "mine:teardown"}
        )
    )
    assert (tmp_path / "log").read_text() == "setup teardown"


def test_a_function_that_is_not_there_is_named(tmp_path: Path) -> None:
    reply = launched(function(tmp_path, "", parameters={"call": "mine:taks"}))
    assert reply.status == "failed"
    assert "taks" in reply.reason


def test_a_program_that_fails_is_quoted(tmp_path: Path) -> None:
    argv = ["sh", "-c", "echo broken >&2; exit 3"]
    reply = launched(order(tmp_path, "command", {"argv": argv}))
    assert reply.reason.startswith("4 of 4 tasks failed: OSError: `sh` exited with 3: broken")


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    reply = launched(order(tmp_path, "command", {"argv": ["no-such-program"]}))
    assert reply.status == "failed"
    assert "no-such-program" in reply.reason


@pytest.mark.parametrize(("same", "code"), [("unordered", "[1, 2][::-1][item - 1]"), ("any", "item * 7")])
def test_other_ways_of_being_the_same_pass_over_what_they_should(same: str, code: str, tmp_path: Path) -> None:
    said = []
    for body in ("item", code):
        asked = function(
            tmp_path, f"def task(item):\n    return {body}\n", tasks=None, parameters={"inputs": [1, 2]}, same=same
        )
        said.append(launched(asked).said["results"])
    assert said[0] == said[1]


AGREE = "def agree(left, right):\n    return round(left) == round(right)\n"


@pytest.mark.parametrize("same", [{"close": 0.1}, "mine:agree"], ids=["close", "function"])
@pytest.mark.parametrize(("change", "expected"), [("+ 0.001", True), ("+ 1", False)])
@pytest.mark.parametrize("first", ["baseline", "cell"])
def test_results_are_compared_by_whichever_comes_later(
    same: object, change: str, expected: bool, first: str, tmp_path: Path
) -> None:
    codes = {"baseline": "item", "cell": f"item {change}"}
    last = "cell" if first == "baseline" else "baseline"
    for name in (first, last):
        code = f"def task(item):\n    return float({codes[name]})\n{AGREE}"
        reference = {"folder": str(tmp_path / "left"), "own": name, "baseline": "baseline"}
        reply = launched(
            function(tmp_path, code, tasks=None, parameters={"inputs": [1.0]}, same=same, reference=reference)
        )
    assert reply.said["results"] == {"count": 1, "agrees": {first: expected}}


@pytest.mark.parametrize("code", ["def agree(left):\n    return True\n", ""], ids=["of one argument", "missing"])
def test_a_comparison_that_can_not_be_made_fails_the_baseline_already(code: str, tmp_path: Path) -> None:
    reference = {"folder": str(tmp_path / "left"), "own": "baseline", "baseline": "baseline"}
    asked = function(tmp_path, f"def task():\n    return 1.0\n{code}", same="mine:agree", reference=reference)
    reply = launched(asked)
    assert (reply.status, reply.reason.partition(":")[0]) == ("failed", "`same")


def test_a_later_batch_must_give_the_results_of_the_first(tmp_path: Path) -> None:
    code = "calls = []\ndef task():\n    calls.append(1)\n    return len(calls) > 4\n"
    assert launched(function(tmp_path, code, batches=1)).status == "invalid"
    assert launched(function(tmp_path, code, batches=1, same="any")).status == "ok"


def test_imports_of_the_users_module_come_before_the_clocks(tmp_path: Path) -> None:
    code = "import time\ntime.sleep(0.5)\ndef task():\n    return 1\n"
    for model, workers in (("serial", 1), ("threads", 2), ("processes", 2), ("asyncio", 2)):
        phases = launched(function(tmp_path, code, model, workers=workers)).said["phases"]
        assert phases["imports_ns"] >= 500_000_000
        assert phases["startup_ns"] < 500_000_000


def test_a_program_that_computes_is_seen_to_compute(tmp_path: Path) -> None:
    argv = ["sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"]
    said = launched(order(tmp_path, "command", {"argv": argv}, tasks=2)).said
    assert said["cpu"]["cold_ns"] > said["phases"]["cold_ns"] / 3


def test_a_batch_that_waits_has_next_to_no_cpu_time(tmp_path: Path) -> None:
    said = launched(order(tmp_path, "sleep", {"seconds": 0.02}, tasks=1)).said
    assert said["cpu"]["cold_ns"] < said["phases"]["cold_ns"] / 10
