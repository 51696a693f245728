"""Parameter's type → what Pydantic checks: the words of the tables, and the small types that keys share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, cast

from pydantic import (
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from . import quantity
from .document import Keys
from .messages import listed, quoted, suggestion

Json = dict[str, Any]


class Wrong(NamedTuple):
    """What is wrong inside the value that is being checked; `keys` leads to it from there."""

    keys: Keys
    text: str
    hint: str = ""
    at: Literal["value", "key", "first"] = "value"


_CALL = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_WORKERS = re.compile(r"(?:([1-9][0-9]{0,5})\s*\*\s*)?cpus|tasks")


class WrongValue(ValueError):
    """A value is not what it should be; `hint` says what would be."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.hint = hint


def refuse_together(wrong: Iterable[Wrong]) -> None:
    """Hand Pydantic several mistakes at once, each with its place inside the value that is being checked."""
    details = [
        InitErrorDetails(type=PydanticCustomError("wrong", "{text}", one._asdict()), loc=one.keys, input=None)
        for one in wrong
    ]
    if details:
        raise ValidationError.from_exception_data("experiment", details)


@dataclass(frozen=True, slots=True)
class Short:
    """Annotation: a short form is turned into the long one before it is checked, and the JSON schema has both."""

    lengthen: Callable[[object], object]
    schema: Callable[[Json], Json]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.lengthen, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        long = handler(schema)
        return {"anyOf": [self.schema(long), long]}


def _in_list(value: object) -> object:
    return [value] if isinstance(value, str | int | float | dict) else value


ONE_OR_MORE = Short(_in_list, lambda long: dict(long["items"]))


def call(value: object) -> str:
    """A function by the name of its module and its own."""
    if not isinstance(value, str) or not _CALL.fullmatch(value):
        raise WrongValue(f'{quoted(value)} names no function: write "module:function", such as "images:resize"')
    return value


def json_value(value: object) -> object:
    """A value that JSON can carry: what YAML gives, but infinities and what is no number."""
    remedy = "is not finite: write a finite number, or quote it"
    refuse_together(Wrong(keys, f"{quoted(number)} {remedy}") for keys, number in _infinite(value))
    return value


def arguments(value: object) -> dict[str, object]:
    """Keyword arguments."""
    if not isinstance(value, dict):
        raise WrongValue(f"{quoted(value)} is no mapping of arguments: write {{name: value}}")
    bad = [name for name in value if not (isinstance(name, str) and name.isidentifier())]
    refuse_together(
        Wrong((name,), f"{quoted(name)} can't be the name of an argument: rename it", at="key") for name in bad
    )
    json_value(value)
    return value


def argv(value: object) -> list[str]:
    """A program and its arguments."""
    if not isinstance(value, list) or not value:
        raise WrongValue(f"{quoted(value)} is no command: write a list of texts, such as [gzip, -c, file]")
    bad = [index for index, part in enumerate(value) if not isinstance(part, str) or "\0" in part]
    refuse_together(Wrong((index,), f"{quoted(value[index])} is no text: quote it") for index in bad)
    return value


def address(value: object) -> str:
    """Where a server is reached."""
    if not isinstance(value, str) or not re.fullmatch(r"[\w+.-]+://\S+|\S+:[0-9]+", value):
        raise WrongValue(f"{quoted(value)} is no address: write it as the server says it, such as tcp://10.0.0.5:8786")
    return value


def inputs(value: object) -> object:
    """What tasks are given: "module:function", {glob: …}, {lines: …} or a list."""
    if isinstance(value, str):
        return call(value)
    if isinstance(value, list) and value:
        return json_value(value)
    if isinstance(value, dict) and len(value) == 1 and value.keys() <= {"glob", "lines"}:
        (name,) = value.values()
        if isinstance(name, str) and name and "\0" not in name:
            return value
    raise WrongValue(
        f'{quoted(value)} gives no inputs: write "module:function", {{glob: "data/*.bin"}}, {{lines: file}} or a list'
    )


def same(value: object) -> object:
    """When two results are the same."""
    words = ("equal", "unordered", "any")
    if isinstance(value, dict) and value.keys() == {"close"}:
        return {"close": quantity.tolerance(value["close"])}
    if isinstance(value, str) and (value in words or _CALL.fullmatch(value)):
        return value
    raise WrongValue(f'{quoted(value)} is none of {listed(words)}, {{close: 1e-6}}, "module:function"')


