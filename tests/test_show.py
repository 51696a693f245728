"""`show`: all about one cell, and how to run it once."""

from __future__ import annotations

import shlex
import signal
from pathlib import Path

import psutil
import pytest
from records import StandIn
from reports import SECOND, hold, measured, session
from test_command import begun, runmatrix, wait_for, written

from runner import api
from runner.api import find_cell, run_experiment
from runner.describe import cell_in_words
from runner.errors import CommandError

TWO = """\
workloads:
  fine: {kind: sleep, seconds: 0.001}
  sick: {kind: function, call: "mine:task"}
models: [serial, threads]
workers: [2]
tasks: 2
measure: {blocks: 2, batches: 0}
"""
TASK = "def task():\n    print('about to fail')\n    raise ValueError('no luck')\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an experiment was run whose one workload fails."""
    made = tmp_path_factory.mktemp("show")
    path = written(made, TWO)
    (path.parent / "mine.py").write_text(TASK)
    run_experiment(path)
    return made


def key_of(folder: Path, selection: str) -> str:
    return find_cell(["experiments/quick.yaml", selection], folder, None)[1].key


@pytest.fixture(autouse=True)
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are typed in the folder of the project."""
    monkeypatch.chdir(folder)


def test_a_cell_is_shown_with_its_figures_and_invocations(folder: Path) -> None:
    said = runmatrix(folder, "show", "experiments/quick.yaml", "workload=fine,model=threads").stdout
    assert said.startswith("fine · threads · 2 workers")
    assert "  status    ok" in said
    assert "2 invocations, times in ms" in said
    assert len([line for line in said.splitlines() if " ok " in line and "Z-" in line]) == 2


def test_a_cell_that_failed_is_shown_with_its_reason_and_last_output(folder: Path) -> None:
    said = runmatrix(folder, "show", "experiments/quick.yaml", "workload=sick,model=serial").stdout
    assert "ValueError: no luck" in said
    kept = said.partition("last output that was kept:\n")[2]
    assert "  about to fail\n" in kept


def test_a_cell_is_found_by_the_beginning_of_its_key(folder: Path) -> None:
    key = key_of(folder, "workload=fine,model=serial")
    assert runmatrix(folder, "show", key[:12]).stdout.startswith("fine · serial · 1 worker ")


def test_the_command_that_is_named_runs_it_once_in_the_foreground_and_keeps_nothing(folder: Path) -> None:
    before = (folder / "results" / "quick" / "journal.jsonl").read_bytes()
    shown = runmatrix(folder, "show", "experiments/quick.yaml", "workload=sick,model=serial").stdout
    command = shlex.split(shown.splitlines()[-1].rpartition("runmatrix ")[2])
    done = runmatrix(folder, *command)
    assert (done.returncode, "about to fail" in done.stdout, "ValueError: no luck" in done.stderr) == (1, True, True)
    assert (folder / "results" / "quick" / "journal.jsonl").read_bytes() == before


def test_a_cell_that_ends_well_when_run_once_says_its_times(folder: Path) -> None:
    done = runmatrix(folder, "show", key_of(folder, "workload=fine,model=serial"), "--once")
    assert (done.returncode, done.stderr.startswith("ok, startup ")) == (0, True)


def test_what_was_never_measured_is_shown_as_missing(folder: Path, tmp_path: Path) -> None:
    written(tmp_path, TWO)
    said = runmatrix(tmp_path, "show", "experiments/quick.yaml", "workload=fine,model=serial").stdout
    assert "missing: nothing has been measured yet" in said


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (["zz"], "`zz` is no cell of the experiments below"),
        ([""], "there are 4 cells: say which"),
        (["experiments/quick.yaml", "workload=fine"], "`workload=fine` is 2 cells: say which"),
        (["experiments/quick.yaml", "model=thread"], "`model: thread` is not among"),
        (["a", "b", "c"], "say the beginning of a cell's key"),
        (["experiments/quick.yaml"], "experiments/quick.yaml has 4 cells: say which"),
        (["experiments/quick.yaml", "size=1"], "`size` is nothing to select by: known: workload, model"),
    ],
)
def test_what_is_no_cell_or_several_is_refused(words: list[str], phrase: str, folder: Path) -> None:
    with pytest.raises(CommandError) as refused:
        find_cell(words, folder, None)
    assert phrase in str(refused.value)


def test_a_cell_is_shown_as_it_is_declared_with_what_it_is_compared_with(folder: Path) -> None:
    said = runmatrix(folder, "show", "experiments/quick.yaml", "workload=sick,model=threads").stdout.splitlines()
    assert said[1:4] == [
        "  file      experiments/quick.yaml",
        "  workload  function call=mine:task",
        "  model     threads",
    ]
    assert said[5:7] == ["  tasks     2", "  baseline  sick · serial · 1 worker"]


def test_an_invocation_of_the_preflight_is_called_so(folder: Path) -> None:
    said = runmatrix(folder, "show", "experiments/quick.yaml", "workload=sick,model=serial").stdout
    assert " preflight " in said.partition("session ")[2]


def test_what_is_swept_is_found_by_its_name_alone(tmp_path: Path) -> None:
    written(tmp_path, TWO.replace("{kind: sleep, seconds: 0.001}", "{kind: sleep, sweep: {seconds: [0.001, 0.002]}}"))
    _, cell = find_cell([str(tmp_path / "experiments/quick.yaml"), "seconds=0.002,model=serial"], tmp_path, None)
    assert cell.workload.swept == {"seconds": 0.002}


def test_cells_of_several_experiments_are_listed_with_these(tmp_path: Path) -> None:
    written(tmp_path, TWO, "one")
    written(tmp_path, TWO, "two")
    with pytest.raises(CommandError) as refused:
        find_cell([key_of_first(tmp_path)], tmp_path, None)
    listed = str(refused.value).splitlines()[1:]
    assert [line.rpartition("  ")[2] for line in listed] == ["(one)", "(two)"]


def key_of_first(folder: Path) -> str:
    return find_cell([str(folder / "experiments/one.yaml"), "workload=fine,model=serial"], folder, None)[1].key


def test_the_command_that_is_named_works_where_the_experiment_lies_in_no_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "my work").mkdir()
    (tmp_path / "my work" / "here.yml").write_text(TWO)
    said = runmatrix(tmp_path, "show", "my work/here.yml", "workload=fine,model=serial").stdout
    done = runmatrix(tmp_path, *shlex.split(said.splitlines()[-1].rpartition("runmatrix ")[2]))
    assert (done.returncode, done.stderr.startswith("ok, startup ")) == (0, True)


def test_a_cell_that_is_interrupted_is_not_said_to_be_kept(tmp_path: Path) -> None:
    written(tmp_path, TWO.replace("0.001", "60"))
    running = begun(tmp_path, "show", "experiments/quick.yaml", "workload=fine,model=serial", "--once")
    wait_for(lambda: bool(psutil.Process(running.pid).children()))
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)[1]
    assert (running.returncode, said) == (130, "stopped by SIGINT; nothing is kept\n")


def test_of_invocations_on_several_machines_each_has_its_own(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    cell = opened.matrix.cells[0]
    assert "m-here" not in cell_in_words(api.show(opened, cell)).partition("session ")[2]
    hold(opened, [*session(opened), *session(opened, SECOND, StandIn(machine="m-there"))])
    said = cell_in_words(api.show(opened, cell)).partition("session ")[2]
    assert (said.count("m-here"), said.count("m-there")) == (6, 6)
