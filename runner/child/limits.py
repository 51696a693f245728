"""Numbers of workers → which of them this system does not carry, and room for those that it does."""

from __future__ import annotations

import sys

from .failure import CellError
from .models.table import MODELS
from .workloads.table import WORKLOADS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SPARE_DESCRIPTORS = 64
"""What an interpreter, its modules and a workload hold whatever the number of workers."""

WINDOWS_WAITS_FOR = 61


def make_room(model: str, workload: str, workers: int) -> None:
    """Raise the soft limit of descriptors where it is in the way. Raises CellError where the hard one is."""
    reason = refused(model, workload, workers)
    if reason:
        raise CellError("unsupported", reason)
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < max(needed(model, workload, workers), workers + SPARE_DESCRIPTORS):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def too_many(model: str, workload: str, counts: Sequence[int]) -> dict[str, str]:
    """Number of workers, as text → why it is too large; nothing for the others."""
    reasons = {str(workers): refused(model, workload, workers) for workers in counts}
    return {workers: reason for workers, reason in reasons.items() if reason}


def refused(model: str, workload: str, workers: int, platform: str = sys.platform) -> str:
    """Why so many workers can't be, in words; empty where they can."""
    if platform == "win32" and MODELS[model].worker == "process" and workers > WINDOWS_WAITS_FOR:
        return f"Windows can wait for {WINDOWS_WAITS_FOR} processes at most, and {workers} workers are asked for"
    hard, needs = hard_limit(), needed(model, workload, workers)
    if hard is None or needs <= hard:
        return ""
    return f"{workers} workers need about {needs} file descriptors, and the system allows {hard} (ulimit -Hn)"


def needed(model: str, workload: str, workers: int) -> int:
    """How many descriptors the child, or the server of its workload, holds with so many workers."""
    return SPARE_DESCRIPTORS + workers * (MODELS[model].descriptors + WORKLOADS[workload].descriptors)


def hard_limit() -> int | None:
    """The most descriptors that this process may ask for; None where there is no bound."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if hard == resource.RLIM_INFINITY else hard
