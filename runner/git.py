"""Folder → commit: what state of a repository was measured."""

from __future__ import annotations

import subprocess
from pathlib import Path


def state(folder: Path) -> dict[str, object] | None:
    """Commit, and whether tracked files differ from it; None outside a repository or without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude,top)results")
    return {"commit": commit, "dirty": bool(changes)} if commit else None


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
