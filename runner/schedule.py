"""Plan → [Invocation]: every block in a seeded random order of its own, an anchor in each new one."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .journal import Journal
from .matrix import Cell, Variant
from .plan import Plan, PlannedBlock, latest_attempts
from .standing import Block

ANCHOR = Cell(
    key="anchor",
    workload=Variant("(anchor)", "crunch", {"iterations": 200_000}, {}),
    model=Variant("serial", "serial", {}, {}),
    workers=1,
    python="current",
    python_label="current",
    tasks=4,
    tasks_per_worker=None,
    env={},
    swept_env={},
    same="equal",
    baseline=None,
)
"""A small fixed piece of work of our own, so that blocks of other sessions and commits can be linked to these."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One cell in one block. `session` is the one that opened the block."""

    session: str
    block: int
    position: int
    attempt: int
    cell: Cell
    seed: int

    @property
    def of(self) -> Block:
        """The block it belongs to."""
        return self.session, self.block


def schedule(plan: Plan, journal: Journal, session: str, seed: int) -> Iterator[Invocation]:
    """All invocations, in the order in which they are to be made. `session` is the new one's id."""
    attempts = latest_attempts(journal.records)
    positions: dict[Block, int] = {}
    for record in journal.records:
        block = (record.session, record.block)
        positions[block] = max(positions.get(block, 0), record.position)
    begun = last_block(journal, session)
    for planned in plan.blocks:
        block = (planned.session, planned.number) if planned.session else (session, begun + planned.number)
        opened = journal.sessions.get(block[0])
        yield from _block(
            plan.cells, planned, block, (opened.seed if opened else seed, positions.get(block, 0)), attempts
        )


def last_block(journal: Journal, session: str) -> int:
    """The number of the last block that a session has begun, 0 before its first."""
    return max((record.block for record in journal.records if record.session == session), default=0)


def _block(
    cells: Mapping[str, Cell],
    planned: PlannedBlock,
    block: Block,
    seed_and_position: tuple[int, int],
    attempts: Mapping[tuple[Block, str], int],
) -> Iterator[Invocation]:
    seed, position = seed_and_position
    rng = random.Random(f"{seed}/{block}/{position}")
    units = _pairs([cells[key] for key in planned.keys])
    if (block, ANCHOR.key) not in attempts:
        units.append([ANCHOR])
    rng.shuffle(units)
    for unit in units:
        rng.shuffle(unit)
    for index, cell in enumerate(cell for unit in units for cell in unit):
        yield Invocation(
            session=block[0],
            block=block[1],
            position=position + index + 1,
            attempt=attempts.get((block, cell.key), 0) + 1,
            cell=cell,
            seed=seed_of(seed, block),
        )


def _pairs(cells: Sequence[Cell]) -> list[list[Cell]]:
    """What is to stand together: a cell and the baseline that is its alone are measured one after the other, in either
    order, so that as little as possible happens between them."""
    compared = Counter(cell.baseline for cell in cells if cell.baseline != cell.key)
    own = {cell.baseline: cell for cell in cells if cell.baseline != cell.key and compared[cell.baseline] == 1}
    pairs = {cell.key: [cell, own[cell.key]] for cell in cells if cell.key in own and cell.key == cell.baseline}
    paired = {other.key for pair in pairs.values() for other in pair}
    return [*pairs.values(), *([cell] for cell in cells if cell.key not in paired)]


def seed_of(seed: int, block: Block) -> int:
    """The hash seed and the workload's seed (0 to 2³²−1): one for a block, shared by its cells, made up or not."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{block[0]}/{block[1]}".encode(), digest_size=4).digest(), "big")
