"""Design, minutes → blocks of replies: the examination itself, one child after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..invoke import Order, Reply
from ..orders import Reference, Rehearsed, Surroundings, measurement
from ..preflight import LEAST_TIMEOUT_S
from ..run import Step
from .design import Design, Trial

WINDOW = 10
"""Blocks of one A/A comparison: the least for claims."""

MINUTE_NS = 60 * 10**9

Block = Mapping[tuple[str, str], Reply]
"""(cell's key, twin) → what came of it."""


@dataclass(frozen=True, slots=True)
class Examination:
    """By whom children are started, in which surroundings, and who is told before each."""

    launch: Callable[[Order], Reply]
    around: Surroundings
    step: Callable[[Step], Any]


def examine(design: Design, minutes: float, examination: Examination) -> list[Block]:
    """Whole windows of blocks for about so many minutes, one at least.

    A block before them warms file caches and says how many there is time for; it is no part of the numbers, but all
    that there is where no child of it ended well.
    """
    warm = _block(design.block(0), examination, (0, 0))
    if all(reply.status != "ok" for reply in warm.values()):
        return [warm]
    count = WINDOW * windows(minutes, warm)
    return [_block(design.block(number), examination, (number, count)) for number in range(1, count + 1)]


def windows(minutes: float, warm: Block) -> int:
    """How many windows there is time for, if all blocks take as long as this one."""
    block_ns = sum(reply.wall_ns or 0 for reply in warm.values())
    return max(1, round(minutes * MINUTE_NS / (WINDOW * block_ns))) if block_ns else 1


def _block(trials: list[Trial], examination: Examination, place: tuple[int, int]) -> Block:
    """`place` is the block's number and how many there are; 0 of the one before all."""
    number, count = place
    replies: dict[tuple[str, str], Reply] = {}
    for index, trial in enumerate(trials):
        done = (number - 1) * len(trials) + index if number else 0
        stage: Literal["preflight", "block"] = "block" if number else "preflight"
        examination.step(Step(stage, trial.cell, done, count * len(trials), number, count))
        replies[trial.cell.key, trial.twin] = examination.launch(_order(trial, examination.around, number))
    return replies


def _order(trial: Trial, around: Surroundings, number: int) -> Order:
    reference = Reference(around.project, trial.cell.key, trial.cell.key)
    rehearsed = Rehearsed(LEAST_TIMEOUT_S, trial.cell.tasks, {})
    return measurement(trial.cell, reference, around, number, rehearsed)
