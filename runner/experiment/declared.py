"""One declaration → Workload or Model: what every kind has, and what `function` and `command` have of their own."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import Annotated, ClassVar, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator, model_validator

from ..child.parameters import REQUIRED, Kind, ModelKind
from . import sweep as sweeps
from .document import Keys
from .messages import did_you_mean, listed, quoted
from .sweep import Sweep
from .values import (
    ONE_OR_MORE,
    Name,
    Same,
    Workers,
    Wrong,
    WrongValue,
    json_value,
    refuse_together,
    type_of,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FORMATTER = string.Formatter()
_BRACES = "write `{{` and `}}` for braces that stand for themselves"


class Shape(BaseModel):
    """A part of an experiment: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Declared(Shape):
    """What workloads and models have in common: a kind, its parameters, and what is swept of them."""

    row: ClassVar[Kind]
    kind_name: ClassVar[str]
    word: ClassVar[str]
    kind: str
    sweep: Sweep = Field(
        default={},
        description="values to measure one by one: {name: [values]} is the product of its lists, "
        "a list of mappings is exactly those rows",
        examples=[{"size": [64, 512]}],
        json_schema_extra=sweeps.SCHEMA,
    )

    @field_validator("sweep", mode="plain")
    @classmethod
    def _check_sweep(cls, value: object) -> Sweep:
        return sweeps.checked(value, cls._check_swept_name, cls._swept_value)

    @model_validator(mode="after")
    def _check_whole(self) -> Declared:
        refuse_together(self._wrong())
        return self

    def settings(self) -> dict[str, object]:
        """Every parameter's value, defaults filled in; one that must be swept and is not yet has None."""
        return {name: getattr(self, name) for name in self.row.parameters}

    @classmethod
    def filled(cls, settings: Mapping[str, object], row: sweeps.Row) -> dict[str, object]:
        """The settings of one row of the sweep."""
        return {**settings, **row}

    @classmethod
    def _swept_value(cls, name: str, value: object) -> object:
        parameter = cls.row.parameters.get(name)
        return cls._free_value(name, value) if parameter is None else _adapter(parameter.type).validate_python(value)

    @classmethod
    def _check_swept_name(cls, name: str) -> None:
        """Refuse a name that can't be swept."""
        if name not in cls.row.parameters:
            text = f"{quoted(name)} is no {cls.word} {quoted(cls.kind_name)}, so it can't be swept"
            known = f"it has {listed(cls.row.parameters) or 'none'}"
            raise WrongValue(text, did_you_mean(name, cls.row.parameters, known))

    @classmethod
    def _free_value(cls, name: str, value: object) -> object:
        """A swept value whose name is no parameter, where that is allowed."""
        return value

    def _swept_at(self, name: str) -> Keys:
        return ("sweep", *sweeps.key_path(self.sweep, name))

    def _wrong(self) -> Iterator[Wrong]:
        swept = sweeps.names(self.sweep)
        everywhere = sweeps.in_every_row(self.sweep) if swept else set()
        for name in swept:
            if name in self.row.parameters and name in self.model_fields_set:
                yield Wrong(
                    self._swept_at(name), f"{quoted(name)} is set and swept as well: leave one of them out", at="key"
                )
        for name, parameter in self.row.parameters.items():
            if parameter.default is REQUIRED and name not in self.model_fields_set and name not in everywhere:
                example = json.dumps({name: parameter.example}, ensure_ascii=False)[1:-1].replace('"', "", 2)
                yield Wrong(
                    (), f"{self.kind} needs {quoted(name)}: {parameter.description}", f"such as `{example}`", "first"
                )


class Workload(Declared):
    """What is computed."""

    word = "parameter of workload kind"
    same: Same = Field(
        default="equal",
        description='when two results are the same: equal, unordered, any, {close: 1e-6} or "module:function"',
        examples=["unordered", {"close": 1e-6}],
    )


class FunctionWorkload(Workload):
    """A workload whose swept names may be arguments of the user's function."""

    @classmethod
    def _free_value(cls, name: str, value: object) -> object:
        return json_value(value)

    @classmethod
    def _check_swept_name(cls, name: str) -> None:
        if not name.isidentifier():
            raise WrongValue(f"{quoted(name)} can't be the name of an argument: rename it")

    @classmethod
    def filled(cls, settings: Mapping[str, object], row: sweeps.Row) -> dict[str, object]:
        """Swept names that are no parameters go into `args`."""
        own = {name: value for name, value in row.items() if name in cls.row.parameters}
        merged = {**settings, **own}
        given = merged["args"]
        assert isinstance(given, dict)
        return merged | {"args": given | {name: value for name, value in row.items() if name not in own}}

    def _wrong(self) -> Iterator[Wrong]:
        yield from super()._wrong()
        settings = self.settings()
        everywhere = sweeps.in_every_row(self.sweep)
        if not any(settings[name] or name in everywhere for name in ("call", "async_call")):
            text = "function needs `call` or `async_call`: which function a task calls"
            yield Wrong((), text, 'such as `call: "images:resize"`', "first")
        args = settings["args"]
        assert isinstance(args, dict)
        for name in sweeps.names(self.sweep):
            if name in args:
                text = f"{quoted(name)} is among `args` and swept as well: leave one of them out"
                yield Wrong(self._swept_at(name), text, at="key")


