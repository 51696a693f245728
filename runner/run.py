"""Plan → Journal: the loop. Preflight, then every invocation, each written down before the next begins."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from .child.protocol import METHOD
from .invoke import Order, Reply
from .journal import Journal
from .matrix import Cell, specification
from .orders import Reference, Rehearsed, Surroundings, measurement
from .plan import Plan
from .preflight import LEAST_TIMEOUT_S, Finding, Rehearsals, preflight
from .schedule import ANCHOR, Invocation, schedule

Launch = Callable[[Order], Reply]

class Append(Protocol):
    """Writes lines and forces them to the disk."""

    def __call__(self, *lines: Mapping[str, Any]) -> None: ...



@dataclass(frozen=True, slots=True)
class Step:
    """Where a run is: said before each child starts, while nothing measures."""

    stage: Literal["preflight", "block"]
    cell: Cell
    done: int
    total: int
    block: int
    blocks: int


@dataclass(frozen=True, slots=True)
class Task:
    """All that one run needs to know beside its plan."""

    session: str
    machine: str
    seed: int
    around: Surroundings
    budget_s: float | None
    scratch: Path
    header: Mapping[str, Any]  # the session's line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    measured: int
    failed: int
    out_of_budget: int  # invocations left when the budget was spent


def new_session_id() -> str:
    """Sorts by time; two that begin in the same second differ."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def now() -> str:
    """Time of day, in UTC, to the second."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def run(
    plan: Plan, journal: Journal, task: Task, launch: Launch, append: Append, step: Callable[[Step], None]
) -> Outcome:
    """Measure what is planned. `append` writes lines and forces them to the disk; `journal` takes in the same lines."""

    def write(*lines: Mapping[str, Any]) -> None:
        append(*lines)
        for line in lines:
            journal.add(line)

    deadline = None if task.budget_s is None else time.monotonic() + task.budget_s
    cells = [plan.cells[key] for key in plan.keys]
    invocations = list(schedule(plan, journal, task.session, task.seed))
    write(task.header, *_cell_lines(cells, plan, task))
    ahead = Ahead(len(invocations), len(plan.blocks), step)
    findings = preflight(cells, Rehearsals(task.around, task.seed, launch, task.scratch), ahead.rehearses)
    unfit = [cell for cell in cells if findings[cell.key].status != "ok"]
    write(*(_finding_line(cell, findings[cell.key], task) for cell in unfit))
    runnable = _runnable(invocations, findings)
    measured, failed = _measure(runnable, findings, task, (launch, write, ahead), deadline)
    return Outcome(measured, failed + len(unfit), len(runnable) - measured)


def _runnable(invocations: list[Invocation], findings: Mapping[str, Finding]) -> list[Invocation]:
    """Of cells that passed the preflight, with the anchors of the blocks that hold any."""
    fit = [i for i in invocations if i.cell is ANCHOR or findings[i.cell.key].status == "ok"]
    blocks = {i.of for i in fit if i.cell is not ANCHOR}
    return [i for i in fit if i.of in blocks]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies before a run, and whom to tell how far it is."""

    invocations: int
    blocks: int
    step: Callable[[Step], None]

    def rehearses(self, cell: Cell) -> None:
        """A child of the preflight is about to start."""
        self.step(Step("preflight", cell, 0, self.invocations, 0, self.blocks))

    def measures(self, cell: Cell, done: int, block: int) -> None:
        """A child of a block is about to start."""
        self.step(Step("block", cell, done, self.invocations, block, self.blocks))


def _cell_lines(cells: Iterable[Cell], plan: Plan, task: Task) -> Iterator[dict[str, Any]]:
    """What the new blocks are to hold, so that those that stay incomplete can be made up."""
    planned = {key for block in plan.blocks for key in block.keys if block.session is None}
    for cell in cells:
        if cell.key in planned:
            yield {"type": "cell", "session": task.session, "key": cell.key, "specification": specification(cell)}


def _measure(
    invocations: list[Invocation],
    findings: Mapping[str, Finding],
    task: Task,
    effects: tuple[Launch, Append, Ahead],
    deadline: float | None,
) -> tuple[int, int]:
    """How many were measured, and how many of them failed. The deadline ends a run where a block would begin."""
    launch, write, ahead = effects
    failed = block = 0
    for done, invocation in enumerate(invocations):
        if done == 0 or invocations[done - 1].of != invocation.of:
            if deadline is not None and time.monotonic() > deadline:
                return done, failed
            block += 1
        ahead.measures(invocation.cell, done, block)
        reply = launch(_order(invocation, findings, task))
        write(_invocation_line(invocation, reply, task))
        failed += reply.status != "ok"
    return len(invocations), failed


def _order(invocation: Invocation, findings: Mapping[str, Finding], task: Task) -> Order:
    cell = invocation.cell
    rehearsed = (
        findings[cell.key].rehearsed(cell, task.around.timeout_s)
        if cell is not ANCHOR
        else Rehearsed(LEAST_TIMEOUT_S, ANCHOR.tasks, {})
    )
    folder = task.scratch / f"{invocation.session}-{invocation.block}"
    reference = Reference(folder / (cell.baseline or cell.key), cell.key, cell.baseline or cell.key)
    return measurement(cell, reference, task.around, invocation.seed, rehearsed)


def _line(task: Task, key: str, reply: Reply) -> dict[str, Any]:
    """What the lines of findings and of measurements have in common."""
    fingerprint = {name: reply.said.get("fingerprint", {}).get(name, {}) for name in ("files", "distributions")}
    python = reply.said.get("fingerprint", {}).get("python", "")
    return {
        "type": "invocation",
        "key": key,
        "run": task.session,
        "time": now(),
        "machine": task.machine,
        "fingerprint": {"python": python, "method": METHOD, **fingerprint},
        **({"output": reply.output, "stacks": reply.stacks} if reply.status != "ok" else {}),
    }


def _finding_line(cell: Cell, finding: Finding, task: Task) -> dict[str, Any]:
    """A cell that failed in the preflight is a row with its reason, and is not run block after block."""
    return {
        **_line(task, cell.key, finding.reply),
        "session": task.session,
        "block": 0,
        "position": 0,
        "attempt": 1,
        "stage": "preflight",
        "status": finding.status,
        "reason": finding.reason,
        "notes": finding.said.get("notes", []),
        "output": finding.reply.output,
        "stacks": finding.reply.stacks,
    }


SAID = ("phases", "tasks", "answered", "workers_ready", "workers_used", "gil", "resolved", "memory", "results", "service", "queueing")


def _invocation_line(invocation: Invocation, reply: Reply, task: Task) -> dict[str, Any]:
    return {
        **_line(task, invocation.cell.key, reply),
        "session": invocation.session,
        "block": invocation.block,
        "position": invocation.position,
        "attempt": invocation.attempt,
        "stage": "block",
        "status": reply.status,
        "reason": reply.reason,
        "notes": reply.said.get("notes", []),
        **{name: reply.said[name] for name in SAID if name in reply.said},
        "cpu": {**reply.said.get("cpu", {}), "tree_ns": reply.tree_cpu_ns, "tree_how": "wait4"},
        "load": reply.load,
        "steal": reply.steal,
    }
