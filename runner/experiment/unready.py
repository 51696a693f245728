"""Experiment → what it asks for that can't be run yet."""

from __future__ import annotations

from collections.abc import Iterator

from .document import Keys
from .schema import Experiment

_EXPLICIT = ("trace",)


def not_yet(experiment: Experiment) -> list[tuple[Keys, str]]:
    """Where and what, to be read after "not yet": accepted by the file format, but without effect so far."""
    return [*_pythons(experiment), *_claims(experiment), *_measure(experiment)]


def _pythons(experiment: Experiment) -> Iterator[tuple[Keys, str]]:
    for index, choice in enumerate(experiment.pythons):
        if choice.python != "current":
            yield ("pythons", index), f"cells on `{choice.python}`, only on `current`"
    for number, block in enumerate(experiment.include):
        for index, python in enumerate(block.python or ()):
            if python not in {choice.name for choice in experiment.pythons} | {"current"}:
                yield ("include", number, "python", index), f"cells on `{python}`, only on `current`"


def _claims(experiment: Experiment) -> Iterator[tuple[Keys, str]]:
    if experiment.require:
        yield ("require",), "requirements"


def _measure(experiment: Experiment) -> Iterator[tuple[Keys, str]]:
    measure = experiment.measure
    for name in _EXPLICIT:
        if name in measure.model_fields_set:
            yield ("measure", name), f"`{name}`"
