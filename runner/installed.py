"""What `pythons` says → Pythons: each one's interpreter as it is now, to start it and to hold against a fingerprint."""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .child import facts
from .child.fingerprint import editable_roots, is_installed, python_build, version_of
from .nearby import lies_in
from .probe import Facts, NoPython, Python, find, unfit
from .pythons import CURRENT, Places


@dataclass(frozen=True, slots=True)
class Installed:
    """A Python as it is now. `python` is its build, as fingerprints have it; `facts` are what journals may hold."""

    python: str
    version: Callable[[str], str | None]  # distribution → its installed version, None where it is gone
    executable: str = sys.executable
    facts: Mapping[str, Any] = field(default_factory=facts.interpreter)
    folders: tuple[str, ...] = (sys.prefix, sys.base_prefix)
    editable: Mapping[str, str] = field(default_factory=dict)  # distribution → the folder in which it is written
    paths: tuple[str, ...] = ()  # folders of installed distributions

    def has_module(self, name: str) -> bool:
        """Whether a module is installed, as far as names of files tell."""
        written = (folder for root in self.editable.values() for folder in (root, f"{root}/src"))
        return any(lies_in(Path(folder), name) for folder in (*self.paths, *written))


def is_there(name: str, project: Path, here: Installed | None) -> bool:
    """Whether a module lies in the project's folder or is installed `here`."""
    return lies_in(project, name) or bool(here and here.has_module(name))


def current() -> Installed:
    """The one that Runmatrix runs in."""
    return Installed(python_build(), _version_here, editable=editable_roots(), paths=_paths(sys.path))


@dataclass(frozen=True, slots=True)
class Pythons:
    """What an experiment's Pythons are: by what it says of each, found, or why there is none."""

    found: Mapping[str, Installed]  # `current` is always among them, for the anchor
    absent: Mapping[str, NoPython] = field(default_factory=dict)

    def of(self, python: str) -> Installed:
        """The one that a cell runs on."""
        return self.found[python]


def only_current() -> Pythons:
    """Where no other one is named."""
    return Pythons({CURRENT: current()})


def look_up(asked: Mapping[str, bool], folder: Path, places: Places | None = None) -> Pythons:
    """`asked` is what the experiment says of each Python → whether a debug build will do; paths are relative to the
    folder. Each interpreter that is not known yet is started once."""
    places = places or Places.of(os.environ)
    found: dict[str, Installed] = {CURRENT: current()}
    absent: dict[str, NoPython] = {}
    for text, debug in asked.items():
        try:
            if text != CURRENT:
                found[text] = _installed(find(text, folder, places, debug))
            elif objection := unfit(Facts(found[CURRENT].facts), debug):
                raise NoPython(f"the Python that Runmatrix runs in {objection}")
        except NoPython as why:
            absent[text] = why
    return Pythons(found, absent)


def _installed(python: Python) -> Installed:
    known = python.facts
    versions = {_normal(name): version for name, version in (known.distributions or {}).items()}
    return Installed(
        known.build,
        lambda distribution: versions.get(_normal(distribution)),
        python.executable,
        known.interpreter,
        known.folders,
        known.editable or {},
        _paths(known.watched),
    )


def _paths(looked_into: Iterable[str]) -> tuple[str, ...]:
    return tuple(path for path in looked_into if is_installed(path + os.sep))


def _version_here(distribution: str) -> str | None:
    try:
        return version_of(importlib.metadata.distribution(distribution))
    except importlib.metadata.PackageNotFoundError:
        return None


def _normal(name: str) -> str:
    """Names that mean the same distribution are the same (PyPA, Names and normalization)."""
    return re.sub(r"[-_.]+", "-", name).lower()
