"""Process tree → bytes of memory: the sum of PSS, in which shared pages count once for all who share them.

Never `RUSAGE_CHILDREN.ru_maxrss`: it survives exec, never falls, and is a maximum where a sum is asked for.
"""

from __future__ import annotations

import os

from . import session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

HOW = "sum of PSS after the cold batch"


def of_session(without: Collection[int]) -> int | None:
    """PSS in bytes of all processes in this session but the named ones; None where the system does not tell."""
    sizes = [_pss(pid) for pid in session.members(os.getsid(0)) if pid not in without]
    return sum(sizes) or None


def _pss(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as rollup:
            for line in rollup:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass  # gone meanwhile, or not ours to look into
    return 0