class CommandWorkload(Workload):
    """A workload whose swept names may be placeholders in its command, which is written as for `str.format`."""

    @classmethod
    def _check_swept_name(cls, name: str) -> None:
        if not _NAME.fullmatch(name) or name == "input":
            raise WrongValue(f"{quoted(name)} can't be a placeholder: write letters, digits and `_`, and not `input`")

    @classmethod
    def _free_value(cls, name: str, value: object) -> object:
        if isinstance(value, str) and "\0" not in value:
            return value
        raise WrongValue(f"{quoted(value)} can't be filled in for `{{{name}}}`: quote it")

    @classmethod
    def filled(cls, settings: Mapping[str, object], row: sweeps.Row) -> dict[str, object]:
        """Swept names are filled into the command. `{input}` is left to the child, which has the inputs, and so is
        turning `{{` into `{`."""
        own = {name: value for name, value in row.items() if name in cls.row.parameters}
        merged = {**settings, **own}
        command = merged["argv"]
        assert isinstance(command, list)
        return merged | {"argv": [_filled(part, row) for part in command]}

    def _wrong(self) -> Iterator[Wrong]:
        yield from super()._wrong()
        used: set[str] = set()
        wrong: list[Wrong] = []
        for keys, command in self._commands():
            for index, part in enumerate(command):
                try:
                    names = _placeholders(part)
                except ValueError as error:
                    wrong.append(Wrong((*keys, index), f"{quoted(part)} can't be filled in: {error}", _BRACES))
                    continue
                used.update(names)
                wrong += [one for name in names for one in self._wrong_placeholder((*keys, index), name)]
        # a misspelt placeholder leaves its name unused, which is one mistake and not two
        yield from wrong or self._unused(used)

    def _unused(self, used: Set[str]) -> Iterator[Wrong]:
        for name in sweeps.names(self.sweep):
            if name not in used | self.row.parameters.keys():
                text = f"{quoted(name)} is swept, but `{{{name}}}` does not stand in `argv`"
                yield Wrong(self._swept_at(name), text, "write it where it belongs", "key")

    def _wrong_placeholder(self, keys: Keys, name: str) -> Iterator[Wrong]:
        everywhere = sweeps.in_every_row(self.sweep)
        if name == "input":
            if self.settings()["inputs"] is None and "inputs" not in everywhere:
                hint = 'give `inputs`, such as `inputs: {glob: "data/*.bin"}`'
                yield Wrong(keys, "`{input}` has nothing to be filled with", hint)
        elif name not in everywhere:
            sweep_it = f"sweep it, `sweep: {{{name}: [1, 9]}}`; {_BRACES}"
            hint = did_you_mean(name, [*sorted(everywhere), "input"], sweep_it)
            yield Wrong(keys, f"nothing gives a value for `{{{name}}}`", hint)

    def _commands(self) -> Iterator[tuple[Keys, list[str]]]:
        """Every `argv` there is, set or swept, and where."""
        if "argv" in self.model_fields_set:
            yield ("argv",), cast(list[str], self.settings()["argv"])
        if isinstance(self.sweep, dict):
            yield from (
                (("sweep", "argv", i), cast(list[str], one)) for i, one in enumerate(self.sweep.get("argv", []))
            )
        else:
            rows = [(i, row["argv"]) for i, row in enumerate(self.sweep) if "argv" in row]
            yield from ((("sweep", i, "argv"), cast(list[str], one)) for i, one in rows)


class Model(Declared):
    """How it is done concurrently."""

    row: ClassVar[ModelKind]
    word = "option of model kind"
    label: Name | None = Field(
        default=None, description="the name in tables; unless given, the kind", examples=["spawned"]
    )
    workers: Annotated[tuple[Workers, ...], ONE_OR_MORE] | None = Field(
        default=None,
        min_length=1,
        description="replaces the top level's `workers` for this model",
        examples=[[10, 100, "tasks"]],
    )

    @property
    def name(self) -> str:
        """What tables and selectors call it."""
        return self.label or self.kind

    def _wrong(self) -> Iterator[Wrong]:
        yield from super()._wrong()
        if self.row.ignores_workers and self.workers is not None:
            yield Wrong(("workers",), f"{self.kind} always has one worker: leave `workers` out", at="key")


@cache
def _adapter(word: str | tuple[str, ...]) -> TypeAdapter[object]:
    return TypeAdapter(type_of(word))


def _placeholders(part: str) -> list[str]:
    """The names in braces of a command's text; raises ValueError where braces hold anything else."""
    fields = [field for field in _FORMATTER.parse(part) if field[1] is not None]
    for _, name, form, conversion in fields:
        if form or conversion or not _NAME.fullmatch(name or ""):
            raise ValueError("braces hold a swept name or `input`")
    return [str(name) for _, name, _, _ in fields]


def _filled(part: str, row: sweeps.Row) -> str:
    """A command's text with what is swept in its place, braces doubled where they stand for themselves."""
    texts = []
    for literal, name, _, _ in _FORMATTER.parse(part):
        texts.append(_doubled(literal))
        if name is not None:
            texts.append(_doubled(str(row[name])) if name in row else f"{{{name}}}")
    return "".join(texts)


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
