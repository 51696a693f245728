"""(markdown, file) → a job's summary: the markdown at the file's end, as much of it as GitHub shows."""

from __future__ import annotations

from pathlib import Path

from .errors import ResultsError
from .tables.clipped import JOB_SUMMARY_BYTES, clipped


def append(path: Path, text: str, rest: str) -> None:
    """Several commands of one step share the room. `rest` says, as markdown, where all of it is. Raises ResultsError."""
    try:
        there = path.stat().st_size if path.exists() else 0
        with path.open("ab") as file:
            file.write(clipped(f"{text}\n", JOB_SUMMARY_BYTES - there, rest).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ResultsError(f"{path}: can't be written: {error.strerror}") from error
