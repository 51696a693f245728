"""Summary, Verdicts → summary.csv, summary.md, environment.json, and the index; Compared → changes.md, changes.json."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .. import atomic
from ..compare import Compared
from ..plots import Picture
from ..summary import Summary
from ..verdict import Verdicts
from .change_data import changes_json
from .changes import changes_page
from .environment import environment
from .events import trace_events
from .index import index, write_index
from .page import page
from .sheet import sheet

__all__ = ["index", "render", "write", "write_changes", "write_index"]


def render(summary: Summary, verdicts: Verdicts, command: str, pictures: Sequence[Picture] = ()) -> dict[str, str]:
    """File name → content; the same summary gives the same text. `command` is what measures it again,
    as a user of the repository types it: `runmatrix run experiments/quickstart.yaml`.
    """
    files = {
        "summary.csv": sheet(summary, verdicts),
        "summary.md": page(summary, verdicts, command, pictures),
        "environment.json": environment(summary, verdicts),
        "trace.json": trace_events(summary),
    }
    return {name: content for name, content in files.items() if content}


def write(
    summary: Summary, verdicts: Verdicts, folder: Path, command: str, pictures: Sequence[Picture] = ()
) -> tuple[Path, ...]:
    """Write an experiment's tables into its folder of results; gives the files that this changed.

    Each is written whole or not at all. Raises ResultsError, naming the file.
    """
    files = {folder / name: content for name, content in render(summary, verdicts, command, pictures).items()}
    return tuple(path for path, content in files.items() if atomic.write(path, content))


def write_changes(compared: Compared, folder: Path) -> tuple[Path, ...]:
    """Write the comparison into a folder, for people and for programs; gives the files that this changed."""
    files = {folder / "changes.md": changes_page(compared), folder / "changes.json": changes_json(compared)}
    return tuple(path for path, content in files.items() if atomic.write(path, content))
