"""Experiment's file → Opened: read, checked, expanded for this machine; where its results belong."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import calls
from .experiment import Experiment, Loaded, load
from .journal import Journal
from .machine import Machine, this_machine
from .matrix import Cell, Matrix, expand
from .places import experiment_name, results_root

JOURNAL = "journal.jsonl"
AGAINST = "@against"
"""The folder, in that of an experiment's results, of what was measured beside another revision."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An experiment that is right, its cells as they are on this machine, and where its results belong."""

    path: Path
    loaded: Loaded
    matrix: Matrix
    machine: Machine
    results: Path  # the folder of all results
    apart: str = ""  # where in the experiment's folder results belong that are not its tables
    elsewhere: Mapping[str, Path] = field(default_factory=dict)  # key → the experiment's folder in another checkout

    @property
    def experiment(self) -> Experiment:
        """What the file says."""
        return self.loaded.experiment

    @property
    def name(self) -> str:
        """The file's path below `experiments`, without its ending."""
        return experiment_name(self.path)

    @property
    def folder(self) -> Path:
        """Where this experiment's results belong."""
        return self.results / self.name / self.apart

    @property
    def project(self) -> Path:
        """The folder of the file."""
        return Path(os.path.realpath(self.path.parent))

    def by_project(self) -> Iterator[tuple[Path, dict[str, Cell]]]:
        """Each folder in which cells' children work, and these cells by their keys."""
        for project in dict.fromkeys([self.project, *self.elsewhere.values()]):
            cells = [cell for cell in self.matrix.cells if self.elsewhere.get(cell.key, self.project) == project]
            yield project, {cell.key: cell for cell in cells}

    @property
    def journal(self) -> Path:
        """The source of truth."""
        return self.folder / JOURNAL


def open_experiment(path: Path | str, results: Path | str | None = None) -> Opened:
    """Read and expand an experiment; its results belong beside `experiments` unless a folder of all results is given.
    Raises ExperimentError with all mistakes of a stage."""
    return _opened(load(Path(path)), results)


def open_to_measure(path: Path | str, results: Path | str | None = None) -> Opened:
    """The same, for who is about to measure: the functions that the file names are looked for, too. Journals speak of
    them also when they are gone."""
    loaded = load(Path(path))
    return _opened(replace(loaded, apart=tuple(calls.mistakes(loaded))), results)


def _opened(loaded: Loaded, results: Path | str | None) -> Opened:
    path = loaded.document.path
    machine = this_machine()
    matrix = expand(loaded, machine.usable_cpus)
    return Opened(path, loaded, matrix, machine, Path(results) if results else results_root(path))


def as_measured(opened: Opened, journal: Journal, machine: str) -> Opened:
    """With the matrix as it is on a machine of the journal: `cpus` may be another number here."""
    sessions = [session for session in journal.sessions.values() if session.machine == machine]
    latest = max(sessions, key=lambda session: session.session, default=None)
    known = latest.machine_facts.get("usable_cpus") if latest else None
    cpus = known if isinstance(known, int) else opened.machine.usable_cpus
    return opened if cpus == opened.machine.usable_cpus else replace(opened, matrix=expand(opened.loaded, cpus))
