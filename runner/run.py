"""Plan → Journal: the loop. Preflight, then every invocation, each written down before the next begins."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from . import gil
from .behind import stated_fingerprint
from .invoke import Order, Reply
from .journal import Journal
from .matrix import Cell, specification
from .orders import Reference, Rehearsed, Surroundings, measurement
from .pace import Pace
from .plan import Plan
from .preflight import LEAST_TIMEOUT_S, Finding, Rehearsals, preflight
from .schedule import ANCHOR, Invocation, last_block, schedule
from .standing import Block

Launch = Callable[[Order], Reply]


class Append(Protocol):
    """Writes lines and forces them to the disk."""

    def __call__(self, *lines: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run is: said before each child starts, while nothing measures."""

    stage: Literal["preflight", "block", "trace"]
    cell: Cell
    done: int
    total: int
    block: int
    blocks: int
    left_s: float | None = None  # how long the rest will take, where anything is known
    widest: str = ""  # how wide the widest interval was when last looked at, in words


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
    digests: Callable[[Iterable[Cell]], Mapping[str, str]] | None = None  # of the files that cells' inputs name, by key
    inputs: Mapping[str, str] = field(default_factory=dict)  # what these were when the plan at hand was begun


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    measured: int
    failed: frozenset[str]  # cells of which some invocation did not end well
    out_of_budget: int  # invocations left when the budget was spent
    keys: frozenset[str] = frozenset()  # cells that were to be measured
    changing: Mapping[str, str] = field(default_factory=dict)  # key → what changed while it was measured
    traced: int = 0  # cells
    untraced: Mapping[str, str] = field(default_factory=dict)  # key → why it could not be traced


NOTHING = Outcome(0, frozenset(), 0)
"""What a run did that had nothing to do."""

SESSION_TIME = "%Y%m%dT%H%M%SZ"
SESSION = re.compile(r"\d{8}T\d{6}Z")


def new_session_id(earlier: Iterable[str]) -> str:
    """Sorts after all earlier ones, by time, even where a clock was set back."""
    times = [datetime.strptime(name[:16], SESSION_TIME).replace(tzinfo=UTC) for name in earlier if SESSION.match(name)]
    begin = max([datetime.now(UTC), *(time + timedelta(seconds=1) for time in times)])
    return f"{begin:{SESSION_TIME}}-{secrets.token_hex(3)}"


def now(later_s: float = 0.0) -> str:
    """Time of day, in UTC, to the second; or what it will be so much later."""
    return f"{datetime.now(UTC) + timedelta(seconds=later_s):%Y-%m-%dT%H:%M:%SZ}"


def run(
    plan: Plan,
    journal: Journal,
    task: Task,
    launch: Launch,
    append: Append,
    step: Callable[[Step], None],
    look: Callable[[], Plan | None] = lambda: None,
) -> Outcome:
    """Measure what is planned, then look whether that is enough. `append` writes lines and forces them to the disk;
    `journal` takes in the same lines; `look` gives a plan of what is to be measured in addition."""
    write = recording(journal, append)
    deadline = None if task.budget_s is None else time.monotonic() + task.budget_s
    write(task.header)
    done = NOTHING
    findings: dict[str, Finding] = {}
    ahead = Ahead(step, Pace(plan.stands))
    planned: Plan | None = plan
    while planned and planned.blocks and not done.changing:
        ahead = ahead.going_on(planned)
        part, ahead = _carry_out(planned, journal, task, findings, (launch, write, ahead), deadline)
        keys = done.keys | part.keys
        planned = look() if part.measured and not part.out_of_budget else None
        changing = {key: planned.stale[key] for key in keys & planned.stale.keys()} if planned else {}
        done = Outcome(done.measured + part.measured, done.failed | part.failed, part.out_of_budget, keys, changing)
    return done


def recording(journal: Journal, append: Append) -> Append:
    """What writes lines and takes them in."""

    def write(*lines: Mapping[str, Any]) -> None:
        append(*lines)
        for line in lines:
            journal.add(line)

    return write


