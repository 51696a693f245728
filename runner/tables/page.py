"""Summary, Verdicts → summary.md: answers first, a speedup table per workload, what is behind them folded, how to reproduce."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..plots import Picture
from ..summary import Row, Summary, noise
from ..summary.values import assignments
from ..summary.words import axis_value, baseline_of, by_workload, capital, duration, listed, plural, statuses
from ..verdict import SIGNS, Answer, Part, Verdicts
from .break_even import break_even_section
from .figures import ROWS_AT_MOST, figures_table
from .markdown import code, escaped, fenced, folded, prose
from .measured import how_measured, noise_lines
from .remarks import remarks
from .scaling import scaling_of
from .speedups import legend, speedup_table

REMARKS_AT_MOST = 3
"""More than these are folded away."""
PARAMETERS_AT_MOST = 200
"""Characters of a workload's parameters that its heading shows."""


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of a workload, each a piece of markdown: its figures, and what stands behind them. Pictures have
    their place in between."""

    figures: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says, each a piece of markdown, empty where there is nothing to say: answers, expectations and what
    is incomplete; of each workload all but its heading and pictures; how it was measured."""

    first: str
    workloads: Mapping[str, Section]
    last: str


def page(summary: Summary, verdicts: Verdicts, command: str, pictures: Sequence[Picture] = ()) -> str:
    """The content of summary.md. `command` is what measures it again, as a user of the repository types it."""
    told = said(summary, verdicts)
    parts = [
        f"# {escaped(summary.question) or code(summary.experiment)}",
        told.first,
        *(part for name, section in told.workloads.items() for part in _workload(name, section, pictures)),
        _all_figures(summary.rows),
        told.last,
        _again(summary),
        fenced(command, "sh"),
    ]
    return _joined(parts) + "\n"


def said(summary: Summary, verdicts: Verdicts) -> Said:
    """What every page of these figures says, whatever it is made of."""
    return Said(
        _joined([_answers(verdicts), _warned(summary), _expectations(verdicts), _incomplete(summary.rows)]),
        dict(_sections(summary.rows, verdicts)),
        how_measured(summary, verdicts),
    )


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _again(summary: Summary) -> str:
    """How long the command takes, to go by what stands."""
    seconds = summary.provenance.children_s
    return f"To measure it again, in about {duration(seconds)}:" if seconds else "To measure it again:"


def _answers(verdicts: Verdicts) -> str:
    return "\n".join(answered(answer, verdicts) for answer in verdicts.answers)


def _warned(summary: Summary) -> str:
    return f"> {prose(summary.noise.warning)}" if summary.noise.warning else ""


def answered(answer: Answer, verdicts: Verdicts) -> str:
    """One line, or one for each of several pieces of work: `- **Waiting (`wait`): asyncio with 4 workers: 3.99× faster…`."""
    kind = verdicts.kind_of(answer.workload)
    name = f"{escaped(capital(kind))} ({code(answer.workload)})" if kind else code(answer.workload)
    if len(answer.parts) == 1:
        return f"- {_claimed(f'{name}: ', answer.parts[0])}"
    return "\n".join([f"- **{name}**", *(f"  - {_claimed('', part)}" for part in answer.parts)])


def _claimed(before: str, part: Part) -> str:
    """What to take in bold, then the figures and the rest."""
    evidence = f" {escaped(part.evidence)}" if part.evidence else ""
    rest = escaped(" ".join(text for text in (part.others, part.price) if text))
    return f"**{before}{escaped(part.claim)}**{evidence}. {rest}".rstrip()


def _expectations(verdicts: Verdicts) -> str:
    lines = [f"- {SIGNS[one.outcome]} {escaped(one.claim)}: {escaped(one.evidence)}" for one in verdicts.expectations]
    return "\n".join(["Expected, and decided by intervals (? is open):", "", *lines]) if lines else ""


def _incomplete(rows: Sequence[Row]) -> str:
    if all(row.status == "ok" for row in rows):
        return ""
    return f"Of {plural(len(rows), 'cell')}: {statuses(rows)}."


def _sections(rows: Sequence[Row], verdicts: Verdicts) -> Iterator[tuple[str, Section]]:
    """One for each workload; what the marks mean stands below the first table."""
    by_key, marks = {row.cell.key: row for row in rows}, legend(rows, verdicts)
    for name, own in by_workload(rows).items():
        parts = [introduced(own, by_key), speedup_table(own, verdicts), marks, _remarks(own)]
        figures = _joined([*parts, break_even_section(own, verdicts)])
        yield name, Section(figures, _reasons(name, own, verdicts))
        marks = ""


def _workload(name: str, section: Section, pictures: Sequence[Picture]) -> list[str]:
    shown = [_shown(picture) for picture in pictures if picture.workload == name]
    return [f"## {code(name)}", section.figures, *shown, section.reasons]


def _remarks(rows: Sequence[Row]) -> str:
    """A few are read, many are looked up."""
    told = remarks(rows)
    return _bullets(told) if len(told) <= REMARKS_AT_MOST else folded(f"{len(told)} notes on cells", _bullets(told))


def _bullets(texts: Sequence[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _shown(picture: Picture) -> str:
    """By a path that is right wherever the folder lies."""
    return f"![{escaped(picture.alt)}]({picture.file})"


def _reasons(name: str, rows: Sequence[Row], verdicts: Verdicts) -> str:
    """What stands behind the answer, folded away: the kind of work, how models scale, noise."""
    kinds, disturbed = [prose(text) for text in verdicts.kind_texts(name)], noise_lines(noise(rows))
    laws, points = scaling_of(rows, verdicts)
    there = {"kind of work": kinds, "scaling": points, "noise": disturbed}
    title = listed([what for what, content in there.items() if content] or [""])
    content = _joined([_bullets([*kinds, *laws, *disturbed]), points])
    return folded(capital(title), content) if content else ""


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
    tasks = [_count(axis_value(rows[0], axis), axis) for axis in ("tasks", "tasks per worker") if _one(rows, axis)]
    parts = [code(workload.kind), *([code(parameters)] if parameters else []), *tasks]
    return f"{', '.join(parts)}."


def _count(number: str, axis: str) -> str:
    """`4 tasks`, `1 task per worker`."""
    return f"{number} {axis.replace('tasks', 'task', 1) if number == '1' else axis}"


def _one(rows: Sequence[Row], axis: str) -> bool:
    """Whether all rows have the same value there, and have one."""
    values = {axis_value(row, axis) for row in rows}
    return len(values) == 1 and values != {""}


def _all_figures(rows: Sequence[Row]) -> str:
    if len(rows) > ROWS_AT_MOST:
        return f"All figures of the {len(rows):,} cells are in [summary.csv](summary.csv)."
    return folded("All figures", figures_table(rows))


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
