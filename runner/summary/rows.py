"""Cell, what stands of it and of its baseline → Row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ..journal.lines import On, Record, Status
from ..matrix import Cell, shares_a_thread
from ..paired import log_speedups, times
from ..pythons import CURRENT
from ..standing import Block, Stand
from ..validity import Judged, counted, judge, ought_to_agree
from .figures import figures
from .noise import disturbance
from .provenance import python_version
from .shape import Row

OVERSUBSCRIBED = "oversubscribed"
"""The note of a row with more workers than usable cores."""

BLOCKS_THE_LOOP = "blocks the event loop"
"""What the note of such a row says, as asyncio's pool writes it."""

WENT_WRONG: Mapping[Status, str] = {
    "failed": "failed",
    "invalid": "were invalid",
    "timeout": "timed out",
    "oom": "ran out of memory",
    "crashed": "crashed",
    "killed": "were killed",
    "unsupported": "were unsupported",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """All cells, what stands of them, why some of it is stale, and why some was left out of further blocks."""

    cells: Mapping[str, Cell]
    stands: Mapping[str, Stand]
    stale: Mapping[str, str]
    usable_cpus: int | None
    on: On = "makespan"
    dropped: Mapping[str, str] = field(default_factory=dict)
    current: str = ""  # the newest version that is known of the Python that Runmatrix runs in

    def judged(self, cell: Cell) -> dict[Block, Judged]:
        """A cell's blocks, its results compared with the baseline's where they ought to be the same."""
        return judge(cell, self._blocks(cell.key), self._blocks(cell.baseline) if self.comparable(cell) else {})

    def comparable(self, cell: Cell) -> bool:
        """Whether a cell's results ought to be its baseline's."""
        baseline = self.cells.get(cell.baseline or "")
        return baseline is not None and ought_to_agree(cell, baseline)

    def baseline(self, cell: Cell) -> dict[Block, Record]:
        """The blocks in which a cell's baseline counts."""
        baseline = self.cells.get(cell.baseline or "")
        return counted(judge(baseline, self._blocks(baseline.key), {})) if baseline else {}

    def _blocks(self, key: str | None) -> Mapping[Block, Record]:
        stand = self.stands.get(key or "")
        return stand.blocks if stand else {}


def row(cell: Cell, standing: Standing) -> Row:
    """A row of the table: figures where most blocks count, else status and reason of the last that does not."""
    stand = standing.stands.get(cell.key)
    if stand is None:
        return _missing(cell, standing)
    judged = standing.judged(cell)
    records = counted(judged)
    if 2 * len(records) > len(judged):
        return _measured(cell, standing, judged, records)
    failures = _failures(judged.values()) or [Judged(stand.newest, stand.newest.status, stand.newest.reason)]
    failed = _failed(_missing(cell, standing), failures[-1], len(judged), standing)
    return replace(failed, notes=tuple(_notes_of_blocks(judged.values()))) if records else failed


def _missing(cell: Cell, standing: Standing) -> Row:
    return Row(
        cell=cell,
        status="missing",
        reason="not measured yet",
        notes=(),
        python=_python(cell, standing),
        options=_options(cell, {}),
        tasks=cell.tasks,
        gil="",
        blocks=0,
        counted={},
        times_ns={},
        log_speedups={},
        figures=None,
    )


def _failed(row: Row, newest: Judged, blocks: int, standing: Standing) -> Row:
    """A row without any block that counts: no figures, and no time."""
    stale = standing.stale.get(row.cell.key)
    return replace(
        row,
        status="stale" if stale else newest.status,
        reason=f"{stale}; before that {newest.status}: {newest.reason}" if stale else newest.reason,
        notes=newest.record.notes,
        python=_python(row.cell, standing, newest.record),
        options=_options(row.cell, newest.record.resolved),
        gil=newest.record.gil,
        blocks=blocks,
    )


def _measured(cell: Cell, standing: Standing, judged: Mapping[Block, Judged], records: Mapping[Block, Record]) -> Row:
    newest = max(records.values(), key=lambda record: record.order)
    compared = times(records, standing.on)
    ratios = log_speedups(cell, records, standing.baseline(cell), standing.on)
    stale = standing.stale.get(cell.key)
    return Row(
        cell=cell,
        status="stale" if stale else "ok",
        reason=stale or "",
        notes=(*_notes(cell, standing, bool(ratios)), *_notes_of_blocks(judged.values()), *_noise_of(records)),
        python=_python(cell, standing, newest),
        options=_options(cell, newest.resolved),
        tasks=newest.tasks if cell.tasks is None else cell.tasks,
        gil=newest.gil,
        blocks=len(judged),
        counted=records,
        times_ns=compared,
        log_speedups=ratios,
        figures=figures(cell, records, compared, ratios),
        on=standing.on,
    )


def _failures(judged: Collection[Judged]) -> list[Judged]:
    """Those that do not count, the last one last."""
    return sorted((each for each in judged if each.status != "ok"), key=lambda each: each.record.order)


def _notes(cell: Cell, standing: Standing, compared: bool) -> list[str]:
    """What must be known of a row whatever its blocks say."""
    notes = [standing.dropped[cell.key]] if cell.key in standing.dropped else []
    if cell.workers > (standing.usable_cpus or cell.workers) and not shares_a_thread(cell.model):
        notes.append(OVERSUBSCRIBED)
    if cell.baseline is None:
        notes.append("no baseline")
    elif not compared:
        has_time = "counts" if standing.on == "makespan" else "has a further batch"
        notes.append(f"no speedup: no block in which its baseline {has_time} as well")
    elif cell.same != "any" and not standing.comparable(cell):
        notes.append("results not compared: its baseline does other tasks, or runs on another Python")
    return notes


def _notes_of_blocks(judged: Collection[Judged]) -> list[str]:
    """Each note of a block once, and how many blocks did not end well."""
    ordered = sorted(judged, key=lambda each: each.record.order)
    notes = dict.fromkeys(note for each in ordered for note in each.record.notes)
    failures = _failures(judged)
    for status in dict.fromkeys(each.status for each in failures):
        alike = [each for each in failures if each.status == status]
        notes[f"{len(alike)} of {len(judged)} blocks {WENT_WRONG[status]}: {alike[-1].reason}"] = None
    return list(notes)


def _noise_of(records: Mapping[Block, Record]) -> list[str]:
    """That others used the cores meanwhile, where they did."""
    return [note] if (note := disturbance(list(records.values()))) else []


def _python(cell: Cell, standing: Standing, record: Record | None = None) -> str:
    """The label; the version in place of `current`, which says nothing once it is committed: the record's own, else
    that of other cells."""
    if cell.python_label != CURRENT:
        return cell.python_label
    return (python_version(record.fingerprint.python) if record else "") or standing.current or CURRENT


def _options(cell: Cell, resolved: Mapping[str, object]) -> dict[str, object]:
    """The model's options as they turned out; what is swept has a column of its own."""
    options = {**cell.model.values, **resolved}
    return {name: value for name, value in options.items() if value is not None and name not in cell.model.swept}
