"""Summary → Verdicts: what may be claimed of each cell, which are best, and the one answer to each workload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..summary import Summary
from .answer import Answer, answers
from .claims import Judgement, judgements
from .contest import Contest, contests

__all__ = ["Answer", "Contest", "Judgement", "Verdicts", "decide"]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Key → what may be claimed of the cell; an answer for each workload."""

    cells: Mapping[str, Judgement]
    contests: tuple[Contest, ...]
    answers: tuple[Answer, ...]

    def words(self, key: str) -> str:
        """The cell's verdict for a table: `faster, best, answer`; empty where there is none."""
        said: list[str] = [self.cells[key].claim] if key in self.cells else []
        for contest in self.contests:
            said += ["best"] * (key in contest.best) + ["answer"] * (contest.answer is not None and key == contest.answer)
        return ", ".join(said)


def decide(summary: Summary, margin: float) -> Verdicts:
    """Decide on intervals; differences within `margin` (0.05 is 5 %) are called the same."""
    cells = judgements(summary.rows, margin)
    decided = contests(summary.rows, margin)
    return Verdicts(MappingProxyType(cells), tuple(decided), answers(summary.rows, decided, cells))
