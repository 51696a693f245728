"""[Cell], Journal → Plan: what stands, what is missing, what is stale and why, and in which blocks it is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from .journal import Journal, On, Record
from .matrix import Cell, work_of
from .standing import Block, Stand, restarts, standing
from .validity import counted as counted_blocks
from .validity import judge, ought_to_agree


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the experiment and the command line ask for. `of` is key → how many blocks, of cells that want other than
    `blocks` of them."""

    blocks: int
    of: Mapping[str, int] = field(default_factory=dict)
    fresh: bool = False
    retry: bool = False
    only: Collection[str] | None = None  # keys; None is all
    on: On = "makespan"
    batches: int | None = None  # that a block must have, where verdicts compare the quickest of them
    since: str = ""  # as in journals; older blocks are not made up
    kept: Collection[str] = ()  # keys of cells that can't be measured now: they stay as they are, waited for by none

    def of_cell(self, cell: Cell) -> int:
        """How many blocks a cell is to have."""
        return self.of.get(cell.key, self.blocks)


def comparisons(cells: Iterable[Cell]) -> int:
    """How many cells are compared with a baseline in the workload that has most such: the largest Holm family."""
    compared = Counter(cell.workload.name for cell in cells if cell.baseline not in (None, cell.key))
    return max(compared.values(), default=0)


@dataclass(frozen=True, slots=True)
class PlannedBlock:
    """Cells to be measured in one block: of an earlier session, which is made up, or a new one (session None)."""

    session: str | None
    number: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, and what need not be."""

    cells: Mapping[str, Cell]
    stands: Mapping[str, Stand]
    stale: Mapping[str, str]
    blocks: tuple[PlannedBlock, ...]
    wanted: Wanted
    edited: Mapping[str, str] = field(default_factory=dict)  # key → what the file says otherwise of what was measured
    former_s: Mapping[str, float] = field(default_factory=dict)  # key → how long an invocation took before the edit
    elsewhere: Mapping[str, int] = field(default_factory=dict)  # other machine → how many of these cells it measured
    traced: int = 0  # cells that are done once more in the end, to be traced

    @property
    def afresh(self) -> list[str]:
        """Cells of which nothing from before will count."""
        return sorted(measured_afresh(list(self.cells.values()), self.wanted))

    @property
    def retried(self) -> list[str]:
        """Cells of which what failed before no longer stands once they are measured."""
        return sorted(self.keys) if self.wanted.retry else []

    @property
    def invocations(self) -> int:
        """How many children will be started in blocks, anchors left out."""
        return sum(len(block.keys) for block in self.blocks)

    @property
    def keys(self) -> list[str]:
        """Cells that will be measured, in the order of the YAML."""
        planned = {key for block in self.blocks for key in block.keys}
        return [key for key in self.cells if key in planned]

    @property
    def seconds(self) -> float | None:
        """How long it will take as far as what stands can tell; None where nothing can."""
        each = self.seconds_by_cell
        return sum(each.values()) if each else None

    @property
    def seconds_by_cell(self) -> dict[str, float]:
        """Key → how long all planned invocations of the cell will take, of those of which it is known."""
        planned = Counter(key for block in self.blocks for key in block.keys)
        stand_s = {key: seconds_of(self.stands[key]) for key in planned if key in self.stands}
        known = {**self.former_s, **stand_s}
        return {key: count * seconds for key, count in planned.items() if (seconds := known.get(key)) is not None}


CHILD_S = 0.1
"""What a child takes beside its makespan: starting, importing, ending. Rough, for estimates only."""


def seconds_of(stand: Stand) -> float | None:
    """How long one invocation of a cell takes, about; None where it was never measured well."""
    makespans = [record.makespan_ns for record in stand.blocks.values() if record.makespan_ns is not None]
    return median(makespans) / 1e9 + CHILD_S if makespans else None


def measured_elsewhere(cells: Iterable[Cell], journal: Journal, machine: str) -> dict[str, int]:
    """Other machine → how many of these cells were measured there."""
    keys = {cell.key for cell in cells}
    found = {(one.machine, one.key) for one in journal.records if one.key in keys and one.machine != machine}
    return dict(Counter(name for name, _ in sorted(found)))


def make_plan(
    cells: Sequence[Cell], journal: Journal, machine: str, boot: str, wanted: Wanted, stale: Mapping[str, str]
) -> Plan:
    """Decide what is measured. Speedups are only ever taken inside a block, so a cell counts in a block as measured
    only together with its baseline there."""
    by_key = {cell.key: cell for cell in cells}
    stands = {key: stand for key, stand in timed(standing(journal, machine), wanted).items() if key in by_key}
    chosen = _chosen(cells, wanted)
    afresh = measured_afresh(cells, wanted)
    usable = {key: stand for key, stand in stands.items() if key not in stale and key not in afresh}
    counted = {
        key: _well_measured(by_key[key], by_key, usable) if wanted.retry else set(usable[key].blocks) for key in usable
    }
    findings = () if wanted.retry else (key for key, stand in usable.items() if stand.finding)
    settled = {*findings, *wanted.kept}
    gaps = Gaps(_open_blocks(journal, machine, boot, wanted.since), restarts(journal, machine), wanted, settled)
    made_up = gaps.fill([cell for cell in chosen if cell.key not in stale and cell.key not in afresh], counted)
    missing = {cell.key: _missing(cell, counted, wanted, settled) for cell in chosen}
    able = {key: cell for key, cell in by_key.items() if key not in wanted.kept}
    return Plan(by_key, stands, stale, (*made_up, *_new_blocks(able, missing, usable)), wanted)


def timed(stands: Mapping[str, Stand], wanted: Wanted) -> dict[str, Stand]:
    """What stands without the blocks that lack the time which verdicts compare."""
    return {key: _timed(stand, wanted) for key, stand in stands.items()}


def _timed(stand: Stand, wanted: Wanted) -> Stand:
    blocks = {block: record for block, record in stand.blocks.items() if record.status != "ok" or _has(record, wanted)}
    return stand if len(blocks) == len(stand.blocks) else replace(stand, blocks=blocks)


def _has(record: Record, wanted: Wanted) -> bool:
    return record.time_ns(wanted.on) is not None and wanted.batches in (None, record.batches)


def measured_afresh(cells: Sequence[Cell], wanted: Wanted) -> set[str]:
    """Keys of the cells of which nothing from before is to count."""
    return {cell.key for cell in _chosen(cells, wanted)} if wanted.fresh else set()


def _chosen(cells: Sequence[Cell], wanted: Wanted) -> list[Cell]:
    """Cells to be measured, if they need it. Who measures a baseline afresh means what is compared with it too:
    otherwise that would have nothing left to be compared with."""
    if wanted.only is None:
        return list(cells)
    named = set(wanted.only)
    compared = {cell.key for cell in cells if cell.baseline in named} if wanted.fresh else set()
    return [cell for cell in cells if cell.key in named | compared]


def _well_measured(cell: Cell, cells: Mapping[str, Cell], usable: Mapping[str, Stand]) -> set[Block]:
    """Blocks that count. What failed stands as data; only a retry looks at it this way."""
    baseline = cells.get(cell.baseline or "")
    comparable = baseline is not None and baseline.key in usable and ought_to_agree(cell, baseline)
    references = usable[baseline.key].blocks if baseline and comparable else {}
    return set(counted_blocks(judge(cell, usable[cell.key].blocks, references)))


def _missing(cell: Cell, counted: Mapping[str, set[Block]], wanted: Wanted, settled: Collection[str]) -> int:
    if cell.key in settled:
        return 0
    here = counted.get(cell.key, set())
    if cell.baseline is not None and cell.baseline not in settled:
        here = here & counted.get(cell.baseline, set())
    return max(0, wanted.of_cell(cell) - len(here))


def _open_blocks(journal: Journal, machine: str, boot: str, since: str) -> dict[Block, set[str]]:
    """Blocks that can be made up, with the cells they were to hold: of this machine since it was started, and lately
    enough that what is measured now can pass for having been measured then."""
    eligible = {n for n, session in journal.sessions.items() if (session.machine, session.boot) == (machine, boot)}
    newest: dict[Block, str] = {}
    for record in journal.records:
        if record.stage == "block" and record.session in eligible:
            block = (record.session, record.block)
            newest[block] = max(newest.get(block, ""), record.time)
    return {block: journal.designed(*block) for block in sorted(newest) if newest[block] >= since}


DIGESTED = ("equal", "unordered", "any")
"""Ways of being the same that can be decided later; for others the results themselves must be there to compare."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Blocks already begun that can be made up, and what decides whether a cell belongs there."""

    open_blocks: Mapping[Block, set[str]]
    restarts: Mapping[str, str]
    wanted: Wanted
    settled: Collection[str]

    def fill(self, cells: Sequence[Cell], counted: dict[str, set[Block]]) -> list[PlannedBlock]:
        """What is missing in begun blocks; what will fill them is added to `counted`."""
        planned = []
        for block, design in self.open_blocks.items():
            here = [cell for cell in cells if cell.key in design and self._fits(cell, block)]
            absent = [cell for cell in here if block not in counted.get(cell.key, ())]
            gaps = {cell.key for cell in absent if _missing(cell, counted, self.wanted, self.settled)}
            keys = [cell.key for cell in absent if cell.key in gaps and _has_baseline(cell, block, gaps, counted)]
            for key in keys:
                counted.setdefault(key, set()).add(block)
            if keys:
                planned.append(PlannedBlock(block[0], block[1], tuple(keys)))
        return planned

    def _fits(self, cell: Cell, block: Block) -> bool:
        return cell.same in DIGESTED and block[0] >= self.restarts.get(cell.key, "")


