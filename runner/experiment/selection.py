"""Mapping of axes → the values that are meant: what `exclude`, `baseline` and `expect` are written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from . import quantity
from .messages import did_you_mean, listed, quoted
from .values import Json, Wrong, WrongValue, refuse_together, workers

AXES = ("workload", "model", "workers", "python", "tasks")
PARTS = ("workload", "model", "env")
DOTTED = re.compile(rf"({'|'.join(PARTS)})\..+")
CLAIMS = ("speedup", "efficiency")
_CLAIM = re.compile(r"\s*(>=|<=|>|<)\s*([0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)\s*")

Selection = Mapping[str, Sequence[object]]


def dotted(name: object) -> list[str]:
    """What something of that name is called, wherever it is swept."""
    return [f"{part}.{name}" for part in PARTS]


def selection(value: object) -> dict[str, list[object]]:
    """Axis → the values any of which is meant."""
    return _selected(value, frozenset())


def expectation(value: object) -> dict[str, object]:
    """The same, and at least one claim such as `speedup: ">= 3.5"`."""
    done = _selected(value, frozenset(CLAIMS))
    if not any(claim in done for claim in CLAIMS):
        raise WrongValue("this claims nothing", 'say what to expect: `speedup: ">= 3.5"` or `efficiency: ">= 0.8"`')
    return {name: values[0] if name in CLAIMS else values for name, values in done.items()}


def claim(value: object) -> str:
    """A comparison with a ratio."""
    comparison(value)
    return str(value)


def comparison(value: object) -> tuple[str, float]:
    """The sign and the bound of a claim."""
    match = _CLAIM.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise WrongValue(f'{quoted(value)} claims nothing: write a comparison, such as ">= 3.5"')
    return match[1], float(match[2].replace("_", ""))


def _selected(value: object, also: Set[str]) -> dict[str, list[object]]:
    if not isinstance(value, dict) or not value:
        raise WrongValue(f"{quoted(value)} selects nothing: write a mapping of {listed(AXES)}")
    wrong: list[Wrong] = []
    done = {}
    for name, wanted in value.items():
        values = wanted if isinstance(wanted, list) else [wanted]
        if name not in AXES and name not in also and not DOTTED.fullmatch(name):
            hint = did_you_mean(name, [*AXES, *sorted(also)], f"what is swept is `{'` or `'.join(dotted(name))}`")
            wrong.append(Wrong((name,), f"unknown key {quoted(name)}", hint, "key"))
        elif not values or (name in also and len(values) != 1):
            text = f"{quoted(wanted)} is not one value" if values else "this list is empty"
            wrong.append(Wrong((name,), f"{text}: name a value"))
        else:
            done[name] = [_checked((name, i), name, item, wrong) for i, item in enumerate(values)]
    refuse_together(wrong)
    return done


def _checked(keys: tuple[str | int, ...], name: str, value: object, wrong: list[Wrong]) -> object:
    try:
        return _CHECKS.get(name, _scalar)(value)
    except (WrongValue, quantity.QuantityError) as error:
        wrong.append(Wrong(keys, str(error)))
        return None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise WrongValue(f"{quoted(value)} is no name: quote it")


def _scalar(value: object) -> object:
    if isinstance(value, dict | list):
        raise WrongValue(f"{quoted(value)} is no single value")
    return value


_CHECKS: dict[str, Callable[[object], object]] = {
    "workload": _text,
    "model": _text,
    "python": _text,
    "workers": workers,
    "tasks": quantity.count,
    "speedup": claim,
    "efficiency": claim,
}


def _schema(claims: tuple[str, ...]) -> Json:
    value: Json = {"type": ["string", "number", "boolean"]}
    any_of: Json = {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}
    properties = dict.fromkeys(AXES, any_of) | {one: {"type": "string"} for one in claims}
    about: Json = {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}
    return about | {"patternProperties": {rf"^{DOTTED.pattern}$": any_of}}


Selected = Annotated[dict[str, list[object]], PlainValidator(selection), WithJsonSchema(_schema(()))]
Expected = Annotated[dict[str, object], PlainValidator(expectation), WithJsonSchema(_schema(CLAIMS))]
