"""The interpreter that Runmatrix runs in → what `current` consists of now, to hold against a fingerprint."""

from __future__ import annotations

import importlib.metadata
import sys
from dataclasses import dataclass

from .child import facts
from .child.fingerprint import python_build


@dataclass(frozen=True, slots=True)
class Installed:
    """What `current` consists of now, to hold against a fingerprint."""

    python: str

    def version(self, distribution: str) -> str | None:
        """The installed version of a distribution, None where it is gone."""
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            return None


def installed() -> Installed:
    """Of the interpreter that Runmatrix runs in."""
    return Installed(python_build())


def current_executable() -> str:
    """The interpreter that Runmatrix runs in."""
    return sys.executable


def this_python() -> dict[str, object]:
    """Facts of the interpreter that Runmatrix runs in."""
    return facts.interpreter()
