"""Why a cell failed, its folder → the virtual environment nearby that may have the module it lacks, and what to write.

Runmatrix may have been installed apart (`uv tool`, pipx): then `current` has none of the user's packages.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from .places import project_root

NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([^'.]+)")
MODULE_ENDINGS = (".py", ".so", ".pyd", ".pyc")
ENVIRONMENTS = (".venv", "venv", "env")


def advice(reason: str, project: Path) -> str:
    """To be read after the reason; empty where no module is missing, or Runmatrix runs in the environment nearby."""
    missing = NO_MODULE.search(reason)
    if missing is None:
        return ""
    here = Path(sys.prefix).resolve()
    near = [environment for environment in environments(project) if environment.resolve() != here]
    holder = next((environment for environment in near if has_module(environment, missing[1])), None)
    if not near:
        return ""
    path = os.path.relpath(holder or near[0], project)
    has = f"which has {missing[1]}" if holder else "which Runmatrix does not run in"
    return f"; there is {path}, {has}: `pythons: [{path}/bin/python]` measures with it"


def environments(project: Path) -> Iterator[Path]:
    """Beside an experiment's file, in the folder above, and so on up to the top of its repository."""
    above = [project.absolute(), *project.absolute().parents]
    top = above.index(project_root(project))
    for folder in above[: max(top, 1) + 1]:
        yield from (folder / name for name in ENVIRONMENTS if (folder / name / "pyvenv.cfg").is_file())


def has_module(environment: Path, name: str) -> bool:
    """Whether a module or package of that name is installed there, as far as names of files tell."""
    return any(lies_in(folder, name) for folder in environment.glob("lib/python*/site-packages"))


def lies_in(folder: Path, name: str) -> bool:
    """Whether a module or package of that name, `spam.eggs`, lies in a folder, as far as names of files tell."""
    path = folder.joinpath(*name.split("."))
    return path.is_dir() or any(found.suffix in MODULE_ENDINGS for found in path.parent.glob(f"{path.name}.*"))
