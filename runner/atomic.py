"""(path, bytes) → file: written whole or not at all, and not touched where nothing changes."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from .errors import ResultsError


def write(path: Path, text: str) -> bool:
    """Make the file hold this text as UTF-8, by a temporary file that is synced and renamed; its folder is made.

    True where that changed anything. Halves of surrogate pairs, which UTF-8 can't hold, become `\\udXXX`. Raises
    ResultsError, with the former file as it was.
    """
    return write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: Path, data: bytes) -> bool:
    """Make the file hold these bytes; as `write`."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_synced(part, data)
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)
        _sync(path.parent)
    except OSError as error:
        raise ResultsError(f"{path}: can't be written: {error.strerror}; what was there before stays") from error
    finally:
        with suppress(OSError):  # it is gone unless something went wrong, a signal too
            part.unlink()
    return True


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """A rename is on the disk once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
