"""Summary, Verdicts → the tables and answers of one workload, for pages of other people's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ..errors import CommandError
from ..experiment.messages import did_you_mean
from ..summary import Summary
from ..summary.words import by_workload
from ..verdict import Verdicts
from .figures import ROWS_AT_MOST, figures_table
from .page import answered, introduced
from .speedups import SEE_SHEET, legend, speedup_table

MEASURED = "[How it was measured]({page})."


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of an experiment; `folder` is where its tables lie, as a link from the page names it."""

    summary: Summary
    verdicts: Verdicts
    folder: str


def excerpt(asked: str, sources: Mapping[str, Source], others: Collection[str] = ()) -> str | None:
    """What is asked for, `EXPERIMENT/WORKLOAD` and perhaps one of `WHATS`, as markdown; None where that is of one of
    `others`, which are experiments that are not at hand. Raises CommandError where there is no such thing."""
    of, _, last = asked.rpartition(" ")
    name, what = (of.strip(), last) if of and last in WHATS else (asked, next(iter(WHATS)))
    for experiment, source in sources.items():
        workload = name.removeprefix(f"{experiment}/")
        if workload != name and workload in by_workload(source.summary.rows):
            text = WHATS[what](source, workload)
            return text.replace(SEE_SHEET, f"in [summary.csv]({source.folder}/summary.csv)")
    if any(name.startswith(f"{other}/") for other in others):
        return None
    raise CommandError(_unknown(asked, sources))


def _unknown(asked: str, sources: Mapping[str, Source]) -> str:
    known = [f"{name}/{workload}" for name, source in sources.items() for workload in by_workload(source.summary.rows)]
    for name in known:
        if asked.startswith(f"{name} "):
            what = asked.removeprefix(f"{name} ").strip()
            return f"`{what}` is nothing that can be shown of `{name}`; {did_you_mean(what, WHATS)}"
    return f"`{asked}` is no workload of the experiments given; {did_you_mean(asked, known)}"


def _speedups(source: Source, workload: str) -> str:
    rows = by_workload(source.summary.rows)[workload]
    by_key = {row.cell.key: row for row in source.summary.rows}
    table, marks = speedup_table(rows, source.verdicts), legend(rows, source.verdicts)
    measured = MEASURED.format(page=f"{source.folder}/summary.md")
    return "\n\n".join([introduced(rows, by_key), table, f"{marks} {measured}".strip()])


def _answer(source: Source, workload: str) -> str:
    """As the page has it; a single line is no list."""
    (answer,) = (one for one in source.verdicts.answers if one.workload == workload)
    text = answered(answer, source.verdicts)
    return text if "\n" in text else text.removeprefix("- ")


def _figures(source: Source, workload: str) -> str:
    rows = by_workload(source.summary.rows)[workload]
    return figures_table(rows) if len(rows) <= ROWS_AT_MOST else f"All figures of {len(rows):,} cells are {SEE_SHEET}."


WHATS: Mapping[str, Callable[[Source, str], str]] = {"speedups": _speedups, "answer": _answer, "figures": _figures}
"""What a marker can ask for; the first is what it asks for by saying nothing."""
