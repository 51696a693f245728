"""numbers → ranks, doubled so that those of ties are whole as well."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby


def doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the mean rank of each value from 1, which is whole where ties share one."""
    doubled: dict[float, int] = {}
    below = 0
    for value, alike in groupby(sorted(values)):
        count = len(list(alike))
        doubled[value] = 2 * below + count + 1
        below += count
    return [doubled[value] for value in values]
