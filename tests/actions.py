"""action.yml, inputs → its steps as GitHub runs them: each `run` in bash, with the environment that GitHub gives.

Of GitHub's expressions it knows those that stand in action.yml, and fails for any other.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from sysconfig import get_path
from typing import Any

import pytest
import yaml
from test_command import ROOT

REPOSITORY = Path(__file__).parent.parent
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c")
"""As docs.github.com, Workflow syntax, has it for `shell: bash`."""
SYSTEM = "/usr/bin:/bin"


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text())
    return loaded


@dataclass
class Job:
    """What became of the steps; `base` is the pull request's, empty where there is none. `env` is the job's own: without
    one, there is a `runmatrix` on its path already, that of this checkout."""

    folder: Path
    given: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    said: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> dict[str, str]:
        """What is given, else the action's defaults."""
        return {name: self.given.get(name, one["default"]) for name, one in action()["inputs"].items()}

    @property
    def summary(self) -> str:
        """The job's summary."""
        path = self.folder.parent / "summary.md"
        return path.read_text() if path.exists() else ""

    def run(self) -> Job:
        """Every step whose condition holds, in its order."""
        for step in action()["runs"]["steps"]:
            if self.value(step.get("if", "${{ success() }}")) not in ("", "false"):
                self._run(step)
        return self

    def _run(self, step: Mapping[str, Any]) -> None:
        output = self.folder.parent / "output"
        output.write_text("")
        env = {name: EXPRESSION.sub(lambda found: self.value(found[0]), text) for name, text in step["env"].items()}
        paths = {"GITHUB_STEP_SUMMARY": str(self.folder.parent / "summary.md"), "GITHUB_OUTPUT": str(output)}
        job = self.env or {"PATH": f"{runmatrix_in(self.folder.parent)}:{os.environ['PATH']}"}
        done = subprocess.run(
            [*BASH, step["run"]],
            cwd=self.folder,
            env={**os.environ, **job, **paths, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.codes[step["name"]] = done.returncode
        self.said += done.stdout + done.stderr
        self.outputs |= dict(line.split("=", 1) for line in output.read_text().splitlines())

    def value(self, expression: str) -> str:
        """What an expression comes to."""
        found = EXPRESSION.fullmatch(expression)
        assert found, expression
        known = {
            "github.action_path": str(REPOSITORY),
            "success()": "" if any(self.codes.values()) else "true",
            "steps.base.outputs.commit": self.outputs.get("commit", ""),
            "inputs.base || github.event.pull_request.base.sha": self.inputs["base"] or self.base,
            "inputs.experiments": self.inputs["experiments"],
            "inputs.pages": self.inputs["pages"],
            "inputs.measure": self.inputs["measure"],
            "inputs.fail-on": self.inputs["fail-on"],
            "!cancelled() && inputs.tables == 'true'": str(self.inputs["tables"] == "true").lower(),
            "!cancelled() && inputs.measure != ''": str(self.inputs["measure"] != "").lower(),
        }
        return known[found[1]]


def without_runmatrix(folder: Path) -> dict[str, str]:
    """An environment in which pip installs a checkout without network: a fresh Python that has all other packages of
    this one, and no command of ours on its path. Skips where hatchling, which builds wheels, is not among them."""
    if find_spec("hatchling") is None or shutil.which("runmatrix", path=SYSTEM):
        pytest.skip("hatchling, which builds the wheel, is not installed, or a runmatrix is installed system-wide")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    others = folder / "others"
    others.mkdir()
    for entry in Path(get_path("purelib")).iterdir():
        if not entry.name.startswith(("runmatrix", "runner")):
            (others / entry.name).symlink_to(entry)
    pip = {
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
    }  # pip takes the value for isolation's
    return {**pip, "PYTHONPATH": str(others), "PATH": f"{folder / 'venv' / 'bin'}:{SYSTEM}"}


def runmatrix_in(folder: Path) -> Path:
    """A folder with the command `runmatrix`: that of this checkout."""
    command = folder / "bin" / "runmatrix"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m runner "$@"\n')
    command.chmod(0o755)
    return command.parent
