"""What is declared → Cell, and the key that says whether two are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from ..child.models.table import MODELS
from ..child.parameters import MAIN_THREAD, Kind
from ..child.workloads.table import WORKLOADS
from ..gil import Required


@dataclass(frozen=True, slots=True)
class Variant:
    """A workload or a model with every value fixed.

    `name` is the workload's name or the model's label, `values` has all parameters or options with defaults filled
    in, `swept` the swept ones alone.
    """

    name: str
    kind: str
    values: Mapping[str, object]
    swept: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of the run matrix.

    `workers` is 1 where the model ignores workers, `python` what the experiment asks for. `tasks` is None where a
    callable gives the inputs, which only the child can call, and `counted` says that the inputs decide on it.
    `env` holds all variables, `swept_env` those that make an axis. `baseline` is the key of the cell that this one's
    speedup is taken against, its own for the baseline itself. `gil` is what is required of its Python's.
    """

    key: str
    workload: Variant
    model: Variant
    workers: int
    python: str
    python_label: str
    tasks: int | None
    tasks_per_worker: int | None
    env: Mapping[str, str]
    swept_env: Mapping[str, str]
    same: object
    baseline: str | None
    counted: bool = False
    gil: Required = ""

    def __str__(self) -> str:
        python = "" if self.python == "current" else f" · {self.python_label}"
        workers = f"{self.workers} worker{'s' if self.workers > 1 else ''}"
        return f"{_titled(self.workload)} · {_titled(self.model)} · {workers}{python}"


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells in the order of the YAML."""

    cells: tuple[Cell, ...]


def specification(cell: Cell) -> dict[str, object]:
    """Everything that a cell's key is made of, as JSON can carry it."""
    return {
        "workload": workload_specification(cell.workload),
        "model": model_specification(cell.model),
        "workers": cell.workers,
        "python": cell.python,
        "env": dict(cell.env),
    } | amount(cell.tasks, cell.tasks_per_worker, cell.counted)


def workload_specification(variant: Variant) -> dict[str, object]:
    """A workload's kind and the parameters that are not the default."""
    return {"kind": variant.kind, "parameters": _declared(variant, WORKLOADS[variant.kind])}


def model_specification(variant: Variant) -> dict[str, object]:
    """A model's kind and the options that are not the default."""
    return {"kind": variant.kind, "options": _declared(variant, MODELS[variant.kind])}


def amount(tasks: int | None, tasks_per_worker: int | None, counted: bool) -> dict[str, object]:
    """How many tasks, as declared: their number, their number for each worker, or as many as inputs."""
    if tasks_per_worker is not None:
        return {"tasks_per_worker": tasks_per_worker}
    return {"tasks": "inputs" if counted else tasks}


def canonical(value: object) -> str:
    """The one JSON text of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def key_of(text: str) -> str:
    """16 hexadecimal digits for the canonical JSON of a specification."""
    return hashlib.blake2b(text.encode("ascii"), digest_size=8).hexdigest()


def _declared(variant: Variant, row: Kind) -> dict[str, object]:
    """Defaults are left out, so that a parameter that a later version adds does not change old keys."""
    return {name: value for name, value in variant.values.items() if value != row.parameters[name].default}


def _titled(variant: Variant) -> str:
    swept = ", ".join(f"{name}={value}" for name, value in variant.swept.items())
    return f"{variant.name} ({swept})" if swept else variant.name


def same_work(cell: Cell, other: Cell) -> bool:
    """Whether both do the same task on the same Python, so that its results can be compared."""
    return (cell.python, cell.workload.kind, cell.workload.values) == (
        other.python,
        other.workload.kind,
        other.workload.values,
    )


def worker_of(model: Variant) -> str:
    """What one worker of a model is, by its options, in the words of child/parameters.py."""
    row = MODELS[model.kind]
    chosen = [word for (name, value), word in row.worker_with.items() if model.values.get(name) == value]
    return chosen[0] if chosen else row.worker


def shares_a_thread(model: Variant) -> bool:
    """Whether all workers of a model share one thread, so that they never compete for cores."""
    return worker_of(model) in (MAIN_THREAD, "coroutine")


def work_of(cell: Cell) -> str:
    """What is to be done, whichever model does it with however many workers: cells of one work compete."""
    tasks = ["each", cell.tasks_per_worker] if cell.tasks_per_worker else cell.tasks
    return canonical([cell.workload.name, dict(cell.workload.swept), cell.python_label, tasks, dict(cell.swept_env)])
