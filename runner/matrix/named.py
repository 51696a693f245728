"""Experiments, a cell's specification → Cell: the way back from what a journal holds, with the names of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..child.models.table import MODELS
from ..child.parameters import Kind
from ..child.workloads.table import WORKLOADS
from ..experiment import Experiment
from ..experiment import sweep as sweeps
from ..experiment.declared import Declared, Model
from ..experiment.kinds import PLAIN_MODELS, model_of_kind
from .axes import PythonAxis, environments, pythons
from .cells import Cell, Variant, canonical, model_specification, workload_specification


@dataclass(frozen=True, slots=True)
class Names:
    """Canonical JSON of a part of a specification → what the experiments that declare it call it."""

    workloads: Mapping[str, tuple[Variant, object]]  # with when its results are the same
    models: Mapping[str, Variant]
    pythons: Mapping[str, PythonAxis]
    environments: Mapping[str, Mapping[str, str]]  # its swept part

    @classmethod
    def of(cls, experiments: Iterable[Experiment]) -> Names:
        """All names; of two for the same thing that of the earlier experiment."""
        given = list(experiments)[::-1]  # what comes later in a mapping wins
        return cls(
            {text: named for one in given for text, named in _workloads(one)},
            {canonical(model_specification(variant)): variant for one in given for variant in _models(one)},
            {axis.python: axis for one in given for axis in pythons(one)},
            {axis.text: axis.swept for one in given for axis in environments(one)},
        )

    def cell(self, key: str, specification: Mapping[str, Any]) -> Cell | None:
        """The cell with this key, still without its baseline; None where its kinds are unknown to this version."""
        workload, model = specification["workload"], specification["model"]
        if workload["kind"] not in WORKLOADS or model["kind"] not in MODELS:
            return None
        unnamed = _unnamed(workload["kind"], workload["parameters"], WORKLOADS), "equal"
        variant, same = self.workloads.get(canonical(workload), unnamed)
        tasks, per_worker = specification.get("tasks"), specification.get("tasks_per_worker")
        workers, env = specification["workers"], specification["env"]
        asked = specification["python"]
        python = self.pythons.get(asked) or PythonAxis(asked, asked)
        return Cell(
            key=key,
            workload=variant,
            model=self.models.get(canonical(model)) or _unnamed(model["kind"], model["options"], MODELS),
            workers=workers,
            python=python.python,
            python_label=python.label,
            tasks=per_worker * workers if per_worker else None if tasks == "inputs" else tasks,
            tasks_per_worker=per_worker,
            env=env,
            swept_env=self.environments.get(canonical(env), {}),
            same=same,
            baseline=None,
            counted=tasks == "inputs",
            gil=python.gil,
        )


def _workloads(experiment: Experiment) -> Iterator[tuple[str, tuple[Variant, object]]]:
    for name, workload in experiment.workloads.items():
        for variant in _variants(name, workload):
            yield canonical(workload_specification(variant)), (variant, workload.same)


def _models(experiment: Experiment) -> Iterator[Variant]:
    """Those of blocks to include first, whose bare names may be labels of the declared ones."""
    blocks = [model for block in experiment.include for model in block.model or ()]
    of_kind = [model_of_kind(name) for name in blocks if isinstance(name, str) and name in PLAIN_MODELS]
    for model in (*of_kind, *(one for one in blocks if isinstance(one, Model)), *experiment.models):
        yield from _variants(model.name, model)


def _variants(name: str, declared: Declared) -> Iterator[Variant]:
    settings = declared.settings()
    for row in sweeps.rows(declared.sweep):
        yield Variant(name, declared.kind, declared.filled(settings, row), row)


def _unnamed(kind: str, given: Mapping[str, object], table: Mapping[str, Kind]) -> Variant:
    """What no experiment declares is called by its kind."""
    defaults = {name: parameter.default for name, parameter in table[kind].parameters.items()}
    return Variant(kind, kind, {**defaults, **given}, {})
