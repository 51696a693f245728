"""The child's code in the cache: placed whole, never touched again, beside any number of runs and of readers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from children import function, launched
from test_command import QUICK, ROOT, journal_of, runmatrix, written

from runner.errors import ResultsError
from runner.invoke import Launcher
from runner.places import cache_folder
from runner.staging import Staged, is_whole, stage

PLACES = "from runner.staging import stage, is_whole\nstaged = stage()\nprint(staged.folder, is_whole(staged))"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def lost(staged: Staged) -> Path:
    """A file of it that a cleaner of caches has taken."""
    path = staged.folder / staged.package / "fingerprint.py"
    path.unlink()
    return path


def test_the_same_code_is_copied_once() -> None:
    assert stage() == stage()


def test_tests_have_a_cache_of_their_own(own_cache_of_the_session: Path) -> None:
    assert Path.home() not in own_cache_of_the_session.parents
    assert Path.home() not in cache_folder().parents


def test_what_is_damaged_is_left_as_it_is_and_another_name_taken() -> None:
    damaged = stage()
    gone = lost(damaged)
    staged = stage()
    assert (is_whole(staged), is_whole(damaged), gone.exists()) == (True, False, False)
    assert (staged.package, staged.folder.parent) == (damaged.package, damaged.folder.parent)
    assert stage() == staged


def test_a_file_that_was_changed_is_damage() -> None:
    staged = stage()
    (staged.folder / staged.package / "facts.py").write_text("")
    assert stage().folder != staged.folder


@pytest.mark.parametrize("damaged", [False, True])
def test_processes_that_place_it_at_once_all_have_it_whole(damaged: bool) -> None:
    if damaged:
        lost(stage())
    command = [sys.executable, "-c", PLACES]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    at_once = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    said = {process.communicate(timeout=60)[0] for process in at_once}
    assert said == {f"{stage().folder} True\n"}


def test_nothing_but_what_was_placed_is_left() -> None:
    staged = stage()
    assert list(staged.folder.parent.iterdir()) == [staged.folder]


def test_a_child_that_can_not_import_our_code_ends_the_run_and_is_no_data(tmp_path: Path) -> None:
    with Launcher() as launch:
        lost(stage())
        with pytest.raises(ResultsError, match="was not whole"):
            launch(function(tmp_path, "def task():\n    return 1\n"))


def test_a_worker_that_can_not_import_our_code_ends_the_run_too(tmp_path: Path) -> None:
    code = f"import shutil\nshutil.rmtree({str(tmp_path / 'cache')!r})\ndef task():\n    return 1\n"
    with pytest.raises(ResultsError, match="was not whole"):
        launched(function(tmp_path, code, "processes", options={"start_method": "spawn"}, workers=2))


def test_code_that_was_missing_for_a_moment_is_no_data_either(tmp_path: Path) -> None:
    code = f"def task():\n    raise ModuleNotFoundError(\"No module named '{stage().package}.fingerprint'\")\n"
    with pytest.raises(ResultsError, match="was not whole"):
        launched(function(tmp_path, code))


def test_a_users_failure_stays_data_beside_whole_code(tmp_path: Path) -> None:
    assert launched(function(tmp_path, "def task():\n    import nosuchpackage\n")).status == "failed"


def test_a_run_whose_code_is_lost_says_so_and_keeps_nothing_of_that_child(tmp_path: Path) -> None:
    code = f"import shutil\ndef task():\n    shutil.rmtree({str(tmp_path / 'cache')!r})\n    raise ValueError\n"
    written(tmp_path, QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "mine:task"'))
    (tmp_path / "experiments" / "mine.py").write_text(code)
    done = runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert (done.returncode, "was not whole" in done.stderr) == (4, True)
    assert '"type":"invocation"' not in journal_of(tmp_path).read_text()
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
