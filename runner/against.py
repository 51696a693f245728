"""Opened, revision → Opened whose every cell stands beside the same cell of the other revision, which is its baseline.

Both are measured in the same random blocks, one directly after the other: what changes on the machine between two
sessions, the usual source of false alarms, can't come between them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from . import git, temporary
from .errors import CommandError, ResultsError
from .matrix import Cell, Matrix
from .opening import AGAINST, Opened
from .places import project_root

SHORT = 12
"""Digits of a commit's name that identify it in keys."""


@dataclass(frozen=True, slots=True)
class Revision:
    """The other side: as the user named it, and the commit that it means."""

    name: str
    commit: str

    @property
    def short(self) -> str:
        """What it is called in tables."""
        return self.name if self.commit.startswith(self.name) else f"{self.name} ({self.commit[:SHORT]})"


def find_revision(opened: Opened, name: str) -> Revision:
    """Raises CommandError where there is no such revision."""
    try:
        return Revision(name, git.commit_of(opened.project, name))
    except git.Failed as error:
        remedy = "name a commit, a branch or a tag, as in `--against main`"
        raise CommandError(f"--against {name}: {error}; {remedy}") from error


@contextmanager
def beside(opened: Opened, revision: Revision) -> Iterator[Opened]:
    """The experiment with the cells of both revisions, while the other one is checked out in a temporary folder."""
    root = project_root(opened.project)
    try:
        with (
            _temporary_folder() as folder,
            git.worktree(root, revision.commit, folder / revision.commit[:SHORT], _is_abandoned) as there,
        ):
            yield _both(opened, revision, there / opened.project.relative_to(root))
    except git.Failed as error:
        raise CommandError(f"--against {revision.name}: {error}") from error


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    try:
        folder = temporary.folder()
    except OSError as error:
        raise ResultsError(f"{error.filename or tempfile.gettempdir()}: {error.strerror}; nothing was run") from error
    try:
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(checkout: Path) -> bool:
    """Whether a worktree was made by a run that was killed."""
    return temporary.is_abandoned(checkout.parent)


def _both(opened: Opened, revision: Revision, elsewhere: Path) -> Opened:
    if not elsewhere.is_dir():
        folder = opened.project.name
        raise CommandError(
            f"--against {revision.name}: there is no folder `{folder}` at that revision, where the experiment lies"
        )
    before = [_before(cell, revision) for cell in opened.matrix.cells]
    after = [replace(cell, baseline=other.key) for cell, other in zip(opened.matrix.cells, before, strict=True)]
    cells = tuple(cell for pair in zip(before, after, strict=True) for cell in pair)
    return replace(
        opened,
        matrix=Matrix(cells),
        apart=AGAINST,
        elsewhere={cell.key: elsewhere for cell in before},
    )


def _before(cell: Cell, revision: Revision) -> Cell:
    key = f"{cell.key}@{revision.commit[:SHORT]}"
    return replace(cell, key=key, baseline=key)
