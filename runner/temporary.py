"""A process's mark → a temporary folder that tells whose it is, so that what a killed Runmatrix left can be cleared away."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import tree

PREFIX = "runmatrix-"
"""How all of these folders begin; the mark of the process that made them follows."""


def folder() -> Path:
    """A new folder of this process. Raises OSError where there can be none."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{tree.mark_of(os.getpid())}-"))


def is_abandoned(path: Path) -> bool:
    """Whether it was made by a process that is no longer there; it need not exist any more itself."""
    return path.name.startswith(PREFIX) and not tree.is_alive(path.name.removeprefix(PREFIX).rpartition("-")[0])


def abandoned() -> Iterator[Path]:
    """Those that nobody had the time to remove."""
    return filter(is_abandoned, Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*-*-*"))
