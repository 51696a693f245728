"""The tree tells the program: every module's first line is its arrow, and nothing stands where it does not belong."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
MODULES = sorted((REPOSITORY / "runner").rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_the_first_line_of_every_module_is_its_arrow(module: Path) -> None:
    first = (ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    assert "→" in first or "↔" in first


def test_one_grep_over_first_lines_prints_the_pipeline() -> None:
    (command,) = [line for line in (REPOSITORY / "README.md").read_text().splitlines() if line.startswith("grep ")]
    said = subprocess.run(["sh", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert len(said.splitlines()) == len(MODULES)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_no_module_outgrows_its_one_idea(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 350
