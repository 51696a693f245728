"""Command line → Options: what can be said of a run beside the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line can say of a run, beside the file."""

    only: tuple[str, ...] = ()
    fresh: bool = False
    retry: bool = False
    budget_s: float | None = None
    blocks: int | None = None
    results: Path | None = None
    precision: float | None = None  # half-width of ln speedup
    trace: bool = False  # look at each cell once more, beside the numbers
    skip_missing: bool = False  # cells whose Python is not to be had are rows that say so
