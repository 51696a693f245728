"""summary.csv → DataFrame: for notebooks and scripts. Importing it imports pandas, which takes twenty bare starts."""

from __future__ import annotations

import io

import pandas

from ..summary import Summary
from ..verdict import Verdicts
from .sheet import sheet

TEXTS = ("python", "machine", "key")


def frame(summary: Summary, verdicts: Verdicts) -> pandas.DataFrame:
    """A row a cell: numbers where a column holds numbers, NaN where there is nothing to say. Times in s."""
    return pandas.read_csv(io.StringIO(sheet(summary, verdicts)), dtype=dict.fromkeys(TEXTS, str))
