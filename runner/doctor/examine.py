"""Design, minutes → blocks of replies: the examination itself, one child after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..invoke import Order, Reply
from ..orders import Reference, Rehearsed, Surroundings, measurement
from ..preflight import LEAST_TIMEOUT_S
from ..run import Step
from .design import CellTwin, Design

WINDOW = 10
"""Blocks of one A/A comparison: the least for claims."""

MINUTE_NS = 60 * 10**9

Replies = Mapping[tuple[str, str], Reply]
"""Of one block: (cell's key, twin) → what came of it."""


@dataclass(frozen=True, slots=True)
class Examination:
    """By whom children are started, in which surroundings, and who is told before each."""

    launch: Callable[[Order], Reply]
    around: Surroundings
    step: Callable[[Step], Any]


def examine(design: Design, minutes: float, examination: Examination) -> list[Replies]:
    """Whole windows of blocks for about so many minutes, one at least.

    A block before them warms file caches and says how many there is time for; it is no part of the numbers, but all
    that there is where no child of it ended well.
    """
    warm = _block(design.block(0), examination, (0, 0))
    if all(reply.status != "ok" for reply in warm.values()):
        return [warm]
    count = WINDOW * windows(minutes, warm)
    return [_block(design.block(number), examination, (number, count)) for number in range(1, count + 1)]


def windows(minutes: float, warm: Replies) -> int:
    """How many windows there is time for, if all blocks take as long as this one."""
    block_ns = sum(reply.wall_ns or 0 for reply in warm.values())
    return max(1, round(minutes * MINUTE_NS / (WINDOW * block_ns))) if block_ns else 1


def _block(twins: list[CellTwin], examination: Examination, place: tuple[int, int]) -> Replies:
    """`place` is the block's number and how many there are; 0 of the one before all."""
    number, count = place
    replies: dict[tuple[str, str], Reply] = {}
    for index, one in enumerate(twins):
        done = (number - 1) * len(twins) + index if number else 0
        stage: Literal["preflight", "block"] = "block" if number else "preflight"
        examination.step(Step(stage, one.cell, done, count * len(twins), number, count))
        replies[one.cell.key, one.twin] = examination.launch(_order(one, examination.around, number))
    return replies


def _order(one: CellTwin, around: Surroundings, number: int) -> Order:
    reference = Reference(around.project, one.cell.key, one.cell.key)
    rehearsed = Rehearsed(LEAST_TIMEOUT_S, one.cell.tasks, {})
    return measurement(one.cell, reference, around, number, rehearsed)
