"""Diagnosis → words for a terminal, JSON for machines."""

from __future__ import annotations

import json
from dataclasses import asdict

from ..summary.numbers import percent
from .diagnosis import Diagnosis, Observation
from .figures import MANY_BLOCKS


def in_words(diagnosis: Diagnosis) -> str:
    """The conclusion, then a line for each thing that was looked at, and below it what to do about it."""
    widths = [max(len(text) for text in column) for column in zip(*map(_columns, diagnosis.observations), strict=True)]
    lines = [line for observation in diagnosis.observations for line in _lines(observation, widths)]
    return "\n".join([f"{headline(diagnosis)}", "", *lines])


def headline(diagnosis: Diagnosis) -> str:
    """`fit`, `fit for effects from 28.0 % up`, or `unfit`, and why."""
    few, many = diagnosis.figures.effect_few, diagnosis.figures.effect_many
    if diagnosis.conclusion == "unfit":
        reasons = [
            f"{observation.what}: {observation.figure}"
            for observation in diagnosis.observations
            if observation.verdict == "unfit"
        ]
        return f"unfit: {'; '.join(reasons)}"
    if few is None or many is None:
        return diagnosis.conclusion
    if diagnosis.conclusion == "fit":
        return f"fit: of one comparison, 10 blocks see effects from {percent(few, 1)} up, {MANY_BLOCKS} from {percent(many, 1)}"
    return f"fit for effects from {percent(many, 1)} up, which take {MANY_BLOCKS} blocks of one comparison"


def _columns(observation: Observation) -> tuple[str, str, str]:
    return observation.what, observation.figure, observation.verdict


def _lines(observation: Observation, widths: list[int]) -> list[str]:
    columns = [text.ljust(width) for text, width in zip(_columns(observation), widths, strict=True)]
    remedy = [f"  {'':{widths[0]}}  → {observation.remedy}"] if observation.remedy else []
    return [f"  {'  '.join(columns)}".rstrip(), *remedy]


def in_json(diagnosis: Diagnosis) -> str:
    """All of it; shares as numbers, times in s."""
    return json.dumps({"headline": headline(diagnosis), **asdict(diagnosis)}, ensure_ascii=False, indent=2)
