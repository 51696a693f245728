"""[Cell], baseline → the same cells with the key of what each one's speedup is taken against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence, Set

from ..child.models.table import MODELS
from ..experiment.messages import Mistake, listed
from .cells import Cell, Variant, canonical
from .selector import Selector, axes_of, shown, value_on

Agreement = tuple[object, ...]
"""What a cell and its baseline have in common."""


def with_baselines(cells: Sequence[Cell], selector: Selector | None, mistakes: list[Mistake]) -> list[Cell]:
    """The cells with their baselines; a cell that has none keeps None."""
    key_for = _least_workers(cells) if selector is None else _selected(cells, selector, mistakes)
    return [_against(cell, key_for(cell)) for cell in cells]


def default(cells: Sequence[Cell]) -> Selector | None:
    """The serial model, if there is one."""
    serial = next((cell.model.name for cell in cells if cell.model.kind == "serial"), None)
    return None if serial is None else Selector({"model": (serial,)})


def _least_workers(cells: Sequence[Cell]) -> Callable[[Cell], str | None]:
    """The first model, as its first variant, with its least workers."""
    least: dict[Agreement, Cell] = {}
    agree = _agreement({"model", "workers"})
    for cell in cells:
        if cell.model != cells[0].model:
            continue
        best = least.setdefault(agree(cell), cell)
        if cell.workers < best.workers:
            least[agree(cell)] = cell
    return lambda cell: least[agree(cell)].key if agree(cell) in least else None


def _selected(cells: Sequence[Cell], selector: Selector, mistakes: list[Mistake]) -> Callable[[Cell], str | None]:
    agree = _agreement(frozenset(selector.wanted))
    any_workers = _agreement(frozenset(selector.wanted) | {"workers"})
    candidates: defaultdict[Agreement, list[Cell]] = defaultdict(list)
    for cell in cells:
        if selector.matches(cell):
            alone = MODELS[cell.model.kind].ignores_workers and "workers" not in selector.wanted
            candidates[("any", *any_workers(cell)) if alone else agree(cell)].append(cell)

    known = len(mistakes)

    def key_for(cell: Cell) -> str | None:
        found = candidates.get(("any", *any_workers(cell)), []) + candidates.get(agree(cell), [])
        if len(found) > 1 and len(mistakes) == known:
            mistakes.append(_ambiguous(cell, found))
        return found[0].key if found else None

    return key_for


def _ambiguous(cell: Cell, found: Sequence[Cell]) -> Mistake:
    axes = dict.fromkeys(axis for one in found for axis in axes_of(one))
    values = {axis: list(dict.fromkeys(shown(value_on(one, axis)) for one in found)) for axis in axes}
    differing = [f"`{axis}` ({listed(there)})" for axis, there in values.items() if len(there) > 1]
    text = f"this baseline leaves {len(found)} candidates for {cell}"
    return Mistake(("baseline",), text, f"name {' and '.join(differing)} too", "first")


def _agreement(named: Set[str]) -> Callable[[Cell], Agreement]:
    """A cell → its values on every axis that is not named. Who names `model` or `workload` means another one, so
    what is swept in the cell's own can't be asked of it."""
    workload_of, model_of = _variants_without("workload", named), _variants_without("model", named)
    env_named = {name.removeprefix("env.") for name in named}

    def values(cell: Cell) -> Agreement:
        return (
            workload_of(cell.workload),
            model_of(cell.model),
            None if "workers" in named else cell.workers,
            None if "python" in named else (cell.python, cell.python_label),
            None if "tasks" in named else (cell.tasks_per_worker, cell.tasks_per_worker or cell.tasks),
            tuple((name, text) for name, text in cell.swept_env.items() if name not in env_named),
        )

    return values


def _variants_without(part: str, named: Set[str]) -> Callable[[Variant], str | None]:
    """A variant → its name and what is swept in it, but for what is named; remembered, for cells share variants."""
    known: dict[int, str | None] = {}

    def text(variant: Variant) -> str | None:
        if part in named:
            return None
        if id(variant) not in known:
            kept = {name: value for name, value in variant.swept.items() if f"{part}.{name}" not in named}
            known[id(variant)] = canonical([variant.name, kept])
        return known[id(variant)]

    return text


def _against(cell: Cell, baseline: str | None) -> Cell:
    # not dataclasses.replace, which takes three times as long, for up to 100,000 cells
    return Cell(
        cell.key,
        cell.workload,
        cell.model,
        cell.workers,
        cell.python,
        cell.python_label,
        cell.tasks,
        cell.tasks_per_worker,
        cell.env,
        cell.swept_env,
        cell.same,
        baseline,
        cell.counted,
        cell.gil,
    )
