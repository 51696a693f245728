"""Every command's `--help`: complete, and its examples run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_command import QUICK, REPOSITORY, ROOT, runmatrix

COMMANDS = re.findall(
    r"\b[a-z]+\b", (ROOT / "runner/cli/__init__.py").read_text().partition("for subcommand in (")[2].partition(")")[0]
)
SLOW = "runmatrix doctor"
"""Without `--minutes` it takes two minutes; `--minutes 0.1` is tried."""


def help_of(command: str) -> str:
    return runmatrix(ROOT, command, "--help", COLUMNS="250", TERMINAL_WIDTH="250").stdout


def examples_of(command: str) -> list[str]:
    """What stands behind the command and blanks is what it does."""
    lines = [line.strip() for line in help_of(command).splitlines()]
    return [re.split(r"\s{2,}", line)[0] for line in lines if line.startswith(f"runmatrix {command}")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with an experiment, and results committed twice."""
    made = tmp_path_factory.mktemp("help")
    experiment = made / "experiments" / "quickstart.yaml"
    experiment.parent.mkdir()
    experiment.write_text(QUICK)
    (made / "README.md").write_text("<!-- runmatrix: quickstart/wait -->\n<!-- /runmatrix -->\n")
    git = ["git", "-c", "user.name=N", "-c", "user.email=n@example.org"]
    subprocess.run([*git, "init", "-q", "-b", "main"], cwd=made, check=True)
    for number in range(2):
        assert runmatrix(made, "run", "-q", "--fresh", "experiments/quickstart.yaml").returncode == 0
        subprocess.run([*git, "add", "-A"], cwd=made, check=True)
        subprocess.run([*git, "commit", "-qm", f"results {number}"], cwd=made, check=True)
    return made


@pytest.mark.parametrize("command", COMMANDS)
def test_a_commands_help_says_what_it_does_and_shows_how(command: str) -> None:
    assert examples_of(command) != []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_commands_help_fits_into_80_columns(command: str) -> None:
    said = runmatrix(ROOT, *command.split(), "--help", COLUMNS="80", TERMINAL_WIDTH="80").stdout
    assert [line for line in said.splitlines() if len(line) > 80] == []


def test_the_list_of_commands_says_what_each_does_in_a_whole_sentence() -> None:
    listed = runmatrix(ROOT, "--help", COLUMNS="80", TERMINAL_WIDTH="80").stdout.partition("Commands:\n")[2]
    said = {line.split()[0]: line for line in listed.splitlines() if re.match(r"  [a-z]+ {2,}[A-Z]", line)}
    assert list(said) == COMMANDS
    assert [line for line in said.values() if not line.endswith(".") or line.endswith("...")] == []


def test_the_exit_codes_are_those_of_the_readme() -> None:
    said = runmatrix(ROOT, "--help").stdout.partition("Exit codes:")[2]
    documented = (REPOSITORY / "README.md").read_text("utf-8").partition("Exit codes:")[2].partition("\n\n")[0]
    assert re.findall(r"\b\d+\b", said) == re.findall(r"\b\d+\b", documented)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_and_argument_of_a_command_is_explained(command: str) -> None:
    said = help_of(command)
    options = re.findall(r"^  (?:-\w, )?(--[a-z-]+|-\w)\b.*$", said, re.MULTILINE)
    unexplained = [line for line in said.splitlines() if re.fullmatch(r"  (-\w|--[a-z-]+)\S*( [A-Z<][^ ]*)?\s*", line)]
    assert (bool(options), unexplained) == (True, [])


@pytest.mark.parametrize("example", [example for command in COMMANDS for example in examples_of(command)])
def test_an_example_of_a_commands_help_runs(example: str, project: Path, tmp_path: Path) -> None:
    if example == SLOW:
        pytest.skip("takes two minutes; its other example is tried")
    if example.startswith("runmatrix site"):
        pytest.importorskip("jinja2")
    here = tmp_path / "project"
    shutil.copytree(project, here)
    if example.startswith("runmatrix show 3f9a"):
        example = example.replace(
            "3f9a", (here / "results/quickstart/summary.csv").read_text().splitlines()[1].rpartition(",")[2]
        )
    command = example.replace("runmatrix", f"{sys.executable} -m runner", 1)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in ((0, 3) if "doctor" in example or "--fail-on" in example else (0,)), done.stderr
    assert "Traceback" not in done.stderr
