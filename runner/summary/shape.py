"""rows, what they rest on → Summary: a row a cell, in the order of the YAML. Times in s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..journal.lines import On, Record, Status, Trace
from ..matrix import Cell
from ..standing import Block
from ..stats import Interval

RowStatus = Status | Literal["missing", "stale"]
Invocation = tuple[str, int, str, int, str]
"""Session of its block, block, session that measured it, attempt, cell: which invocation a record is of."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the counted blocks of a cell say: medians, but for the speedup; None where there is nothing to say."""

    makespan_s: Interval
    compared_s: Interval | None  # the time that verdicts compare: the makespan's, or that of a steady batch
    speedup: Interval | None
    efficiency: Interval | None
    startup_s: float | None
    cold_s: float | None
    steady_s: float | None
    quickest_s: float | None
    stop_s: float | None
    tasks_per_s: float | None
    task_p50_s: float | None
    task_p95_s: float | None
    task_p99_s: float | None
    task_n: int | None  # tasks that the percentiles are of
    cpu_s: float | None
    cpu_per_wall: float | None
    memory_mib: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A cell and what stands of it."""

    cell: Cell
    status: RowStatus
    reason: str
    notes: tuple[str, ...]
    python: str  # the label, or the version where the label is `current`
    options: Mapping[str, object]  # as they turned out, without the swept ones
    tasks: int | None
    gil: str
    blocks: int  # that stand, whatever became of them
    counted: Mapping[Block, Record]  # the blocks that the figures are made of
    times_ns: Mapping[Block, float]  # of these blocks, the time that verdicts compare
    log_speedups: Mapping[Block, float]  # ln(baseline / cell) of each block in which both count
    figures: Figures | None
    on: On = "makespan"

    @property
    def speedup(self) -> Interval | None:
        """None where there is none."""
        return self.figures.speedup if self.figures else None

    @property
    def has_failed(self) -> bool:
        """Whether it did not end well, and stands so."""
        return self.status not in ("ok", "missing", "stale")

    @property
    def failed_share(self) -> float:
        """The share of its blocks that do not count."""
        return 1 - len(self.counted) / self.blocks if self.blocks else 0.0

    @property
    def is_baseline(self) -> bool:
        """Whether others are compared with it."""
        return self.cell.baseline == self.cell.key


@dataclass(frozen=True, slots=True)
class Noise:
    """How much measuring was disturbed; None where there is nothing to say. Spreads are of ln makespan from block to
    block, robust standard deviations: 0.03 is 3 %."""

    spread: float | None  # of the baselines, their median
    widest: tuple[float, str] | None  # the largest of them and its workload, where there are several
    anchor_spread: float | None
    others_cores: float | None  # used by neither the children nor Runmatrix
    steal_cores: float | None  # that the host gave to others
    load: float | None  # before an invocation, median
    warning: str = ""  # in words, where most rows were measured in noise


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as its sessions describe it; nothing that names its owner or its place in a network."""

    name: str
    cpu: str = ""
    usable_cpus: int | None = None
    cpus: int | None = None
    memory_bytes: int | None = None
    system: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What stands on a machine that the table is not of."""

    machine: Machine
    cells: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands behind the rows. Dates as YYYY-MM-DD, of the first and the last standing invocation."""

    invocations: frozenset[Invocation]  # all that stand, whatever became of them

    pythons: tuple[str, ...]
    distributions: Mapping[str, tuple[str, ...]]
    commits: tuple[tuple[str, bool | None], ...]  # commit, and whether files had changed since, None where not known
    sessions: int
    children_s: float  # how long all children of the standing invocations took, one after the other
    first_date: str
    last_date: str


@dataclass(frozen=True, slots=True)
class Summary:
    """All that tables, pictures and verdicts are made from. `machine` is None where nothing was measured."""

    experiment: str
    question: str
    rows: tuple[Row, ...]
    machine: Machine | None
    elsewhere: tuple[Elsewhere, ...]
    provenance: Provenance
    noise: Noise
    anchors: Mapping[Block, Record]  # the anchor in each block of this machine in which it counts
    verdict_on: On = "makespan"
    traces: Mapping[str, Trace] = field(default_factory=dict)  # key → what it was seen to do in time
