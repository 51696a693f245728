"""Plan, Results, Compared, what tripped, tables of kinds → words for a terminal."""

from .cell import cell_in_words, reply_in_words
from .changes import changes_in_words
from .kinds import kinds_in_words, pythons_in_words
from .plan import plan_in_words, plans_in_words
from .results import (
    checked_in_words,
    pruned_in_words,
    report_in_words,
    results_in_words,
    revisions_in_words,
    run_in_words,
    tripped_in_words,
    without_place_in_words,
)

__all__ = [
    "cell_in_words",
    "changes_in_words",
    "checked_in_words",
    "kinds_in_words",
    "plan_in_words",
    "plans_in_words",
    "pruned_in_words",
    "pythons_in_words",
    "reply_in_words",
    "report_in_words",
    "results_in_words",
    "revisions_in_words",
    "run_in_words",
    "tripped_in_words",
    "without_place_in_words",
]
