"""ln times or speedups, before and after → Evidence: by how much they differ, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..stats import Interval, hodges_lehmann, mann_whitney_p, shift, signed_rank_p


class Evidence(Protocol):
    """Numbers whose place before and after can be compared, on a scale of ln: a difference is a ratio."""

    @property
    def interval(self) -> Interval:
        """ln(after / before)."""

    def shared(self, comparisons: int) -> Interval:
        """The same as one of so many, which share the 5 %."""

    @property
    def p_value(self) -> float:
        """Two-sided, that they do not differ."""

    def p_above(self, bound: float) -> float:
        """One-sided, that ln(after / before) is no more than the bound."""


@dataclass(frozen=True, slots=True)
class Unpaired:
    """Two independent sets of blocks; of each one block's number or more."""

    before: tuple[float, ...]
    after: tuple[float, ...]

    @property
    def interval(self) -> Interval:
        return self.shared(1)

    def shared(self, comparisons: int) -> Interval:
        return shift(self.before, self.after, comparisons)

    @property
    def p_value(self) -> float:
        return mann_whitney_p(self.before, self.after)

    def p_above(self, bound: float) -> float:
        return mann_whitney_p(self.before, [value - bound for value in self.after], one_sided=True)


@dataclass(frozen=True, slots=True)
class Paired:
    """ln(after / before) of each block that holds both; one or more."""

    differences: tuple[float, ...]

    @property
    def interval(self) -> Interval:
        return self.shared(1)

    def shared(self, comparisons: int) -> Interval:
        return hodges_lehmann(self.differences, comparisons)

    @property
    def p_value(self) -> float:
        return signed_rank_p(self.differences)

    def p_above(self, bound: float) -> float:
        return signed_rank_p([value - bound for value in self.differences], one_sided=True)


@dataclass(frozen=True, slots=True)
class Between:
    """Two views of the same difference, between which the truth lies: only what both say is claimed.

    The interval is the least that holds both; both must reject what is rejected (intersection–union test, Berger 1982),
    so neither coverage nor error is worse than theirs.
    """

    one: Evidence
    other: Evidence

    @property
    def interval(self) -> Interval:
        return self.shared(1)

    def shared(self, comparisons: int) -> Interval:
        one, other = self.one.shared(comparisons), self.other.shared(comparisons)
        middle = (one.estimate + other.estimate) / 2
        if one.low is None or one.high is None or other.low is None or other.high is None:
            return Interval(middle)
        return Interval(middle, min(one.low, other.low), max(one.high, other.high))

    @property
    def p_value(self) -> float:
        return max(self.one.p_value, self.other.p_value)

    def p_above(self, bound: float) -> float:
        return max(self.one.p_above(bound), self.other.p_above(bound))
