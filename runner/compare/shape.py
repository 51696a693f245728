"""rows, what they rest on → Change, Comparison: how what stands in B differs from what stood in A."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..journal import On
from ..matrix import Cell
from ..stats import Claim, Interval
from ..summary import Machine, Row
from .evidence import Evidence

Outcome = Claim | Literal["unchanged", "left", "joined", "only in A", "only in B", "other status", "not compared"]
"""Of a cell that only one side measured: it left or joined the experiment, or both declare it."""
Relation = Literal["the same measurements", "two sessions", "two machines", "the same blocks"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A cell as it stood in A and as it stands in B, with the evidence of what may be compared.

    `settled` is the outcome where no test is needed, `reason` why; `code` what differs in the code behind it: files,
    packages, Python. One of the rows is there.
    """

    before: Row | None
    after: Row | None
    time: Evidence | None = None  # in B over in A; more is slower
    speedup: Evidence | None = None  # over the baseline, in B over in A; more is faster
    settled: Outcome | None = None
    reason: str = ""
    code: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        """That of B, where it is there."""
        row = self.after or self.before
        assert row is not None, "a pair has a row"
        return row

    @property
    def cell(self) -> Cell:
        """As B calls it, where it is there."""
        return self.row.cell


@dataclass(frozen=True, slots=True)
class Difference:
    """One quantity in B over the same in A, with what may be claimed of it; p adjusted by Holm for the workload."""

    evidence: Evidence
    ratio: Interval
    adjusted_p: float
    claim: Claim
    smallest_effect: float | None  # the least |ln ratio| that so many blocks would probably have shown


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a cell. `outcome` is claimed of times where they are compared, else of speedups."""

    pair: Pair
    outcome: Outcome
    time: Difference | None
    speedup: Difference | None

    @property
    def cell(self) -> Cell:
        """As B calls it, where it is there."""
        return self.pair.cell

    @property
    def decisive(self) -> Difference | None:
        """The difference that the outcome speaks of."""
        return self.time or self.speedup


@dataclass(frozen=True, slots=True)
class Comparison:
    """One experiment in A and in B. `margin`: differences below it are called the same (0.05 is 5 %)."""

    experiment: str
    relation: Relation
    before: Machine | None
    after: Machine | None
    margin: float
    anchor: Interval | None  # its time in B over in A: how the machine's general speed differs
    changes: tuple[Change, ...]
    on: On = "makespan"  # the time that is compared

    @property
    def of_the_same_code(self) -> bool:
        """Whether cells were compared, and no file, package or Python behind any of them differs."""
        tested = [change for change in self.changes if change.decisive]
        return bool(tested) and not any(change.pair.code for change in tested)


@dataclass(frozen=True, slots=True)
class Compared:
    """All experiments of A and B; `before` and `after` are what a person calls them."""

    before: str
    after: str
    experiments: tuple[Comparison, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
