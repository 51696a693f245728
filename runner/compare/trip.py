"""Comparisons, `slower:5%` → Tripped: the cells of which it is shown that they are slower by more than that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Literal

from ..errors import CommandError
from ..experiment.quantity import QuantityError, tolerance
from ..stats import ALPHA, holm
from .decide import by_workload
from .shape import Change, Comparison


@dataclass(frozen=True, slots=True)
class Limit:
    """How much slower a cell may be: 0.05 is 5 %, a ratio of 1.05."""

    slower: float


@dataclass(frozen=True, slots=True)
class Tripped:
    """Cells shown to be beyond the limit; how many more could be, for all that is known; how many have times."""

    limit: Limit
    shown: tuple[Change, ...]
    open: int
    compared: int


def parse_limit(text: str) -> Limit:
    """What `--fail-on` says. Raises CommandError."""
    word, colon, bound = (part.strip() for part in text.partition(":"))
    if word != "slower":
        raise CommandError(f"--fail-on: `{text}` is nothing to fail on: write `slower:5%`")
    if not colon or not bound:
        raise CommandError("--fail-on: `slower` needs how much slower: write `slower:5%`")
    try:
        slower = tolerance(bound)
    except QuantityError:
        raise CommandError(f"--fail-on: `{bound}` is no part of the time: write `slower:5%`") from None
    if slower >= 1 and not bound.endswith("%"):
        raise CommandError(f"--fail-on: `{bound}` alone would be {slower * 100:g} %: write `slower:{bound}%`")
    return Limit(slower)


def tripped(comparisons: Iterable[Comparison], limit: Limit) -> Tripped:
    """A slowdown is shown where the whole interval of the times' ratio lies beyond the limit, and so says the
    one-sided test of exceeding it, adjusted by Holm for the cells of a workload."""
    judged = [one for comparison in comparisons for one in _judged(comparison.changes, log1p(limit.slower))]
    shown = tuple(change for change, verdict in judged if verdict == "beyond")
    return Tripped(limit, shown, sum(verdict == "open" for _, verdict in judged), len(judged))


def _judged(changes: Sequence[Change], bound: float) -> Iterator[tuple[Change, Literal["beyond", "open", "within"]]]:
    """Each cell of an experiment whose times are compared."""
    known = {change.cell.key: change for change in changes if change.time}
    for family in by_workload([change.pair for change in known.values()], lambda pair: pair.time):
        adjusted = holm([evidence.p_above(bound) for evidence in family.values()])
        for (key, evidence), p_value in zip(family.items(), adjusted, strict=True):
            interval = evidence.interval
            if interval.low is not None and interval.low > bound and p_value < ALPHA:
                yield known[key], "beyond"
            else:
                yield known[key], "open" if interval.high is None or interval.high > bound else "within"
