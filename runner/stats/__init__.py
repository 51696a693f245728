"""numbers → numbers: estimators, intervals and tests; knows no domain type."""

from .best import can_be_best
from .claims import Claim, claim, holm, is_equivalent, needed_blocks, signed_rank_p, smallest_effect
from .estimators import (
    ALPHA,
    LEAST,
    Interval,
    hodges_lehmann,
    hodges_lehmann_of_each,
    median_interval,
    order_statistic_bound,
    signed_rank_bound,
)
from .proportion import at_least, proportion_interval
from .scaling import (
    AMDAHL,
    GUSTAFSON,
    USL,
    Law,
    Points,
    Scalability,
    asymptotic_bound,
    karp_flatt,
    medians,
    resampled_interval,
    scalability,
)
from .spread import robust_spread
from .unpaired import mann_whitney_bound, mann_whitney_p, shift

__all__ = [
    "ALPHA",
    "AMDAHL",
    "GUSTAFSON",
    "LEAST",
    "USL",
    "Claim",
    "Interval",
    "Law",
    "Points",
    "Scalability",
    "asymptotic_bound",
    "at_least",
    "can_be_best",
    "claim",
    "hodges_lehmann",
    "hodges_lehmann_of_each",
    "holm",
    "is_equivalent",
    "karp_flatt",
    "mann_whitney_bound",
    "mann_whitney_p",
    "median_interval",
    "medians",
    "needed_blocks",
    "order_statistic_bound",
    "proportion_interval",
    "resampled_interval",
    "robust_spread",
    "scalability",
    "shift",
    "signed_rank_bound",
    "signed_rank_p",
    "smallest_effect",
]
