"""Fingerprints before and after → what differs in the code behind two measurements: files, packages, Python, inputs."""

from __future__ import annotations

from collections.abc import Iterator

from ..journal import Fingerprint
from ..standing import merge
from ..summary import Row


def changed_code(before: Row, after: Row) -> tuple[str, ...]:
    """In words, empty where it is the same. What only one side has imported is no change."""
    return tuple(_changes(_fingerprint(before), _fingerprint(after)))


def _fingerprint(row: Row) -> Fingerprint:
    """All that stands behind a row, of which a block counts at least."""
    return merge([record.fingerprint for record in sorted(row.counted.values(), key=lambda record: record.order)])


def _changes(before: Fingerprint, after: Fingerprint) -> Iterator[str]:
    if before.python != after.python:
        yield f"{build(before.python)} → {build(after.python)}"
    known = dict(before.files)
    yield from (f"{name} has changed" for name, digest in after.files if known.get(name, digest) != digest)
    versions = dict(before.distributions)
    for name, version in after.distributions:
        if versions.get(name, version) != version:
            yield f"{name} {versions[name]} → {version}"
    if before.inputs != after.inputs:
        yield "its inputs have changed"


def build(python: str) -> str:
    """Implementation, version and build of a fingerprint's Python, without its compiler."""
    return " ".join(python.partition(" [")[0].split()) or "unknown"
