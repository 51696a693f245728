"""blocks of replies → Figures: what the same against the same gives here, by the rule that verdicts go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, expm1, log, sqrt

from ..invoke import Reply
from ..stats import LEAST, Interval, hodges_lehmann, proportion_interval, smallest_effect
from ..summary import cores_taken
from ..verdict.claims import judge_family
from .design import Design
from .examine import WINDOW, Replies

MARGIN = 0.05
"""As `measure: {margin: …}` is unless given."""

FEW_BLOCKS, MANY_BLOCKS = 10, 30
"""The least number of blocks for claims, and the most that a run measures unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found. Effects and phantoms are shares: 0.05 is a makespan that is 5 % longer."""

    cores: int  # that may be used
    comparisons: int  # of a cell with itself
    false_alarms: int  # of these, that were called faster or slower
    false_alarm_rate: Interval | None
    phantom: float | None  # the largest difference that was found of a cell and itself
    phantom_cell: str
    effect_few: float | None  # the smallest effect that 10 blocks would probably see, of the cell that varies most
    effect_many: float | None  # that 30 would
    effect_cell: str
    speedup: Interval | None  # of as many processes as cores, on a batch
    others_cores: float | None
    steal_cores: float | None
    children: int
    failures: int
    failure: str  # the last one


def figures(blocks: Sequence[Replies], design: Design) -> Figures:
    """What the blocks of an examination say; pairs of which one failed are left out."""
    judged = [alarm for window in _windows(blocks) for alarm in _alarms(window, design)]
    phantoms = [(abs(estimate), key) for window in _windows(blocks) for estimate, key in _phantoms(window, design)]
    phantom, phantom_cell = max(phantoms, default=(None, ""))
    effect, effect_cell = max(_effects(blocks, design), default=(None, ""))
    replies = [reply for block in blocks for reply in block.values()]
    taken = cores_taken(replies)
    failed = [reply for reply in replies if reply.status != "ok"]
    return Figures(
        cores=design.cores,
        comparisons=len(judged),
        false_alarms=sum(judged),
        false_alarm_rate=proportion_interval(sum(judged), len(judged)) if judged else None,
        phantom=None if phantom is None else expm1(phantom),
        phantom_cell=phantom_cell,
        effect_few=None if effect is None else expm1(effect / sqrt(FEW_BLOCKS)),
        effect_many=None if effect is None else expm1(effect / sqrt(MANY_BLOCKS)),
        effect_cell=effect_cell,
        speedup=_speedup(blocks, design),
        others_cores=taken and taken[0],
        steal_cores=taken and taken[1],
        children=len(replies),
        failures=len(failed),
        failure=f"{failed[-1].status}: {failed[-1].reason}" if failed else "",
    )


def _windows(blocks: Sequence[Replies]) -> list[Sequence[Replies]]:
    return [blocks[start : start + WINDOW] for start in range(0, len(blocks), WINDOW)]


def _differences(blocks: Sequence[Replies], key: str) -> list[float]:
    """ln of one twin's makespan over the other's, of each block in which both ended well."""
    pairs = [(_makespan_ns(block[key, "a"]), _makespan_ns(block[key, "b"])) for block in blocks]
    return [log(one / other) for one, other in pairs if one and other]


def _makespan_ns(reply: Reply) -> int | None:
    if reply.status != "ok":
        return None
    phases = reply.said["phases"]
    return int(phases["startup_ns"] + phases["cold_ns"] + phases["stop_ns"])


def _alarms(window: Sequence[Replies], design: Design) -> list[bool]:
    """Whether each cell is called faster or slower than itself; the cells of a window are one family."""
    differences = [found for cell in design.cells if len(found := _differences(window, cell.key)) >= LEAST]
    return [judgement.claim in ("faster", "slower") for judgement in judge_family(differences, MARGIN)]


def _phantoms(window: Sequence[Replies], design: Design) -> list[tuple[float, str]]:
    differences = {cell.key: _differences(window, cell.key) for cell in design.cells}
    return [(hodges_lehmann(found).estimate, key) for key, found in differences.items() if found]


def _effects(blocks: Sequence[Replies], design: Design) -> list[tuple[float, str]]:
    """The smallest effect that one block would see, of each cell; that of n blocks is 1/√n of it."""
    found = []
    for cell in design.cells:
        differences = _differences(blocks, cell.key)
        effect = smallest_effect(hodges_lehmann(differences), 1) if differences else None
        if effect is not None:
            found.append((effect * sqrt(len(differences)), cell.key))
    return found


def _speedup(blocks: Sequence[Replies], design: Design) -> Interval | None:
    """How many times as much all cores do together, in the time of a batch."""
    pairs = [
        (_cold_ns(block[design.computing.key, "a"]), _cold_ns(block[design.parallel.key, "a"])) for block in blocks
    ]
    ratios = [log(design.cores * serial / parallel) for serial, parallel in pairs if serial and parallel]
    return hodges_lehmann(ratios).mapped(exp) if ratios else None


def _cold_ns(reply: Reply) -> int | None:
    return int(reply.said["phases"]["cold_ns"]) if reply.status == "ok" else None
