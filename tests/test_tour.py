"""README's five minutes: what it tells a newcomer to type, typed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from test_command import REPOSITORY, runmatrix

TOUR = (REPOSITORY / "README.md").read_text("utf-8").partition("## Five minutes\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TOUR, re.DOTALL)
YAML, PYTHON = (next(text for kind, text in BLOCKS if kind == wanted) for wanted in ("yaml", "python"))
CONSOLE = [text.splitlines() for kind, text in BLOCKS if kind == "console"]
SHOWN = {first.removeprefix("$ "): lines for first, *lines in reversed(CONSOLE)}
"""Command → what README says it prints at first."""

NAME = "experiments/words.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Where the tour has come after its first step."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert runmatrix(tmp_path, "init", "words").returncode == 0
    (tmp_path / NAME).write_text(YAML)
    (tmp_path / "experiments" / "words.py").write_text(PYTHON)
    return tmp_path


def test_a_mistake_is_told_as_the_tour_shows_it(project: Path) -> None:
    (project / NAME).write_text(YAML.replace("threads", "thread"))
    done = runmatrix(project, "check", NAME)
    assert [line.rstrip() for line in done.stderr.splitlines()] == SHOWN[f"runmatrix check {NAME}"]


def test_the_tours_experiment_can_be_planned_measured_shown_and_committed(project: Path) -> None:
    planned = runmatrix(project, "plan", NAME).stdout.splitlines()
    shown = SHOWN[f"runmatrix plan {NAME}"]
    assert planned[1:] == shown[1:]  # the first line has this machine's cores
    assert runmatrix(project, "run", "-q", NAME, "--blocks", "1").returncode == 0
    (command,) = re.findall(r"`runmatrix (show [^`]*)`", TOUR)
    assert "threads · 2 workers" in runmatrix(project, *command.split()).stdout
    (added,) = re.findall(r"`git (add [^`]*) && git commit`", TOUR)
    subprocess.run(["git", *added.split()], cwd=project, check=True)
    left = subprocess.run(["git", "status", "--short"], cwd=project, check=True, capture_output=True, text=True).stdout
    assert [line for line in left.splitlines() if not line.startswith("A ")] == []
