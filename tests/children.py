"""Orders for real children: what tests ask of them, with the rest filled in."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from runner.child import needs
from runner.child.models.table import MODELS
from runner.child.parameters import REQUIRED, Kind
from runner.child.protocol import PROTOCOL
from runner.child.workloads.table import WORKLOADS
from runner.invoke import Launcher, Order, Reply

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
POOL = next(block for block in README.split("```python\n") if "def start(" in block).partition("```\n")[0]
"""README's pool of one's own; it is written under the name that the table's example has."""


def defaults(kind: Kind, given: Mapping[str, object]) -> dict[str, object]:
    """All parameters of a kind; of those that must be given the example."""
    each = {name: p.example if p.default is REQUIRED else p.default for name, p in kind.parameters.items()}
    return each | dict(given)


def python_for(kind: str, options: Mapping[str, object]) -> str:
    """This Python; for what came later the oldest on the path that has it, if any."""
    asked = [need.python for need in MODELS[kind].needs if need.python and need.option in (None, *options.items())]
    later = [f"python{major}.{minor}" for major, minor in asked if (major, minor) > sys.version_info[:2]]
    return (shutil.which(later[0]) if later else None) or sys.executable


def lacking(kind: str, options: Mapping[str, object] | None = None) -> str:
    """Why a model can't be tested here; empty where it can."""
    return needs.unmet(kind, options or {}) if python_for(kind, options or {}) == sys.executable else ""


def each_of(kinds: Iterable[str]) -> list[object]:
    """Kinds of models as parameters of a test, skipped with a reason where something is missing."""
    return [
        pytest.param(kind, marks=pytest.mark.skipif(bool(lacking(kind)), reason=f"{kind} {lacking(kind)}"))
        for kind in kinds
    ]


def workers_of(kind: str) -> int:
    """As many as tests ask a model for, unless it has one always."""
    return 1 if MODELS[kind].ignores_workers else 3


def order(
    project: Path,
    workload: str = "noop",
    parameters: Mapping[str, object] | None = None,
    model: str = "serial",
    **changes: object,
) -> Order:
    """One measurement. `changes`: options, workers, tasks, batches, same, reference, env, timeout_s, memory_limit_bytes."""
    options = dict(changes.get("options", {}))  # type: ignore[call-overload]
    request = {
        "protocol": PROTOCOL,
        "purpose": "measure",
        "root": str(project),
        "model": {"kind": model, "options": defaults(MODELS[model], options)},
        "workload": {"kind": workload, "parameters": defaults(WORKLOADS[workload], parameters or {})},
        "workers": changes.get("workers", 1),
        "tasks": changes.get("tasks", 4),
        "batches": changes.get("batches", 0),
        "same": changes.get("same", "equal"),
        "reference": changes.get("reference"),
        "distributions": {},
    }
    (project / "my_pool.py").write_text(POOL)
    env, timeout_s, limit = changes.get("env", {}), changes.get("timeout_s", 60.0), changes.get("memory_limit_bytes")
    assert isinstance(env, dict)
    assert isinstance(timeout_s, float)
    assert limit is None or isinstance(limit, int)
    return Order(python_for(model, options), request, project, env, timeout_s, limit)


def function(project: Path, code: str, model: str = "serial", **changes: object) -> Order:
    """A measurement of `task` in a module of that code."""
    (project / "mine.py").write_text(code)
    parameters = {"call": "mine:task", **dict(changes.pop("parameters", {}))}  # type: ignore[call-overload]
    return order(project, "function", parameters, model, **changes)


def launched(asked: Order) -> Reply:
    """What comes of one order."""
    with Launcher() as launch:
        return launch(asked)


def rehearsed(asked: Order) -> Mapping[str, Any]:
    """What a preflight finds of the same order's one variant."""
    parameters = asked.request["workload"]["parameters"]
    changes = {"purpose": "rehearse", "variants": [{"parameters": parameters, "reference": None}]}
    (finding,) = launched(replace(asked, request={**asked.request, **changes})).said["findings"]
    assert isinstance(finding, dict)
    return finding


@contextmanager
def nothing_left(word: str) -> Iterator[None]:
    """Fails if, after the block, a process is alive whose command line holds this word."""
    yield
    alive = [process.cmdline() for process in psutil.process_iter() if word in " ".join(_words(process))]
    assert alive == []


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
