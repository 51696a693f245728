"""Experiment → what it asks for that can't be run yet."""

from __future__ import annotations

from .document import Keys
from .schema import Experiment

_EXPLICIT = ("trace",)


def not_yet(experiment: Experiment) -> list[tuple[Keys, str]]:
    """Where and what, to be read after "not yet": accepted by the file format, but without effect so far."""
    return [(("measure", name), f"`{name}`") for name in _EXPLICIT if name in experiment.measure.model_fields_set]
