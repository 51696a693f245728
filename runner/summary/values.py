"""a value from the experiment → one line of text."""

from __future__ import annotations

import json
from collections.abc import Mapping

SEPARATORS = (",", ":")


def one_line(text: str) -> str:
    """The text with each run of blanks, line ends and control characters as one space."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def shown(value: object) -> str:
    """A text as it is, anything else as JSON writes it."""
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=SEPARATORS))


def assignments(values: Mapping[str, object]) -> str:
    """`start_method=fork chunksize=1`."""
    return " ".join(f"{name}={shown(value)}" for name, value in values.items())
