"""Cell → Order: what a child is asked to do, and in which surroundings."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .child.protocol import PROTOCOL
from .installed import Pythons, only_current
from .invoke import Order
from .matrix import Cell
from .places import project_root


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the orders of one run have in common."""

    project: Path  # the folder of the experiment's file
    root: Path
    batches: int | str
    timeout_s: float | None  # None: derived from the preflight
    memory_limit_bytes: int | None = None
    pass_env: Sequence[str] = ()
    elsewhere: Mapping[str, Path] = field(default_factory=dict)  # key → the experiment's folder in another checkout
    pythons: Pythons = field(default_factory=only_current)
    untracked: Collection[Path] = frozenset()  # files that git does not have

    def project_of(self, cell: Cell) -> Path:
        """The folder in which a cell's children work."""
        return self.elsewhere.get(cell.key, self.project)


REHEARSAL_TIMEOUT_S = 120.0
"""How long a variant may take in the preflight, where the experiment does not say."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where those whose results are compared leave them, each under its own name. They are of one Python: another one
    may not have what is needed to read them."""

    folder: Path
    own: str
    baseline: str

    def said(self) -> dict[str, str]:
        """As the request has it."""
        return {"folder": str(self.folder), "own": self.own, "baseline": self.baseline}


def rehearsal(
    cells: Sequence[Sequence[Cell]], references: Sequence[Reference], around: Surroundings, seed: int
) -> Order:
    """One task of every variant of a workload, whose cells differ in workers and tasks only."""
    firsts = [variant[0] for variant in cells]
    variants = [
        {"parameters": dict(cell.workload.values), "reference": reference.said()}
        for cell, reference in zip(firsts, references, strict=True)
    ]
    request = {
        **_request(firsts[0], around, {}),
        "purpose": "rehearse",
        "workload": {"kind": firsts[0].workload.kind},
        "variants": variants,
        "workers": 1,
        "asked": sorted({cell.workers for variant in cells for cell in variant}),
    }
    timeout_s = (around.timeout_s or REHEARSAL_TIMEOUT_S) * len(firsts)
    return _order(firsts[0], request, around, seed, timeout_s)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a preflight hands on to the measurement."""

    timeout_s: float
    tasks: int | None
    modules: Mapping[str, Any]


def measurement(cell: Cell, reference: Reference, around: Surroundings, seed: int, rehearsed: Rehearsed) -> Order:
    """One cell, once."""
    request = {
        **_request(cell, around, rehearsed.modules),
        "purpose": "measure",
        "workload": {"kind": cell.workload.kind, "parameters": dict(cell.workload.values)},
        "workers": cell.workers,
        "batches": around.batches,
        "reference": reference.said(),
    }
    return _order(cell, request, around, seed, rehearsed.timeout_s)


def tracing(cell: Cell, reference: Reference, around: Surroundings, seed: int, rehearsed: Rehearsed) -> Order:
    """As `measurement`, with the first batch alone, whose tasks say where and when they were done."""
    order = measurement(cell, reference, replace(around, batches=0), seed, rehearsed)
    return replace(order, request={**order.request, "trace": True})


def _request(cell: Cell, around: Surroundings, modules: Mapping[str, Any]) -> dict[str, Any]:
    root = project_root(around.elsewhere[cell.key]) if cell.key in around.elsewhere else around.root
    return {
        "protocol": PROTOCOL,
        "root": str(root),
        **({"instead": [str(around.root), str(root)]} if root != around.root else {}),
        "model": {"kind": cell.model.kind, "options": dict(cell.model.values)},
        "tasks": cell.tasks,
        "same": cell.same,
        "distributions": dict(modules),
        "editable": dict(around.pythons.of(cell.python).editable),
    }


def _order(cell: Cell, request: dict[str, Any], around: Surroundings, seed: int, timeout_s: float) -> Order:
    passed = {name: os.environ[name] for name in around.pass_env if name in os.environ}
    env = {**passed, **cell.env, "PYTHONHASHSEED": str(seed), "RUNMATRIX_SEED": str(seed)}
    python, project = around.pythons.of(cell.python), around.project_of(cell)
    return Order(python.executable, request, project, env, timeout_s, around.memory_limit_bytes, python.folders)