def _has_baseline(cell: Cell, block: Block, gaps: Collection[str], counted: Mapping[str, set[Block]]) -> bool:
    """Whether there will be something to compare a cell with in a block, or there is no need."""
    return cell.baseline is None or cell.baseline in gaps or block in counted.get(cell.baseline, ())


def _new_blocks(
    cells: Mapping[str, Cell], missing: Mapping[str, int], usable: Mapping[str, Stand]
) -> list[PlannedBlock]:
    """Cells with their baselines and, where something stands, with the best of their work."""
    best = _best_of_works(cells, usable)
    planned = []
    for number in range(1, max(missing.values(), default=0) + 1):
        needed = {key for key, count in missing.items() if count >= number}
        companions = {cells[key].baseline for key in needed} | {best.get(work_of(cells[key])) for key in needed}
        planned.append(PlannedBlock(None, number, tuple(key for key in cells if key in needed | companions)))
    return planned


def _best_of_works(cells: Mapping[str, Cell], usable: Mapping[str, Stand]) -> dict[str, str]:
    best: dict[str, tuple[float, str]] = {}
    for key, stand in usable.items():
        seconds = seconds_of(stand) if key in cells else None
        if seconds is not None:
            work = work_of(cells[key])
            best[work] = min(best.get(work, (seconds, key)), (seconds, key))
    return {work: key for work, (_, key) in best.items()}


def latest_attempts(records: Iterable[Record]) -> dict[tuple[Block, str], int]:
    """How often each cell was tried in each block so far."""
    attempts: dict[tuple[Block, str], int] = {}
    for record in records:
        identity = ((record.session, record.block), record.key)
        attempts[identity] = max(attempts.get(identity, 0), record.attempt)
    return attempts
