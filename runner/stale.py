"""Fingerprint, what is there now → why a measurement no longer speaks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from .child.fingerprint import APART, content_digest
from .child.models.table import MODELS
from .child.protocol import METHOD
from .gil import broken
from .installed import Installed, is_there
from .journal import Fingerprint, Record
from .matrix import Cell, inputs
from .nearby import MODULE_ENDINGS
from .standing import Stand


def changed_code(stands: Mapping[str, Stand], project: Path) -> dict[str, str]:
    """Key → reason, for the standing cells whose own files have changed: what a repository can know by itself."""
    reason_of = cache(lambda fingerprint: next(_changes_within(fingerprint, project), None))
    found = {key: reason_of(stand.fingerprint) for key, stand in stands.items()}
    return {key: reason for key, reason in found.items() if reason}


def stale(
    stands: Mapping[str, Stand], cells: Mapping[str, Cell], project: Path, found: Mapping[str, Installed]
) -> dict[str, str]:
    """Key → reason, for the standing cells whose code, inputs, packages or Python have changed since, or which are kept
    from being run by nothing any more. `found` are the Pythons that are here now, by what cells say; of one that is
    not, nothing is known."""
    changes = cache(lambda fingerprint, python: next(_changes(fingerprint, project, found.get(python)), None))
    reasons: dict[str, str] = {}
    for key in (key for key in stands if key in cells):
        reason = changes(stands[key].fingerprint, cells[key].python) or _freed(stands[key], cells[key], found)
        if reason:
            reasons[key] = reason
    unchanged = [cells[key] for key in stands.keys() & cells.keys() - reasons.keys()]
    for key, digest in inputs.digests(unchanged, project).items():
        if stands[key].fingerprint.python and stands[key].fingerprint.inputs != digest:
            reasons[key] = "its inputs have changed"
    return reasons


def _freed(stand: Stand, cell: Cell, found: Mapping[str, Installed]) -> str:
    """Why what the preflight found no longer keeps a cell from being run, though no code has changed."""
    if stand.finding is None:
        return ""
    if stand.lacks_python and cell.python in found:
        return "its Python is here now"
    if stand.finding.gil and not broken(cell.gil, stand.finding.gil, ()):
        return "what it broke is no longer required"
    if stand.finding.same not in (None, cell.same):
        return "`same` is another"
    return _brought(stand.finding, cell, found.get(cell.python))


def _brought(finding: Record, cell: Cell, here: Installed | None) -> str:
    """What a model needs and was not there, and is now."""
    if finding.status != "unsupported" or here is None:
        return ""
    needed = (needs.package for needs in MODELS[cell.model.kind].needs if f"needs {needs.package}," in finding.reason)
    return next((f"{package} is here now" for package in needed if here.has_module(package)), "")


def _changes(fingerprint: Fingerprint, project: Path, installed: Installed | None) -> Iterator[str]:
    yield from _changes_within(fingerprint, project, installed)
    if installed:
        yield from _changes_installed(fingerprint, installed)


def _changes_within(fingerprint: Fingerprint, project: Path, here: Installed | None = None) -> Iterator[str]:
    """Files that are no longer what they were, modules that could not be found and now can."""
    yield from _changed_files(fingerprint, project, here.editable if here else {})
    yield from (f"{name} is here now" for name in fingerprint.lacks if is_there(name, project, here))


def _changed_files(fingerprint: Fingerprint, project: Path, editable: Mapping[str, str]) -> Iterator[str]:
    """Of the project's own files, and of those in the folders of editable distributions; other modules outside the
    project are known by name alone."""
    for name, digest in fingerprint.files:
        path = _path(name, project, editable) if name.endswith(MODULE_ENDINGS) else None
        now = digest if path is None else content_digest(str(path))
        if now != digest:
            yield f"{name} has changed" if now else f"{name} is gone"


def _path(name: str, project: Path, editable: Mapping[str, str]) -> Path | None:
    """Where a fingerprint's file lies here; None where that is not known."""
    distribution, apart, inside = name.partition(APART)
    if not apart:
        return project / name
    return Path(editable[distribution]) / inside if distribution in editable else None


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
