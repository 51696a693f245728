"""A module that `current` has not: which virtual environment nearby may have it, and what to write."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from runner.nearby import advice, environments, has_module

MISSING = "ModuleNotFoundError: No module named 'spam.eggs' (mine.py:1)"


def environment(folder: Path, module: str = "") -> Path:
    """A virtual environment with at most one module."""
    site = folder / "lib" / "python3.14" / "site-packages"
    site.mkdir(parents=True)
    (folder / "pyvenv.cfg").touch()
    if module:
        (site / module).touch()
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of experiments in a repository."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "experiments" / "deep").mkdir(parents=True)
    return tmp_path / "repository" / "experiments" / "deep"


def test_environments_are_seen_from_the_file_up_to_the_top_of_the_repository(project: Path) -> None:
    near = [environment(folder / ".venv") for folder in (project, *project.parents[:2])]
    environment(project.parents[2] / ".venv")
    assert list(environments(project)) == near


def test_outside_a_repository_the_folder_above_is_looked_into_as_well(tmp_path: Path) -> None:
    (tmp_path / "mine" / "experiments").mkdir(parents=True)
    near = environment(tmp_path / "mine" / "venv")
    environment(tmp_path / "venv")
    assert list(environments(tmp_path / "mine" / "experiments")) == [near]


def test_the_environment_that_has_the_module_is_named_before_a_nearer_one(project: Path) -> None:
    environment(project / ".venv")
    environment(project.parent / ".venv", "spam.py")
    said = "; there is ../.venv, which has spam: `pythons: [../.venv/bin/python]` measures with it"
    assert advice(MISSING, project) == said


def test_an_environment_that_has_not_the_module_is_named_all_the_same(project: Path) -> None:
    environment(project / ".venv")
    assert advice(MISSING, project).startswith("; there is .venv, which Runmatrix does not run in: ")


def test_the_environment_that_runmatrix_runs_in_is_no_advice(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(environment(project / ".venv", "spam.py")))
    assert advice(MISSING, project) == ""


@pytest.mark.parametrize("reason", ["ValueError: no", "ImportError: cannot import name 'x' from 'spam'"])
def test_another_failure_needs_no_advice(reason: str, project: Path) -> None:
    environment(project / ".venv", "spam.py")
    assert advice(reason, project) == ""


@pytest.mark.parametrize("name", ["spam.py", "spam.cpython-311-x86_64-linux-gnu.so", "spam.abi3.so"])
def test_a_module_is_seen_by_the_names_of_its_files(name: str, tmp_path: Path) -> None:
    environment(tmp_path / ".venv", name)
    assert (has_module(tmp_path / ".venv", "spam"), has_module(tmp_path / ".venv", "spa")) == (True, False)
