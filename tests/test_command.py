"""The command as a user types it: real processes, real signals, a real small disk."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import runner
from runner import tree
from runner.journal import read

REPOSITORY = Path(__file__).parent.parent
ROOT = Path(runner.__file__).parent.parent
"""Where what is tested was imported from: the installed package, or the checkout."""
QUICK = """\
question: Does it work?
workloads:
  wait: {kind: sleep, seconds: 0.001}
models: [serial, threads]
workers: [1, 2]
tasks: 2
measure: {blocks: 2, batches: 0}
"""
SLOW = QUICK.replace("0.001", "0.3").replace("blocks: 2", "blocks: 50")


def runmatrix(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "runner", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def begun(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command, under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "runner", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def written(folder: Path, text: str, name: str = "quick") -> Path:
    path = folder / "experiments" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def journal_of(folder: Path, name: str = "quick") -> Path:
    return folder / "results" / name / "journal.jsonl"


def measured(folder: Path) -> int:
    """Invocations in the journal, anchors left out."""
    return sum(record.key != "anchor" and record.stage == "block" for record in read(journal_of(folder)).records)


def wait_for(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < give_up, "it never came to that"
        time.sleep(0.02)


def test_a_run_measures_every_cell_in_every_block_and_writes_all_files(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    done = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert (done.returncode, measured(tmp_path)) == (0, 3 * 2)
    names = sorted(path.name for path in (tmp_path / "results" / "quick").iterdir())
    assert names == ["environment.json", "journal.jsonl", "summary.csv", "summary.md"]
    assert (tmp_path / "results" / "README.md").exists()


def test_a_second_run_measures_nothing_and_touches_nothing(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "results").rglob("*")}
    again = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert (again.returncode, "nothing was to be measured" in again.stdout) == (0, True)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "results").rglob("*")} == before


def test_every_block_holds_the_anchor(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    records = read(journal_of(tmp_path)).records
    assert sorted(record.block for record in records if record.key == "anchor") == [1, 2]


def test_a_lost_line_is_measured_again_in_its_block_and_nothing_else_is(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    lines = journal_of(tmp_path).read_text().splitlines(keepends=True)
    lost = next(index for index, line in enumerate(lines) if '"block":2' in line and '"anchor"' not in line)
    taken = json.loads(lines.pop(lost))
    journal_of(tmp_path).write_text("".join(lines))
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    made_up = max(read(journal_of(tmp_path)).records, key=lambda record: record.order)
    assert (made_up.session, made_up.block, made_up.key) == (taken["session"], taken["block"], taken["key"])
    assert measured(tmp_path) == 6


def test_a_changed_number_measures_only_the_cells_that_it_concerns(tmp_path: Path) -> None:
    two = QUICK.replace("models:", "  other: {kind: noop}\nmodels:")
    written(tmp_path, two)
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    written(tmp_path, two.replace("0.001", "0.002"))
    again = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert "6 invocations measured" in again.stdout


def test_a_cell_whose_code_changed_is_stale_and_measured_again(tmp_path: Path) -> None:
    written(tmp_path, QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "mine:task"'))
    (tmp_path / "experiments" / "mine.py").write_text("def task():\n    return 1\n")
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    (tmp_path / "experiments" / "mine.py").write_text("def task():\n    return 2\n")
    planned = runmatrix(tmp_path, "plan", "experiments/quick.yaml").stdout
    assert re.search(r"^  stale +3 ", planned, re.MULTILINE)
    assert "mine.py has changed" in planned
    runmatrix(tmp_path, "report", "experiments/quick.yaml")
    assert "stale" in (tmp_path / "results" / "quick" / "summary.csv").read_text()
    assert "6 invocations measured" in runmatrix(tmp_path, "run", "experiments/quick.yaml").stdout
    assert "stale" not in (tmp_path / "results" / "quick" / "summary.csv").read_text()


def test_the_same_journal_gives_the_same_bytes(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    folder = tmp_path / "results" / "quick"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in before.keys() - {"journal.jsonl"}:
        (folder / name).unlink()
    lines = journal_of(tmp_path).read_text().splitlines(keepends=True)
    journal_of(tmp_path).write_text("".join(reversed(lines)))
    assert runmatrix(tmp_path, "report", "experiments/quick.yaml").returncode == 0
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name: after[name] for name in after if name != "journal.jsonl"} == {
        name: before[name] for name in before if name != "journal.jsonl"
    }


def test_fresh_measures_all_again_and_the_old_figures_no_longer_count(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert "6 invocations measured" in runmatrix(tmp_path, "run", "--fresh", "experiments/quick.yaml").stdout
    assert {row["blocks"] for row in rows_of(tmp_path)} == {"2"}  # two of the fresh session, not four


def test_only_measures_what_is_chosen_together_with_its_baseline(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    done = runmatrix(tmp_path, "run", "--only", "model=threads,workers=2", "experiments/quick.yaml")
    assert (done.returncode, measured(tmp_path)) == (0, 2 * 2)


def test_blocks_and_results_can_be_said_on_the_command_line(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "--blocks", "1", "--results", "elsewhere", "experiments/quick.yaml")
    assert (tmp_path / "elsewhere" / "quick" / "summary.md").exists()
    assert not (tmp_path / "results").exists()


def test_a_spent_budget_ends_a_run_after_a_whole_block(tmp_path: Path) -> None:
    written(tmp_path, SLOW)
    done = runmatrix(tmp_path, "run", "--budget", "1s", "experiments/quick.yaml")
    assert (done.returncode, measured(tmp_path) % 3) == (0, 0)
    assert 0 < measured(tmp_path) < 150
    assert "the budget is spent" in done.stdout


STATUSES = {
    "failed": "def task():\n    raise ValueError('|no|')\n",
    "crashed": "import os\ndef task():\n    os.abort()\n",
    "killed": "import os\ndef task():\n    os.kill(os.getpid(), 9)\n",
    "timeout": "import time\ndef task():\n    time.sleep(60)\n",
    "oom": "def task():\n    raise MemoryError\n",
    "invalid": "import os, threading\ndef task():\n    return threading.active_count() > 1\n",
    "unsupported": "async def task():\n    return 1\n",
}


@pytest.mark.parametrize("status", list(STATUSES))
def test_a_cell_that_fails_in_the_preflight_is_a_row_and_not_run_block_after_block(status: str, tmp_path: Path) -> None:
    written(
        tmp_path,
        QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "mine:task"').replace(
            "batches: 0", "batches: 0, timeout: 3 s"
        ),
    )
    (tmp_path / "experiments" / "mine.py").write_text(STATUSES[status])
    done = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert done.returncode == 1
    records = [record for record in read(journal_of(tmp_path)).records if record.status != "ok"]
    assert {(record.status, record.stage) for record in records} == {(status, "preflight")}
    assert f",{status}," in (tmp_path / "results" / "quick" / "summary.csv").read_text()


def test_a_failure_in_some_blocks_is_kept_as_data_until_it_is_retried(tmp_path: Path) -> None:
    written(tmp_path, QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "mine:task"'))
    (tmp_path / "experiments" / "mine.py").write_text(
        "import pathlib, threading\nflag = pathlib.Path('broken')\n"
        "def task():\n    if threading.active_count() > 2 and flag.exists(): raise ValueError('broken')\n    return 1\n"
    )
    (tmp_path / "experiments" / "broken").touch()
    assert runmatrix(tmp_path, "run", "experiments/quick.yaml").returncode == 1
    standing = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert (standing.returncode, "nothing was to be measured" in standing.stdout) == (1, True)
    (tmp_path / "experiments" / "broken").unlink()
    retried = runmatrix(tmp_path, "run", "--retry", "experiments/quick.yaml")
    assert (retried.returncode, "2 invocations measured" in retried.stdout) == (0, True)
    attempts = sorted(record.attempt for record in read(journal_of(tmp_path)).records if record.status == "ok")
    assert attempts[-2:] == [2, 2]


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_stops_a_run_with_tables_of_what_is_there(signum: signal.Signals, code: int, tmp_path: Path) -> None:
    written(tmp_path, SLOW)
    process = begun(tmp_path, "run", "experiments/quick.yaml")
    wait_for(lambda: journal_of(tmp_path).exists() and measured(tmp_path) >= 4)
    mark = tree.mark_of(process.pid)
    process.send_signal(signum)
    _, said = process.communicate(timeout=30)
    assert tree.marked(mark) == []
    assert (process.returncode, "what was measured is kept" in said) == (code, True)
    assert (tmp_path / "results" / "quick" / "summary.md").exists()


def test_a_signal_in_the_preflight_stops_a_run_too(tmp_path: Path) -> None:
    written(tmp_path, SLOW.replace("0.3", "30"))
    process = begun(tmp_path, "run", "experiments/quick.yaml")
    wait_for(journal_of(tmp_path).exists)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130


def test_a_killed_run_loses_at_most_the_invocation_in_flight_and_is_made_up(tmp_path: Path) -> None:
    written(tmp_path, SLOW.replace("blocks: 50", "blocks: 3"))
    process = begun(tmp_path, "run", "experiments/quick.yaml")
    wait_for(lambda: journal_of(tmp_path).exists() and measured(tmp_path) >= 4)
    process.kill()
    process.communicate()
    before = measured(tmp_path)
    assert runmatrix(tmp_path, "run", "experiments/quick.yaml").returncode == 0
    records = [record for record in read(journal_of(tmp_path)).records if record.key != "anchor"]
    assert 4 <= before < len(records) == 9
    per_block = sorted([record.block for record in records if record.session == min(r.session for r in records)])
    assert per_block[: 3 * (before // 3 + 1)] == sorted([1, 2, 3] * 3)[: 3 * (before // 3 + 1)]


def test_a_second_run_at_the_same_time_is_told_so_and_ends_at_once(tmp_path: Path) -> None:
    written(tmp_path, SLOW)
    process = begun(tmp_path, "run", "experiments/quick.yaml")
    wait_for(journal_of(tmp_path).exists)
    second = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert second.returncode == 4
    assert f"process {process.pid} is measuring into it" in second.stderr
    process.terminate()
    process.communicate()


SMALL_DISK = """
mount -t tmpfs -o size=64k none results
"$@"
code=$?
cp -r results kept
exit $code
"""


def test_a_full_disk_stops_a_run_with_what_was_measured_kept_and_readable(tmp_path: Path) -> None:
    namespace = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*namespace, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no namespace with a file system of its own can be made here; the file-size limit is tested below")
    written(tmp_path, QUICK.replace("blocks: 2", "blocks: 100"))
    (tmp_path / "results").mkdir()
    done = subprocess.run(
        [*namespace, "sh", "-c", SMALL_DISK, "sh", sys.executable, "-m", "runner", "run", "experiments/quick.yaml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "No space left on device; what was measured before is kept" in done.stderr) == (4, True)
    kept = read(tmp_path / "kept" / "quick" / "journal.jsonl")
    assert len(kept.records) > 3


def test_a_journal_that_may_grow_no_further_stops_a_run_likewise(tmp_path: Path) -> None:
    written(tmp_path, QUICK.replace("blocks: 2", "blocks: 100"))
    shell = f"ulimit -f 20; exec {sys.executable} -m runner run experiments/quick.yaml"
    done = subprocess.run(
        ["bash", "-c", shell],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "File too large" in done.stderr) == (4, True)
    assert len(read(journal_of(tmp_path)).records) > 3


def test_results_that_cannot_be_written_are_said_before_anything_is_measured(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    (tmp_path / "results").write_text("a file in the way")
    done = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert (done.returncode, "can't be written" in done.stderr) == (4, True)


def test_another_machines_results_stand_beside_ones_own(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "experiments/quick.yaml")
    text = journal_of(tmp_path).read_text()
    own = next(record.machine for record in read(journal_of(tmp_path)).records)
    session = next(iter(read(journal_of(tmp_path)).sessions))
    journal_of(tmp_path).write_text(text.replace(own, "m-00000000").replace(session, "20200101T000000Z-aaaaaa"))
    assert "6 invocations measured" in runmatrix(tmp_path, "run", "experiments/quick.yaml").stdout
    assert "m-00000000" in (tmp_path / "results" / "quick" / "summary.md").read_text()


def test_two_branches_journals_merge_by_union(tmp_path: Path) -> None:
    git = shutil.which("git")
    assert git
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.invalid"]

    def do(*arguments: str) -> None:
        subprocess.run([git, *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    do("init", "-q", "-b", "main")
    written(tmp_path, QUICK)
    (tmp_path / ".gitattributes").write_text((REPOSITORY / ".gitattributes").read_text())
    do("add", "-A")
    do("commit", "-qm", "start")
    for branch in ("one", "two"):
        do("checkout", "-q", "main")
        do("checkout", "-qb", branch)
        runmatrix(tmp_path, "run", "experiments/quick.yaml")
        do("add", "results/quick/journal.jsonl")
        do("commit", "-qm", branch)
        do("clean", "-fdq")
    do("merge", "-q", "one", "-m", "both")
    assert len(read(journal_of(tmp_path)).sessions) == 2
    assert measured(tmp_path) == 12


@pytest.mark.parametrize(
    ("arguments", "code", "phrase"),
    [
        (["chekc"], 2, "No such command"),
        (["run"], 2, "Missing argument"),
        (["run", "experiments/none.yaml"], 2, "none.yaml"),
        (["run", "nowhere"], 2, "nowhere: can't be read"),
        (["run", "--budget", "soon", "experiments/quick.yaml"], 2, "--budget"),
        (["run", "--blocks", "0", "experiments/quick.yaml"], 2, "--blocks"),
        (["run", "--only", "model=thread", "experiments/quick.yaml"], 2, "thread"),
        (["run", "--only", "colour=red", "experiments/quick.yaml"], 2, "colour"),
        (["init", "../up"], 2, "can't be a name"),
        (["report", "experiments/quick.yaml"], 4, "nothing has been measured yet"),
    ],
)
def test_a_command_that_is_wrong_says_what_is_wrong(
    arguments: list[str], code: int, phrase: str, tmp_path: Path
) -> None:
    written(tmp_path, QUICK)
    done = runmatrix(tmp_path, *arguments)
    assert (done.returncode, phrase in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def rows_of(folder: Path, name: str = "quick") -> list[dict[str, str]]:
    with (folder / "results" / name / "summary.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_blocks_are_added_until_intervals_are_narrow_or_the_most_is_reached(tmp_path: Path) -> None:
    written(tmp_path, QUICK.replace("blocks: 2", "blocks: {min: 2, max: 4}, precision: 0.0001%"))
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").returncode == 0
    assert {row["blocks"] for row in rows_of(tmp_path)} == {"4"}
    assert "nothing was to be measured" in runmatrix(tmp_path, "run", "experiments/quick.yaml").stdout


def test_what_is_far_behind_after_two_blocks_is_left_out_and_said(tmp_path: Path) -> None:
    far_behind = QUICK.replace("0.001", "0.05").replace("tasks: 2", "tasks: 16").replace("[1, 2]", "[2, 16]")
    written(tmp_path, far_behind.replace("blocks: 2", "blocks: 6, drop: 3x"))
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").returncode == 0
    blocks = {(row["model"], row["workers"]): (row["blocks"], row["notes"]) for row in rows_of(tmp_path)}
    assert {cell: count for cell, (count, _) in blocks.items()} == {
        ("serial", "1"): "6",
        ("threads", "2"): "2",
        ("threads", "16"): "6",
    }
    assert "left out after 2 blocks" in blocks["threads", "2"][1]
    assert "nothing was to be measured" in runmatrix(tmp_path, "run", "experiments/quick.yaml").stdout


def test_verdicts_on_steady_compare_warm_batches_and_measure_what_has_none(tmp_path: Path) -> None:
    path = written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    path.write_text(QUICK.replace("batches: 0", "batches: 3, verdict_on: steady"))
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").returncode == 0
    assert {(row["blocks"], bool(row["steady_s"]), bool(row["speedup"])) for row in rows_of(tmp_path)} == {
        ("2", True, True)
    }


def test_init_writes_an_experiment_that_is_right_and_refuses_to_overwrite_it(tmp_path: Path) -> None:
    assert runmatrix(tmp_path, "init", "mine").returncode == 0
    assert runmatrix(tmp_path, "check", "experiments/mine.yaml").returncode == 0
    assert "merge=union" in (tmp_path / ".gitattributes").read_text()
    assert (tmp_path / "experiment.schema.json").read_text() == runmatrix(tmp_path, "schema").stdout
    assert runmatrix(tmp_path, "init", "mine").returncode == 2


@pytest.mark.parametrize(
    ("command", "words"),
    [("models", ["threads", "switch_interval"]), ("workloads", ["http", "payload"]), ("schema", ["tasks_per_worker"])],
)
def test_the_lists_name_what_there_is(command: str, words: list[str], tmp_path: Path) -> None:
    said = runmatrix(tmp_path, command).stdout
    assert [word for word in words if word not in said] == []


def test_a_plan_starts_nothing_and_says_how_much_there_is_to_do(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    said = runmatrix(tmp_path, "plan", "experiments/quick.yaml").stdout
    assert "3 cells in 2 new blocks = 6 invocations" in said
    assert not (tmp_path / "results").exists()


def test_nothing_is_printed_to_standard_output_but_results(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").stderr == ""


def test_from_python_a_run_gives_a_frame_with_a_row_a_cell(tmp_path: Path) -> None:
    from runner.api import run_experiment

    frame = run_experiment(written(tmp_path, QUICK)).summary
    assert list(frame["model"]) == ["serial", "threads", "threads"]
    assert frame["speedup"][0] == 1.0


@pytest.mark.parametrize(
    ("claim", "unsure", "code"), [("< 100", "fail", 0), ("> 100", "pass", 3), ("> 0.0001", "pass", 0)]
)
def test_an_expectation_that_fails_ends_a_run_with_three(claim: str, unsure: str, code: int, tmp_path: Path) -> None:
    text = QUICK.replace("blocks: 2", "blocks: 6") + f'expect: [{{model: threads, workers: 2, speedup: "{claim}"}}]\n'
    written(tmp_path, text)
    done = runmatrix(tmp_path, "run", "--unsure", unsure, "experiments/quick.yaml")
    assert done.returncode == code, done.stdout
    assert runmatrix(tmp_path, "report", "experiments/quick.yaml").returncode == code


def test_an_expectation_that_is_open_passes_unless_it_is_said_to_fail(tmp_path: Path) -> None:
    written(tmp_path, QUICK + 'expect: [{model: threads, workers: 2, speedup: "> 0.1"}]\n')
    assert runmatrix(tmp_path, "run", "experiments/quick.yaml").returncode == 0
    assert runmatrix(tmp_path, "run", "--unsure", "fail", "experiments/quick.yaml").returncode == 3


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A project of two experiments, of which nothing is measured."""
    for name, count in (("one", 1), ("two", 2)):
        written(tmp_path, QUICK.replace("blocks: 2", f"blocks: {count}"), name)
    return tmp_path


