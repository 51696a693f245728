"""Imported modules → fingerprint: the code, the packages and the interpreter behind a measurement."""

from __future__ import annotations

import os
import sys

from .work import INSTALLED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from importlib.metadata import Distribution
    from typing import Any

    Places = tuple[str, str, Mapping[str, str]]
    """The experiment's folder, the project's root, and the folders of editable distributions by their names."""


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


def fingerprint(imported: Mapping[str, str], places: Places, known: Mapping[str, list[str]]) -> dict[str, object]:
    """What these modules (name → file) come from.

    `files`: content digests of those that lie in no folder for installed distributions, by the names that `place` gives
    them. `distributions`: name → version. `modules`: what is to be handed to the next child as `known`, so that it need
    not search again.
    """
    own = {name: path for name, path in imported.items() if not is_installed(path)}
    files = {place(name, os.path.abspath(path), places): content_digest(path) for name, path in own.items()}
    modules = distributions_of({entry_of(imported[name]) for name in imported.keys() - own.keys()}, known)
    return {
        "python": python_build(),
        "files": dict(sorted(files.items())),
        "distributions": dict(sorted((entry[0], entry[1]) for entry in modules.values())),
        "modules": modules,
    }


def place(name: str, path: str, places: Places) -> str:
    """A file's name that means the same on another machine: its path from the experiment's folder within the project,
    `DISTRIBUTION:path` from the folder of an editable one, else the module's name."""
    project, root, editable = places
    if _is_within(path, root):
        return os.path.relpath(path, project).replace(os.sep, "/")
    for distribution, folder in editable.items():
        if _is_within(path, folder):
            return f"{distribution}{APART}{os.path.relpath(path, folder).replace(os.sep, '/')}"
    return name


APART = ":"
"""Between an editable distribution's name and a file of it."""


def _is_within(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


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
                found[name] = [owner, version_of(metadata.distribution(owner))]
    return dict(sorted(found.items()))


def name_of(distribution: Distribution) -> str:
    """Its name; empty where half of it is left, as of an installation that was broken off."""
    known = distribution.metadata
    return str(known["Name"]) if known and "Name" in known else ""


def version_of(distribution: Distribution) -> str:
    """Its version. One that was installed from a folder may be built again under the same: a digest of its files, as
    its record has them, stands behind it."""
    version = str(distribution.version)
    if _source(distribution) is None:
        return version
    from .digest import hashed

    built = "\n".join(sorted(_built(distribution.read_text("RECORD") or "")))
    return f"{version} ({hashed(built.encode()).hex()[:8]})" if built else version


def _built(record: str) -> Iterator[str]:
    """Lines of the files that are the same wherever the same is installed (PyPA, Recording installed projects)."""
    for line in record.splitlines():
        name, _, rest = line.partition(",")
        elsewhere = name.startswith(("../", "__editable__")) or ".dist-info/" in name
        if "=" in rest and not elsewhere and not name.endswith((".pth", ".pyc")):
            yield line


def editable_roots() -> dict[str, str]:
    """Distribution → folder, of those that are used from where they are written, so that no installer sees a change."""
    from importlib import metadata

    roots = {}
    for distribution in metadata.distributions():
        source = _source(distribution)
        if source and source["dir_info"].get("editable") and source["url"].startswith("file://"):
            from urllib.parse import unquote

            roots[name_of(distribution)] = unquote(source["url"].removeprefix("file://"))
    return roots


def _source(distribution: Distribution) -> dict[str, Any] | None:
    """Where it was installed from, if that was a folder (PyPA, Direct URL data structure)."""
    text = distribution.read_text("direct_url.json")
    if not text or "dir_info" not in text:
        return None
    from .protocol import parse

    source = parse(text)
    return source if isinstance(source.get("dir_info"), dict) else None