def _carry_out(
    plan: Plan,
    journal: Journal,
    task: Task,
    findings: dict[str, Finding],
    effects: tuple[Launch, Append, Ahead],
    deadline: float | None,
) -> tuple[Outcome, Ahead]:
    """One plan. What the preflight finds is added to `findings`; what it has found already is not asked again."""
    launch, write, ahead = effects
    if task.digests:
        task = replace(task, inputs=task.digests(plan.cells[key] for key in plan.keys))
    new = [plan.cells[key] for key in plan.keys if key not in findings]
    invocations = list(schedule(plan, journal, task.session, task.seed))
    write(*_cell_lines(plan, journal, task))
    findings.update(preflight(new, Rehearsals(task.around, task.seed, launch, task.scratch), ahead.rehearses))
    unfit = [cell for cell in new if findings[cell.key].status != "ok"]
    write(*(_finding_line(cell, findings[cell.key], task) for cell in unfit))
    runnable = _runnable(invocations, findings, task.around.elsewhere)
    count = sum(invocation.cell is not ANCHOR for invocation in runnable)
    ahead = replace(ahead, invocations=ahead.done + count)
    measured, failed = _measure(runnable, findings, task, (launch, write, ahead), deadline)
    failed |= {cell.key for cell in unfit if cell.python not in task.around.pythons.absent}  # to be gone on without
    return Outcome(measured, frozenset(failed), count - measured, frozenset(plan.keys)), ahead


def _runnable(
    invocations: list[Invocation], findings: Mapping[str, Finding], elsewhere: Collection[str]
) -> list[Invocation]:
    """Of cells that passed the preflight, with the anchors of the blocks that hold any. What is there only for another
    to be compared with (`elsewhere`) is of no use without it."""
    passed = {key for key, finding in findings.items() if finding.status == "ok"}
    alone = {i.cell.baseline for i in invocations if i.cell is not ANCHOR and i.cell.key not in passed}
    passed -= alone & set(elsewhere)
    fit = [i for i in invocations if i.cell is ANCHOR or i.cell.key in passed]
    blocks = {i.of for i in fit if i.cell is not ANCHOR}
    return [i for i in fit if i.of in blocks]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies behind a run and before it, and whom to tell how far it is."""

    step: Callable[[Step], None]
    pace: Pace
    done: int = 0
    invocations: int = 0
    blocks_done: int = 0
    blocks: int = 0

    def going_on(self, plan: Plan) -> Ahead:
        """With a further plan, once all before is done."""
        behind, blocks = self.invocations, self.blocks
        return Ahead(self.step, self.pace, behind, behind + plan.invocations, blocks, blocks + len(plan.blocks))

    def rehearses(self, cell: Cell) -> None:
        """A child of the preflight is about to start."""
        self.step(Step("preflight", cell, self.done, self.invocations, self.blocks_done, self.blocks))

    def measures(self, cell: Cell, done: int, block: int, remaining: Mapping[str, int]) -> None:
        """A child of a block is about to start, the first of these that remain."""
        place = (self.done + done, self.invocations, self.blocks_done + block, self.blocks)
        self.step(Step("block", cell, *place, self.pace.left_s(remaining)))


def _cell_lines(plan: Plan, journal: Journal, task: Task) -> Iterator[dict[str, Any]]:
    """What the new blocks are to hold, so that those that stay incomplete can be made up. A cell is in all of a plan's
    new blocks up to its last one."""
    counts = Counter(key for block in plan.blocks if block.session is None for key in block.keys)
    begun = last_block(journal, task.session)
    for key in plan.keys:
        if count := counts[key]:
            yield {
                "type": "cell",
                "session": task.session,
                "key": key,
                "blocks": [begun + 1, begun + count],
                "specification": specification(plan.cells[key]),
            }


def _measure(
    invocations: list[Invocation],
    findings: Mapping[str, Finding],
    task: Task,
    effects: tuple[Launch, Append, Ahead],
    deadline: float | None,
) -> tuple[int, set[str]]:
    """How many invocations were measured, anchors left out, and the cells that did not end well in some. The deadline ends
    a run where its second or a later block would begin: one is always measured."""
    launch, write, ahead = effects
    done = block = 0
    begun = ahead.done > 0
    failed: set[str] = set()
    remaining = Counter(invocation.cell.key for invocation in invocations)
    last: Block | None = None
    for invocation in invocations:
        if invocation.of != last:
            if begun and deadline is not None and time.monotonic() > deadline:
                break
            begun, block, last = True, block + 1, invocation.of
        ahead.measures(invocation.cell, done, block, remaining)
        reply = launch(_order(invocation, findings, task))
        write(_invocation_line(invocation, reply, task, findings))
        ahead.pace.saw(invocation.cell.key, reply.wall_ns or 0)
        remaining[invocation.cell.key] -= 1
        done += invocation.cell is not ANCHOR
        if reply.status != "ok" and invocation.cell is not ANCHOR:
            failed.add(invocation.cell.key)
    return done, failed


def _order(invocation: Invocation, findings: Mapping[str, Finding], task: Task) -> Order:
    cell = invocation.cell
    rehearsed = (
        findings[cell.key].rehearsed(cell, task.around)
        if cell is not ANCHOR
        else Rehearsed(LEAST_TIMEOUT_S, ANCHOR.tasks, {})
    )
    python = hashlib.blake2b(cell.python.encode(), digest_size=8).hexdigest()
    folder = task.scratch / f"{invocation.session}-{invocation.block}" / python
    reference = Reference(folder / (cell.baseline or cell.key), cell.key, cell.baseline or cell.key)
    return measurement(cell, reference, task.around, invocation.seed, rehearsed)


def _line(task: Task, cell: Cell, reply: Reply, finding: Finding | None) -> dict[str, Any]:
    """What the lines of findings and of measurements have in common."""
    return {
        "type": "invocation",
        "key": cell.key,
        "run": task.session,
        "time": now(),
        "machine": task.machine,
        "fingerprint": fingerprint_line(task, cell, reply, finding),
        **({"output": reply.output, "stacks": reply.stacks} if reply.status != "ok" else {}),
    }


def fingerprint_line(task: Task, cell: Cell, reply: Reply, finding: Finding | None = None) -> dict[str, Any]:
    """What stood behind a measurement, as a line has it. `finding` is that of the cell's preflight."""
    rehearsed = finding.reply.said.get("fingerprint", {}) if finding else {}
    stated = stated_fingerprint(cell, reply, task.around, rehearsed)
    return {**stated, **({"inputs": data} if (data := task.inputs.get(cell.key)) else {})}


