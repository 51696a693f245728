"""State of the GIL after the last batch, what was printed meanwhile → a note; what is required of it → what breaks that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Required = Literal["on", "off", ""]
"""What an experiment asks of a Python's GIL; empty where it asks nothing."""

BACK_ON = "the GIL is on in a free-threaded Python"

_LOADED = re.compile(r"\(GIL\) has been enabled to load module '([^']+)'")
"""The interpreter's own warning (CPython, Python/import.c)."""


def notes(state: str, printed: str) -> list[str]:
    """What a reader of the row must know, with what turned the GIL on where the interpreter said so."""
    if state != "re-enabled":
        return []
    modules = list(dict.fromkeys(_LOADED.findall(printed)))
    cause = f": {', '.join(modules)} was imported, which does not declare that it can do without" if modules else ""
    return [BACK_ON + cause]


def broken(required: Required, state: str, notes: Iterable[str]) -> str:
    """Which requirement is not met, empty where it is or where nothing is known of the GIL."""
    if not required or not state or (state == "off") == (required == "off"):
        return ""
    known = [note for note in notes if note.startswith(BACK_ON)] or [f"the GIL is {'off' if state == 'off' else 'on'}"]
    return f"`require` says `gil: {required}`, but {known[0]}"
