"""Imported modules → fingerprint: the code, the packages and the interpreter behind a measurement."""

from __future__ import annotations

import os
import sys

from .work import INSTALLED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def imported_files() -> dict[str, str]:
    """Module → file of all that is imported here and is neither the standard library's nor this package's."""
    standard = os.path.dirname(os.__file__) + os.sep
    own = os.path.dirname(os.path.abspath(__file__)) + os.sep
    found = {}
    for name, module in sys.modules.copy().items():
        path = getattr(module, "__file__", None)
        if path and not path.startswith(own) and (is_installed(path) or not path.startswith(standard)):
            found[name] = path
    return found


def is_installed(path: str) -> bool:
    """Whether a file belongs to an installed distribution."""
    return any(f"{os.sep}{folder}{os.sep}" in path for folder in INSTALLED)


def entry_of(path: str) -> str:
    """The module among all installed ones that a file belongs to. What a package brings along in a folder of its own
    belongs to that package, by whatever name it is imported."""
    inside = min((path.rpartition(f"{os.sep}{folder}{os.sep}")[2] for folder in INSTALLED), key=len)
    return inside.partition(os.sep)[0].partition(".")[0]


def fingerprint(
    imported: Mapping[str, str], project: str, root: str, known: Mapping[str, list[str]]
) -> dict[str, object]:
    """What these modules (name → file) come from.

    `files`: content digests of those that belong to no installed distribution, by their path from `project` where
    they lie within `root`, else by module name. `distributions`: name → version. `modules`: what is to be handed to
    the next child as `known`, so that it need not search again.
    """
    own = {name: path for name, path in imported.items() if not is_installed(path)}
    files = {place(name, os.path.abspath(path), project, root): content_digest(path) for name, path in own.items()}
    modules = distributions_of({entry_of(imported[name]) for name in imported.keys() - own.keys()}, known)
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


def distributions_of(modules: Collection[str], known: Mapping[str, list[str]]) -> dict[str, list[str]]:
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
