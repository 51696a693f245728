"""The child's code → a folder of its own, once a version, under a package name that nobody else has.

Only that folder goes on a child's PYTHONPATH: it works from a checkout and a wheel alike, a Python never sees another's
site-packages, and none of our modules shadows one of the user's.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .places import cache_folder

SOURCE = Path(__file__).parent / "child"

PACKAGE = "runmatrix_child_"
"""How its name begins there; its version follows."""

PASSED_ON = ("PATH", "HOME", "LANG")
"""What a child sees of our environment, beside what the experiment gives."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Where the code lies, and what it is called there."""

    folder: Path
    package: str


def stage() -> Staged:
    """Copy the child's code unless the same was copied before. Any number of processes may do so at once, beside any
    number of children that read it: what lies under a name is whole from the first, and never touched again. Where a
    cleaner of caches or a full disk has damaged it, another name is taken."""
    version = _version(SOURCE)
    folders = cache_folder() / "child"
    names = itertools.chain([version], (f"{version}-{number}" for number in itertools.count(2)))
    each = (Staged(folders / name, f"{PACKAGE}{version}") for name in names)
    return next(staged for staged in each if _is_placed(staged))


def is_whole(staged: Staged) -> bool:
    """Whether all that was copied still lies there, as it was."""
    return f"{PACKAGE}{_version(staged.folder / staged.package)}" == staged.package


def _version(package: Path) -> str:
    """A digest of its code."""
    known = hashlib.blake2b(digest_size=8)
    for path in sorted(package.rglob("*.py")):
        known.update(b"%s\0%s\0" % (str(path.relative_to(package)).encode(), _content(path)))
    return known.hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)


def _is_placed(staged: Staged) -> bool:
    """Whether the code lies under that name now, by us or by somebody quicker; not where something else does. Raises
    OSError."""
    if not os.path.lexists(staged.folder):
        _place(staged)
    return is_whole(staged)


def _place(staged: Staged) -> None:
    staged.folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=staged.folder.parent))
    try:
        shutil.copytree(SOURCE, draft / staged.package, ignore=shutil.ignore_patterns("__pycache__"))
        os.rename(draft, staged.folder)
    except OSError as error:
        if error.errno not in TAKEN:
            raise  # else somebody was quicker
    finally:
        shutil.rmtree(draft, ignore_errors=True)
