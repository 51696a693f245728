"""`show`: all about one cell, and how to run it once."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_command import runmatrix, written

from runner.api import find_cell, run_experiment
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
    command = shown.splitlines()[-1].rpartition("runmatrix ")[2].split()
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
        ([""], "`` is 4 cells: say which"),
        (["experiments/quick.yaml", "workload=fine"], "`workload=fine` is 2 cells: say which"),
        (["experiments/quick.yaml", "model=thread"], "`model: thread` is not among"),
        (["a", "b", "c"], "say the beginning of a cell's key"),
    ],
)
def test_what_is_no_cell_or_several_is_refused(words: list[str], phrase: str, folder: Path) -> None:
    with pytest.raises(CommandError) as refused:
        find_cell(words, folder, None)
    assert phrase in str(refused.value)
