"""Imported modules → fingerprint: the code, the packages and the interpreter behind a measurement."""

from __future__ import annotations

import os
import sys

from .work import INSTALLED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def fingerprint(
    names: Iterable[str], project: str, root: str, known: Mapping[str, list[str]]
) -> dict[str, object]:
    """What the modules called `names` come from.

    `files`: content digests of those that are neither the standard library's nor an installed distribution's, by
    their path from `project` where they lie within `root`, else by module name. `distributions`: name → version.
    `modules`: what is to be handed to the next child as `known`, so that it need not search again.
    """
    standard = os.path.dirname(os.__file__) + os.sep
    own = os.path.dirname(os.path.abspath(__file__)) + os.sep
    files: dict[str, str] = {}
    installed: set[str] = set()
    for name in names:
        path = getattr(sys.modules.get(name), "__file__", None)
        if not path or path.startswith(own):
            continue
        if any(f"{os.sep}{folder}{os.sep}" in path for folder in INSTALLED):
            installed.add(name.partition(".")[0])
        elif not path.startswith(standard):
            files[place(name, os.path.abspath(path), project, root)] = content_digest(path)
    modules = distributions_of(installed, known)
    return {
        "python": python_build(),
        "files": dict(sorted(files.items())),
        "distributions": dict(sorted((entry[0], entry[1]) for entry in modules.values())),
        "modules": modules,
    }


def place(name: str, path: str, project: str, root: str) -> str:
    """A file's name that means the same on another machine."""
    inside = path.startswith(root.rstrip(os.sep) + os.sep)
    return os.path.relpath(path, project).replace(os.sep, "/") if inside else name


def content_digest(path: str) -> str:
    """32 hex digits of a file's bytes; empty where it can't be read."""
    from .digest import hashed

    try:
        with open(path, "rb") as file:
            return hashed(file.read()).hex()
    except OSError:
        return ""


def python_build() -> str:
    """Implementation, version and build in a line."""
    name = "CPython" if sys.implementation.name == "cpython" else sys.implementation.name
    return f"{name} {sys.version}".replace("\n", " ")


def distributions_of(modules: Iterable[str], known: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Top-level module → [distribution, version]."""
    found = {name: known[name] for name in modules if name in known}
    missing = [name for name in modules if name not in known]
    if missing:
        from importlib import metadata

        owners = metadata.packages_distributions()
        for name in missing:
            for owner in owners.get(name, [])[:1]:
                found[name] = [owner, metadata.version(owner)]
    return dict(sorted(found.items()))
