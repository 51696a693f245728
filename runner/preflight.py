"""[Cell] → findings: which cells can run at all, and roughly how long they take.

One child for each (python, workload, model) imports, starts one worker, does one task of every variant, compares its
result with the baseline's, and so warms file caches and `.pyc` files. None of it is part of the numbers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .invoke import Order, Reply
from .matrix import Cell
from .orders import Rehearsed, Surroundings, rehearsal

LEAST_TIMEOUT_S = 30.0
TIMEOUT_FACTOR = 10
STEADY_S = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What the preflight found of one cell. `reply` is that of the child it was found by."""

    status: str
    reason: str
    said: Mapping[str, Any]
    reply: Reply

    def rehearsed(self, cell: Cell, timeout_s: float | None) -> Rehearsed:
        """What the cell's measurement needs to know. Without a timeout of its own: ten times what it should take."""
        tasks = cell.tasks or self.said.get("tasks") or 1
        nanoseconds = [self.said.get(f"{phase}_ns", 0) for phase in ("startup", "task", "stop")]
        startup_s, task_s, stop_s = (value / 1e9 for value in nanoseconds)
        expected_s = startup_s * cell.workers + task_s * tasks + max(STEADY_S, task_s * tasks) + stop_s
        return Rehearsed(
            timeout_s or max(LEAST_TIMEOUT_S, TIMEOUT_FACTOR * expected_s),
            self.said.get("tasks"),
            self.reply.said.get("fingerprint", {}).get("modules", {}),
        )


Launch = Callable[[Order], Reply]
Heard = Callable[[Cell], None]
"""Told of the first cell of each group before its child starts."""


def preflight(
    cells: Sequence[Cell], around: Surroundings, seed: int, launch: Launch, scratch: Path, heard: Heard
) -> dict[str, Finding]:
    """Key → finding, for all cells. Baselines go first, since the others' results are compared with theirs."""
    groups: dict[str, list[Cell]] = defaultdict(list)
    baselines = {cell.baseline for cell in cells}
    for cell in sorted(cells, key=lambda cell: cell.key not in baselines):
        groups[_group(cell)].append(cell)
    findings: dict[str, Finding] = {}
    for group in groups.values():
        heard(group[0])
        findings.update(_rehearse(group, around, seed, launch, scratch))
    return {cell.key: _compared(cell, findings) for cell in cells}


def _group(cell: Cell) -> str:
    """Cells that share a child: all but workload's parameters, workers and tasks the same."""
    return json.dumps([cell.python, cell.workload.name, cell.model.name, cell.model.values, dict(cell.env)], default=dict)


def _variant(cell: Cell) -> str:
    return json.dumps([cell.workload.kind, cell.workload.values, cell.python], default=dict, sort_keys=True)


def _rehearse(
    group: Sequence[Cell], around: Surroundings, seed: int, launch: Launch, scratch: Path
) -> dict[str, Finding]:
    """Findings for a group; where its child failed as a whole, every variant is tried in a child of its own."""
    first = {_variant(cell): cell for cell in reversed(group)}
    cells = list(first.values())
    references = [str(scratch / f"preflight-{abs(hash(_variant(cell)))}") for cell in cells]
    reply = launch(rehearsal(cells, references, around, seed))
    said = reply.said.get("findings", [])
    if len(said) != len(cells) and len(cells) > 1:
        parts = [[cell for cell in group if _variant(cell) == variant] for variant in first]
        return {key: f for part in parts for key, f in _rehearse(part, around, seed, launch, scratch).items()}
    if not said:
        said = [{}]
    found = {_variant(cell): _finding(one, reply) for cell, one in zip(cells, said, strict=True)}
    return {cell.key: found[_variant(cell)] for cell in group}


def _finding(said: Mapping[str, Any], reply: Reply) -> Finding:
    if reply.status != "ok":
        return Finding(reply.status, reply.reason, said, reply)
    return Finding(said["status"], said["reason"], said, reply)


def _compared(cell: Cell, findings: Mapping[str, Finding]) -> Finding:
    """A cell whose task gives another result than its baseline's is not worth measuring."""
    finding = findings[cell.key]
    baseline = findings.get(cell.baseline or "")
    if finding.status != "ok" or baseline is None or baseline.status != "ok":
        return finding
    own, other = finding.said["results"], baseline.said["results"]
    if own.get("same") is False or own.get("digest") != other.get("digest"):
        return Finding("invalid", "a task's result is not the same as the baseline's", finding.said, finding.reply)
    return finding
