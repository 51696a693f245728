"""Version or path → Python: the interpreter that is meant, with the facts that it gives of itself; cached."""

from __future__ import annotations

from .ask import Facts, NoAnswer
from .cache import is_known, probe
from .find import NoPython, Python, find, unfit
from .found import Found, everything, usable

__all__ = [
    "Facts",
    "Found",
    "NoAnswer",
    "NoPython",
    "Python",
    "everything",
    "find",
    "is_known",
    "probe",
    "unfit",
    "usable",
]
