"""Executable → Facts, asked only where anything has changed since: the program, or what is installed for it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from .. import atomic
from ..errors import ResultsError
from ..places import cache_folder
from ..staging import Staged, stage
from .ask import Facts, NoAnswer, ask

Stamp = list[int] | None
"""Time of change and size; None of what is not there."""


def probe(executable: Path) -> Facts:
    """What an interpreter is. Raises NoAnswer, which is kept for this process alone: the next time it may be well again."""
    staged = stage()
    path = _path(executable, staged)
    known = _known(path)
    if known is None:
        known = _answer(executable, staged)
        _keep(path, executable, known)
    return known


def is_known(executable: Path) -> bool:
    """Whether it need not be started to know what it is."""
    return _known(_path(executable, stage())) is not None


def _path(executable: Path, staged: Staged) -> Path:
    return cache_folder() / "pythons" / f"{_name(executable, staged)}.json"


SILENT: dict[tuple[Path, Staged, tuple[int, ...]], NoAnswer] = {}
"""Who gave this process no answer: one that hangs would hold up every version that it may be."""


def _answer(executable: Path, staged: Staged) -> Facts:
    """Who was silent is not asked again as long as it is the same file."""
    asked = executable, staged, tuple(_stamp(str(executable)) or ())
    if asked in SILENT:
        raise SILENT[asked]
    try:
        return ask(executable, staged)
    except NoAnswer as silent:
        SILENT[asked] = silent
        raise


def _name(executable: Path, staged: Staged) -> str:
    """The same question: the same program, asked by the same code, for the same user."""
    asked = [os.path.abspath(executable), staged.package, os.environ.get("HOME")]
    return hashlib.blake2b(json.dumps(asked).encode(), digest_size=8).hexdigest()


def _known(path: Path) -> Facts | None:
    """What was said before, unless anything that it rests on has another stamp now."""
    try:
        kept = json.loads(path.read_bytes())
        if all(_stamp(name) == stamp for name, stamp in kept["stamps"].items()):
            return Facts.of(kept["facts"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass  # never asked, or kept by nobody we know
    return None


def _keep(path: Path, executable: Path, facts: Facts) -> None:
    rests_on = [str(executable), facts.executable, *facts.watched]
    kept = {"stamps": _stamps(rests_on), "facts": asdict(facts)}
    try:
        atomic.write(path, json.dumps(kept))
    except ResultsError:
        pass  # a full disk: it is asked again


def _stamps(paths: Iterable[str]) -> dict[str, Stamp]:
    return {path: _stamp(path) for path in paths if path}


def _stamp(path: str) -> Stamp:
    """Of the file itself where it is a link to one."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_size]
