"""Folder, revision → what git knows of them: commits, the files in them; the one place where git is spoken to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 10.0
ANOTHER_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
"""What git sets for its hooks; a hook that calls us means the repository of the folder all the same."""


class Failed(Exception):
    """Git could not do what it was asked to, in its own words."""


def state(folder: Path) -> dict[str, object] | None:
    """Commit, and whether tracked files differ from it; None outside a repository or without git."""
    commit = _text(folder, "rev-parse", "HEAD")
    changes = _text(folder, "status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude,top)results")
    return {"commit": commit, "dirty": bool(changes)} if commit else None


def commit_of(folder: Path, revision: str) -> str | None:
    """The commit that a revision names; None where it names none, outside a repository or without git."""
    return _text(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") or None


def files_at(folder: Path, commit: str) -> list[str]:
    """Files at and below the folder as they are in a commit, relative to the folder."""
    return _names(_git(folder, "ls-tree", "-r", "-z", "--name-only", commit, "."))


def files_now(folder: Path) -> list[str]:
    """Files at and below the folder as they lie there, those left out that are to be ignored; relative to it."""
    listed = _names(_git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."))
    return [name for name in dict.fromkeys(listed) if (folder / name).is_file()]


def content_at(folder: Path, commit: str, name: str) -> bytes | None:
    """A file's content in a commit, its name relative to the folder; None where it can't be had."""
    return _git(folder, "cat-file", "blob", f"{commit}:./{name}")


@contextmanager
def worktree(repository: Path, commit: str, target: Path, is_abandoned: Callable[[Path], bool]) -> Iterator[Path]:
    """A commit's files in a folder that does not exist yet, and no longer afterwards. No hook of the repository is run.

    Of the repository's other worktrees only entries are forgotten whose folder is `is_abandoned`: pruning would also
    forget those that a user has on a disk that is not there now. Raises Failed.
    """
    _forget(repository, is_abandoned)
    done = _run(repository, "worktree", "add", "--detach", "--force", str(target), commit)
    if done.returncode:
        raise Failed(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    try:
        yield target
    finally:
        _run(repository, "worktree", "remove", "--force", "--force", str(target))


def _forget(repository: Path, is_abandoned: Callable[[Path], bool]) -> None:
    """Remove what git knows of worktrees whose folder nobody will come back to."""
    for entry in (repository / _text(repository, "rev-parse", "--git-common-dir") / "worktrees").glob("*/gitdir"):
        if is_abandoned(Path(entry.read_text(encoding="utf-8", errors="surrogateescape").strip()).parent):
            shutil.rmtree(entry.parent, ignore_errors=True)


def _names(listing: bytes | None) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in (listing or b"").split(b"\0") if name]


def _text(folder: Path, *arguments: str) -> str:
    return (_git(folder, *arguments) or b"").decode(errors="replace").strip()


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What it prints; None where it fails."""
    try:
        done = _run(folder, *arguments, timeout_s=PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _run(folder: Path, *arguments: str, timeout_s: float | None = None) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name not in ANOTHER_REPOSITORY}
    argv = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, timeout=timeout_s, check=False)
