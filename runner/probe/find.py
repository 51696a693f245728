"""Version or path, Places → Python: the first interpreter that says it is what is asked for; or why there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..pythons import OLDEST, OLDEST_IN_WORDS, By, Places, Version, at, in_pyenv, numbers_of, on_path, place
from .ask import PATIENCE_S, Facts, NoAnswer
from .cache import probe


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter that cells can run on, how it is started, and how it was found."""

    facts: Facts
    executable: str
    by: By


class NoPython(Exception):
    """There is none that could be used. The text names no folder but what the experiment names; `hint` may."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.hint = hint


def find(asked: str, folder: Path, places: Places, debug: bool = False) -> Python:
    """What `pythons` means; a path is relative to the folder. Raises NoPython."""
    version = Version.parse(asked)
    return _at(asked, folder, places, debug) if version is None else _of_version(version, places, debug)


def unfit(facts: Facts, debug: bool) -> str:
    """Why cells can't run on an interpreter, to be read after its name; empty where they can."""
    if facts.interpreter["implementation"] != "CPython":
        return f"is {facts}: Runmatrix measures on CPython"
    if numbers_of(facts.version) < OLDEST:
        return f"is {facts}: Runmatrix measures on {OLDEST_IN_WORDS} and later"
    if facts.interpreter["debug"] and not debug:
        return f"is a debug build of {facts}, whose times say nothing of others: `debug: true` takes it all the same"
    return ""


def _at(asked: str, folder: Path, places: Places, debug: bool) -> Python:
    path = at(asked, folder)
    if path.parent == places.shims:
        hint = 'write a version, such as "3.12", or the path that `pyenv which python` gives'
        raise NoPython(
            f"`{asked}` is a shim of pyenv, which starts one Python in this folder and another in that", hint
        )
    if not os.path.exists(path):
        raise _nothing(asked, path, os.path.isdir(place(asked, folder)))
    try:
        facts = probe(path)
    except NoAnswer as silent:
        raise NoPython(f"`{asked}` {silent}", _said(silent)) from None
    if objection := unfit(facts, debug):
        raise NoPython(f"`{asked}` {objection}")
    return Python(facts, str(path), "its path")


def _nothing(asked: str, path: Path, is_folder: bool) -> NoPython:
    """What is wrong with a path that leads to no file."""
    if os.path.islink(path):
        what = f"the Python of `{asked}`" if is_folder else f"`{asked}`"
        return NoPython(f"{what} is a link to nothing", "an environment whose Python has gone has to be made anew")
    if is_folder:
        return NoPython(f"`{asked}` is a folder without bin/python", "name an interpreter, or a virtual environment")
    hint = 'a path is relative to the folder of the file; a version is written "3.14" or "3.14t"'
    return NoPython(f"nothing lies at `{asked}`", hint)


def _of_version(version: Version, places: Places, debug: bool) -> Python:
    if version.is_too_old:
        raise NoPython(f"Python {version} is too old: Runmatrix measures on {OLDEST_IN_WORDS} and later")
    others: list[str] = []
    for path, by in _candidates(version, places):
        try:
            facts = probe(path)
        except NoAnswer as silent:
            others.append(f"{path} {silent}{_said(silent, '; ')}")
            continue
        if not version.fits(facts.version, facts.free_threaded):
            continue
        if not (objection := unfit(facts, debug)):
            return Python(facts, facts.executable or str(path), by)  # not a shim, which takes time
        others.append(f"{path} {objection}")
    raise NoPython(f"there is no Python {version}: {_looked(version, places)}", "; ".join(others))


def _candidates(version: Version, places: Places) -> Iterator[tuple[Path, By]]:
    """What may be of that version, each file once; the one that Runmatrix runs in only where there is no other."""
    seen: set[Path] = set()
    for path, by in _everywhere(version, places):
        if path.resolve() not in seen or by == "uv":
            seen.add(path.resolve())
            yield path, by


def _everywhere(version: Version, places: Places) -> Iterator[tuple[Path, By]]:
    yield from on_path(version, places)
    yield from ((path, "uv") for path in _by_uv(version, places))
    yield from ((path, "pyenv") for path in in_pyenv(version, places))
    yield Path(sys.executable), "Runmatrix runs in it"


def _by_uv(version: Version, places: Places) -> list[Path]:
    found = uv_says(places, "find", str(version))
    return [found] if found and os.path.isfile(found) else []


def uv_says(places: Places, *arguments: str) -> Path | None:
    """The path that `uv python …` prints, None where there is no uv or it has none. Nothing is downloaded, and no
    project's environment or pin is asked."""
    if places.uv is None:
        return None
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_PYTHON": "1", "UV_OFFLINE": "1", "NO_COLOR": "1"}
    argv = [str(places.uv), "python", *arguments]
    try:
        done = subprocess.run(
            argv, cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = os.fsdecode(done.stdout).strip().splitlines()
    return Path(lines[-1].strip()) if done.returncode == 0 and lines else None


def _looked(version: Version, places: Places) -> str:
    """Where, in words that name no folder."""
    elsewhere = [", by uv"] * bool(places.uv) + [", in pyenv"] * bool(places.pyenv)
    return f"looked for on PATH as {', '.join(version.names)}{''.join(elsewhere)}"


def _said(silent: NoAnswer, before: str = "") -> str:
    return f"{before}it printed: {silent.printed}" if silent.printed else ""
