"""`env` and `pass_env` → variables for every child, with those that are swept."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator, ValidationError, WithJsonSchema

from . import sweep as sweeps
from .messages import quoted
from .values import Json, Wrong, WrongValue, refuse_together

Environment = dict[str, object]
"""Name → text, and under `sweep` a sweep of texts."""


def environment(value: object) -> Environment:
    """Variables; raises all that is wrong at once."""
    if not isinstance(value, dict):
        raise WrongValue(f"{quoted(value)} is no mapping: write {{NAME: text}}")
    wrong: list[Wrong] = []
    for name, text in value.items():
        if name == "sweep":
            continue
        try:
            _variable(name, text)
        except WrongValue as error:
            wrong.append(Wrong((name,), str(error), error.hint))
    refuse_together(wrong)
    swept = value.get("sweep")
    if swept is None:
        return {name: text for name, text in value.items() if name != "sweep"}
    return value | {"sweep": _swept(swept, value)}


def fixed(env: Environment) -> dict[str, str]:
    """The variables that are the same in every cell."""
    return {name: str(text) for name, text in env.items() if name != "sweep"}


def swept(env: Environment) -> sweeps.Sweep:
    """The variables that are not."""
    found = env.get("sweep", {})
    assert isinstance(found, dict | list)
    return found


def passed(value: object) -> str:
    """The name of a variable whose value goes through."""
    if not isinstance(value, str):
        raise WrongValue(f"{quoted(value)} is no variable's name: quote it")
    _check_name(value)
    return value


def _swept(value: object, env: Environment) -> sweeps.Sweep:
    try:
        done = sweeps.checked(value, _check_name, _variable)
    except ValidationError as error:
        refuse_together(sweeps.inner(("sweep",), error))
        raise
    twice = [name for name in sweeps.names(done) if name in env]
    text = "is set and swept as well: leave one of them out"
    refuse_together(
        Wrong(("sweep", *sweeps.key_path(done, name)), f"{quoted(name)} {text}", at="key") for name in twice
    )
    return done


def _variable(name: str, text: object) -> str:
    _check_name(name)
    if isinstance(text, list):
        raise WrongValue(f"{quoted(text)} is no text: write `sweep: {{{name}: [a, b]}}` in `env` for an axis")
    if not isinstance(text, str):
        raise WrongValue(f"{quoted(text)} is no text: quote it")
    if "\0" in text:
        raise WrongValue(f"{quoted(name)} can't hold a NUL character: take it out")
    return text


OURS = ("PYTHONPATH", "PYTHONHASHSEED", "RUNMATRIX_CHILD", "RUNMATRIX_SEED")


def _check_name(name: str) -> None:
    if name in OURS:
        raise WrongValue(f"{quoted(name)} is set by Runmatrix in every child: leave it out")
    if not name or set(name) & set("=\0"):
        raise WrongValue(f"{quoted(name)} can't be a variable's name: write one without `=`")


_TEXT: Json = {"type": ["string", "number"]}
_SCHEMA: Json = {"type": "object", "properties": {"sweep": sweeps.SCHEMA}, "additionalProperties": _TEXT}

Env = Annotated[Environment, PlainValidator(environment), WithJsonSchema(_SCHEMA)]
Passed = Annotated[str, PlainValidator(passed), WithJsonSchema({"type": "string", "pattern": "^[^=]+$"})]
