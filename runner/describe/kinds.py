"""Tables of kinds, Pythons that were found → words for a terminal."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from ..child.parameters import REQUIRED, Kind, ModelKind, Needs, Parameter
from ..probe import Found


def kinds_in_words(kinds: Mapping[str, Kind]) -> str:
    """A table of kinds with their parameters."""
    return "\n".join(line for name, kind in kinds.items() for line in _kind_lines(name, kind))


def _kind_lines(name: str, kind: Kind) -> Iterator[str]:
    width = min(shutil.get_terminal_size().columns, 120)
    yield textwrap.fill(f"{name:<16} {kind.summary}", width, subsequent_indent=" " * 17)
    for needs in kind.needs if isinstance(kind, ModelKind) else ():
        yield f"    {_needs(needs)}"
    for parameter_name, parameter in kind.parameters.items():
        text = f"    {parameter_name:<16} {parameter.description} ({_type(parameter)}{_default(parameter)})"
        yield textwrap.fill(text, width, subsequent_indent=" " * 21)


def _needs(needs: Needs) -> str:
    """What not every Python has, and what brings it."""
    what = f"`{needs.option[0]}: {needs.option[1]}` needs" if needs.option else "needs"
    if needs.python:
        return f"{what} Python {'.'.join(map(str, needs.python))} or later"
    return f"{what} {needs.package}: pip install 'runmatrix[{needs.extra}]'"


def _type(parameter: Parameter) -> str:
    return parameter.type if isinstance(parameter.type, str) else " | ".join(parameter.type)


def _default(parameter: Parameter) -> str:
    if parameter.default is REQUIRED:
        return ", required"
    return "" if parameter.default is None else f", unless given {json.dumps(parameter.default)}"


def pythons_in_words(found: Sequence[Found]) -> str:
    """A line for each Python: what to write to have it, what it is, and how it was found."""
    lines = [("write", "Python", "GIL", "found by", "")]
    lines += [(one.written or "–", *_interpreter(one), one.by, one.objection or str(one.path)) for one in found]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join("  ".join([*map(str.ljust, line, widths), line[4]]).rstrip() for line in lines)


def _interpreter(one: Found) -> tuple[str, str]:
    if one.facts is None:
        return "", ""
    extras = [name for name in ("debug", "jit") if one.facts.interpreter.get(name)]
    gil = one.facts.interpreter.get("gil")
    return " ".join([str(one.facts), *extras]), "" if gil is None else "on" if gil else "off"
