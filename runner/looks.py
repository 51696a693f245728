"""[Cell], what stands → how many blocks each cell is to have, decided at a few looks by the width of intervals alone.

Whether a difference is significant is never asked: stopping on that would make every fourth difference out of nothing
(MEASURING). Which cells are far behind after two blocks is asked only where the experiment says `drop`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from statistics import median

from .journal import On
from .matrix import Cell, work_of
from .paired import log_speedups, times
from .standing import Block, Stand
from .stats import hodges_lehmann
from .validity import FAILED_AT_MOST, counted, judge, ought_to_agree

FIRST_LOOKS = (10, 15, 20)
LOOK_EVERY = 10
BLOCKS_BEFORE_DROP = 2


@dataclass(frozen=True, slots=True)
class Stopping:
    """When enough is measured. `precision` is the half-width of ln speedup, `drop` how many times the best's time is
    too much, if anything is."""

    least: int
    most: int
    precision: float
    drop: float | None = None
    on: On = "makespan"


def next_look(blocks: int, most: int) -> int:
    """The least number of blocks above this one at which widths are looked at; the last one is the most."""
    looks = chain(FIRST_LOOKS, count(FIRST_LOOKS[-1] + LOOK_EVERY, LOOK_EVERY))
    return min(next(look for look in looks if look > blocks), most)


def wanted_blocks(
    cells: Sequence[Cell], stands: Mapping[str, Stand], stopping: Stopping, only: Collection[str] | None = None
) -> dict[str, int]:
    """Key → how many blocks the cell is to have by the next look, for all cells or those with the keys `only`. Cells of
    one work rest and go on together, so that all of them can be told from the best of it."""
    seen = Seen({cell.key: cell for cell in cells}, stands, stopping.on)
    left_out = dropped(cells, stands, stopping)
    works: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if only is None or cell.key in only:
            works[work_of(cell)].append(cell)
    wanted: dict[str, int] = {}
    for work in works.values():
        blocks = _blocks_of_work([cell for cell in work if cell.key not in left_out], seen, stopping)
        wanted.update({cell.key: 0 if cell.key in left_out else blocks for cell in work})
    return wanted


def _blocks_of_work(cells: Sequence[Cell], seen: Seen, stopping: Stopping) -> int:
    """As many as the first look asks for; then the next look's while an interval is too wide."""
    blocks = {cell.key: seen.blocks(cell) for cell in cells if not seen.can_not_run(cell)}
    if stopping.drop and any(count < BLOCKS_BEFORE_DROP for count in blocks.values()):
        return min(BLOCKS_BEFORE_DROP, stopping.most)
    wide = [
        blocks[cell.key] for cell in cells if cell.key in blocks and _is_wide(cell, blocks[cell.key], seen, stopping)
    ]
    return max(stopping.least, next_look(min(wide), stopping.most) if wide else 0)


def _is_wide(cell: Cell, blocks: int, seen: Seen, stopping: Stopping) -> bool:
    """Whether more blocks would be of use: where the interval is wide, or so few blocks failed that it will have a
    verdict once others take their place. What failed in every block has no interval, and never will."""
    if cell.baseline == cell.key or not stopping.least <= blocks < stopping.most:
        return False
    pairs = seen.pairs(cell)
    width = hodges_lehmann(list(pairs.values())).half_width if pairs else 0.0
    lacks_few = (1 - FAILED_AT_MOST) * blocks <= len(pairs) < stopping.least
    return lacks_few or width is None or width > stopping.precision


@dataclass(frozen=True, slots=True)
class Seen:
    """Cells, and what stands of them."""

    cells: Mapping[str, Cell]
    stands: Mapping[str, Stand]
    on: On

    def can_not_run(self, cell: Cell) -> bool:
        """Whether the preflight found so, of the cell or of its baseline."""
        stands = [self.stands.get(key or "") for key in (cell.key, cell.baseline)]
        return any(stand is not None and stand.finding is not None for stand in stands)

    def blocks(self, cell: Cell) -> int:
        """In how many blocks the cell was measured together with its baseline, whatever came of it."""
        of = [set(self.stands[key].blocks) if key in self.stands else set() for key in (cell.key, cell.baseline) if key]
        return len(set.intersection(*of))

    def pairs(self, cell: Cell) -> dict[Block, float]:
        """ln speedup of each block in which the cell and its baseline count."""
        baseline = self.cells.get(cell.baseline or "")
        if baseline is None or not {cell.key, baseline.key} <= self.stands.keys():
            return {}
        references = self.stands[baseline.key].blocks
        own = judge(cell, self.stands[cell.key].blocks, references if ought_to_agree(cell, baseline) else {})
        return log_speedups(cell, counted(own), counted(judge(baseline, references, {})), self.on)

    def a_task(self, cell: Cell) -> dict[Block, float]:
        """ns a task of each block in which the cell has a time."""
        blocks = self.stands[cell.key].blocks if cell.key in self.stands else {}
        records = counted(judge(cell, blocks, {}))
        return {block: time / (records[block].tasks or 1) for block, time in times(records, self.on).items()}


def dropped(cells: Sequence[Cell], stands: Mapping[str, Stand], stopping: Stopping) -> dict[str, float]:
    """Key → how many times the best's time it takes, of the cells that are left out of further blocks: in each of two
    blocks or more it was that far behind the best of its work. What others are compared with stays."""
    if stopping.drop is None:
        return {}
    seen = Seen({cell.key: cell for cell in cells}, stands, stopping.on)
    works: dict[str, dict[str, dict[Block, float]]] = defaultdict(dict)
    for cell in cells:
        works[work_of(cell)][cell.key] = seen.a_task(cell)
    behind = {key: factor for work in works.values() for key, factor in _behind(work, stopping.drop).items()}
    baselines = {cell.baseline for cell in cells}
    return {key: factor for key, factor in behind.items() if key not in baselines}


def _behind(work: Mapping[str, Mapping[Block, float]], factor: float) -> dict[str, float]:
    """The least ratio to the best's time, of those that stayed behind it by the factor in every block."""
    measured = {key: seen for key, seen in work.items() if len(seen) >= BLOCKS_BEFORE_DROP}
    if not measured:
        return {}
    best = min(measured.values(), key=lambda seen: median(seen.values()))
    ratios = {key: [seen[block] / best[block] for block in seen.keys() & best.keys()] for key, seen in measured.items()}
    return {key: min(each) for key, each in ratios.items() if len(each) >= BLOCKS_BEFORE_DROP and min(each) >= factor}
