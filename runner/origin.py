"""Folder or revision, as named on a command line → Origin: journals and tables of all experiments that it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from . import git
from .declaration import SHEET, Declaration, declaration
from .errors import CommandError, ResultsError
from .journal import parse, read
from .opening import AGAINST, JOURNAL
from .recorded import Held

NOW = "now"
"""How the current folder's results are spoken of, where nothing was named."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where results come from: `name` as a person would say it, no path; experiment → what its folder holds."""

    name: str
    experiments: Mapping[str, Held]


def origin(named: str, here: Path) -> Origin:
    """What is named: a folder, or a revision of the repository that `here` is in.

    Raises CommandError where it is neither, or both, or holds no results; ResultsError where a file is unreadable.
    """
    folder = here / named
    try:
        commit = git.commit_of(here, named)
    except git.Failed as error:
        if folder.is_dir():
            return _in_folder(folder)
        raise CommandError(
            f"`{named}` is neither a folder nor a revision of the repository here ({error}): name a folder of "
            "results, such as `results`, or a commit, a branch or a tag, such as `HEAD~1`"
        ) from error
    if folder.is_dir():
        raise CommandError(f"`{named}` is a folder and a revision: write `./{named}` or `{commit[:12]}`")
    return _at_revision(named, commit, here)


def current(here: Path) -> Origin:
    """The results of a folder as they lie there; what git is to ignore only where there are no others. Raises as
    `origin`."""
    return Origin(NOW, _read(here, _journals(_known_to_git(here)) or _below(here)))


def _known_to_git(here: Path) -> list[str]:
    """Nothing outside a repository: none is needed."""
    try:
        return git.files_now(here)
    except git.Failed:
        return []


def _in_folder(folder: Path) -> Origin:
    name = folder.resolve().name
    alone = (folder / JOURNAL).is_file()
    return Origin(name, _read(folder, {name: JOURNAL} if alone else _below(folder)))


def _below(folder: Path) -> dict[str, str]:
    names = _journals(path.relative_to(folder).as_posix() for path in sorted(folder.rglob(JOURNAL)))
    if not names:
        raise CommandError(f"{folder}: there are no results in it: name a folder that holds a {JOURNAL} somewhere")
    return names


def _read(folder: Path, names: Mapping[str, str]) -> dict[str, Held]:
    return {
        experiment: Held(read(folder / name), _declared(folder / _beside(name))) for experiment, name in names.items()
    }


def _declared(sheet: Path) -> Declaration | None:
    try:
        return declaration(sheet.read_text(encoding="utf-8", errors="replace")) if sheet.is_file() else None
    except OSError as error:
        raise ResultsError(f"{sheet}: can't be read: {error.strerror}") from error


def _beside(journal: str) -> str:
    """The name of the table that was made of a journal."""
    return str(PurePosixPath(journal).with_name(SHEET))


def _at_revision(named: str, commit: str, here: Path) -> Origin:
    try:
        files = git.files_at(here, commit)
    except git.Failed as error:
        raise CommandError(f"`{named}`: {error}") from error
    names = _journals(files)
    if not names:
        raise CommandError(f"`{named}` has no committed results in this folder: go to the folder that has them")
    content = partial(_content_at, named, commit, here)
    held: dict[str, Held] = {}
    for experiment, name in names.items():
        sheet = content(beside).decode(errors="replace") if (beside := _beside(name)) in files else ""
        held[experiment] = Held(parse(BytesIO(content(name)), f"{named}:{name}"), declaration(sheet))
    return Origin(named, held)


def _content_at(named: str, commit: str, here: Path, name: str) -> bytes:
    try:
        return git.content_at(here, commit, name)
    except git.Failed as error:
        raise ResultsError(f"{named}:{name}: {error}") from error


def _journals(names: Iterable[str]) -> dict[str, str]:
    """Experiment → its journal's name. The folder of all results is no part of an experiment's name."""
    found: dict[str, str] = {}
    for name in names:
        path = PurePosixPath(name)
        if path.name == JOURNAL and path.parent.name != AGAINST:
            folder = path.parent.relative_to("results") if path.parts[0] == "results" else path.parent
            found[folder.as_posix()] = name
    return found
