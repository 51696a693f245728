"""blocks of replies → Figures: what the same against the same gives here, by the rule that verdicts go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, expm1, log, sqrt

from ..experiment.schema import Measure
from ..invoke import Reply
from ..stats import LEAST, Interval, hodges_lehmann, proportion_interval, smallest_effect
from ..summary import cores_taken
from ..verdict.claims import judge_family
from .design import Design
from .examine import WINDOW, Replies

MARGIN = Measure().margin
"""As `measure: {margin: …}` is unless given."""

FEW_BLOCKS, MANY_BLOCKS = 10, 30
"""The least number of blocks for claims, and the most that a run measures unless told otherwise."""

FAMILY = 25
"""As many comparisons as the least number of blocks can carry (MEASURING, Claims)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found. Effects and phantoms are shares: 0.05 is a makespan that is 5 % longer."""

    cores: int  # that may be used
    comparisons: int  # of a cell with itself
    false_alarms: int  # of these, that were called faster or slower
    windows: int  # of ten blocks each, in which every cell was compared once: the independent trials
    windows_alarmed: int  # of these, that had any false alarm
    false_alarm_rate: Interval | None  # of windows
    phantom: float | None  # the largest difference that was found of a cell and itself
    phantom_cell: str
    effect_few: float | None  # the smallest that 10 blocks of one comparison would see, of the cell that varies most
    effect_family: float | None  # that they would see in one of 25 comparisons
    effect_many: float | None  # that 30 blocks of one comparison would see
    effect_cell: str
    speedup: Interval | None  # of as many processes as cores, on a batch
    others_cores: float | None
    steal_cores: float | None
    children: int
    failures: int
    failure: str  # the last one


def figures(blocks: Sequence[Replies], design: Design) -> Figures:
    """What the blocks of an examination say; pairs of which one failed are left out."""
    judged = [alarms for window in _windows(blocks) if (alarms := _alarms(window, design))]
    alarmed = sum(map(any, judged))
    phantoms = [(abs(estimate), key) for window in _windows(blocks) for estimate, key in _phantoms(window, design)]
    phantom, phantom_cell = max(phantoms, default=(None, ""))
    effect, effect_cell = max(_effects(blocks, design, 1), default=(None, ""))
    effect_in_family, _ = max(_effects(blocks, design, FAMILY), default=(None, ""))
    replies = [reply for block in blocks for reply in block.values()]
    taken = cores_taken(replies)
    failed = [reply for reply in replies if reply.status != "ok"]
    return Figures(
        cores=design.cores,
        comparisons=sum(map(len, judged)),
        false_alarms=sum(map(sum, judged)),
        windows=len(judged),
        windows_alarmed=alarmed,
        false_alarm_rate=proportion_interval(alarmed, len(judged)) if judged else None,
        phantom=None if phantom is None else expm1(phantom),
        phantom_cell=phantom_cell,
        effect_few=_seen(effect, FEW_BLOCKS),
        effect_family=_seen(effect_in_family, FEW_BLOCKS),
        effect_many=_seen(effect, MANY_BLOCKS),
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


def _effects(blocks: Sequence[Replies], design: Design, comparisons: int) -> list[tuple[float, str]]:
    """The smallest effect that one block would see in one of so many comparisons, of each cell."""
    found = []
    for cell in design.cells:
        differences = _differences(blocks, cell.key)
        effect = smallest_effect(hodges_lehmann(differences, comparisons), comparisons) if differences else None
        if effect is not None:
            found.append((effect * sqrt(len(differences)), cell.key))
    return found


def _seen(effect: float | None, blocks: int) -> float | None:
    """The smallest effect that n blocks see, as a share: 1/√n of the ln that one would."""
    return None if effect is None else expm1(effect / sqrt(blocks))


def _speedup(blocks: Sequence[Replies], design: Design) -> Interval | None:
    """How many times as much all cores do together, in the time of a batch."""
    pairs = [
        (_cold_ns(block[design.computing.key, "a"]), _cold_ns(block[design.parallel.key, "a"])) for block in blocks
    ]
    ratios = [log(design.cores * serial / parallel) for serial, parallel in pairs if serial and parallel]
    return hodges_lehmann(ratios).mapped(exp) if ratios else None


def _cold_ns(reply: Reply) -> int | None:
    return int(reply.said["phases"]["cold_ns"]) if reply.status == "ok" else None
