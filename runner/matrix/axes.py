"""Experiment → axes: variants of workloads and models, numbers of tasks and of workers, Pythons, environments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..experiment import Loaded, environment
from ..experiment import sweep as sweeps
from ..experiment.declared import Model, Workload
from ..experiment.document import Keys
from ..experiment.messages import Mistake, quoted
from ..experiment.schema import Experiment
from ..gil import Required
from . import inputs
from .cells import Variant, amount, canonical, model_specification, workload_specification
from .selector import times_cpus


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of tasks: `tasks`, or so many for each worker, or as many as there are inputs (None in the child)."""

    tasks: int | None
    per_worker: int | None
    counted: bool

    def of(self, workers: int) -> int | None:
        """How many tasks for so many workers."""
        return self.tasks if self.per_worker is None else self.per_worker * workers


@dataclass(frozen=True, slots=True)
class Work:
    """A variant of a workload with its canonical JSON, when its results are the same, and how many tasks it has."""

    variant: Variant
    text: str
    same: object
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class ModelAxis:
    """A model's variants, each with its canonical JSON, and its numbers of workers as they were written."""

    name: str
    ignores_workers: bool
    workers: Sequence[int | str]
    workers_at: Keys
    variants: tuple[tuple[Variant, str], ...]


@dataclass(frozen=True, slots=True)
class PythonAxis:
    """A Python as it was asked for, its label, and what is required of its GIL."""

    python: str
    label: str
    gil: Required = ""


@dataclass(frozen=True, slots=True)
class EnvironmentAxis:
    """Variables, those of them that are swept, and their canonical JSON."""

    env: Mapping[str, str]
    swept: Mapping[str, str]
    text: str


def amounts(experiment: Experiment) -> tuple[Amount, ...] | None:
    """The numbers of tasks that the top level gives; None where inputs decide."""
    if experiment.tasks is not None:
        return tuple(Amount(tasks, None, False) for tasks in dict.fromkeys(experiment.tasks))
    if experiment.tasks_per_worker is not None:
        return tuple(Amount(None, tasks, False) for tasks in dict.fromkeys(experiment.tasks_per_worker))
    return None


def workload_axis(
    name: str, workload: Workload, given: tuple[Amount, ...] | None, folder: Path, mistakes: list[Mistake]
) -> tuple[Work, ...]:
    """All variants of a workload; what is wrong with its inputs is added to `mistakes`."""
    settings = workload.settings()
    works = []
    for row in sweeps.rows(workload.sweep):
        variant = Variant(name, workload.kind, workload.filled(settings, row), row)
        own = given or (_counted(name, variant, folder, mistakes),)
        works.append(Work(variant, canonical(workload_specification(variant)), workload.same, own))
    return tuple(works)


def model_axis(model: Model, workers: tuple[Sequence[int | str], Keys]) -> ModelAxis:
    """All variants of a model, with its numbers of workers and where they stand."""
    settings = model.settings()
    found = [Variant(model.name, model.kind, model.filled(settings, row), row) for row in sweeps.rows(model.sweep)]
    variants = tuple((variant, canonical(model_specification(variant))) for variant in found)
    return ModelAxis(model.name, model.row.ignores_workers, *workers, variants)


def environments(experiment: Experiment) -> tuple[EnvironmentAxis, ...]:
    """The variables of every cell, one for each row of their sweep."""
    fixed = environment.fixed(experiment.env)
    rows = [{name: str(text) for name, text in row.items()} for row in sweeps.rows(environment.swept(experiment.env))]
    return tuple(EnvironmentAxis(fixed | row, row, canonical(fixed | row)) for row in rows)


def pythons(experiment: Experiment) -> list[PythonAxis]:
    """Every Python that the top level names."""
    required = {label: requirement.gil for label, requirement in experiment.require.items()}
    return [PythonAxis(one.python, one.name, required.get(one.name, "")) for one in experiment.pythons]


def workers_of(experiment: Experiment, model: Model, at: Keys) -> tuple[Sequence[int | str], Keys]:
    """A model's numbers of workers, its own or the top level's, and where they stand."""
    return (experiment.workers, ("workers",)) if model.workers is None else (model.workers, (*at, "workers"))


def repeats(loaded: Loaded) -> Iterator[Mistake]:
    """Values that stand twice on one axis, in whichever list: each would make the same cells twice."""
    experiment = loaded.experiment
    yield from _repeated(loaded, experiment.workers, ("workers",))
    yield from _repeated(loaded, experiment.tasks or (), ("tasks",))
    yield from _repeated(loaded, experiment.tasks_per_worker or (), ("tasks_per_worker",))
    for index, model in enumerate(experiment.models):
        yield from _repeated(loaded, model.workers or (), ("models", index, "workers"))
    for number, block in enumerate(experiment.include):
        for key in ("workload", "workers", "python", "tasks"):
            yield from _repeated(loaded, getattr(block, key) or (), ("include", number, key))


def _repeated(loaded: Loaded, values: Sequence[object], at: Keys) -> Iterator[Mistake]:
    seen: dict[object, int] = {}
    for index, value in enumerate(values):
        if value in seen:
            first = loaded.document.place((*at, seen[value]))
            text = f"{quoted(value)} stands here twice: the first is at {first.line}:{first.column}"
            yield Mistake((*at, index), text, "take one of them out")
        seen.setdefault(value, index)


def _counted(name: str, variant: Variant, folder: Path, mistakes: list[Mistake]) -> Amount:
    try:
        return Amount(inputs.count(variant.values["inputs"], folder), None, True)
    except inputs.NoInputs as error:
        at: Keys = ("sweep",) if "inputs" in variant.swept else ("inputs",)
        mistakes.append(Mistake(("workloads", name, *at), str(error)))
        return Amount(1, None, True)


class WorkerCounts:
    """Symbols → numbers: what `cpus`, `2*cpus` and `tasks` stand for, merged where they coincide."""

    def __init__(self, cpus: int, mistakes: list[Mistake]) -> None:
        self.cpus = cpus
        self.mistakes = mistakes
        self._known: dict[tuple[str, Keys, Amount], tuple[int, ...]] = {}

    def of(self, model: ModelAxis, amount: Amount) -> tuple[int, ...]:
        """The numbers of workers of a model for a number of tasks, in the order of the file, each once."""
        if model.ignores_workers:
            return (1,)
        symbolic = amount if "tasks" in model.workers else _ANY
        at = (model.name, model.workers_at, symbolic)
        if at not in self._known:
            self._known[at] = self._resolved(model, symbolic)
        return self._known[at]

    def _resolved(self, model: ModelAxis, amount: Amount) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for index, entry in enumerate(model.workers):
            number = self._number(model, index, amount) if isinstance(entry, str) else entry
            if number is not None:
                found.setdefault(number)
        return tuple(found)

    def _number(self, model: ModelAxis, index: int, amount: Amount) -> int | None:
        entry = str(model.workers[index])
        if entry != "tasks":
            return times_cpus(entry, self.cpus)
        if amount.tasks is None:
            why = "a function gives the inputs, in the child only" if amount.counted else "`tasks_per_worker` is given"
            text = f"`tasks` as a number of workers needs one that is known before, and {why}: write numbers"
            self.mistakes.append(Mistake((*model.workers_at, index), text))
        return amount.tasks


_ANY = Amount(None, None, False)


def fragment(amount_: Amount) -> str:
    """An amount's members in canonical JSON."""
    return canonical(amount(amount_.tasks, amount_.per_worker, amount_.counted))[1:-1]
