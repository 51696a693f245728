"""`sweep` → factors: a mapping is the product of its lists, a list of mappings is exactly those rows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from pydantic import ValidationError

from .document import Keys
from .messages import quoted
from .values import Json, Wrong, WrongValue, refuse_together

Row = Mapping[str, object]
Sweep = dict[str, list[object]] | list[dict[str, object]]

SCHEMA: Json = {
    "anyOf": [
        {"type": "object", "additionalProperties": {"type": "array", "minItems": 1}},
        {"type": "array", "items": {"type": "object", "minProperties": 1}, "minItems": 1},
    ]
}


def checked(sweep: object, check_name: Callable[[str], object], value_of: Callable[[str, object], object]) -> Sweep:
    """The sweep with its names and every value checked; raises all that is wrong at once."""
    form = _formed(sweep)
    wrong = list(_wrong_names(form, check_name))
    refused = {one.keys[-1] for one in wrong}

    def one(keys: Keys, name: str, value: object) -> object:
        try:
            return None if name in refused else value_of(name, value)
        except WrongValue as error:
            wrong.append(Wrong(keys, str(error), error.hint))
        except ValidationError as error:
            wrong.extend(inner(keys, error))
        return None

    done: Sweep
    if isinstance(form, dict):
        done = {name: [one((name, i), name, value) for i, value in enumerate(values)] for name, values in form.items()}
    else:
        done = [{name: one((i, name), name, value) for name, value in row.items()} for i, row in enumerate(form)]
    refuse_together(wrong)
    return done


def _wrong_names(sweep: Sweep, check_name: Callable[[str], object]) -> Iterator[Wrong]:
    for name in names(sweep):
        try:
            check_name(name)
        except WrongValue as error:
            yield Wrong(key_path(sweep, name), str(error), error.hint, "key")


def _formed(sweep: object) -> Sweep:
    as_product = isinstance(sweep, dict) and all(isinstance(values, list) and values for values in sweep.values())
    as_rows = isinstance(sweep, list) and sweep and all(isinstance(row, dict) and row for row in sweep)
    if as_product or as_rows:
        return cast(Sweep, sweep)
    remedy = "write {name: [values]}, or a list of mappings, one for each row"
    raise WrongValue(f"{quoted(sweep)} is no sweep: {remedy}")


def names(sweep: Sweep) -> list[str]:
    """Every swept name, in the order of the file."""
    rows = [sweep] if isinstance(sweep, dict) else sweep
    return list(dict.fromkeys(name for row in rows for name in row))


def in_every_row(sweep: Sweep) -> set[str]:
    """The names that each row gives a value."""
    return set(sweep) if isinstance(sweep, dict) else set.intersection(*(set(row) for row in sweep))


def key_path(sweep: Sweep, name: str) -> Keys:
    """Where in the sweep a name first stands."""
    return (name,) if isinstance(sweep, dict) else (next(i for i, row in enumerate(sweep) if name in row), name)


def count(sweep: Sweep) -> int:
    """How many rows it gives, without making them."""
    return math.prod(len(values) for values in sweep.values()) if isinstance(sweep, dict) else len(sweep)


def rows(sweep: Sweep) -> Iterator[Row]:
    """Each row as a mapping of name to value; one empty row where nothing is swept."""
    if isinstance(sweep, list):
        yield from sweep
    else:
        for values in itertools.product(*sweep.values()):
            yield dict(zip(sweep, values, strict=True))


def inner(keys: Keys, error: ValidationError) -> Iterator[Wrong]:
    """What Pydantic found in a value, placed in what the value stands in."""
    for detail in error.errors(include_url=False, include_input=False):
        context = detail.get("ctx", {})
        cause = context.get("error")
        hint = str(context.get("hint", "")) or getattr(cause, "hint", "")
        yield Wrong((*keys, *detail["loc"]), str(cause or detail["msg"]), hint)
