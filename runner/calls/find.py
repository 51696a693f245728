"""Module's name → its source, found as a child's import would find it; nothing is imported, its packages neither."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import machinery
from pathlib import Path

from ..child.work import INSTALLED

LOADERS = (
    (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
    (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
    (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
)
OURS = (machinery.BuiltinImporter, machinery.FrozenImporter, machinery.PathFinder)

REPLACED = "distutils"
"""Setuptools puts its own in the place of the standard library's."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file of Python source; `folders` is where its own modules lie, where it is a package. `is_beside` says that it
    is found through the folder of the experiment."""

    source: Path
    folders: tuple[str, ...]
    is_beside: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """No such module: its name as far as it goes wrong, the package that lacks it (none for the first part), and what
    there is instead. Of a package, the source of which may say otherwise."""

    name: str
    package: Found | None
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where children of an experiment look: the standard library, the file's folder, what is installed for the Python
    that Runmatrix runs in. Of other Pythons only the folder is known."""

    project: Path
    current_alone: bool

    def find(self, name: str) -> Found | Missing | None:
        """None where it can't be told."""
        top, *rest = name.split(".")
        if top == REPLACED:
            return None
        spec = _look(top, self._folders(top))
        if spec is None:
            return None if self._may_be_elsewhere(top) else Missing(top, None, tuple(modules_in([str(self.project)])))
        whole = top
        for part in rest:
            package = self._found(spec)
            folders = tuple(spec.submodule_search_locations or ())
            if not folders:
                return None  # such as os.path: what a module is that is no package, only its code says
            whole = f"{whole}.{part}"
            spec = _look(whole, folders)
            if spec is None:
                return Missing(whole, package, tuple(modules_in(folders))) if package else None
        return self._found(spec)

    def _found(self, spec: machinery.ModuleSpec) -> Found | None:
        if not isinstance(spec.loader, machinery.SourceFileLoader) or spec.origin is None:
            return None
        folders = tuple(spec.submodule_search_locations or ())
        return Found(Path(spec.origin), folders, _is_in(Path(spec.origin), self.project))

    def _folders(self, top: str) -> Sequence[str]:
        library = os.path.dirname(os.__file__)
        if top in sys.stdlib_module_names:
            return [library, os.path.join(library, "lib-dynload")] if self.current_alone else ()
        return [str(self.project), *(_installed(library) if self.current_alone else ())]

    def _may_be_elsewhere(self, top: str) -> bool:
        """In another Python, in the interpreter itself, in an archive, or where an import hook leads, as one does to
        what is installed editable. pre-commit runs in an environment of its own, without what is installed for cells."""
        if not self.current_alone or top in sys.stdlib_module_names or "PRE_COMMIT" in os.environ:
            return True
        if any(os.path.isfile(entry) or entry.endswith("__path_hook__") for entry in sys.path):
            return True
        hooks = [finder for finder in sys.meta_path if finder not in OURS and hasattr(finder, "find_spec")]
        return any(finder.find_spec(top, None) for finder in hooks)


def modules_in(folders: Iterable[str]) -> list[str]:
    """The modules and packages that lie there."""
    found = []
    for folder in folders:
        if not os.access(folder, os.R_OK):
            continue
        with os.scandir(folder) as entries:
            found += [entry.name for entry in entries if entry.is_dir() or entry.name.endswith(".py")]
    names = sorted({name.removesuffix(".py") for name in found})
    return [name for name in names if name.isidentifier() and not name.startswith("__")]


def _installed(library: str) -> Sequence[str]:
    """What stands before the standard library, such as the folder of a script or PYTHONPATH, no child has."""
    return sys.path[sys.path.index(library) :] if library in sys.path else sys.path


def _look(name: str, folders: Iterable[str]) -> machinery.ModuleSpec | None:
    """The first module or package of that name; where there is none, all folders of that name together."""
    parts: list[str] = []
    for folder in folders:
        spec = machinery.FileFinder(folder, *LOADERS).find_spec(name)
        if spec is not None and spec.loader is not None:
            return spec
        parts += (spec and spec.submodule_search_locations) or []
    if not parts:
        return None
    together = machinery.ModuleSpec(name, None, is_package=True)
    together.submodule_search_locations = parts
    return together


def _is_in(source: Path, project: Path) -> bool:
    """An environment may lie below the folder as well."""
    return source.is_relative_to(project) and not set(source.relative_to(project).parts) & set(INSTALLED)
