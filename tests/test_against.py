"""A run against another revision: both in the same blocks, nothing of it left, and only what is shown is claimed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from children import order
from records import MACHINE, THREADS, Line, StandIn, cell, changed, failed, journal
from test_command import begun, runmatrix, written

from runner.child import elsewhere
from runner.compare import compare_revisions, tripped
from runner.compare.trip import Limit
from runner.invoke import Launcher, Order, Reply
from runner.journal import Journal
from runner.matrix import Cell
from runner.plan import Wanted, make_plan
from runner.schedule import ANCHOR, schedule
from runner.summary import summarise

EXPERIMENT = """\
workloads:
  same: {kind: function, call: "mine:same"}
  other: {kind: function, call: "mine:other"}
models: [serial]
tasks: 2
measure: {blocks: 6, batches: 0}
"""
CODE = "import time\ndef same():\n    time.sleep(0.01)\ndef other():\n    time.sleep(0.01)\n"


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *names, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def repository(folder: Path, code: str, later: str, text: str = EXPERIMENT) -> Path:
    """Two commits, of which the later one has other code."""
    written(folder, text, "mine")
    (folder / ".gitignore").write_text("__pycache__\nresults\n")
    git(folder, "init", "-q", ".")
    for number, content in enumerate((code, later)):
        (folder / "experiments" / "mine.py").write_text(content)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", str(number))
    return folder


def wait_for(record: Path, word: str, times: int) -> None:
    """Until a journal has a word so often. Raises AssertionError where it never does."""
    give_up = time.monotonic() + 60
    while not record.exists() or record.read_text().count(word) < times:
        assert time.monotonic() < give_up
        time.sleep(0.05)


def found(folder: Path) -> dict[str, dict[str, object]]:
    """Workload → what the machine-readable page says of its only cell."""
    known = json.loads((folder / "results" / "mine" / "@against" / "changes.json").read_text())
    return {one["workload"]: one for one in known["experiments"][0]["cells"]}


SLOWER = CODE.replace("def other():\n    time.sleep(0.01)", "def other():\n    time.sleep(0.02)")


def test_what_became_slower_is_shown_and_what_did_not_is_not(tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    done = runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--fail-on", "slower:20%")
    assert (done.returncode, "1 of 2 cells" in done.stderr) == (3, True), done.stderr
    assert (found(tmp_path)["other"]["outcome"], found(tmp_path)["same"]["outcome"] == "slower") == ("slower", False)
    assert "Both were measured in the same blocks" in done.stdout


def test_the_terminal_gets_plain_text_and_the_file_markdown(tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    summary = tmp_path / "job.md"
    done = runmatrix(
        tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--blocks", "2", "--job-summary", str(summary)
    )  # fmt: skip
    page = (tmp_path / "results" / "mine" / "@against" / "changes.md").read_text()
    assert "\nmine: 2 cells: " in done.stdout
    assert not set(done.stdout) & set("<|#")
    assert page.startswith("# From `")
    assert summary.read_text() == f"{page}\n"


def test_what_became_faster_trips_nothing(tmp_path: Path) -> None:
    repository(tmp_path, SLOWER, CODE)
    done = runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--fail-on", "slower:20%")
    assert done.returncode == 0, done.stderr
    assert found(tmp_path)["other"]["outcome"] == "faster"


def test_nothing_is_left_in_the_repository_and_its_hooks_are_not_run(tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    hook = tmp_path / ".git" / "hooks" / "post-checkout"
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--blocks", "1")
    assert len(git(tmp_path, "worktree", "list").splitlines()) == 1
    assert git(tmp_path, "status", "--porcelain") == ""


def test_what_stands_is_not_measured_again(tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    first = ["run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--blocks", "2"]
    assert "8 invocations measured" in runmatrix(tmp_path, *first).stderr
    assert "nothing was to be measured" in runmatrix(tmp_path, *first).stderr
    assert "8 invocations measured" in runmatrix(tmp_path, *first[:-1], "4").stderr


def signalled(folder: Path, signum: signal.Signals, word: str, times: int) -> int:
    """The exit code of a run that gets a signal once its journal has a word so often."""
    repository(folder, CODE, SLOWER)
    running = begun(folder, "run", "experiments/mine.yaml", "--against", "HEAD~1", "--blocks", "100")
    wait_for(folder / "results" / "mine" / "@against" / "journal.jsonl", word, times)
    running.send_signal(signum)
    running.communicate()
    return running.returncode


def test_a_killed_run_leaves_nothing_that_stops_the_next(tmp_path: Path) -> None:
    signalled(tmp_path, signal.SIGKILL, '"invocation"', 3)
    done = runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--blocks", "1")
    assert done.returncode == 0, done.stderr
    assert len(git(tmp_path, "worktree", "list").splitlines()) == 1


def test_ctrl_c_keeps_what_was_measured_and_writes_it(tmp_path: Path) -> None:
    assert signalled(tmp_path, signal.SIGINT, '"stage":"block"', 8) == 130
    assert set(found(tmp_path)) == {"same", "other"}


@pytest.mark.parametrize(
    ("revision", "phrase"), [("nowhere", "no such revision"), ("HEAD~7", "no such revision"), ("--upload-pack", "")]
)
def test_a_revision_that_is_none_is_refused(revision: str, phrase: str, tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    done = runmatrix(tmp_path, "run", "experiments/mine.yaml", "--against", revision)
    assert (done.returncode, phrase in done.stderr, "Traceback" in done.stderr) == (2, True, False)
    assert not (tmp_path / "results").exists()


def test_outside_a_repository_there_are_no_revisions(tmp_path: Path) -> None:
    (written(tmp_path, EXPERIMENT, "mine").parent / "mine.py").write_text(CODE)
    done = runmatrix(
        tmp_path, "run", "experiments/mine.yaml", "--against", "HEAD", GIT_CEILING_DIRECTORIES=str(tmp_path.parent)
    )
    assert (done.returncode, "not a git repository" in done.stderr) == (2, True)


def test_a_revision_from_before_the_experiment_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", ".")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "nothing")
    repository(tmp_path, CODE, SLOWER)
    done = runmatrix(tmp_path, "run", "experiments/mine.yaml", "--against", "HEAD~2")
    assert (done.returncode, "no folder `experiments`" in done.stderr) == (2, True)


def test_a_function_that_was_not_there_yet_is_told_apart_from_one_that_became_slower(tmp_path: Path) -> None:
    repository(tmp_path, CODE.replace("def other", "def another"), CODE)
    done = runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--fail-on", "slower:20%")
    assert done.returncode == 1
    assert found(tmp_path)["other"]["outcome"] == "other status"
    assert found(tmp_path)["same"]["outcome"] != "slower"


def test_work_that_gives_other_results_is_not_compared(tmp_path: Path) -> None:
    repository(tmp_path, CODE, CODE + "    return 1\n")
    runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1")
    other = found(tmp_path)["other"]
    assert (other["outcome"], str(other["reason"]).startswith("other results in B than in A")) == ("not compared", True)


def test_fail_on_needs_something_to_be_compared_with(tmp_path: Path) -> None:
    written(tmp_path, EXPERIMENT, "mine")
    done = runmatrix(tmp_path, "run", "experiments/mine.yaml", "--fail-on", "slower:5%")
    assert (done.returncode, "--against" in done.stderr) == (2, True)


# The same from lines alone: exact.

NOW = tuple(cell(THREADS, workers) for workers in (1, 2))


def both(cells: tuple[Cell, ...] = NOW) -> list[Cell]:
    """Each cell after the one of the other revision, which it is compared with."""
    before = [replace(one, key=f"{one.key}@abc", baseline=f"{one.key}@abc") for one in cells]
    after = [replace(one, baseline=f"{one.key}@abc") for one in cells]
    return [one for pair in zip(before, after, strict=True) for one in pair]


def slower(lines: list[Line], key: str, factor: float) -> list[Line]:
    found = []
    for line in lines:
        phases = line.get("phases")
        if line.get("key") == key and isinstance(phases, dict):
            times = {name: round(ns * factor) if isinstance(ns, int) else ns for name, ns in phases.items()}
            line = {**line, "phases": times}
        found.append(line)
    return found


def test_the_ratio_is_taken_inside_blocks_whatever_the_machine_did_between_them() -> None:
    lines = slower(StandIn().run(both(), 10), NOW[1].key, 1.05)
    comparison = compare_revisions(summarise(both(), journal(lines), "mine", ""), 0.02)
    one, two = comparison.changes
    assert (one.outcome, two.outcome) == ("equivalent", "slower")
    assert two.time is not None
    assert two.time.ratio.estimate == pytest.approx(1.05, rel=1e-6)
    assert [change.cell.key for change in tripped([comparison], Limit(0.02)).shown] == [NOW[1].key]
    assert tripped([comparison], Limit(0.06)).shown == ()


def test_blocks_that_hold_only_one_make_no_pair() -> None:
    whole = StandIn().run(both(), 12)
    apart = [one for one in whole if one.get("key") not in {each.key for each in both()} or _alone(one)]
    change = compare_revisions(summarise(both(), journal(apart), "mine", ""), 0.05).changes[0]
    assert change.time is None
    assert (change.outcome, change.pair.reason) == ("not compared", "no block in which both have a time")


def _alone(line: Line) -> bool:
    """Of the other revision in odd blocks, of this one in even ones."""
    block = line["block"]
    assert isinstance(block, int)
    return ("@" in str(line["key"])) == bool(block % 2)


def test_a_cell_that_fails_now_is_told_with_both_endings() -> None:
    lines = changed(StandIn().run(both(), 10), NOW[0].key, range(1, 11), failed("failed", "ValueError"))
    change = compare_revisions(summarise(both(), journal(lines), "mine", ""), 0.05).changes[0]
    assert (change.outcome, change.pair.reason) == ("other status", "ok in A, failed (ValueError) in B")


def test_the_two_of_a_pair_stand_next_to_each_other_in_either_order() -> None:
    cells = both(tuple(cell(THREADS, workers) for workers in range(1, 9)))
    plan = make_plan(cells, Journal(), MACHINE, "b-1", Wanted(40), {})
    keys = [one.cell.key for one in schedule(plan, Journal(), "s1", 1) if one.cell is not ANCHOR]
    pairs = list(zip(keys[::2], keys[1::2], strict=True))
    assert all(one.split("@")[0] == other.split("@")[0] for one, other in pairs)
    assert 100 < sum("@" in one for one, _ in pairs) < 220
    assert len({pair[0].split("@")[0] for pair in pairs[::8]}) > 1


# What a child of the other revision may import.


def test_paths_into_the_working_tree_lead_to_the_other_checkout_and_installed_packages_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = ["/w/src", "/w", "/w/.venv/lib/python3.11/site-packages", "/ways/other", "/lib"]
    monkeypatch.setattr(sys, "path", tree)
    elsewhere.redirect(("/w", "/t/abc"))
    assert sys.path == ["/t/abc/src", "/t/abc", "/w/.venv/lib/python3.11/site-packages", "/ways/other", "/lib"]


def child_of(tmp_path: Path, code: str) -> Reply:
    """A child that is to run another checkout's code, where the project's module is of that code."""
    now, then = tmp_path / "now", tmp_path / "then"
    for folder in (now, then):
        folder.mkdir()
    (now / "stray.py").write_text("VALUE = 1\n")
    (then / "mine.py").write_text(code)
    asked = order(then, "function", {"call": "mine:task"})
    request = {**asked.request, "root": str(then), "instead": [str(now), str(then)]}
    with Launcher() as launch:
        return launch(Order(asked.python, request, then, asked.env, asked.timeout_s))


def test_a_module_of_the_working_tree_makes_a_child_of_another_revision_invalid(tmp_path: Path) -> None:
    hook = (
        f"import sys\nsys.path.append({str(tmp_path / 'now')!r})\nimport stray\ndef task():\n    return stray.VALUE\n"
    )
    reply = child_of(tmp_path, hook)
    assert (reply.status, reply.reason.startswith("stray was imported from the working tree")) == ("invalid", True)


def test_a_child_of_another_revision_that_keeps_to_it_is_measured(tmp_path: Path) -> None:
    assert child_of(tmp_path, "def task():\n    return 1\n").status == "ok"


def test_where_no_file_differs_a_run_asks_whether_the_package_is_installed_from_the_working_tree(
    tmp_path: Path,
) -> None:
    repository(tmp_path, CODE, SLOWER)
    command = ["run", "-q", "experiments/mine.yaml", "--blocks", "1", "--against"]
    assert "is the package installed from the working tree" in runmatrix(tmp_path, *command, "HEAD").stderr
    assert "is the package installed from the working tree" not in runmatrix(tmp_path, *command, "HEAD~1").stderr


def test_what_open_expectations_count_as_is_refused_where_none_is_checked(tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    done = runmatrix(tmp_path, "run", "experiments/mine.yaml", "--against", "HEAD~1", "--unsure", "fail")
    assert (done.returncode, "--unsure" in done.stderr, (tmp_path / "results").exists()) == (2, True, False)


def test_the_experiments_own_results_are_left_alone(tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--blocks", "1")
    before = measured_files(tmp_path)
    runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--blocks", "1")
    assert measured_files(tmp_path) == before


def measured_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "results" / "mine").glob("*.*")}


def test_a_worktree_of_the_users_own_whose_disk_is_away_is_not_forgotten(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    repository(tmp_path / "repo", CODE, SLOWER)
    git(tmp_path / "repo", "worktree", "add", "-q", str(tmp_path / "disk"), "HEAD")
    (tmp_path / "disk").rename(tmp_path / "away")
    runmatrix(tmp_path / "repo", "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--blocks", "1")
    (tmp_path / "away").rename(tmp_path / "disk")
    assert git(tmp_path / "disk", "status", "--porcelain") == ""


def test_a_much_slower_cell_is_not_dropped_where_that_is_what_is_looked_for(tmp_path: Path) -> None:
    much_slower = CODE.replace("def other():\n    time.sleep(0.01)", "def other():\n    time.sleep(0.06)")
    repository(tmp_path, CODE, much_slower, EXPERIMENT.replace("batches: 0", "batches: 0, drop: 3x"))
    done = runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--fail-on", "slower:20%")
    assert done.returncode == 3, done.stderr


def test_what_was_repaired_since_no_longer_trips(tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    gate = ["run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--fail-on", "slower:20%"]
    assert runmatrix(tmp_path, *gate).returncode == 3
    (tmp_path / "experiments" / "mine.py").write_text(CODE)
    done = runmatrix(tmp_path, *gate, "--only", "workload=same")
    assert done.returncode == 0, done.stderr


def test_a_mistyped_selection_leaves_the_last_comparison_alone(tmp_path: Path) -> None:
    repository(tmp_path, CODE, SLOWER)
    first = ["run", "-q", "experiments/mine.yaml", "--against", "HEAD~1", "--blocks", "1"]
    runmatrix(tmp_path, *first)
    before = (tmp_path / "results" / "mine" / "@against" / "changes.md").read_bytes()
    assert runmatrix(tmp_path, *first, "--only", "workload=nothing").returncode == 2
    assert (tmp_path / "results" / "mine" / "@against" / "changes.md").read_bytes() == before


def test_paths_with_dots_and_links_mean_the_same_checkout(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    repository(tmp_path / "repo", CODE, SLOWER)
    (tmp_path / "link").symlink_to(tmp_path / "repo")
    (tmp_path / "repo" / "sub").mkdir()
    typed = ["run", "-q", "../experiments/mine.yaml", "--against", "HEAD~1", "--fail-on", "slower:20%"]
    assert runmatrix(tmp_path / "link" / "sub", *typed).returncode == 3
    assert (tmp_path / "repo" / "results" / "mine" / "@against" / "changes.md").exists()
