"""Journals, tables → a folder of static pages: an index, a page for each experiment, the scripts that they share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .. import atomic
from ..errors import CommandError, ResultsError
from ..recorded import Held
from .assets import assets
from .measured import measured

__all__ = ["write_site"]

MARK = "<!-- Written by `runmatrix site`; what is changed here is lost. -->"
INDEX = "index.html"


def write_site(experiments: Mapping[str, Held], folder: Path) -> tuple[Path, ...]:
    """Write the pages of all experiments; gives the files that this changed. The same journals and tables give the same bytes.

    Raises CommandError where a package is missing that pages are made with, or the folder is a file or holds somebody else's index;
    ResultsError where a file can't be read or written.
    """
    shared = assets()
    from .pages import pages  # its templates need a package of the extra, which `assets` has looked for

    if folder.is_file():
        raise CommandError(f"{folder} is a file: name a folder")
    _refuse_another_index(folder)
    written = pages([measured(name, held) for name, held in sorted(experiments.items())], MARK)
    return tuple(folder / name for name, text in {**shared, **written}.items() if atomic.write(folder / name, text))


def _refuse_another_index(folder: Path) -> None:
    index = folder / INDEX
    try:
        foreign = index.exists() and MARK not in index.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ResultsError(f"{index}: can't be read: {error.strerror}") from error
    if foreign:
        raise CommandError(f"{index}: not written by `runmatrix site`: name another folder")
