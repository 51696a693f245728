"""A YAML file, a stand-in machine → a project with results: as a run would have left them, without running."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from records import Line, StandIn, journal

from runner import api
from runner.journal.lines import render
from runner.opening import Opened, as_measured

WAITING = """\
question: What pays?
workloads:
  wait: {kind: sleep, seconds: 0.01}
models: [serial, threads]
workers: [1, 2]
tasks: 8
"""
FIRST, SECOND, THIRD = (f"2026112{day}T100000Z-aaaaaa" for day in (0, 1, 2))
"""Sessions, one after the other."""


def experiment(folder: Path, text: str = WAITING, name: str = "waiting") -> Opened:
    """An experiment's file in a project, opened."""
    path = folder / "experiments" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return api.open_experiment(path)


def session(opened: Opened, name: str = FIRST, machine: StandIn | None = None, blocks: int = 6) -> list[Line]:
    """The lines of a session that measures every cell of an experiment, as it is on that machine."""
    machine = machine or StandIn(share=0.2)
    there = as_measured(opened, journal([machine.session(name)]), machine.machine)
    said = json.loads(opened.experiment.model_dump_json(exclude_unset=True))
    return machine.declared(there.matrix.cells, blocks, name, {"experiment": said})


def hold(opened: Opened, lines: Iterable[Line]) -> None:
    """Have these lines be the experiment's journal."""
    opened.folder.mkdir(parents=True, exist_ok=True)
    opened.journal.write_bytes(b"".join(map(render, lines)))


def measured(folder: Path, text: str = WAITING, name: str = "waiting") -> Opened:
    """An experiment with results, its tables written."""
    opened = experiment(folder, text, name)
    hold(opened, session(opened))
    api.report(opened)
    return opened


def tables(opened: Opened) -> dict[str, str]:
    """What lies beside the journal."""
    return {path.name: path.read_text() for path in opened.folder.iterdir() if path != opened.journal}
