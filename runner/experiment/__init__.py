"""YAML file → Loaded: an experiment that has cells, with the document that says where everything stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..errors import ExperimentError
from . import text, written
from .document import Document
from .explain import explained
from .messages import Mistake, render
from .partial import without
from .rules import broken
from .schema import Experiment

__all__ = ["Document", "Experiment", "Loaded", "checked", "load"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An experiment and the document that it comes from. With `mistakes` it is without what is wrong: none of them is
    of what cells there are, so that `expand` can tell them with its own. `apart` are mistakes in what it has."""

    experiment: Experiment
    document: Document
    mistakes: tuple[Mistake, ...] = ()
    apart: tuple[Mistake, ...] = ()


def load(path: Path) -> Loaded:
    """The experiment in a file. Raises ExperimentError with all mistakes of a stage: syntax, then shape."""
    return checked(text.read(path))


def checked(document: Document) -> Loaded:
    """The experiment in a document."""
    data = written.data(document)
    mistakes: list[Mistake] = [*broken(data)] if isinstance(data, dict) else []
    try:
        experiment = Experiment.model_validate(data)
    except ValidationError as error:
        mistakes += explained(document, error)
    if not mistakes:
        return Loaded(experiment, document)
    try:
        return Loaded(Experiment.model_validate(without(data, mistakes)), document, tuple(mistakes))
    except ValidationError:
        raise ExperimentError(render(document, mistakes)) from None
