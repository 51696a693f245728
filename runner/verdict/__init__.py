"""Summary → Verdicts: what may be claimed of each cell, which are best, and the one answer to each workload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ..summary import Summary
from .answer import Answer, answers
from .claims import Judgement, judgements
from .contest import Contest, contests
from .expect import SIGNS, Expectation, expectations

__all__ = ["SIGNS", "Answer", "Contest", "Expectation", "Judgement", "Verdicts", "decide"]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Key → what may be claimed of the cell; an answer for each workload."""

    cells: Mapping[str, Judgement]
    contests: tuple[Contest, ...]
    answers: tuple[Answer, ...]
    expectations: tuple[Expectation, ...] = ()

    def words(self, key: str) -> str:
        """The cell's verdict for a table: `faster, best, answer`; empty where there is none."""
        said: list[str] = [self.cells[key].claim] if key in self.cells else []
        for contest in self.contests:
            said += ["best"] * (key in contest.best) + ["answer"] * (contest.answer is not None and key == contest.answer)
        return ", ".join(said)


def decide(summary: Summary, margin: float, expected: Sequence[Mapping[str, object]] = ()) -> Verdicts:
    """Decide on intervals; differences within `margin` (0.05 is 5 %) are called the same. `expected` as the file has it."""
    cells = judgements(summary.rows, margin)
    decided = contests(summary.rows, margin)
    cpus = (summary.machine.usable_cpus if summary.machine else None) or 1
    return Verdicts(
        MappingProxyType(cells),
        tuple(decided),
        answers(summary.rows, decided, cells),
        expectations(expected, summary.rows, cpus),
    )
