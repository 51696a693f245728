"""Orders for real children: what tests ask of them, with the rest filled in."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from runner.child.models.table import MODELS
from runner.child.parameters import Kind
from runner.child.protocol import PROTOCOL
from runner.child.workloads.table import WORKLOADS
from runner.invoke import Launcher, Order, Reply


def defaults(kind: Kind, given: Mapping[str, object]) -> dict[str, object]:
    """All parameters of a kind."""
    return {name: parameter.default for name, parameter in kind.parameters.items()} | dict(given)


def order(
    project: Path,
    workload: str = "noop",
    parameters: Mapping[str, object] | None = None,
    model: str = "serial",
    **changes: object,
) -> Order:
    """One measurement. `changes`: options, workers, tasks, batches, same, reference, env, timeout_s, memory_limit_bytes."""
    request = {
        "protocol": PROTOCOL,
        "purpose": "measure",
        "root": str(project),
        "model": {"kind": model, "options": defaults(MODELS[model], dict(changes.get("options", {})))},  # type: ignore[call-overload]
        "workload": {"kind": workload, "parameters": defaults(WORKLOADS[workload], parameters or {})},
        "workers": changes.get("workers", 1),
        "tasks": changes.get("tasks", 4),
        "batches": changes.get("batches", 0),
        "same": changes.get("same", "equal"),
        "reference": changes.get("reference"),
        "distributions": {},
    }
    env, timeout_s, limit = changes.get("env", {}), changes.get("timeout_s", 30.0), changes.get("memory_limit_bytes")
    assert isinstance(env, dict)
    assert isinstance(timeout_s, float)
    assert limit is None or isinstance(limit, int)
    return Order(sys.executable, request, project, env, timeout_s, limit)


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
