"""[Derived], markdown file → its text with their tables between its markers. Writes nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from .derived import Derived
from .errors import CommandError
from .opening import JOURNAL, Opened
from .tables.excerpts import Source, excerpt
from .tables.regions import asked_in, replaced


def inserted(path: Path, found: Sequence[Derived]) -> str:
    """Tables of other experiments that have results beside these stay as they are. Raises CommandError for a file that
    can't be read, that has no markers, or whose markers can't be followed; with the line."""
    sources = {one.name: Source(one.summary, one.verdicts, _link(path, one.folder)) for one in found}
    others = {name for one in found for name in _measured(one.results)} - sources.keys()
    return replaced(_text(path), str(path), lambda asked: excerpt(asked, sources, others))


def has_place(path: Path, experiments: Sequence[Opened]) -> bool:
    """Whether a page asks for anything of these experiments. Raises CommandError as `inserted`."""
    known = tuple(f"{one.name}/{workload} " for one in experiments for workload in one.experiment.workloads)
    return any(f"{asked} ".startswith(known) for asked in asked_in(_text(path), str(path)))


def _measured(results: Path) -> set[str]:
    """Names of the experiments that have results in this folder."""
    return {journal.parent.relative_to(results).as_posix() for journal in results.rglob(JOURNAL)}


def _link(path: Path, folder: Path) -> str:
    """How a page links to a folder."""
    return quote(Path(os.path.relpath(folder.resolve(), path.resolve().parent)).as_posix())


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CommandError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: can't be read: it is no UTF-8") from error
