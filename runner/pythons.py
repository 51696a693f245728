"""What `pythons` says → Version or path, and the files that may be such an interpreter. Looks into folders, starts nothing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CURRENT = "current"
"""The interpreter that Runmatrix runs in."""

OLDEST = (3, 11)
"""What the child's code needs."""

OLDEST_IN_WORDS = ".".join(map(str, OLDEST))

By = Literal["PATH", "uv", "pyenv", "its path", "Runmatrix runs in it"]
"""How an interpreter was found."""

_NUMBER = "(0|[1-9][0-9]*)"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}(?:\.{_NUMBER})?(t?)")
_INTERPRETER = re.compile(r"(python|pypy)([0-9]+(\.[0-9]+)?t?d?)?")


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it is asked for: "3.12", "3.13.1", "3.14t". Without the `t` a free-threaded build is never meant."""

    numbers: tuple[int, ...]
    free_threaded: bool

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """None for anything else, which is a path."""
        match = _VERSION.fullmatch(text)
        if match is None:
            return None
        return cls(tuple(int(number) for number in match.groups()[:3] if number), bool(match[4]))

    def __str__(self) -> str:
        return ".".join(map(str, self.numbers)) + "t" * self.free_threaded

    def fits(self, version: str, free_threaded: bool) -> bool:
        """Whether an interpreter is meant that says this of itself."""
        return self.free_threaded == free_threaded and numbers_of(version)[: len(self.numbers)] == self.numbers

    @property
    def is_too_old(self) -> bool:
        """Whether no interpreter of that version will do."""
        return self.numbers[:2] < OLDEST

    @property
    def names(self) -> tuple[str, str, str]:
        """What its executable may be called; the last two may be any version's."""
        major, minor, *_ = self.numbers
        return f"python{major}.{minor}{'t' * self.free_threaded}", "python3", "python"


def numbers_of(version: str) -> tuple[int, ...]:
    """`(3, 15, 0)` of "3.15.0a1"."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", version)[:3])


@dataclass(frozen=True, slots=True)
class Places:
    """Where interpreters may lie: the folders of PATH, pyenv's root, the program uv."""

    path: tuple[Path, ...]
    pyenv: Path | None = None
    uv: Path | None = None

    @property
    def shims(self) -> Path | None:
        """pyenv's folder of programs that look which of its versions is meant."""
        return self.pyenv and self.pyenv / "shims"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Places:
        """As a user's environment says."""
        path = environment.get("PATH", "")
        pyenv = Path(environment.get("PYENV_ROOT") or Path(environment.get("HOME", "/")) / ".pyenv").absolute()
        uv = shutil.which("uv", path=path)
        folders = tuple(dict.fromkeys(Path(folder) for folder in path.split(os.pathsep) if os.path.isabs(folder)))
        return cls(folders, pyenv if os.path.isdir(pyenv / "versions") else None, Path(uv) if uv else None)


def on_path(version: Version, places: Places) -> Iterator[tuple[Path, By]]:
    """The name that tells the version first, whatever folder it lies in. pyenv's shims stand for all that it has: which
    one they would start depends on the folder that one is in, and to be told takes as long as several starts."""
    for name in version.names:
        for folder in places.path:
            if folder == places.shims:
                yield from ((path, "pyenv") for path in in_pyenv(version, places) if path.name == name)
            elif _is_executable(folder / name):
                yield folder / name, "PATH"


def in_pyenv(version: Version, places: Places) -> Iterator[Path]:
    """Whether selected or not, the newest first."""
    paths = (folder / "bin" / version.names[0] for folder in pyenv_versions(places))
    return (path for path in paths if _is_executable(path))


def pyenv_versions(places: Places) -> list[Path]:
    """What pyenv has installed, the newest first."""
    if places.pyenv is None:
        return []
    try:
        folders = [folder for folder in (places.pyenv / "versions").iterdir() if os.path.isdir(folder)]
    except OSError:
        return []
    return sorted(folders, key=lambda folder: (numbers_of(folder.name), folder.name), reverse=True)


def interpreters_in(folder: Path) -> list[Path]:
    """The files in a folder that are called as interpreters are; each installation once, by its longest name."""
    try:
        names = sorted((name for name in os.listdir(folder) if _INTERPRETER.fullmatch(name)), key=len, reverse=True)
    except OSError:
        return []
    return each_once(folder / name for name in names if _is_executable(folder / name))


def each_once(paths: Iterable[Path]) -> list[Path]:
    """Without further names of the same file, unless another virtual environment lies around it."""
    found: dict[tuple[Path, Path | None], Path] = {}
    for path in paths:
        around = path.parent.parent
        found.setdefault((path.resolve(), around if os.path.isfile(around / "pyvenv.cfg") else None), path)
    return list(found.values())


def at(text: str, folder: Path) -> Path:
    """The interpreter that a path means, relative to the folder; of a folder that is an environment its own."""
    path = place(text, folder)
    return path / "bin" / "python" if os.path.isdir(path) else path


def place(text: str, folder: Path) -> Path:
    """Where a path leads. Links stay: an environment's python is one."""
    return Path(os.path.abspath(folder.resolve() / os.path.expanduser(text)))


def _is_executable(path: Path) -> bool:
    """False also of what lies in folders that are closed to us, as others' may on PATH."""
    return os.path.isfile(path) and os.access(path, os.X_OK)
