"""(Held, Held) → Comparison: a Change for each cell, with what may be claimed of it; measures nothing."""

from .decide import decide
from .evidence import Between, Evidence, Paired, Unpaired
from .journals import compare_held, compare_results
from .revisions import compare_revisions
from .shape import Change, Compared, Comparison, Difference, Outcome, Pair, Relation
from .summaries import compare
from .trip import Limit, Tripped, parse_limit, tripped

__all__ = [
    "Between",
    "Change",
    "Compared",
    "Comparison",
    "Difference",
    "Evidence",
    "Limit",
    "Outcome",
    "Pair",
    "Paired",
    "Relation",
    "Tripped",
    "Unpaired",
    "compare",
    "compare_held",
    "compare_results",
    "compare_revisions",
    "decide",
    "parse_limit",
    "tripped",
]