def test_a_folder_is_planned_one_experiment_after_the_other_and_in_all(two: Path) -> None:
    done = runmatrix(two, "plan", "experiments")
    assert done.returncode == 0
    heads = [line for line in done.stdout.splitlines() if not line.startswith("  ")]
    assert heads[0::2][:2] == ["experiments/one.yaml:", "experiments/two.yaml:"]
    assert heads[-2:] == ["in all: 6 cells of 2 experiments = 9 invocations", "nothing was started"]


def test_what_is_wrong_with_one_file_is_told_after_the_plans_of_the_others(two: Path) -> None:
    (two / "experiments" / "wrong.yaml").write_text("tasks: 1\n")
    done = runmatrix(two, "plan", "experiments")
    assert done.returncode == 2
    assert done.stdout.count("will run") == 2
    assert done.stderr.startswith("experiments/wrong.yaml:1:1: ")


def test_a_folder_is_run(two: Path) -> None:
    done = runmatrix(two, "run", "-q", "experiments")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (two / "results").iterdir()) == ["README.md", "one", "two"]


@pytest.mark.parametrize("command", [[], ["run"], ["show"], ["check"]])
def test_h_is_help(command: list[str], tmp_path: Path) -> None:
    assert runmatrix(tmp_path, *command, "-h").stdout == runmatrix(tmp_path, *command, "--help").stdout != ""


def test_messages_do_not_get_among_the_results_where_standard_error_is_closed(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m runner check nothing.yaml 2>&-"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
