"""Fingerprint, what is there now → why a measurement no longer speaks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from .child.fingerprint import content_digest
from .child.protocol import METHOD
from .installed import Installed
from .journal import Fingerprint
from .matrix import Cell, inputs
from .standing import Stand

FILE_ENDINGS = (".py", ".so", ".pyd", ".pyc")


def changed_code(stands: Mapping[str, Stand], project: Path) -> dict[str, str]:
    """Key → reason, for the standing cells whose own files have changed: what a repository can know by itself."""
    return _reasons(stands, cache(lambda fingerprint: next(_changed_files(fingerprint, project), None)))


def stale(
    stands: Mapping[str, Stand], cells: Mapping[str, Cell], project: Path, installed: Installed
) -> dict[str, str]:
    """Key → reason, for the standing cells whose code, inputs, packages or Python have changed since."""
    changes = cache(lambda fingerprint: next(_changes(fingerprint, project, installed), None))
    reasons = _reasons(stands, changes)
    unchanged = [cells[key] for key in stands.keys() & cells.keys() - reasons.keys()]
    for key, digest in inputs.digests(unchanged, project).items():
        if stands[key].fingerprint.python and stands[key].fingerprint.inputs != digest:
            reasons[key] = "its inputs have changed"
    return reasons


def _reasons(stands: Mapping[str, Stand], reason_of: Callable[[Fingerprint], str | None]) -> dict[str, str]:
    found = {key: reason_of(stand.fingerprint) for key, stand in stands.items()}
    return {key: reason for key, reason in found.items() if reason}


def _changes(fingerprint: Fingerprint, project: Path, installed: Installed) -> Iterator[str]:
    yield from _changed_files(fingerprint, project)
    yield from _changes_installed(fingerprint, installed)


def _changed_files(fingerprint: Fingerprint, project: Path) -> Iterator[str]:
    for name, digest in fingerprint.files:
        if name.endswith(FILE_ENDINGS):  # others are modules outside the project, known by name alone
            now = content_digest(str(project / name))
            if now != digest:
                yield f"{name} has changed" if now else f"{name} is gone"


def _changes_installed(fingerprint: Fingerprint, installed: Installed) -> Iterator[str]:
    if not fingerprint.python:
        return  # no child ever replied
    if fingerprint.python != installed.python:
        yield f"{_short(fingerprint.python)} → {_short(installed.python)}"
    if fingerprint.method != METHOD:
        yield f"measured by method {fingerprint.method}, now {METHOD}"
    for name, version in fingerprint.distributions:
        now = installed.version(name)
        if now != version:
            yield f"{name} {version} → {now or 'not installed'}"


def _short(python: str) -> str:
    """Implementation and version, unless only the build differs."""
    return " ".join(python.split(" [")[0].split())
