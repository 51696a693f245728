"""[Cell] → findings: which cells can run at all, and roughly how long they take.

One child for each (python, workload, model) imports, starts one worker, does one task of every variant, compares its
result with the baseline's, and so warms file caches and `.pyc` files. None of it is part of the numbers. A cell whose
Python is not to be had needs no child to be found out.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import gil
from .invoke import Order, Reply
from .matrix import Cell, same_work
from .nearby import advice
from .orders import Reference, Rehearsed, Surroundings, rehearsal
from .pythons import CURRENT

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

    def rehearsed(self, cell: Cell, around: Surroundings) -> Rehearsed:
        """What the cell's measurement needs to know. Without a timeout of its own: ten times what it should take."""
        tasks = cell.tasks or self.said.get("tasks") or 1
        nanoseconds = [self.said.get(f"{phase}_ns", 0) for phase in ("startup", "task", "stop")]
        startup_s, task_s, stop_s = (value / 1e9 for value in nanoseconds)
        cold_s = task_s * tasks
        steady_s = max(STEADY_S, cold_s) if isinstance(around.batches, str) else around.batches * cold_s
        expected_s = startup_s * cell.workers + cold_s + steady_s + stop_s
        return Rehearsed(
            around.timeout_s or max(LEAST_TIMEOUT_S, TIMEOUT_FACTOR * expected_s),
            self.said.get("tasks"),
            self.reply.said.get("fingerprint", {}).get("modules", {}),
        )


Launch = Callable[[Order], Reply]
Heard = Callable[[Cell], None]
"""Told of the first cell of each group before its child starts."""


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """What all children of a preflight have in common."""

    around: Surroundings
    seed: int
    launch: Launch
    scratch: Path


def preflight(cells: Sequence[Cell], rehearsals: Rehearsals, heard: Heard) -> dict[str, Finding]:
    """Key → finding, for all cells. Baselines go first, since the others' results are compared with theirs."""
    by_key = {cell.key: cell for cell in cells}
    baselines = {cell.baseline for cell in cells}
    groups: dict[str, list[Cell]] = defaultdict(list)
    absent = rehearsals.around.pythons.absent
    for cell in sorted(cells, key=lambda cell: cell.key not in baselines):
        if cell.python not in absent:
            groups[_group(cell, rehearsals.around)].append(cell)
    findings = {cell.key: _without_python(str(absent[cell.python])) for cell in cells if cell.python in absent}
    for group in groups.values():
        heard(group[0])
        findings.update(_rehearse(group, by_key, rehearsals))
    return {cell.key: _judged(cell, by_key, findings, rehearsals.around) for cell in cells}


def _without_python(why: str) -> Finding:
    return Finding("unsupported", why, {}, Reply("unsupported", why))


def _group(cell: Cell, around: Surroundings) -> str:
    """Cells that share a child: all but the workload's parameters, workers and tasks the same."""
    project = str(around.project_of(cell))
    return _digest([project, cell.python, cell.workload.name, cell.model.name, cell.model.values, cell.env])


def _variant(cell: Cell) -> str:
    return _digest([cell.python, cell.workload.kind, cell.workload.values])


def _digest(value: object) -> str:
    text = json.dumps(value, default=dict, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _rehearse(group: Sequence[Cell], by_key: Mapping[str, Cell], rehearsals: Rehearsals) -> dict[str, Finding]:
    """Findings for a group; where its child failed as a whole, or one variant may have turned on the GIL of all, every
    variant is tried in a child of its own."""
    variants: dict[str, list[Cell]] = defaultdict(list)
    for cell in group:
        variants[_variant(cell)].append(cell)
    firsts = [cells[0] for cells in variants.values()]
    references = [_reference(cell, by_key, rehearsals) for cell in firsts]
    order = rehearsal(list(variants.values()), references, rehearsals.around, rehearsals.seed)
    reply = rehearsals.launch(order)
    said = reply.said.get("findings", [])
    if len(firsts) > 1 and (len(said) != len(firsts) or any(map(_gil_broken, firsts, said))):
        return {k: f for part in variants.values() for k, f in _rehearse(part, by_key, rehearsals).items()}
    found = [_finding(one, reply) for one in said or [{}]]
    together = zip(variants.values(), found, strict=True)
    return {cell.key: _carried(cell, finding) for cells, finding in together for cell in cells}


def _reference(cell: Cell, by_key: Mapping[str, Cell], rehearsals: Rehearsals) -> Reference:
    baseline = by_key.get(cell.baseline or "", cell)
    own, other = _group(cell, rehearsals.around), _group(baseline, rehearsals.around)
    return Reference(rehearsals.scratch / f"preflight-{_variant(cell)}", own, other)


def _finding(said: Mapping[str, Any], reply: Reply) -> Finding:
    if reply.status != "ok":
        return Finding(reply.status, reply.reason, said, reply)
    return Finding(said["status"], said["reason"], said, reply)


def _carried(cell: Cell, finding: Finding) -> Finding:
    """That its task can be done does not mean that the system carries so many workers."""
    reason = finding.reply.said.get("too_many", {}).get(str(cell.workers))
    return replace(finding, status="unsupported", reason=reason) if finding.status == "ok" and reason else finding


def _judged(cell: Cell, by_key: Mapping[str, Cell], findings: Mapping[str, Finding], around: Surroundings) -> Finding:
    """What was found, held against what is required of it, and with advice where it is plain what to do."""
    finding = _compared(cell, by_key, findings, around)
    if finding.status == "ok" and (unmet := _gil_broken(cell, finding.said, finding.reply.output)):
        return replace(finding, status="invalid", reason=unmet)
    if finding.status == "failed" and cell.python == CURRENT:
        return replace(finding, reason=finding.reason + advice(finding.reason, around.project_of(cell)))
    return finding


def _gil_broken(cell: Cell, said: Mapping[str, Any], printed: str = "") -> str:
    """What is required of the GIL and not so, empty where it is."""
    state = str(said.get("gil", ""))
    return gil.broken(cell.gil, state, gil.notes(state, printed))


def _compared(cell: Cell, by_key: Mapping[str, Cell], findings: Mapping[str, Finding], around: Surroundings) -> Finding:
    """A cell whose task gives another result than its baseline's is not worth measuring."""
    finding, baseline = findings[cell.key], by_key.get(cell.baseline or "")
    if baseline is None or not same_work(cell, baseline) or {finding.status, findings[baseline.key].status} != {"ok"}:
        return finding
    own, other = finding.said["results"], findings[baseline.key].said["results"]
    if own.get("agrees", {}).get(_group(baseline, around)) is False or own.get("digest") != other.get("digest"):
        return Finding(
            "invalid",
            "a task's result is not the same as the baseline's; `same` says when two are",
            finding.said,
            finding.reply,
        )
    return finding
