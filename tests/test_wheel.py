"""The built wheel, far from the checkout: what users install is what was tested."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked into it, and nothing else of ours."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, REPOSITORY], check=True)
    (wheel,) = folder.glob("runmatrix-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True)
    return folder / "site"


def test_the_installed_wheel_measures_in_any_folder(site: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-P", "-m", "runner"]
    subprocess.run([*command, "init", "mine"], cwd=tmp_path, env=environment, check=True)
    run = [*command, "run", "--blocks", "1", "experiments/mine.yaml"]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "results" / "mine" / "summary.md").exists()


def test_the_wheel_holds_the_package_and_nothing_beside_it(site: Path) -> None:
    names = {entry.name for entry in site.iterdir()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"runner", "bin"}


def test_the_wheel_holds_the_templates_of_pages(site: Path) -> None:
    here = {path.name for path in (REPOSITORY / "runner" / "site" / "templates").iterdir()}
    assert here <= {path.name for path in (site / "runner" / "site" / "templates").iterdir()}
