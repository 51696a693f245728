"""Python source → the names that its module has, and what its plain functions take, as far as reading it tells."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

LARGEST_BYTES = 4 * 1024 * 1024
REACHES_NAMES = frozenset({"globals", "locals", "vars", "exec", "modules", "__path__", "_convert_"})
"""Who uses these may give a module names that don't stand in its source, or modules that don't lie in its folder."""

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """The names that it has, and those of them that are one function without decorators."""

    names: frozenset[str]
    functions: dict[str, Definition]


def parsed(source: bytes) -> Module | None:
    """None where it can't be told which names there are. Raises SyntaxError."""
    if len(source) > LARGEST_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        names = Counter(_names(tree))
        if "__getattr__" in names or any(map(_hides_names, ast.walk(tree))):
            return None
    except (RecursionError, MemoryError, ValueError):
        return None
    functions = {one.name: one for one in _functions(tree) if names[one.name] == 1 and not one.decorator_list}
    return Module(frozenset(names), functions)


def _hides_names(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in REACHES_NAMES
        case ast.ImportFrom(names=names):
            return any(alias.name == "*" or alias.name in REACHES_NAMES for alias in names)
    return False


def _names(node: ast.AST) -> Iterator[str]:
    """Every name that running the module binds in it, as often as it stands there."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield child.name
                yield from (name for inner in ast.walk(child) if isinstance(inner, ast.Global) for name in inner.names)
                continue
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name.partition(".")[0] for alias in child.names)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
        yield from _names(child)


def _functions(node: ast.AST) -> Iterator[Definition]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        elif not isinstance(child, ast.ClassDef | ast.Lambda):
            yield from _functions(child)
