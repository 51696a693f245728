"""Experiment → Matrix: product, sweep, exclude, include, and what each cell is compared with."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ExperimentError
from ..experiment import Loaded
from ..experiment.messages import Mistake, render
from . import baseline, inputs
from .axes import (
    WorkerCounts,
    amounts,
    environments,
    model_axis,
    pythons,
    repeats,
    workers_of,
    workload_axis,
)
from .cells import Cell, Matrix, Variant, same_work, shares_a_thread, specification, work_of, worker_of
from .checks import Checks
from .include import Includer
from .named import Names
from .product import Block
from .selector import Selector
from .size import too_large

__all__ = [
    "Cell",
    "Matrix",
    "Names",
    "Selector",
    "Variant",
    "against",
    "expand",
    "inputs",
    "same_work",
    "shares_a_thread",
    "specification",
    "work_of",
    "worker_of",
]

SELECTING = ("exclude", "baseline", "expect")
"""Keys that select cells and make none."""
NOTHING_LEFT = Mistake(("exclude",), "nothing is left to measure", "exclude less", "key")


def against(cells: Sequence[Cell], selector: Selector | None) -> list[Cell]:
    """Cells of which all is known but their baselines, with these: what is selected, else what is so by default."""
    return baseline.with_baselines(cells, selector or baseline.default(cells), [])


def expand(loaded: Loaded, cpus: int) -> Matrix:
    """Every cell of an experiment on a machine with so many usable CPUs. Raises ExperimentError with all mistakes, also
    those that were found while it was loaded."""
    _stop(loaded, list(too_large(loaded.experiment)))
    mistakes: list[Mistake] = []
    counts = WorkerCounts(cpus, mistakes)
    top = _top(loaded, mistakes)
    blocks = Includer(loaded.experiment, top, mistakes).blocks()
    checks = Checks(loaded, cpus, mistakes)
    cells = checks.without_excluded(checks.distinct(top.cells(counts)))
    cells = checks.with_included(cells, [block.cells(counts) for block in blocks])
    twice = list(repeats(loaded))
    if any(one.path[0] not in SELECTING for one in mistakes):
        _stop(loaded, [*twice, *mistakes])  # cells may be missing that are selected
    if not cells:
        _stop(loaded, [*twice, *(mistakes or [NOTHING_LEFT])])
    selector = checks.baseline(cells)
    checks.expectations(cells)
    _stop(loaded, [*twice, *mistakes])
    cells = baseline.with_baselines(cells, selector or baseline.default(cells), mistakes)
    _stop(loaded, mistakes or loaded.mistakes or loaded.apart)
    return Matrix(tuple(cells))


def _top(loaded: Loaded, mistakes: list[Mistake]) -> Block:
    experiment, folder = loaded.experiment, loaded.document.path.parent
    given = amounts(experiment)
    return Block(
        [workload_axis(name, one, given, folder, mistakes) for name, one in experiment.workloads.items()],
        environments(experiment),
        [model_axis(one, workers_of(experiment, one, ("models", i))) for i, one in enumerate(experiment.models)],
        pythons(experiment),
    )


def _stop(loaded: Loaded, mistakes: Sequence[Mistake]) -> None:
    if mistakes:
        raise ExperimentError(render(loaded.document, [*loaded.mistakes, *loaded.apart, *_certain(loaded, mistakes)]))


def _certain(loaded: Loaded, mistakes: Sequence[Mistake]) -> Sequence[Mistake]:
    """Without the parameters that are wrong, cells may be the same that are not meant to be; what selects no cell by its
    name does so with them too."""
    return mistakes if not loaded.mistakes or all(one.path[0] in SELECTING for one in mistakes) else ()
