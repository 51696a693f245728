"""Folder → what git knows of it: the commit that was measured, other revisions and the files in them."""

from __future__ import annotations

import subprocess
from pathlib import Path


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


def _names(listing: bytes | None) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in (listing or b"").split(b"\0") if name]


def _text(folder: Path, *arguments: str) -> str:
    return (_git(folder, *arguments) or b"").decode(errors="replace").strip()


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What it prints; None where it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
