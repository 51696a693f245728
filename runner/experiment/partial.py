"""Data, its mistakes → the data without these, where cells keep their names and axes: what is left can be expanded."""

from __future__ import annotations

from collections.abc import Iterable

from .document import Keys
from .messages import Mistake

_MAKES_CELLS = {"workloads": ("kind", "sweep", "inputs"), "models": ("kind", "label", "workers", "sweep")}
_MAKES_NONE = ("measure", "limits")


def without(data: object, mistakes: Iterable[Mistake]) -> object | None:
    """None where some mistake is of what cells there are."""
    left = data
    for keys in dict.fromkeys(_apart(mistake.path) for mistake in mistakes):
        if keys is None:
            return None
        left = _cut(left, keys)
    return left


def _apart(path: Keys) -> Keys | None:
    """The parameter, option or setting that a mistake is of; None where it is of something else."""
    if len(path) > 1 and path[0] in _MAKES_NONE:
        return path[:2]
    if len(path) > 2 and path[2] not in _MAKES_CELLS.get(str(path[0]), path):
        return path[:3]
    return None


def _cut(value: object, keys: Keys) -> object:
    first, rest = keys[0], keys[1:]
    if isinstance(value, list):
        return [_cut(item, rest) if index == first else item for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if not rest:
        return {name: item for name, item in value.items() if name != first}
    return {name: _cut(item, rest) if name == first else item for name, item in value.items()}
