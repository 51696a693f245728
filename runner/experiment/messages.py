"""Mistake, Document → "file:line:column: what is wrong", the line itself, and what would be right."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .document import Document, Keys, Place

_WIDTH = 120
_LISTED = 12
_LONGEST_WORD = 100
_MOST = 50


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with the value at `path`, and in `hint` what would be right."""

    path: Keys
    text: str
    hint: str = ""
    at: Literal["value", "key", "first"] = "value"


class Refused(Exception):
    """A file can't be read on from `place`."""

    def __init__(self, place: Place, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.place, self.text, self.hint = place, text, hint


def render(document: Document, mistakes: Iterable[Mistake]) -> list[str]:
    """The mistakes as texts, in the order of the file and without repeats."""
    placed = {(_place(document, mistake), mistake.text, mistake.hint) for mistake in mistakes}
    texts = [located(document.path, document.lines, place, text, hint) for place, text, hint in sorted(placed)[:_MOST]]
    return texts if len(placed) <= _MOST else [*texts, f"{document.path}: and {len(placed) - _MOST} more mistakes"]


def located(path: Path, lines: Sequence[str], place: Place, text: str, hint: str = "") -> str:
    """One message: where and what, then the line and the hint."""
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    shown = f"{place.line:>3} | {_excerpt(line, place.column)}"
    return f"{path}:{place.line}:{place.column}: {_printable(text)}\n" + (f"{shown}     {hint}" if hint else shown)


def did_you_mean(word: object, known: Iterable[object], otherwise: str = "") -> str:
    """A suggestion when one of the known is close to the word, else the known themselves."""
    names = [str(name) for name in known]
    return suggestion(word, names) or otherwise or f"known: {listed(names)}"


def suggestion(word: object, known: Iterable[object]) -> str:
    """The one of the known that is close to the word or begins like it, as a question; else nothing."""
    by_folded = {str(name).casefold(): str(name) for name in known}
    folded = str(word)[:_LONGEST_WORD].casefold()
    longer = [name for name in by_folded if len(folded) > 2 and name.startswith(folded)]
    close = difflib.get_close_matches(folded, by_folded, n=1) or longer[:1]
    return f"did you mean `{by_folded[close[0]]}`?" if close else ""


def listed(values: Iterable[object]) -> str:
    """The values with commas between them; a long list is cut."""
    texts = [str(value) for value in values]
    more = len(texts) - _LISTED
    return ", ".join(texts) if more <= 0 else f"{', '.join(texts[:_LISTED])} and {more} more"


def quoted(value: object) -> str:
    """A value as the file would have it, in backquotes, cut when it is long."""
    if isinstance(value, float) and not math.isfinite(value):
        text = {"inf": ".inf", "-inf": "-.inf"}.get(str(value), ".nan")
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


def _place(document: Document, mistake: Mistake) -> Place:
    if mistake.at == "first":
        return document.first(mistake.path)
    return document.place(mistake.path, key=mistake.at == "key")


def _excerpt(line: str, column: int) -> str:
    start = max(0, column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
    part = line[start : start + _WIDTH]
    return _printable(f"{'…' if start else ''}{part}{'…' if start + _WIDTH < len(line) else ''}")


def _printable(text: str) -> str:
    """Control characters of a file must not reach a terminal."""
    return "".join(c if c.isprintable() else " " if c in "\t\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
