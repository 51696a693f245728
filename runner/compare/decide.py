"""Pairs → Changes: what may be claimed of each, the Holm family being one workload (MEASURING, Claims)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp

from ..stats import Claim, Interval, claim, holm, smallest_effect
from .evidence import Evidence
from .shape import Change, Difference, Outcome, Pair

Claims = Callable[[Interval, float, float, float | None], Claim]
"""Interval of ln(after / before), adjusted p, margin, the least |ln ratio| that would show → what is claimed."""


def decide(pairs: Sequence[Pair], margin: float) -> tuple[Change, ...]:
    """In the order of the pairs. Differences within `margin` (0.05 is 5 %) are called the same."""
    times = _differences(pairs, lambda pair: pair.time, margin, _claim_of_times)
    speedups = _differences(pairs, lambda pair: pair.speedup, margin, claim)
    changes = []
    for pair in pairs:
        time, speedup = times.get(pair.cell.key), speedups.get(pair.cell.key)
        decisive = time or speedup
        outcome: Outcome = pair.settled or (decisive.claim if decisive else "not compared")
        changes.append(Change(pair, outcome, time, speedup))
    return tuple(changes)


def by_workload(pairs: Sequence[Pair], of: Callable[[Pair], Evidence | None]) -> list[dict[str, Evidence]]:
    """Key → evidence, for each workload: the families that Holm's correction is for."""
    families: dict[str, dict[str, Evidence]] = {}
    for pair in pairs:
        evidence = None if pair.settled else of(pair)
        if evidence is not None:
            families.setdefault(pair.cell.workload.name, {})[pair.cell.key] = evidence
    return list(families.values())


def _differences(
    pairs: Sequence[Pair], of: Callable[[Pair], Evidence | None], margin: float, claimed: Claims
) -> Mapping[str, Difference]:
    found: dict[str, Difference] = {}
    for family in by_workload(pairs, of):
        adjusted = holm([evidence.p_value for evidence in family.values()])
        for (key, evidence), p_value in zip(family.items(), adjusted, strict=True):
            interval = evidence.interval
            effect = smallest_effect(evidence.shared(len(family)), len(family))
            outcome = claimed(interval, p_value, margin, effect)
            found[key] = Difference(evidence, interval.mapped(exp), p_value, outcome, effect)
    return found


def _claim_of_times(interval: Interval, adjusted_p: float, margin: float, effect: float | None) -> Claim:
    """More time is slower."""
    return claim(interval.mirrored, adjusted_p, margin, effect)
