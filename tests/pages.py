"""Lines of a journal → tables as a reader gets them: sheets as csv reads them, pages by GitHub's rules."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from markdown_it import MarkdownIt
from records import THREADS, Line, StandIn, cell, journal, variant

from runner.matrix import Cell
from runner.summary import Summary, summarise
from runner.tables import render
from runner.verdict import decide

COMMAND = "runmatrix run experiments/waiting.yaml"
BASELINE = cell()
FOUR = cell(THREADS, 4)
EIGHT = cell(variant("asyncio"), 8)
CELLS = (BASELINE, FOUR, EIGHT)
LINES = StandIn().run(CELLS, 10)
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def summary_of(lines: Sequence[Line] = LINES, cells: Sequence[Cell] = CELLS, question: str = "What pays?") -> Summary:
    return summarise(cells, journal(lines), "waiting", question)


def rendered(summary: Summary) -> dict[str, str]:
    return render(summary, decide(summary, 0.05), COMMAND)


def page_of(lines: Sequence[Line] = LINES, cells: Sequence[Cell] = CELLS, question: str = "What pays?") -> str:
    return rendered(summary_of(lines, cells, question))["summary.md"]


def sheet_of(lines: Sequence[Line] = LINES, cells: Sequence[Cell] = CELLS) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rendered(summary_of(lines, cells))["summary.csv"])))


def tables_of(markdown: str) -> list[list[list[str]]]:
    """Tables as GitHub's rules see them, each a list of rows of ready HTML."""
    found: list[list[list[str]]] = []
    for opened, token in zip([None, *(tokens := GFM.parse(markdown))], tokens, strict=False):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and opened and opened.type in ("th_open", "td_open"):
            found[-1][-1].append(GFM.renderInline(token.content))
    return found
