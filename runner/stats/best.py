"""paired differences of several contestants → which of them can be the best, the choice accounted for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from statistics import fmean
from typing import TypeVar

from .claims import signed_rank_p
from .estimators import ALPHA

Block = TypeVar("Block", bound=Hashable)


def can_be_best(contestants: Sequence[Mapping[Block, float]]) -> list[bool]:
    """Which contestants, of which each has a value in its blocks, larger ones being better, can't be told to be worse
    than any other.

    Contestant i is out where some j is better at a one-sided exact signed-rank p of at most alpha / (k − 1), over the
    blocks that both have. The truly best of k is worse than none, so by Bonferroni's inequality it is left out with a
    probability of at most alpha, whichever it is and however it was found: a subset selection (Gupta 1965), as
    multiple comparisons with the best use it (Hsu 1984), without their normal distribution.
    """
    bound = ALPHA / max(1, len(contestants) - 1)
    likely_first = sorted(contestants, key=lambda other: -fmean(other.values()) if other else 0.0)
    return [all(own is other or _p_better(other, own) > bound for other in likely_first) for own in contestants]


def _p_better(one: Mapping[Block, float], other: Mapping[Block, float]) -> float:
    """One-sided p-value that `one` is no better than `other`."""
    return signed_rank_p([one[block] - other[block] for block in one.keys() & other.keys()], one_sided=True)
