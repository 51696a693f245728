"""Opened → Pythons: the interpreters that an experiment names, as they are now; what can't be had or met is refused."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from .errors import ExperimentError
from .experiment import Experiment, Loaded
from .experiment.document import Keys
from .experiment.messages import Mistake, listed, render
from .installed import Pythons, look_up
from .opening import Opened
from .probe import is_known, usable
from .pythons import CURRENT, Places, Version, at

SKIP = "`run --skip-missing` leaves its cells out"


def interpreters(opened: Opened) -> Pythons:
    """Those that its cells run on. Each that is not known yet is started once and asked what it is."""
    return look_up(_asked(opened), opened.project)


def _asked(opened: Opened) -> dict[str, bool]:
    """What the experiment says of each Python that its cells run on → whether a debug build will do."""
    debug = {choice.python: choice.debug for choice in opened.experiment.pythons}
    return {cell.python: debug.get(cell.python, False) for cell in opened.matrix.cells}


def refuse(loaded: Loaded, pythons: Pythons, needed: Collection[str]) -> None:
    """Cells run on what the experiment names, or nothing runs. `needed` are the Pythons that must be there, by what the
    experiment says of them. Raises ExperimentError, which says what could be named instead."""
    mistakes = list(_unmeetable(loaded.experiment, pythons))
    absent = [python for python in pythons.absent if python in needed]
    here = f"here are {listed(usable(Places.of(os.environ)))}" if absent else ""
    for python in absent:
        why = pythons.absent[python]
        hint = "; ".join(part for part in (why.hint, here, SKIP) if part)
        mistakes += [Mistake(keys, str(why), hint) for keys in _named_at(loaded.experiment, python)]
    if mistakes:
        raise ExperimentError(render(loaded.document, mistakes))


def unready(opened: Opened) -> list[str]:
    """What `run` would refuse on this machine, for one who only wants to know whether the file is right. No program is
    started because the file names its path: that may be the user's own code."""
    asked = {python: debug for python, debug in _asked(opened).items() if not _would_be_started(python, opened.project)}
    try:
        refuse(opened.loaded, look_up(asked, opened.project), asked)
    except ExperimentError as error:
        return list(error.mistakes)
    return []


def _would_be_started(python: str, folder: Path) -> bool:
    """Whether a Python is known by its path alone so far."""
    if python == CURRENT or Version.parse(python):
        return False
    path = at(python, folder)
    return os.path.exists(path) and not is_known(path)


def _named_at(experiment: Experiment, python: str) -> Iterator[Keys]:
    """Every place where a Python is named."""
    for index, choice in enumerate(experiment.pythons):
        if choice.python == python:
            yield "pythons", index
    for number, block in enumerate(experiment.include):
        for index, name in enumerate(block.python or ()):
            if name == python:
                yield "include", number, "python", index


def _unmeetable(experiment: Experiment, pythons: Pythons) -> Iterator[Mistake]:
    """A build that always has the GIL can't have it off."""
    for choice in experiment.pythons:
        required, found = experiment.require.get(choice.name), pythons.found.get(choice.python)
        if required and required.gil == "off" and found and not found.facts["free_threaded"]:
            text = f"`{choice.name}` is a build that always has the GIL"
            yield Mistake(("require", choice.name, "gil"), text, 'name a free-threaded Python, such as "3.14t"')