def workers(value: object) -> int | str:
    """A number of workers: 1 or more, `cpus`, a multiple of them, or `tasks`."""
    if isinstance(value, str):
        if not (found := _WORKERS.fullmatch(value)):
            text = f"{quoted(value)} is no number of workers: write 1 or more, cpus, 2*cpus or tasks"
            raise WrongValue(text, suggestion(value, ("cpus", "tasks")))
        return f"{found[1]}*cpus" if found[1] else value
    return quantity.count(value)


def name(value: object) -> str:
    """A name that tables and `--only` can carry."""
    if not isinstance(value, str):
        raise WrongValue(f"{quoted(value)} is no name: quote it")
    if not value.strip() or value != value.strip() or not value.isprintable() or set(value) & set(",="):
        raise WrongValue(f"{quoted(value)} can't be a name: write printable text without `,` and `=` and outer blanks")
    return value


def positive(value: float) -> float:
    """Zero would mean that nothing may be done."""
    if value <= 0:
        raise WrongValue(f"{quoted(value)} is too small: write more than 0")
    return value


def _infinite(value: object, keys: Keys = ()) -> Iterable[tuple[Keys, float]]:
    if isinstance(value, float) and not math.isfinite(value):
        yield keys, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _infinite(item, (*keys, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _infinite(item, (*keys, index))


def _quantity(check: Callable[[object], object], pattern: str, most: Json | None = None) -> tuple[object, object]:
    number = {"type": "number", "minimum": 0} | (most or {})
    return PlainValidator(check), WithJsonSchema({"anyOf": [number, {"type": "string", "pattern": pattern}]})


_NUMBER = r"^\s*\+?[0-9._]+([eE][-+]?[0-9]+)?\s*"
_TEXTS: Json = {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1}
_INPUTS: Json = {
    "anyOf": [
        {"type": "string", "pattern": "^.+:.+$"},
        {
            "type": "object",
            "properties": {"glob": {"type": "string"}},
            "required": ["glob"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"lines": {"type": "string"}},
            "required": ["lines"],
            "additionalProperties": False,
        },
        {"type": "array", "minItems": 1},
    ]
}
_SAME: Json = {
    "anyOf": [
        {"enum": ["equal", "unordered", "any"]},
        {"type": "string", "pattern": "^.+:.+$"},
        {
            "type": "object",
            "properties": {"close": {"type": ["number", "string"]}},
            "required": ["close"],
            "additionalProperties": False,
        },
    ]
}

Seconds = Annotated[
    float, *_quantity(quantity.seconds, _NUMBER + "(ns|us|\N{MICRO SIGN}s|\N{GREEK SMALL LETTER MU}s|ms|s|min|h)?$")
]
Bytes = Annotated[int, *_quantity(quantity.size, _NUMBER + "([kMG]?B|[KMG]iB)?$")]
Share = Annotated[float, *_quantity(quantity.share, _NUMBER + "%?$", {"maximum": 1})]
Factor = Annotated[float, *_quantity(quantity.factor, _NUMBER + "x?$")]
Count = Annotated[int, PlainValidator(quantity.count), WithJsonSchema({"type": "integer", "minimum": 1})]
Call = Annotated[str, PlainValidator(call), WithJsonSchema({"type": "string", "pattern": "^.+:.+$"})]
Address = Annotated[str, PlainValidator(address), WithJsonSchema({"type": "string", "pattern": ":"})]
Argv = Annotated[list[str], PlainValidator(argv), WithJsonSchema(_TEXTS)]
Arguments = Annotated[dict[str, object], PlainValidator(arguments), WithJsonSchema({"type": "object"})]
Inputs = Annotated[object, PlainValidator(inputs), WithJsonSchema(_INPUTS)]
Same = Annotated[object, PlainValidator(same), WithJsonSchema(_SAME)]
Name = Annotated[str, PlainValidator(name), WithJsonSchema({"type": "string", "pattern": "^[^,=]+$"})]
Workers = Annotated[
    int | str,
    PlainValidator(workers),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": r"^(([1-9][0-9]*\s*\*\s*)?cpus|tasks)$"},
            ]
        }
    ),
]

_BY_WORD: dict[str, object] = {
    "seconds": Seconds,
    "bytes": Bytes,
    "count": Count,
    "share": Share,
    "call": Call,
    "address": Address,
    "argv": Argv,
    "arguments": Arguments,
    "inputs": Inputs,
}


def type_of(word: str | Sequence[str]) -> Any:
    """The checked type behind a Parameter's `type`."""
    return _BY_WORD[word] if isinstance(word, str) else cast(Any, Literal)[tuple(word)]
