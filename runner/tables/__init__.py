"""Summary, Verdicts → summary.csv, summary.md, environment.json, and the index; Compared → changes.md, changes.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .. import atomic
from ..compare import Compared
from ..declaration import SHEET
from ..plots import Picture
from ..summary import Summary
from ..verdict import Verdicts
from .change_data import changes_json
from .changes import changes_page
from .environment import environment
from .events import trace_events
from .index import ENVIRONMENT, index, index_file, write_index
from .page import page
from .sheet import sheet

__all__ = ["ENVIRONMENT", "PAGE", "index", "index_file", "render", "write", "write_changes", "write_index"]


PAGE = "summary.md"


def render(summary: Summary, verdicts: Verdicts, command: str, pictures: Sequence[Picture] = ()) -> dict[str, str]:
    """File name → content; the same summary gives the same text. `command` is what measures it again,
    as a user of the repository types it: `runmatrix run experiments/quickstart.yaml`.
    """
    files = {
        SHEET: sheet(summary, verdicts),
        PAGE: page(summary, verdicts, command, pictures),
        ENVIRONMENT: environment(summary, verdicts),
        "trace.json": trace_events(summary),
    }
    return {name: content for name, content in files.items() if content}


def write(files: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write tables where they belong; gives the files that this changed.

    Each is written whole or not at all. Raises ResultsError, naming the file.
    """
    return tuple(path for path, content in files.items() if atomic.write(path, content))


def write_changes(compared: Compared, folder: Path) -> tuple[Path, ...]:
    """Write the comparison into a folder, for people and for programs; gives the files that this changed."""
    files = {folder / "changes.md": changes_page(compared), folder / "changes.json": changes_json(compared)}
    return tuple(path for path, content in files.items() if atomic.write(path, content))
