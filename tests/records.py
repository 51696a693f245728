"""Cells and a stand-in machine → Journal: what a run would have left, in times that obey Amdahl's law exactly.

The machine drifts from block to block by as much as it likes; cells of a block share the drift, so a speedup paired
inside blocks is Amdahl's to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from runner.child.protocol import METHOD
from runner.declaration import Declaration
from runner.journal import Journal
from runner.matrix import Cell, Variant, specification
from runner.recorded import Held
from runner.schedule import ANCHOR
from runner.verdict import Answer

PYTHON = "CPython 3.11.7 (main, Nov 20 2026, 10:00:00) [GCC 12.2.0]"
MACHINE = "m-here"
FACTS: Mapping[str, object] = {
    "cpu": "Xeon",
    "cpus": 4,
    "usable_cpus": 4,
    "memory_bytes": 8 * 2**30,
    "system": "Linux 6.18",
    "architecture": "x86_64",
}
Line = dict[str, object]


def variant(name: str, kind: str = "", values: Mapping[str, object] | None = None) -> Variant:
    """A workload or a model with nothing swept; its kind is its name unless given."""
    return Variant(name, kind or name, values or {}, {})


WAIT = variant("wait", "sleep", {"seconds": 0.05})
SERIAL = variant("serial")
THREADS = variant("threads", values={"switch_interval": None})


def cell(model: Variant = SERIAL, workers: int = 1, workload: Variant = WAIT) -> Cell:
    """A cell of 100 tasks that is compared with serial on the same workload; its key says what it is."""
    return Cell(
        key=f"{workload.name}/{model.name}/{workers}",
        workload=workload,
        model=model,
        workers=workers,
        python="current",
        python_label="current",
        tasks=100,
        tasks_per_worker=None,
        env={},
        swept_env={},
        same="equal",
        baseline=f"{workload.name}/serial/1",
    )


def swept(variant: Variant, name: str, value: object) -> Variant:
    """The same variant with one more value, a swept one."""
    return replace(variant, values={**variant.values, name: value}, swept={**variant.swept, name: value})


@dataclass
class StandIn:
    """A machine that takes `serial_s` for a cell's work, of which `share` can't be shared out among its workers."""

    share: float = 0.0
    serial_s: float = 4.0
    machine: str = MACHINE
    facts: Mapping[str, object] = field(default_factory=lambda: FACTS)

    def seconds(self, cell: Cell) -> float:
        """Amdahl's law; with weak scaling every worker brings work of its own."""
        work = self.serial_s * (cell.workers if cell.tasks_per_worker else 1)
        return work * (self.share + (1 - self.share) / cell.workers)

    def session(self, name: str, changes: Mapping[str, object] | None = None) -> Line:
        """The line with which a session begins."""
        return {
            "type": "session",
            "session": name,
            "time": "2026-11-22T10:00:00Z",
            "tool": "runmatrix 0.1.0",
            "machine": self.machine,
            "machine_facts": self.facts,
            "boot": "b-1",
            "pythons": {},
            "git": {"commit": "c0ffee", "dirty": False},
            "seed": 1,
            "experiment": {},
            **(changes or {}),
        }

    def invocation(self, cell: Cell, session: str, block: int, changes: Mapping[str, object] | None = None) -> Line:
        """The line of a cell's child in a block; a tenth of its time is startup, a tenth stopping."""
        total_ns = round(self.seconds(cell) * 1e9 * drift(block))
        edge_ns = total_ns // 10
        tasks = cell.tasks or 0
        return {
            "type": "invocation",
            "session": session,
            "block": block,
            "position": 1,
            "attempt": 1,
            "key": cell.key,
            "run": session,
            "stage": "block",
            "time": f"2026-11-22T10:{block:02}:00Z",
            "machine": self.machine,
            "status": "ok",
            "reason": "",
            "notes": [],
            "fingerprint": {"python": PYTHON, "method": METHOD, "files": {}, "distributions": {}},
            "phases": {"startup_ns": edge_ns, "cold_ns": total_ns - 2 * edge_ns, "steady_ns": [], "stop_ns": edge_ns},
            "tasks": tasks,
            "cpu": {"tree_ns": 10**9, "cold_ns": total_ns - 2 * edge_ns, "steady_ns": 0},
            "memory": {"bytes": 20 * 2**20, "how": "PSS"},
            "gil": "shared",
            "resolved": {},
            "results": {"count": tasks, "digest": "same"},
            "service": {"1600": tasks},
            **(changes or {}),
        }

    def run(self, cells: Iterable[Cell], blocks: int, session: str = "s1") -> list[Line]:
        """A session's lines: every cell in every block."""
        cells = list(cells)
        numbers = range(1, blocks + 1)
        return [self.session(session), *(self.invocation(each, session, block) for block in numbers for each in cells)]

    def declared(
        self, cells: Iterable[Cell], blocks: int, session: str, changes: Mapping[str, object] | None = None
    ) -> list[Line]:
        """The lines of a session that says which cells it measures, each block with its anchor."""
        cells = list(cells)
        specified: list[Line] = [
            {"type": "cell", "session": session, "key": each.key, "specification": specification(each)}
            for each in cells
        ]
        return [self.session(session, changes), *specified, *self.run([*cells, ANCHOR], blocks, session)[1:]]


def drift(block: int) -> float:
    """How much slower the machine is in a block."""
    return 1 + 0.25 * ((block * 7) % 5)


def slowed(lines: Sequence[Line], factor: Callable[[Line], float]) -> list[Line]:
    """The lines, what was timed taking so many times as long, and as much more CPU time."""
    return [
        line if line["type"] != "invocation" else {**line, **{part: _times(line[part], factor(line)) for part in TIMED}}
        for line in lines
    ]


TIMED = ("phases", "cpu")


def _times(durations: object, factor: float) -> object:
    if not isinstance(durations, dict):
        return durations
    return {name: round(value * factor) if isinstance(value, int) else value for name, value in durations.items()}


def failed(status: str, reason: str) -> Line:
    """What is different in the line of an invocation that did not end well."""
    return {
        "status": status,
        "reason": reason,
        "phases": {},
        "cpu": None,
        "memory": None,
        "results": None,
        "service": None,
    }


def journal(lines: Sequence[Line]) -> Journal:
    """The journal that holds these lines."""
    found = Journal()
    for line in lines:
        found.add(line)
    return found


def held(lines: Sequence[Line], declared: Iterable[Cell] | None = None, machine: str = MACHINE) -> Held:
    """What a folder holds with these lines in its journal, and a table that has a row for each of these cells."""
    said = None if declared is None else Declaration(tuple(each.key for each in declared), machine)
    return Held(journal(lines), said)


def changed(lines: Sequence[Line], key: str, blocks: Iterable[int], changes: Mapping[str, object]) -> list[Line]:
    """The lines, those of one cell in some blocks changed."""
    chosen = set(blocks)
    return [{**line, **changes} if line.get("key") == key and line.get("block") in chosen else line for line in lines]


def in_full(answer: Answer) -> str:
    """All that an answer says, as one text."""
    return " ".join(text for part in answer.parts for text in (part.lead, part.others, part.price) if text)
