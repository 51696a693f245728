"""Folder, revision → commit, and what lies there: the one place where git is spoken to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 10.0


class Failed(Exception):
    """Git could not do what it was asked to, in its own words."""


def state(folder: Path) -> dict[str, object] | None:
    """Commit, and whether tracked files differ from it; None outside a repository or without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude,top)results")
    return {"commit": commit, "dirty": bool(changes)} if commit else None


def commit_of(folder: Path, revision: str) -> str | None:
    """The full name of the commit that a revision means; None where there is no such revision, or no repository."""
    return _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") or None


@contextmanager
def worktree(repository: Path, commit: str, target: Path) -> Iterator[Path]:
    """A commit's files in a folder that does not exist yet, and no longer afterwards. Raises Failed with git's words.

    No hook of the repository is run.
    """
    _run(repository, "worktree", "prune")
    done = _run(repository, "worktree", "add", "--detach", "--force", str(target), commit)
    if done.returncode:
        raise Failed(done.stderr.strip().rpartition("\n")[2])
    try:
        yield target
    finally:
        _run(repository, "worktree", "remove", "--force", "--force", str(target))


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = _run(folder, *arguments, timeout_s=PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _run(folder: Path, *arguments: str, timeout_s: float | None = None) -> subprocess.CompletedProcess[str]:
    """In the folder's repository, whatever surrounds us: a hook that calls us sets these variables for another."""
    env = {
        name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    }
    argv = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=timeout_s, check=False)
