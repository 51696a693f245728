"""Summary → Verdicts: claims about cells, the best, an answer and a kind of each work, how models scale and break even."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ..summary import Summary
from .answer import Answer, Part, answers
from .break_even import At, BreakEven, break_evens
from .claims import Judgement, gets_verdict, judgements, worded
from .contest import contests
from .expect import SIGNS, Expectation, expectations
from .kind import CANT_TELL, Kind, kinds, kinds_in_words
from .laws import Fit
from .scaling import Point, Scaling, scalings

__all__ = [
    "SIGNS",
    "Answer",
    "At",
    "BreakEven",
    "Expectation",
    "Fit",
    "Judgement",
    "Kind",
    "Part",
    "Point",
    "Scaling",
    "Verdicts",
    "decide",
    "gets_verdict",
    "worded",
]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Key → what may be claimed of the cell; keys of the best and of those to take; an answer for each workload; how each
    model scales on it; the kind of each piece of work; where models break even over what is swept."""

    cells: Mapping[str, Judgement]
    best: frozenset[str]
    chosen: frozenset[str]
    answers: tuple[Answer, ...]
    expectations: tuple[Expectation, ...] = ()
    scaling: tuple[Scaling, ...] = ()
    kinds: tuple[Kind, ...] = ()
    break_even: tuple[BreakEven, ...] = ()

    @property
    def outcomes(self) -> frozenset[str]:
        """What became of the expectations."""
        return frozenset(one.outcome for one in self.expectations)

    def kind_of(self, workload: str) -> str:
        """What kind of work a workload is, in a word or a few; where its pieces differ, what they have in common. Empty
        where that can't be told."""
        found = {kind.kind for kind in self.kinds if kind.workload == workload}
        if len(found) > 1:
            found = {re.split("[,;]", kind)[0] for kind in found}
        return found.pop() if len(found) == 1 and not any(kind.startswith(CANT_TELL) for kind in found) else ""

    def kind_texts(self, workload: str) -> list[str]:
        """What kind of work a workload is: a text for each piece of it, or one where they agree."""
        return kinds_in_words([kind for kind in self.kinds if kind.workload == workload])

    def holds_up_its_loop(self, key: str) -> bool:
        """Whether the cell's coroutine was seen to hold up the event loop that awaits it."""
        return any(key in kind.holding for kind in self.kinds)

    def words(self, key: str) -> str:
        """The cell's verdict for a table: `faster, best, answer`; empty where there is none."""
        claim = [judged.words] if (judged := self.cells.get(key)) else []
        return ", ".join([*claim, *["best"] * (key in self.best), *["answer"] * (key in self.chosen)])


def decide(summary: Summary, margin: float, expected: Sequence[Mapping[str, object]] = ()) -> Verdicts:
    """Decide on intervals; differences within `margin` (0.05 is 5 %) are called the same. `expected` as the file has it."""
    cells = judgements(summary.rows, margin)
    decided = contests(summary.rows, margin, cells)
    cpus = (summary.machine.usable_cpus if summary.machine else None) or 1
    return Verdicts(
        MappingProxyType(cells),
        frozenset(key for contest in decided for key in contest.best),
        frozenset(contest.answer for contest in decided if contest.answer),
        answers(summary.rows, decided, cells, margin),
        expectations(expected, summary.rows, cpus),
        scalings(summary.rows, cpus, margin),
        kinds(summary.rows, summary.machine.usable_cpus if summary.machine else None),
        break_evens(summary.rows, cells),
    )
