"""Line ↔ Session, Cell, Invocation record: what a journal's lines mean.

    session     id (time-ordered), time, tool and method version, machine, boot, Pythons, git, seed, experiment
    cell        key → full specification, and the session and its blocks, from the first to the last, that are to hold it
    invocation  everything about one child: where it stands in the design, how it ended, what was measured; as
                `held_up` what the run's preflight saw of the cell's task, in the words of child/protocol.py
    trace       what one child was seen to do in time, which is no part of the numbers: phases, workers, tasks

The meaning of a journal is a set: invocations are keyed by (session, block, key, attempt), so neither the order nor
repeats of lines matter, and two journals merge by union. Unknown types and fields are passed over.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["ok", "failed", "invalid", "timeout", "oom", "crashed", "killed", "unsupported"]
Stage = Literal["preflight", "block"]
On = Literal["makespan", "steady", "quickest"]
"""Which time verdicts compare: what a script's user waits for; what a service with warm workers pays; what the work
takes where nothing disturbs it, which two revisions of code are best compared by."""


@dataclass(frozen=True, slots=True)
class Session:
    """One start of `run`."""

    session: str
    time: str
    tool: str
    machine: str
    machine_facts: Mapping[str, Any]
    boot: str
    pythons: Mapping[str, Mapping[str, Any]]
    git: Mapping[str, Any] | None
    seed: int
    fresh: frozenset[str]  # cells that were measured anew: of these nothing from before counts
    experiment: Mapping[str, Any]
    retried: frozenset[str] = frozenset()  # cells of which what failed before no longer stands


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What stood behind a measurement, apart from the machine."""

    python: str
    method: int
    files: tuple[tuple[str, str], ...]
    distributions: tuple[tuple[str, str], ...]
    inputs: str = ""  # digest of the files that the inputs name
    lacks: tuple[str, ...] = ()  # modules that could not be found
    untracked: bool = False  # whether git had not all of its files


@dataclass(frozen=True, slots=True)
class Record:
    """One invocation as it was measured. Times in ns; None where there is nothing to say."""

    session: str  # the one that opened the block
    block: int  # from 1; 0 for the preflight's findings
    position: int
    attempt: int
    key: str
    run: str  # the session in which it was measured: a later one where a block was made up
    stage: Stage
    time: str
    machine: str
    status: Status
    reason: str
    notes: tuple[str, ...]
    fingerprint: Fingerprint
    startup_ns: int | None
    cold_ns: int | None
    steady_ns: float | None  # mean of the further batches
    quickest_ns: int | None  # the least of the further batches: nothing but the work itself makes it longer
    further_ns: int  # all further batches together
    batches: int  # further ones
    stop_ns: int | None
    tasks: int | None
    cpu_ns: int | None  # the whole tree, without the workload's own server
    cpu_batches_ns: int | None  # cold and steady batches
    queued_ns: int  # in the batches workers could run and had no core, added up; 0 where the system does not say
    memory_bytes: int | None
    gil: str
    resolved: Mapping[str, Any]
    results: Mapping[str, Any]
    service: array[int]  # bucket, count, bucket, count … of child/histogram.py
    held_up: Mapping[str, int]  # how late a sleeper beside the task woke, in the preflight; empty where none slept
    wall_ns: int | None = None  # of the child, from before its start until nothing of it was left
    others_cpu_ns: int | None = None  # CPU time of neither the child nor Runmatrix; only sums mean anything, see Usage
    steal_ns: int | None = None  # time that the host gave to others
    load: float | None = None  # before
    same: object = None  # of a preflight's finding: when results were to be the same

    @property
    def makespan_ns(self) -> int | None:
        """startup + cold + stop: what a script's user waits for."""
        if self.startup_ns is None or self.cold_ns is None or self.stop_ns is None:
            return None
        return self.startup_ns + self.cold_ns + self.stop_ns

    def time_ns(self, on: On) -> float | None:
        """The time that verdicts compare; None where it was not measured."""
        return {"makespan": self.makespan_ns, "steady": self.steady_ns, "quickest": self.quickest_ns}[on]

    @property
    def batch_ns(self) -> float | None:
        """A batch on warm workers; the first where there are no further ones."""
        return self.cold_ns if self.steady_ns is None else self.steady_ns

    @property
    def batches_ns(self) -> float | None:
        """All batches together."""
        return None if self.cold_ns is None else self.cold_ns + self.further_ns

    @property
    def order(self) -> tuple[str, int, int, int]:
        """Later measured, larger."""
        return self.run, self.block, self.position, self.attempt


Span = tuple[int, int]
"""Begin and end in ns."""


