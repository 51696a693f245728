"""Experiment → the JSON Schema of its file, as text: completion and checking in editors."""

from __future__ import annotations

import json

from .schema import Experiment

TITLE = str(Experiment.model_config["title"])
"""By which the schema is known."""


def schema_text() -> str:
    """What `runmatrix schema` prints, and `init` writes."""
    return json.dumps(Experiment.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
