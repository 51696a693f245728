"""summary.csv → DataFrame: for notebooks and scripts. Importing it imports pandas, which takes twenty bare starts."""

from __future__ import annotations

import io

import pandas

from ..summary import Summary
from ..verdict import Verdicts
from .sheet import sheet

TEXTS = (
    *("experiment", "workload", "model", "options", "python", "status"),
    *("gil", "verdict", "notes", "reason", "machine", "key"),
)
"""Columns of text, also where nothing stands in them, or what looks like a number."""


def frame(summary: Summary, verdicts: Verdicts) -> pandas.DataFrame:
    """A row a cell: numbers where a column holds numbers, NaN where there is nothing to say. Times in s."""
    text = io.StringIO(sheet(summary, verdicts))
    return pandas.read_csv(text, dtype=dict.fromkeys(TEXTS, str), keep_default_na=False, na_values=[""])
