"""Places → [Found]: every interpreter that lies there, with what to write in an experiment to have it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..pythons import CURRENT, By, Places, Version, each_once, interpreters_in, numbers_of, pyenv_versions
from .ask import Facts, NoAnswer
from .cache import probe
from .find import NoPython, find, unfit, uv_says


@dataclass(frozen=True, slots=True)
class Found:
    """An interpreter that was found, by what means, and how to name it; or why no cell can run on it."""

    path: Path
    by: By
    facts: Facts | None
    write: str
    objection: str

    @property
    def written(self) -> str:
        """Quoted where YAML would take a version for a number; empty where nothing can be written."""
        return f'"{self.write}"' if Version.parse(self.write) else self.write


def everything(places: Places) -> list[Found]:
    """All of them, the newest first, the one that Runmatrix runs in before all. What is found twice is listed once."""
    found: dict[tuple[str, ...], Found] = {}
    for path, by in _everywhere(places):
        one = _found(path, by, places)
        found.setdefault(one.facts.identity if one.facts and one.facts.executable else (str(path),), one)
    current, *others = found.values()
    return [current, *sorted(others, key=_newest_first)]


def usable(places: Places) -> list[str]:
    """What can be written to have any of them, versions first."""
    names = dict.fromkeys(one.written for one in everything(places) if one.write)
    return sorted(names, key=lambda name: name.startswith("/"))


def _everywhere(places: Places) -> Iterator[tuple[Path, By]]:
    """pyenv's shims are left out: what is behind them is looked at itself."""
    yield Path(sys.executable), "Runmatrix runs in it"
    folders = [folder for folder in places.path if folder != places.shims]
    managed = uv_says(places, "dir")
    installed = sorted(managed.iterdir()) if managed and os.path.isdir(managed) else []
    groups: tuple[tuple[By, list[Path]], ...] = (
        ("PATH", folders),
        ("uv", [folder / "bin" for folder in installed]),
        ("pyenv", [folder / "bin" for folder in pyenv_versions(places)]),
    )
    for by, among in groups:
        yield from ((path, by) for path in each_once(path for folder in among for path in interpreters_in(folder)))


def _found(path: Path, by: By, places: Places) -> Found:
    try:
        facts = probe(path)
    except NoAnswer as silent:
        return Found(path, by, None, "", str(silent))
    objection = unfit(facts, debug=False)
    if by == "Runmatrix runs in it":
        return Found(path, by, facts, CURRENT, objection)
    return Found(path, by, facts, "" if objection else _name(path, facts, places), objection)


def _name(path: Path, facts: Facts, places: Places) -> str:
    """Its version where that means this one, in the shortest form; else its path."""
    numbers = numbers_of(facts.version)
    for length in (2, 3):
        name = ".".join(map(str, numbers[:length])) + "t" * facts.free_threaded
        try:
            if find(name, path.parent, places).facts.identity == facts.identity:
                return name
        except NoPython:
            continue
    return str(path)


def _newest_first(one: Found) -> tuple[bool, tuple[int, ...], bool]:
    numbers = numbers_of(one.facts.version) if one.facts else ()
    return one.facts is None, tuple(-number for number in numbers), bool(one.facts and one.facts.free_threaded)
