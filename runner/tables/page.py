"""Summary, Verdicts → summary.md: answers first, a speedup table per workload, what is behind them folded, how to reproduce."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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
    duration,
    listed,
    noise_in_words,
    plural,
    span,
    statuses,
)
from ..verdict import SIGNS, Answer, Part, Verdicts
from .break_even import BREAK_EVEN_METHOD, break_even_section
from .figures import ROWS_AT_MOST, figures_table
from .markdown import code, escaped, fenced, folded, machine_named, prose
from .remarks import remarks
from .scaling import SCALING_METHOD, scaling_of
from .speedups import legend, speedup_table

REMARKS_AT_MOST = 3
"""More than these are folded away."""
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
        folded("How to read the figures", "\n\n".join(_methods(summary, verdicts))),
        _measured(summary),
        _elsewhere(summary),
        _again(summary),
        fenced(command, "sh"),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


COMPARED: Mapping[On, str] = {
    "makespan": "makespan",
    "steady": "time of a further batch on warm workers",
    "quickest": "quickest further batch on warm workers",
}
METHOD = (
    "Each block measures every cell once, in random order, each in a fresh interpreter. Makespan is startup + first "
    "batch + stop, a median over blocks. Speedup is the baseline's {compared} over the cell's, paired inside blocks "
    f"(Hodges–Lehmann); with tasks per worker it is the ratio of tasks a second. Intervals take {LEAST} blocks. The best "
    "are those that can't be told from the quickest, or are equivalent to it; the answer is the simplest model among "
    "them with the fewest workers."
)


def _methods(summary: Summary, verdicts: Verdicts) -> Iterator[str]:
    yield METHOD.format(compared=COMPARED[summary.verdict_on])
    if verdicts.scaling:
        yield SCALING_METHOD
    if verdicts.break_even:
        yield BREAK_EVEN_METHOD


def _again(summary: Summary) -> str:
    """How long the command takes, to go by what stands."""
    seconds = summary.provenance.children_s
    return f"To measure it again, in about {duration(seconds)}:" if seconds else "To measure it again:"


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
    """A section for each; what the marks mean stands below the first table."""
    by_key = {row.cell.key: row for row in rows}
    parts: list[str] = []
    for name, own in by_workload(rows).items():
        parts += [f"## {code(name)}", introduced(own, by_key), speedup_table(own, verdicts)]
        parts += [legend(rows, verdicts)] if len(parts) == 3 else []
        parts += [_remarks(own), break_even_section(own, verdicts)]
        parts += [_shown(picture) for picture in pictures if picture.workload == name]
        parts += [_reasons(name, own, verdicts)]
    return parts


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
    kinds, disturbed = [prose(text) for text in verdicts.kind_texts(name)], _noise(noise(rows))
    laws, points = scaling_of(rows, verdicts)
    there = {"kind of work": kinds, "scaling": points, "noise": disturbed}
    title = listed([what for what, content in there.items() if content] or [""])
    content = "\n\n".join(part for part in (_bullets([*kinds, *laws, *disturbed]), points) if part)
    return folded(f"{title[:1].upper()}{title[1:]}", content) if content else ""


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
