"""Experiment → how many cells at most: arithmetic, so that a product too large is never begun."""

from __future__ import annotations

from collections.abc import Iterator

from ..experiment import environment
from ..experiment import sweep as sweeps
from ..experiment.declared import Model
from ..experiment.document import Keys
from ..experiment.messages import Mistake
from ..experiment.schema import Experiment, Include

MOST_CELLS = 100_000


def too_large(experiment: Experiment) -> Iterator[Mistake]:
    """A mistake where the matrix would have more cells than can be handled, counted before anything is excluded."""
    total, at = _product(experiment, Include()), ("workloads",)
    where: Keys = at
    for number, block in enumerate(experiment.include):
        if total > MOST_CELLS:
            break
        total, where = total + _product(experiment, block), ("include", number)
    if total > MOST_CELLS:
        text = f"this makes {total:,} cells, more than {MOST_CELLS:,}: shorten `sweep`, `workers`, `tasks` or `pythons`"
        yield Mistake(where, text, at="key")


def _product(experiment: Experiment, block: Include) -> int:
    names = experiment.workloads if block.workload is None else block.workload
    variants = sum(sweeps.count(experiment.workloads[name].sweep) for name in names if name in experiment.workloads)
    models = experiment.models if block.model is None else block.model
    labelled = {model.name: model for model in experiment.models}
    series = sum(_series(experiment, block, labelled.get(one) if isinstance(one, str) else one) for one in models)
    pythons = len(experiment.pythons if block.python is None else block.python)
    amounts = len(block.tasks or experiment.tasks or experiment.tasks_per_worker or (1,))
    return variants * series * pythons * amounts * sweeps.count(environment.swept(experiment.env))


def _series(experiment: Experiment, block: Include, model: Model | None) -> int:
    """A model's variants times its numbers of workers; a bare kind has one variant."""
    if model is None:
        return len(block.workers or experiment.workers)
    counts = 1 if model.row.ignores_workers else len(block.workers or model.workers or experiment.workers)
    return counts * sweeps.count(model.sweep)
