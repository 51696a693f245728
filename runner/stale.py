"""Fingerprint, what is there now → why a measurement no longer speaks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from .child.fingerprint import content_digest
from .child.protocol import METHOD
from .installed import Installed
from .journal import Fingerprint
from .standing import Stand

FILE_ENDINGS = (".py", ".so", ".pyd", ".pyc")


def stale(stands: Mapping[str, Stand], project: Path, installed: Installed | None) -> dict[str, str]:
    """Key → reason, for the standing cells whose code, packages or Python have changed since.

    Without `installed` only the project's own files are looked at: what a repository can know by itself.
    """
    reason_of = cache(lambda fingerprint: next(_changes(fingerprint, project, installed), None))
    reasons = {key: reason_of(stand.newest.fingerprint) for key, stand in stands.items()}
    return {key: reason for key, reason in reasons.items() if reason}


def _changes(fingerprint: Fingerprint, project: Path, installed: Installed | None) -> Iterator[str]:
    for name, digest in fingerprint.files:
        if name.endswith(FILE_ENDINGS):  # others are modules outside the project, known by name alone
            now = content_digest(str(project / name))
            if now != digest:
                yield f"{name} has changed" if now else f"{name} is gone"
    if installed:
        yield from _changes_installed(fingerprint, installed)


def _changes_installed(fingerprint: Fingerprint, installed: Installed) -> Iterator[str]:
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
