"""Pydantic's ValidationError → [Mistake], in the words of the file format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ..child.models.table import MODELS
from ..child.workloads.table import WORKLOADS
from .declared import Model, Shape, Workload
from .document import Document, Keys
from .messages import Mistake, did_you_mean, listed, quoted, suggestion
from .schema import Blocks, Experiment, Include, Limits, Measure, PythonChoice, Requirement

Detail = Mapping[str, Any]

_TAKES = {
    "model_type": "takes a mapping",
    "model_attributes_type": "takes a mapping",
    "dict_type": "takes a mapping",
    "list_type": "takes a list",
    "tuple_type": "takes a list",
    "string_type": "takes a text: quote it",
    "int_type": "takes a whole number",
    "bool_type": "takes true or false",
}


def explained(document: Document, error: ValidationError) -> list[Mistake]:
    """A mistake for everything that Pydantic found."""
    details = error.errors(include_url=False)
    # a list whose every entry is refused is too short as well, in Pydantic's count
    return [_mistake(document, detail) for detail in details if detail["type"] != "too_short" or not detail["input"]]


def _mistake(document: Document, detail: Detail) -> Mistake:
    keys = _in_file(document, detail["loc"])
    if detail["loc"][-1:] == ("[key]",):
        return Mistake(keys, str(detail["ctx"]["error"]), at="key")
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "wrong":
        return Mistake(keys, context["text"], context["hint"], context["at"])
    if kind == "value_error":
        cause = context["error"]
        return _written(document, keys, str(cause), getattr(cause, "hint", ""))
    if kind in _TAKES:
        return Mistake(keys, f"{_subject(keys)} {_TAKES[kind]}, not {_got(document, keys)}", _boolean(kind, detail))
    return _SPECIAL.get(kind, _other)(document, keys, detail)


def _unknown_key(document: Document, keys: Keys, detail: Detail) -> Mistake:
    whose, known = _known(document, keys[:-1])
    word = "option" if " kind " in whose else "key"
    return Mistake(keys, f"unknown {word} {quoted(keys[-1])}{whose}", did_you_mean(keys[-1], known), at="key")


def _missing(document: Document, keys: Keys, detail: Detail) -> Mistake:
    return Mistake(keys, f"{quoted(detail['loc'][-1])} is missing{_inside(keys)}: add it", at="first")


def _unknown_kind(document: Document, keys: Keys, detail: Detail) -> Mistake:
    table: Iterable[str] = WORKLOADS if keys[0] == "workloads" else MODELS
    word = "workload" if keys[0] == "workloads" else "model"
    tag = detail["ctx"]["tag"]
    at = (*keys, "kind") if document.node((*keys, "kind")) else keys
    return Mistake(at, f"unknown {word} kind {quoted(tag)}", did_you_mean(tag, table))


def _no_kind(document: Document, keys: Keys, detail: Detail) -> Mistake:
    known = listed(WORKLOADS if keys[0] == "workloads" else MODELS)
    return Mistake(keys, f"`kind` is missing{_inside(keys)}: add one of {known}", at="first")


def _choice(document: Document, keys: Keys, detail: Detail) -> Mistake:
    known = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
    return Mistake(keys, f"{_got(document, keys)} is none of {listed(known)}", suggestion(_raw(document, keys), known))


def _empty(document: Document, keys: Keys, detail: Detail) -> Mistake:
    return Mistake(keys, f"{_subject(keys)} is empty: write at least one entry")


def _other(document: Document, keys: Keys, detail: Detail) -> Mistake:
    return Mistake(keys, f"{_subject(keys)}: {detail['msg'][:1].lower()}{detail['msg'][1:]}")


_SPECIAL: dict[str, Callable[[Document, Keys, Detail], Mistake]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "union_tag_invalid": _unknown_kind,
    "union_tag_not_found": _no_kind,
    "literal_error": _choice,
    "too_short": _empty,
    "string_too_short": _empty,
}


def _written(document: Document, keys: Keys, text: str, hint: str) -> Mistake:
    """A remedy that quotes what stands there does so as it was written: `3.10` is not 3.1."""
    raw = _raw(document, keys)
    return Mistake(keys, text, hint.replace("{written}", raw))


def _in_file(document: Document, location: Sequence[str | int]) -> Keys:
    """Pydantic's location without what the file does not have: the kind that was chosen, an index of a lone value."""
    keys: Keys = ()
    skipped: Keys | None = None
    for name in location:
        kind = document.node((*keys, "kind"))
        if kind is not None and kind.data == name and skipped != keys:
            skipped = keys
        elif document.node((*keys, name)) is not None:
            keys = (*keys, name)
    return keys


def _known(document: Document, keys: Keys) -> tuple[str, Iterable[str]]:
    """Whose keys these are, for a message, and which it may have."""
    kind = document.node((*keys, "kind"))
    if kind is not None and len(keys) > 1 and str(kind.data) in WORKLOADS and keys[0] == "workloads":
        return f" of workload kind {quoted(kind.data)}", [*WORKLOADS[str(kind.data)].parameters, *_names(Workload)]
    if kind is not None and str(kind.data) in MODELS:
        return f" of model kind {quoted(kind.data)}", [*MODELS[str(kind.data)].parameters, *_names(Model)]
    shapes: dict[str, type[Shape]] = {
        "measure": Measure,
        "limits": Limits,
        "include": Include,
        "pythons": PythonChoice,
        "require": Requirement,
    }
    if keys[1:2] == ("blocks",):
        return " of `blocks`", _names(Blocks)
    return (f" of `{keys[0]}`", _names(shapes[str(keys[0])])) if keys else ("", _names(Experiment))


def _names(shape: type[Shape]) -> list[str]:
    return list(shape.model_fields)


def _subject(keys: Keys) -> str:
    names = [key for key in keys if isinstance(key, str)]
    return quoted(names[-1]) if names else "an experiment"


def _inside(keys: Keys) -> str:
    return f" in {_subject(keys)}" if keys else ""


def _raw(document: Document, keys: Keys) -> str:
    node = document.node(keys)
    return (node.written or "") if node else ""


def _got(document: Document, keys: Keys) -> str:
    node = document.node(keys)
    if node is None or node.data is None:
        return "nothing"
    if node.written is None:
        return "a mapping" if isinstance(node.data, dict) else "a list"
    return quoted(node.written)


def _boolean(kind: str, detail: Detail) -> str:
    meant = {"on": "true", "yes": "true", "off": "false", "no": "false"}
    value = str(detail["input"]).lower()
    return f"did you mean `{meant[value]}`?" if kind == "bool_type" and value in meant else ""
