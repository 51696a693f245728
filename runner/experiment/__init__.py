"""YAML file → Loaded: an experiment whose shape is right, with the document that says where everything stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..errors import ExperimentError
from . import text, written
from .document import Document
from .explain import explained
from .messages import Mistake, render
from .rules import broken
from .schema import Experiment

__all__ = ["Document", "Experiment", "Loaded", "checked", "load"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An experiment and the document that it comes from."""

    experiment: Experiment
    document: Document


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
        raise ExperimentError(render(document, [*mistakes, *explained(document, error)])) from None
    if mistakes:
        raise ExperimentError(render(document, mistakes))
    return Loaded(experiment, document)
