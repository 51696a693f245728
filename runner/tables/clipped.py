"""markdown, bytes → markdown that fits: cut at the end of a line, with a sentence that says where the rest is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from .markdown import fences

JOB_SUMMARY_BYTES = 1024 * 1024
"""What GitHub shows of a step's summary; of a longer one it shows nothing (docs.github.com, Adding a job summary)."""
RESERVED_BYTES = 200
"""For what has to be closed."""
FOLDS, UNFOLDS = "<details>", "</details>"


def clipped(text: str, size_bytes: int, rest: str) -> str:
    """The text where it fits, else its first lines. `rest` says, as markdown, where all of it is."""
    if _bytes(text) <= size_bytes:
        return text
    sentence = f"Cut here, for it is too long to be shown: all of it is in {rest}.\n"
    room = size_bytes - _bytes(sentence) - RESERVED_BYTES
    lines = text.splitlines(keepends=True)
    fitting = sum(size <= room for size in accumulate(map(_bytes, lines)))
    kept = _without_header_alone(lines[:fitting])
    cut = f"{''.join(kept)}{_closing(kept)}\n{sentence}"
    return cut if kept and _bytes(cut) <= size_bytes else sentence if _bytes(sentence) <= size_bytes else ""


def _without_header_alone(lines: Sequence[str]) -> Sequence[str]:
    """The first line of a table is one only together with the next."""
    alone = lines and lines[-1].startswith("|") and not (len(lines) > 1 and lines[-2].startswith("|"))
    return lines[:-1] if alone else lines


def _closing(lines: Sequence[str]) -> str:
    """What ends the block of code, the table and the folds that are open."""
    *_, fence = ["", *fences(lines)]
    text = "".join(lines)
    folds = text.count(FOLDS) - text.count(UNFOLDS)
    return (f"{fence}\n" if fence else "") + f"\n{UNFOLDS}\n" * folds


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))
