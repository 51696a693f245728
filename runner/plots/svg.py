"""A picture's file ↔ the digest of what it shows, which stands inside it."""

from __future__ import annotations

import re
from pathlib import Path

LABEL = "runmatrix picture "
_DIGEST = re.compile(rf"{LABEL}([0-9a-f]{{16}})")
HEAD = 4_000
"""The digest stands among the first characters."""


def digest_in(path: Path) -> str:
    """Of what the file shows; empty where there is no file, or it is no picture of ours."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return digest_of(file.read(HEAD))
    except OSError:
        return ""


def digest_of(text: str) -> str:
    """Of what a file with this text shows."""
    found = _DIGEST.search(text)
    return found[1] if found else ""
