"""Experiment's file → Opened: read, checked, expanded for this machine; where its results belong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import ExperimentError
from .experiment import Experiment, Loaded, load, not_yet
from .experiment.messages import Mistake, render
from .machine import Machine, this_machine
from .matrix import Matrix, expand
from .places import experiment_name, results_root

JOURNAL = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Opened:
    """An experiment that is right, its cells as they are on this machine, and where its results belong."""

    path: Path
    loaded: Loaded
    matrix: Matrix
    machine: Machine
    results: Path  # the folder of all results

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
        return self.results / self.name

    @property
    def project(self) -> Path:
        """The folder of the file."""
        return self.path.absolute().parent

    @property
    def journal(self) -> Path:
        """The source of truth."""
        return self.folder / JOURNAL


def open_experiment(path: Path, results: Path | None = None) -> Opened:
    """Read and expand an experiment. Raises ExperimentError with all mistakes of a stage."""
    loaded = load(path)
    machine = this_machine()
    matrix = expand(loaded, machine.usable_cpus)
    return Opened(path, loaded, matrix, machine, results or results_root(path))


def refuse_what_is_not_yet(loaded: Loaded) -> None:
    """What the format accepts and this version can't do is never silently ignored. Raises ExperimentError."""
    mistakes = [Mistake(keys, f"not yet: {text}", "take it out") for keys, text in not_yet(loaded.experiment)]
    if mistakes:
        raise ExperimentError(render(loaded.document, mistakes))