def _finding_line(cell: Cell, finding: Finding, task: Task) -> dict[str, Any]:
    """A cell that failed in the preflight is a row with its reason, and is not run block after block."""
    return {
        **_line(task, cell, finding.reply, None),
        "session": task.session,
        "block": 0,
        "position": 0,
        "attempt": 1,
        "stage": "preflight",
        "status": finding.status,
        "reason": finding.reason,
        "notes": _notes(finding.said, finding.reply),
        "same": cell.same,
        **({"gil": finding.said["gil"]} if gil.broken(cell.gil, finding.said.get("gil", ""), ()) else {}),
        "output": finding.reply.output,
        "stacks": finding.reply.stacks,
    }


def _notes(said: Mapping[str, Any], reply: Reply) -> list[str]:
    """What the child noted, and what it printed that a reader of the row must know."""
    return [*said.get("notes", []), *gil.notes(said.get("gil", ""), reply.output)]


SAID = (
    "phases",
    "tasks",
    "answered",
    "workers_ready",
    "workers_used",
    "gil",
    "resolved",
    "native_threads",
    "memory",
    "results",
    "service",
    "queueing",
)


def _invocation_line(
    invocation: Invocation, reply: Reply, task: Task, findings: Mapping[str, Finding]
) -> dict[str, Any]:
    """What was measured, and what its preflight saw, so that tables need nothing but such lines."""
    finding = findings.get(invocation.cell.key)
    held_up = finding.said.get("held_up") if finding else None
    return {
        **_line(task, invocation.cell, reply, finding),
        "session": invocation.session,
        "block": invocation.block,
        "position": invocation.position,
        "attempt": invocation.attempt,
        "stage": "block",
        "status": reply.status,
        "reason": reply.reason,
        "notes": _notes(reply.said, reply),
        **{name: reply.said[name] for name in SAID if name in reply.said},
        **({"held_up": held_up} if held_up else {}),
        "cpu": {
            **reply.said.get("cpu", {}),
            "tree_ns": reply.tree_cpu_ns,
            "tree_how": "wait4, or /proc before the stop if that is more",
        },
        "load": reply.load,
        "wall_ns": reply.wall_ns,
        "others_cpu_ns": reply.others_cpu_ns,
        "steal_ns": reply.steal_ns,
    }
