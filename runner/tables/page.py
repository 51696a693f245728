"""Summary, Verdicts → summary.md: answers and kinds of work first, a speedup table per workload, all figures folded, how to reproduce."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..plots import Picture
from ..summary import Row, Summary, noise
from ..summary.values import assignments
from ..summary.words import axis_value, baseline_of, by_workload, plural, statuses
from ..verdict import SIGNS, Answer, Part, Verdicts
from .break_even import break_even_section
from .figures import ROWS_AT_MOST, figures_table
from .markdown import code, escaped, fenced
from .measured import how_measured, noise_lines
from .scaling import scaling_section
from .speedups import remarks, speedup_table

PARAMETERS_AT_MOST = 200
"""Characters of a workload's parameters that its heading shows."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says, each a piece of markdown, empty where there is nothing to say: answers, expectations and what
    is incomplete; of each workload all but its heading and pictures; how it was measured."""

    first: str
    workloads: Mapping[str, str]
    last: str


def page(summary: Summary, verdicts: Verdicts, command: str, pictures: Sequence[Picture] = ()) -> str:
    """The content of summary.md. `command` is what measures it again, as a user of the repository types it."""
    told = said(summary, verdicts)
    parts = [
        f"# {escaped(summary.question) or code(summary.experiment)}",
        told.first,
        *(part for name, text in told.workloads.items() for part in _workload(name, text, pictures)),
        _all_figures(summary.rows),
        told.last,
        "To measure it again:",
        fenced(command, "sh"),
    ]
    return _joined(parts) + "\n"


def said(summary: Summary, verdicts: Verdicts) -> Said:
    """What every page of these figures says, whatever it is made of."""
    rows, by_key = summary.rows, {row.cell.key: row for row in summary.rows}
    return Said(
        _joined([_answers(verdicts), _expectations(verdicts), _incomplete(rows)]),
        {name: _of_workload(name, own, by_key, verdicts) for name, own in by_workload(rows).items()},
        how_measured(summary, verdicts),
    )


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _answers(verdicts: Verdicts) -> str:
    return "\n".join(_answer(answer, verdicts.kind_of(answer.workload)) for answer in verdicts.answers)


def _answer(answer: Answer, kind: str) -> str:
    """One line, or one for each of several pieces of work: `**Waiting (`wait`): asyncio with 4 workers: 3.99× faster…`."""
    name = f"{escaped(kind[:1].upper() + kind[1:])} ({code(answer.workload)})" if kind else code(answer.workload)
    if len(answer.parts) == 1:
        return f"- {_claimed(f'{name}: ', answer.parts[0])}"
    return "\n".join([f"- **{name}**", *(f"  - {_claimed('', part)}" for part in answer.parts)])


def _claimed(before: str, part: Part) -> str:
    """What to take in bold, then the figures and the rest."""
    rest = f" {escaped(part.evidence)}" if part.evidence else ""
    return f"**{before}{escaped(part.claim)}**{rest}. {escaped(part.rest)}".rstrip()


def _expectations(verdicts: Verdicts) -> str:
    lines = [f"- {SIGNS[one.outcome]} {escaped(one.claim)}: {escaped(one.evidence)}" for one in verdicts.expectations]
    return "\n".join(["Expected, and decided by intervals (? is open):", "", *lines]) if lines else ""


def _incomplete(rows: Sequence[Row]) -> str:
    if all(row.status == "ok" for row in rows):
        return ""
    return f"Of {plural(len(rows), 'cell')}: {statuses(rows)}."


def _workload(name: str, text: str, pictures: Sequence[Picture]) -> list[str]:
    return [f"## {code(name)}", text, *(_shown(picture) for picture in pictures if picture.workload == name)]


def _shown(picture: Picture) -> str:
    """By a path that is right wherever the folder lies."""
    return f"![{escaped(picture.alt)}]({picture.file})"


def _of_workload(name: str, rows: Sequence[Row], by_key: Mapping[str, Row], verdicts: Verdicts) -> str:
    told = [*remarks(rows), *map(escaped, verdicts.kind_texts(name)), *noise_lines(noise(rows))]
    parts = [
        introduced(rows, by_key),
        speedup_table(rows, verdicts),
        "\n".join(f"- {remark}" for remark in told),
        scaling_section(rows, verdicts),
        break_even_section(rows, verdicts),
    ]
    return _joined(parts)


def introduced(rows: Sequence[Row], by_key: Mapping[str, Row]) -> str:
    """What a workload's speedup table is of: the workload, and what speedups are over."""
    return f"{_described(rows)} Speedup (×, larger is better) over {escaped(baseline_of(rows, by_key))}:"


def _described(rows: Sequence[Row]) -> str:
    """The workload's kind, its fixed parameters and its tasks."""
    workload = rows[0].cell.workload
    fixed = {name: value for name, value in _shared([row.cell.workload.values for row in rows]).items() if value}
    parameters = assignments(fixed)
    if len(parameters) > PARAMETERS_AT_MOST:
        parameters = f"{parameters[:PARAMETERS_AT_MOST]}…"
    tasks = [f"{axis_value(rows[0], axis)} {axis}" for axis in ("tasks", "tasks per worker") if _one(rows, axis)]
    parts = [code(workload.kind), *([code(parameters)] if parameters else []), *tasks]
    return f"{', '.join(parts)}."


def _one(rows: Sequence[Row], axis: str) -> bool:
    """Whether all rows have the same value there, and have one."""
    values = {axis_value(row, axis) for row in rows}
    return len(values) == 1 and values != {""}


def _all_figures(rows: Sequence[Row]) -> str:
    if len(rows) > ROWS_AT_MOST:
        return f"All figures of the {len(rows):,} cells are in [summary.csv](summary.csv)."
    return f"<details><summary>All figures</summary>\n\n{figures_table(rows)}\n\n</details>"


def _shared(values: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """What is the same in all of them, and of mappings in them what is: a swept argument is one of several."""
    first, *others = values
    shared: dict[str, object] = {}
    for name, value in first.items():
        there = [other.get(name) for other in others]
        if all(value == other for other in there):
            shared[name] = value
        elif isinstance(value, dict):
            shared[name] = _shared([value, *(other for other in there if isinstance(other, dict))])
    return shared
