"""numbers → numbers: estimators, intervals and tests; knows no domain type."""

from .best import can_be_best
from .claims import Claim, claim, holm, needed_blocks, signed_rank_p, smallest_effect
from .estimators import (
    LEAST,
    Interval,
    hodges_lehmann,
    median_interval,
    order_statistic_bound,
    signed_rank_bound,
)
from .proportion import at_least, proportion_interval
from .spread import robust_spread

__all__ = [
    "LEAST",
    "Claim",
    "Interval",
    "at_least",
    "can_be_best",
    "claim",
    "hodges_lehmann",
    "holm",
    "median_interval",
    "needed_blocks",
    "order_statistic_bound",
    "proportion_interval",
    "robust_spread",
    "signed_rank_bound",
    "signed_rank_p",
    "smallest_effect",
]
