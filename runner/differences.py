"""Files as they ought to be, as they lie there → [Difference]: what is out of date, and where it begins to be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Literal

from .errors import ResultsError
from .plots.svg import digest_in, digest_of

WINDOW = 200
"""Lines from the first that differs which are compared line by line: every line of a large sheet may differ."""
LINES_AT_MOST = 20
WIDTH_AT_MOST = 300
HUNK = re.compile(r"@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@")

Fault = Literal["differs", "is missing", "is not derived from the journal"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as it ought to be; `diff` is bounded, and empty where there is nothing to see."""

    path: Path
    fault: Fault
    diff: tuple[str, ...] = ()


def _data_of(picture: str) -> str:
    """A picture is as its data are: how these are drawn may depend on matplotlib's version. One that doesn't tell the
    digest of its data is compared as it is."""
    digest = digest_of(picture)
    return f"the data inside: {digest}\n" if digest else picture


COMPARED: Mapping[str, Callable[[str], str]] = {"*.svg": _data_of}
"""Pattern of a file's name → what of its text is compared; of others all is."""

TABLES = ("summary.csv", "summary.md", "environment.json", "trace.json")
"""What of an experiment's folder is derived, beside pictures of ours, and so ought not to be there where the journal does not give it."""


def differences(files: Mapping[Path, str]) -> Iterator[Difference]:
    """Files that are not as they ought to be, in their order. Raises ResultsError where one can't be read."""
    for path, ought in files.items():
        there = _read(path)
        if there is None:
            yield Difference(path, "is missing")
        elif (diff := _diff(_compared(path, there), _compared(path, _as_written(ought)))) is not None:
            yield Difference(path, "differs", diff)


def extra(folder: Path, files: Mapping[Path, str]) -> Iterator[Difference]:
    """Tables and pictures in a folder that nothing gives."""
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in there:
        ours = any(fnmatchcase(path.name, pattern) for pattern in TABLES) or digest_in(path)
        if path not in files and ours:
            yield Difference(path, "is not derived from the journal")


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "backslashreplace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ResultsError(f"{path}: can't be read: {error.strerror}") from error


def _as_written(text: str) -> str:
    """Halves of surrogate pairs become escapes in a file."""
    return text.encode("utf-8", "backslashreplace").decode()


def _compared(path: Path, text: str) -> str:
    part = next((part for pattern, part in COMPARED.items() if fnmatchcase(path.name, pattern)), None)
    return part(text) if part else text


def _diff(there: str, ought: str) -> tuple[str, ...] | None:
    """From the first line that differs on, a few lines; None where nothing differs."""
    if there == ought:
        return None
    old, new = there.split("\n"), ought.split("\n")
    same = next((n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    first = max(0, (min(len(old), len(new)) if same is None else same) - 1)
    window = slice(first, first + WINDOW)
    lines = list(islice(difflib.unified_diff(old[window], new[window], n=1, lineterm=""), 2, None))
    shown = [_placed(line, first) if line.startswith("@@") else _cut(line) for line in lines[:LINES_AT_MOST]]
    return (*shown, *(["…"] if len(lines) > len(shown) else []))


def _placed(header: str, first: int) -> str:
    return HUNK.sub(lambda m: f"@@ -{int(m[1]) + first}{m[2]} +{int(m[3]) + first}{m[4]} @@", header)


def _cut(line: str) -> str:
    """No control characters of a file reach a terminal."""
    plain = "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in line[:WIDTH_AT_MOST])
    return plain + ("…" if len(line) > WIDTH_AT_MOST else "")
