"""Scalar as written → value, by the core schema of YAML 1.2: `on`, `no`, `1:30` are texts and `010` is ten.

Source: https://yaml.org/spec/1.2.2/#103-core-schema; underscores between digits are ours.
"""

from __future__ import annotations

import re

CORE = "tag:yaml.org,2002:"
SCALAR_TAGS = frozenset({"str", "int", "float", "bool", "null"})

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_INTEGER = re.compile(rf"[-+]?{_DIGITS}")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(rf"[-+]?(?:\.[0-9]+|{_DIGITS}(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MOST_DIGITS = 400

Scalar = str | int | float | bool | None


class ScalarError(ValueError):
    """A scalar is not what its tag says, or no number that can be computed with."""


def plain(text: str) -> Scalar:
    """What a scalar without quotes and tag stands for."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    number = _number(text)
    return text if number is None else number


def tagged(text: str, tag: str) -> Scalar:
    """What a scalar stands for that has a tag of the core schema, given without its prefix."""
    if tag == "str":
        return text
    value = plain(text)
    if tag == "float" and type(value) is int:
        return float(value)
    if type(value).__name__ != {"null": "NoneType"}.get(tag, tag):
        raise ScalarError(f"`{text[:60]}` is not what `!!{tag}` says")
    return value


def _number(text: str) -> int | float | None:
    if _INTEGER.fullmatch(text):
        return int(_bounded(text))
    if _BASED.fullmatch(text):
        return int(_bounded(text), 0)
    if _FLOAT.fullmatch(text):
        return float(_bounded(text))
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", "").lower())
    return None


def _bounded(text: str) -> str:
    if len(text) > _MOST_DIGITS:
        raise ScalarError(f"a number of {len(text)} characters is too long: quote it if it is a text")
    return text
