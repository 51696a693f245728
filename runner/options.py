"""Command line → Options: what can be said of a run beside the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line can say of a run, beside the file; a number that is None is the file's."""

    only: tuple[str, ...] = ()  # selections such as `workload=wait,model=threads`: cells that any of them matches
    fresh: bool = False  # measure again what stands, and let nothing from before count
    retry: bool = False  # measure again what failed
    budget_s: float | None = None  # stop after the block in which so many seconds are over
    blocks: int | None = None
    results: Path | str | None = None  # the folder of all results, instead of that beside `experiments`
    precision: float | None = None  # half-width of ln speedup
    trace: bool = False  # look at each cell once more, beside the numbers
    skip_missing: bool = False  # cells whose Python is not to be had are rows that say so
