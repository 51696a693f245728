"""What git knows, and where it knows nothing, why: of real repositories, and of a git that does as it is told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from test_command import runmatrix
from test_origin import git

from runner.git import Failed, commit_of, content_at, files_at, state, untracked


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits of code beside experiments and results."""
    folder = tmp_path / "repository"
    for name in ("experiments/mine.yaml", "src/mine.py", "results/mine/summary.csv"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("1\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "commit", "-q", "--allow-empty", "-m", "two")
    return folder


def dirty(folder: Path, results: str = "results") -> object:
    found = state(folder, folder / results)
    assert found
    return found["dirty"]


def why_none(folder: Path, revision: str) -> str:
    with pytest.raises(Failed) as caught:
        commit_of(folder, revision)
    return str(caught.value)


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A git that does this."""
    path = tmp_path / "bin" / "git"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")


def test_files_as_they_were_committed_are_clean(repository: Path) -> None:
    assert state(repository, repository / "results") == {"commit": git(repository, "rev-parse", "HEAD"), "dirty": False}


@pytest.mark.parametrize("name", ["src/mine.py", "experiments/mine.yaml"])
def test_a_change_anywhere_in_the_repository_is_seen(name: str, repository: Path) -> None:
    (repository / name).write_text("2\n")
    assert dirty(repository) is True


def test_results_that_have_changed_are_no_change_of_the_code(repository: Path) -> None:
    (repository / "results" / "mine" / "summary.csv").write_text("2\n")
    assert (dirty(repository), dirty(repository, "elsewhere")) == (False, True)


def test_results_may_lie_outside_the_repository(repository: Path) -> None:
    assert dirty(repository, "../results") is False


def test_what_git_could_not_tell_is_not_said_to_be_clean(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, 'case "$*" in *status*) exit 1;; *) echo c0ffee;; esac')
    assert state(repository, repository / "results") == {"commit": "c0ffee", "dirty": None}


def test_outside_a_repository_there_is_no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert state(tmp_path, tmp_path / "results") is None


def test_that_there_is_no_repository_is_said_in_git_s_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "not a git repository" in why_none(tmp_path, "HEAD")


def test_a_repository_of_another_owner_is_told_with_git_s_advice(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    advice = "To add an exception for this directory, call:\n\n\tgit config --global --add safe.directory /x"
    stand_in(tmp_path, monkeypatch, f'echo "fatal: detected dubious ownership\n{advice}" >&2; exit 128')
    said = why_none(repository, "HEAD")
    assert "detected dubious ownership" in said
    assert said.endswith("git config --global --add safe.directory /x")


def test_that_there_is_no_git_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert why_none(repository, "HEAD") == "git can't be started: No such file or directory"


def test_a_repository_without_a_commit_is_said_to_have_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", ".")
    assert why_none(tmp_path, "HEAD") == "there is no commit yet"


@pytest.mark.parametrize("revision", ["nowhere", "HEAD~7", "--all", "-1", "0" * 40])
def test_a_revision_that_is_none_is_said_to_be_none(revision: str, repository: Path) -> None:
    assert why_none(repository, revision) == "no such revision"


def test_in_a_shallow_clone_what_is_missing_is_to_be_fetched(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "shallow")
    assert "fetch it, as `git fetch --unshallow`" in why_none(tmp_path / "shallow", "HEAD~1")


def test_files_of_a_commit_that_is_not_there_are_refused_in_git_s_words(repository: Path) -> None:
    with pytest.raises(Failed, match="git says: fatal"):
        files_at(repository, "nowhere")
    with pytest.raises(Failed, match="git says: fatal"):
        content_at(repository, "HEAD", "nothing")


def test_git_hears_neither_the_keyboard_nor_its_signals(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, 'echo "$(cut -d" " -f6 /proc/self/stat) $(readlink /proc/self/fd/0)"')
    session, standard_input = commit_of(repository, "HEAD").split()
    assert (int(session) != os.getsid(0), standard_input) == (True, "/dev/null")


def test_files_that_git_does_not_have_are_told_and_ignored_ones_are_not(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.bin\n")
    (repository / "data.bin").touch()
    (repository / "src" / "new.py").touch()
    assert untracked(repository) == {repository / ".gitignore", repository / "src" / "new.py"}


def test_what_is_about_to_be_committed_git_has(repository: Path) -> None:
    (repository / "src" / "new.py").touch()
    git(repository, "add", "src/new.py")
    assert untracked(repository) == set()


def test_outside_a_repository_git_has_nothing_to_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert untracked(tmp_path) == set()


MEASURED = """\
question: Can its commit measure it again?
workloads:
  work: {kind: function, call: "mine:task", inputs: {lines: "data.txt"}}
models: [serial]
measure: {blocks: 1, batches: 0}
"""
FILES = {
    "mine.yaml": MEASURED,
    "mine.py": "import helper\ndef task(line):\n    return line\n",
    "helper.py": "",
    "data.txt": "1\n2\n",
    "notes.txt": "no part of it\n",
}


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [("mine.yaml", True), ("mine.py", True), ("helper.py", True), ("data.txt", True), ("notes.txt", False)],
)
def test_a_commit_is_dirty_if_it_lacks_what_the_measurement_rests_on(
    left_out: str, expected: bool, tmp_path: Path
) -> None:
    for name, text in FILES.items():
        (tmp_path / "experiments").mkdir(exist_ok=True)
        (tmp_path / "experiments" / name).write_text(text)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A", "--", ".", f":(exclude)experiments/{left_out}")
    git(tmp_path, "commit", "-q", "-m", "one")
    done = runmatrix(tmp_path, "run", "-q", "experiments/mine.yaml")
    assert done.returncode == 0, done.stderr
    known = json.loads((tmp_path / "results" / "mine" / "environment.json").read_text())
    assert [commit["dirty"] for commit in known["commits"]] == [expected]
