"""records, rows → Noise: how much a run was disturbed, by its own serial cells and by what others did on its cores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log, sqrt
from statistics import median
from typing import Protocol

from ..journal.lines import Record
from ..stats import LEAST, robust_spread
from .shape import Noise, Row
from .words import capital

DISTURBED_CORES = 0.1
"""From here on a row is measured in noise. A neighbour that takes a tenth of a core takes a twentieth, the margin unless
another is given, from a cell that needs two cores, and next to nothing from the serial one that it is compared with."""

IN_NOISE = "measured in noise"

TICK_NS = 10_000_000
"""The kernel counts CPU time in ticks: of n invocations the sum may be wrong by √n of them, and proves no noise."""


class Watched(Protocol):
    """One child, and what others did meanwhile: a Record, or an invocation's Reply."""

    @property
    def wall_ns(self) -> int | None: ...
    @property
    def others_cpu_ns(self) -> int | None: ...
    @property
    def steal_ns(self) -> int | None: ...


def cores_taken(watched: Iterable[Watched]) -> tuple[float, float] | None:
    """How many cores others used and the host took while these ran, as sums over sums; None where nobody knows."""
    known = [
        (each.wall_ns, each.others_cpu_ns, each.steal_ns)
        for each in watched
        if each.wall_ns and each.others_cpu_ns is not None and each.steal_ns is not None
    ]
    if not known:
        return None
    walls, others, steals = zip(*known, strict=True)
    return max(0, sum(others)) / sum(walls), sum(steals) / sum(walls)


def disturbance(records: Sequence[Record]) -> str:
    """The note of a row that was measured in noise, empty for one that was not, and where nobody knows."""
    taken = cores_taken(records)
    disturbed = taken and sum(taken) - _resolution(records) > DISTURBED_CORES
    return _note([taken]) if taken and disturbed else ""


def noisy(rows: Sequence[Row]) -> tuple[list[Row], str]:
    """Those that were measured in noise, and one note for them all."""
    found = [row for row in rows if any(note.startswith(IN_NOISE) for note in row.notes)]
    taken = [cores for row in found if (cores := cores_taken(row.counted.values()))]
    return found, _note(taken) if taken else ""


def _note(taken: Sequence[tuple[float, float]]) -> str:
    others, steal = zip(*taken, strict=True)
    stolen = f", the host took {_cores(steal)}" if max(steal) > DISTURBED_CORES / 2 else ""
    return f"{IN_NOISE}: others used {_cores(others)}{stolen}"


def _warning(rows: Sequence[Row]) -> str:
    """What is to be known before any figure is read, where most rows were measured in noise."""
    disturbed, note = noisy(rows)
    if 2 * len(disturbed) <= sum(bool(row.counted) for row in rows):
        return ""
    return (
        f"{capital(note)} meanwhile. What needs several cores may look slower than it is: measure again "
        "where `runmatrix doctor` finds it quiet, with `--fresh`."
    )


def _resolution(records: Sequence[Record]) -> float:
    """What the clock's ticks may be wrong by, in cores."""
    count = sum(record.others_cpu_ns is not None for record in records)
    return TICK_NS * sqrt(count) / sum(record.wall_ns or 0 for record in records)


def _cores(numbers: Sequence[float]) -> str:
    shown = list(dict.fromkeys(f"{number:.1f}" for number in (min(numbers), max(numbers))))
    return f"{' to '.join(shown)} core{'' if shown == ['1.0'] else 's'}"


def noise(rows: Sequence[Row], anchors: Iterable[Record] = ()) -> Noise:
    """Of these rows' counted invocations; `anchors` are those of the same blocks."""
    records = [record for row in rows for record in row.counted.values()]
    baselines = [row for row in rows if row.is_baseline]
    spreads = [(spread, row.cell.workload.name) for row in baselines if (spread := _spread(row)) is not None]
    taken = cores_taken(records)
    loads = [record.load for record in records if record.load is not None]
    return Noise(
        spread=median(spread for spread, _ in spreads) if spreads else None,
        widest=max(spreads) if len({name for _, name in spreads}) > 1 else None,
        anchor_spread=_spread_of(anchor for anchor in anchors if anchor.status == "ok"),
        others_cores=taken and taken[0],
        steal_cores=taken and taken[1],
        load=median(loads) if loads else None,
        warning=_warning(rows),
    )


def _spread(row: Row) -> float | None:
    return _spread_of(row.counted.values())


def _spread_of(records: Iterable[Record]) -> float | None:
    """Of ln makespan from block to block; None where there are too few to tell."""
    makespans = [log(record.makespan_ns) for record in records if record.makespan_ns]
    return robust_spread(makespans) if len(makespans) >= LEAST else None