TracedWorker = tuple[int, str, int, str, int | None]
"""Process id and name, thread id and name, and a number where workers share a thread, or threads come and go."""


def line_of(worker: TracedWorker) -> tuple[int, int]:
    """The process and the thread, or the number from 1, in which the tasks of one worker follow each other."""
    pid, _, tid, _, slot = worker
    return pid, tid if slot is None else slot + 1


@dataclass(frozen=True, slots=True)
class Trace:
    """One cell, once, looked at while it was done: spans in ns since the begin of its startup."""

    session: str
    key: str
    machine: str
    fingerprint: Fingerprint
    pid: int  # of the child itself
    phases: Mapping[str, Span]
    workers: tuple[TracedWorker, ...]
    tasks: tuple[tuple[int, int, int], ...]  # worker (its place among `workers`), begin, end


def render(line: Mapping[str, Any]) -> bytes:
    """One line of a journal, its end included."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"


def session_of(line: Mapping[str, Any]) -> Session:
    """A line of type `session`."""
    return Session(
        session=line["session"],
        time=line["time"],
        tool=line["tool"],
        machine=line["machine"],
        machine_facts=line["machine_facts"],
        boot=line["boot"],
        pythons=line["pythons"],
        git=line["git"],
        seed=line["seed"],
        fresh=frozenset(line.get("fresh", ())),
        experiment=line["experiment"],
        retried=frozenset(line.get("retried", ())),
    )


def record_of(line: Mapping[str, Any], fingerprint: Fingerprint) -> Record:
    """A line of type `invocation`."""
    return Record(
        **_identity(line),
        status=line["status"],
        reason=line["reason"],
        notes=tuple(line.get("notes") or ()),
        fingerprint=fingerprint,
        **_phases(line.get("phases") or {}),
        tasks=line.get("tasks"),
        **_cpu(line.get("cpu") or {}),
        memory_bytes=(line.get("memory") or {}).get("bytes"),
        gil=line.get("gil") or "",
        same=line.get("same"),
        resolved=line.get("resolved") or {},
        results=line.get("results") or {},
        service=array("q", [number for pair in (line.get("service") or {}).items() for number in map(int, pair)]),
        held_up=line.get("held_up") or {},
        **_surroundings(line),
    )


def trace_of(line: Mapping[str, Any], fingerprint: Fingerprint) -> Trace:
    """A line of type `trace`."""
    return Trace(
        session=line["session"],
        key=line["key"],
        machine=line["machine"],
        fingerprint=fingerprint,
        pid=line["pid"],
        phases={name: (begin, end) for name, (begin, end) in line["phases"].items()},
        workers=tuple((pid, process, tid, thread, slot) for pid, process, tid, thread, slot in line["workers"]),
        tasks=tuple((worker, begin, end) for worker, begin, end in line["tasks"]),
    )


def _identity(line: Mapping[str, Any]) -> dict[str, Any]:
    """Where it stands in the design, and when and where it was measured."""
    names = ("session", "block", "position", "attempt", "key", "run", "stage", "time", "machine")
    return {name: line[name] for name in names}


def _phases(phases: Mapping[str, Any]) -> dict[str, Any]:
    steady = phases.get("steady_ns") or []
    return {
        "startup_ns": phases.get("startup_ns"),
        "cold_ns": phases.get("cold_ns"),
        "steady_ns": sum(steady) / len(steady) if steady else None,
        "quickest_ns": min(steady) if steady else None,
        "further_ns": sum(steady),
        "batches": len(steady),
        "stop_ns": phases.get("stop_ns"),
    }


def _cpu(cpu: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cpu_ns": cpu.get("tree_ns"),
        "cpu_batches_ns": cpu["cold_ns"] + cpu["steady_ns"] if "cold_ns" in cpu else None,
        "queued_ns": cpu.get("queued_ns", 0),
    }


def _surroundings(line: Mapping[str, Any]) -> dict[str, Any]:
    """How long the child was there, and what else went on meanwhile."""
    return {
        "wall_ns": line.get("wall_ns"),
        "others_cpu_ns": line.get("others_cpu_ns"),
        "steal_ns": line.get("steal_ns"),
        "load": (line.get("load") or [None])[0],
    }


def fingerprint_of(line: Mapping[str, Any]) -> Fingerprint:
    """The `fingerprint` of an invocation's line."""
    return Fingerprint(
        python=line.get("python", ""),
        method=line.get("method", 0),
        files=tuple(line.get("files", {}).items()),
        distributions=tuple(line.get("distributions", {}).items()),
        inputs=line.get("inputs", ""),
        lacks=tuple(line.get("lacks", ())),
        untracked=bool(line.get("untracked")),
    )
