"""Folder, revision → what git knows of them: commits, the files in them; the one place where git is spoken to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 10.0
NO_SUCH = "no such revision"
ANOTHER_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
"""What git sets for its hooks; a hook that calls us means the repository of the folder all the same."""


class Failed(Exception):
    """Git could not do what it was asked to; why, in its own words where it has some."""


def state(repository: Path, apart: Path) -> dict[str, object] | None:
    """Commit, and whether tracked files differ from it, but for those below `apart`; None for what git can't tell."""
    try:
        commit = commit_of(repository, "HEAD")
    except Failed:
        return None
    return {"commit": commit, "dirty": _is_dirty(repository, apart)}


def _is_dirty(repository: Path, apart: Path) -> bool | None:
    top, left_out = repository.resolve(), apart.resolve()
    but = [f":(exclude,literal){left_out.relative_to(top)}"] if left_out.is_relative_to(top) else []
    try:
        return bool(_git(top, "status", "--porcelain", "--untracked-files=no", "--", ".", *but))
    except Failed:
        return None


def untracked(repository: Path) -> frozenset[Path]:
    """Files that are in no commit nor about to be, those left out that are to be ignored; none where git can't tell."""
    top = repository.resolve()
    try:
        names = _names(_git(top, "ls-files", "-z", "--others", "--exclude-standard", "."))
    except Failed:
        return frozenset()
    return frozenset(top / name for name in names)


def commit_of(folder: Path, revision: str) -> str:
    """The commit that a revision names. Raises Failed, with why there is none."""
    if revision.startswith("-"):  # to git an option
        raise Failed(NO_SUCH)
    done = _patiently(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if done.returncode:
        raise Failed(_words(done) or _why_none(folder))
    return done.stdout.decode(errors="replace").strip()


def _why_none(folder: Path) -> str:
    """Why a repository does not have a revision, of which git says nothing."""
    if _patiently(folder, "rev-parse", "--verify", "--quiet", "HEAD").returncode:
        return "there is no commit yet"
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true":
        return f"{NO_SUCH} in this shallow clone: fetch it, as `git fetch --unshallow` does, or `fetch-depth: 0` in CI"
    return NO_SUCH


def files_at(folder: Path, commit: str) -> list[str]:
    """Files at and below the folder as they are in a commit, relative to the folder. Raises Failed."""
    return _names(_git(folder, "ls-tree", "-r", "-z", "--name-only", commit, "."))


def files_now(folder: Path) -> list[str]:
    """Files at and below the folder as they lie there, those left out that are to be ignored; relative to it.

    Raises Failed.
    """
    listed = _names(_git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."))
    return [name for name in dict.fromkeys(listed) if (folder / name).is_file()]


def content_at(folder: Path, commit: str, name: str) -> bytes:
    """A file's content in a commit, its name relative to the folder. Raises Failed."""
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
        raise Failed(_words(done) or f"git ended with {done.returncode}")
    try:
        yield target
    finally:
        _run(repository, "worktree", "remove", "--force", "--force", str(target))


def _forget(repository: Path, is_abandoned: Callable[[Path], bool]) -> None:
    """Remove what git knows of worktrees whose folder nobody will come back to."""
    common = _git(repository, "rev-parse", "--git-common-dir").decode("utf-8", "surrogateescape").strip()
    for entry in (repository / common / "worktrees").glob("*/gitdir"):
        if is_abandoned(Path(entry.read_text(encoding="utf-8", errors="surrogateescape").strip()).parent):
            shutil.rmtree(entry.parent, ignore_errors=True)


def _names(listing: bytes) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in listing.split(b"\0") if name]


def _git(folder: Path, *arguments: str) -> bytes:
    """What it prints. Raises Failed."""
    done = _patiently(folder, *arguments)
    if done.returncode:
        raise Failed(_words(done) or f"git ended with {done.returncode}")
    return done.stdout


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    """What git said on standard error, in one line, its advice too; empty where it said nothing."""
    said = " ".join(done.stderr.decode(errors="replace").split())
    return f"git says: {said}" if said else ""


def _patiently(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Raises Failed where git can't be started, or does not end."""
    try:
        return _run(folder, *arguments, timeout_s=PATIENCE_S)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"git took longer than {PATIENCE_S:g} s") from error
    except OSError as error:
        raise Failed(f"git can't be started: {error.strerror}") from error


def _run(folder: Path, *arguments: str, timeout_s: float | None = None) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name not in ANOTHER_REPOSITORY}
    argv = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    # a session of its own, so that Ctrl-C reaches the parent alone
    return subprocess.run(
        argv,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout_s,
        check=False,
        start_new_session=True,
    )
