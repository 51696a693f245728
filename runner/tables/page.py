"""Summary, Verdicts → summary.md: answers and kinds of work first, a speedup table per workload, all figures folded, how to reproduce."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..journal import On
from ..plots import Picture
from ..pythons import CURRENT
from ..stats import LEAST
from ..summary import Noise, Provenance, Row, Summary, noise
from ..summary.values import assignments
from ..summary.words import (
    axis_value,
    baseline_of,
    by_workload,
    noise_in_words,
    plural,
    span,
    statuses,
)
from ..verdict import SIGNS, Answer, Part, Verdicts
from .break_even import BREAK_EVEN_METHOD, break_even_section
from .figures import ROWS_AT_MOST, figures_table
from .markdown import code, escaped, fenced, machine_named
from .scaling import SCALING_METHOD, scaling_section
from .speedups import remarks, speedup_table

PARAMETERS_AT_MOST = 200
"""Characters of a workload's parameters that its heading shows."""


def page(summary: Summary, verdicts: Verdicts, command: str, pictures: Sequence[Picture] = ()) -> str:
    """The content of summary.md. `command` is what measures it again, as a user of the repository types it."""
    parts = [
        f"# {escaped(summary.question) or code(summary.experiment)}",
        _answers(verdicts),
        _expectations(verdicts),
        _incomplete(summary.rows),
        *_workloads(summary.rows, verdicts, pictures),
        _all_figures(summary.rows),
        _measured(summary),
        METHOD.format(compared=COMPARED[summary.verdict_on]),
        SCALING_METHOD if verdicts.scaling else "",
        BREAK_EVEN_METHOD if verdicts.break_even else "",
        _elsewhere(summary),
        "To measure it again:",
        fenced(command, "sh"),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


COMPARED: Mapping[On, str] = {
    "makespan": "makespan",
    "steady": "time of a further batch on warm workers",
    "quickest": "quickest further batch on warm workers",
}
METHOD = (
    "Each block holds its cells in random order, each in a fresh interpreter. Makespan is startup + first batch + "
    "stop, a median; speedup is the baseline's {compared} over the cell's, paired inside blocks (Hodges–Lehmann); with "
    "tasks per worker it is the ratio of tasks a second of it. Small figures are 95 % intervals, "
    f"which take {LEAST} blocks. Bold is what can't be told from the best of its work, or is equivalent to it; ◀ marks "
    "the simplest model among these with the fewest workers."
)


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


def _workloads(rows: Sequence[Row], verdicts: Verdicts, pictures: Sequence[Picture]) -> list[str]:
    by_key = {row.cell.key: row for row in rows}
    parts = []
    for name, own in by_workload(rows).items():
        parts += _workload(name, own, by_key, verdicts)
        parts += [_shown(picture) for picture in pictures if picture.workload == name]
    return parts


def _shown(picture: Picture) -> str:
    """By a path that is right wherever the folder lies."""
    return f"![{escaped(picture.alt)}]({picture.file})"


def _workload(name: str, rows: Sequence[Row], by_key: Mapping[str, Row], verdicts: Verdicts) -> list[str]:
    return [
        f"## {code(name)}",
        introduced(rows, by_key),
        speedup_table(rows, verdicts),
        "\n".join(
            f"- {remark}" for remark in [*remarks(rows), *map(escaped, verdicts.kind_texts(name)), *_noise(noise(rows))]
        ),
        scaling_section(rows, verdicts),
        break_even_section(rows, verdicts),
    ]


def introduced(rows: Sequence[Row], by_key: Mapping[str, Row]) -> str:
    """What a workload's speedup table is of: the workload, and what speedups are over."""
    return f"{_described(rows)} Speedup (×, larger is better) over {escaped(baseline_of(rows, by_key))}:"


def _noise(disturbed: Noise) -> list[str]:
    """The noise line, where anything is known."""
    words = noise_in_words(disturbed)
    return [f"Noise: {escaped(words)}."] if words else []


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


def _measured(summary: Summary) -> str:
    """Machine, Pythons, blocks, dates."""
    if summary.machine is None or not summary.provenance.sessions:
        return "Nothing has been measured yet."
    machine = machine_named(summary.machine)
    pythons = ", ".join(escaped(text) for text in _pythons(summary)) or "none of its Pythons"
    blocks = [row.blocks for row in summary.rows if row.blocks] or [0]
    extent = f"{span(blocks)} {'block' if max(blocks) == 1 else 'blocks'}"
    sessions = plural(summary.provenance.sessions, "session")
    line = f"Measured on {machine} with {pythons}: {extent} in {sessions}, {_dates(summary.provenance)}."
    return " ".join([line, *_noise(summary.noise)])


def _pythons(summary: Summary) -> list[str]:
    """Each build that rows rest on, with what the experiment calls it: `CPython 3.13.0 (newest)`."""
    labels: dict[str, dict[str, None]] = {build: {} for build in summary.provenance.pythons}
    for row in summary.rows:
        for record in row.counted.values():
            if row.cell.python_label != CURRENT:
                labels.get(record.fingerprint.python, {})[row.cell.python_label] = None
    return [_short(build) + (f" ({', '.join(named)})" if named else "") for build, named in labels.items()]


def _short(build: str) -> str:
    """`CPython 3.11.7` of a fingerprint's build."""
    return build.partition(" (")[0]


def _dates(provenance: Provenance) -> str:
    first, last = escaped(provenance.first_date), escaped(provenance.last_date)
    return first if first == last else f"{first} to {last}"


def _elsewhere(summary: Summary) -> str:
    """What stands on other machines, which this page leaves out."""
    lines = []
    for other in summary.elsewhere:
        share = f"{other.cells:,} of {plural(len(summary.rows), 'cell')}"
        verb = "stands" if other.cells == 1 else "stand"
        lines.append(f"{share} also {verb} from {machine_named(other.machine)}.")
    return " ".join([*lines, "This page is of one machine alone."]) if lines else ""


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
