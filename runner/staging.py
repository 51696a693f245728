"""The child's code → a folder of its own, once a version, under a package name that nobody else has.

Only that folder goes on a child's PYTHONPATH: it works from a checkout and a wheel alike, a Python never sees another's
site-packages, and none of our modules shadows one of the user's.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .places import cache_folder

SOURCE = Path(__file__).parent / "child"

PASSED_ON = ("PATH", "HOME", "LANG")
"""What a child sees of our environment, beside what the experiment gives."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Where the code lies, and what it is called there."""

    folder: Path
    package: str


def stage() -> Staged:
    """Copy the child's code unless the same was copied before; two that do so at once don't disturb each other."""
    sources = {path.relative_to(SOURCE): path.read_bytes() for path in sorted(SOURCE.rglob("*.py"))}
    content = b"".join(b"%s\0%s\0" % (str(name).encode(), text) for name, text in sources.items())
    version = hashlib.blake2b(content, digest_size=8).hexdigest()
    staged = Staged(cache_folder() / "child" / version, f"runmatrix_child_{version}")
    if not _is_whole(staged, sources):
        _copy(staged, sources)
    return staged


def _is_whole(staged: Staged, sources: dict[Path, bytes]) -> bool:
    """A cleaner of caches may have taken some of the files, a full disk have cut them."""
    for name, text in sources.items():
        try:
            if (staged.folder / staged.package / name).read_bytes() != text:
                return False
        except OSError:
            return False
    return True


def _copy(staged: Staged, sources: dict[Path, bytes]) -> None:
    staged.folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=staged.folder.parent) as draft:
        for name, text in sources.items():
            target = Path(draft) / staged.package / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
        shutil.rmtree(staged.folder, ignore_errors=True)
        staged.folder.mkdir(exist_ok=True)
        try:
            os.rename(Path(draft) / staged.package, staged.folder / staged.package)
        except OSError:
            if not _is_whole(staged, sources):
                raise
