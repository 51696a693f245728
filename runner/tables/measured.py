"""Summary, Verdicts → how it was measured: machine, Pythons, blocks, dates and noise; what each figure means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..journal import On
from ..pythons import CURRENT
from ..stats import LEAST
from ..summary import Noise, Provenance, Summary
from ..summary.words import noise_in_words, plural, span
from ..verdict import Verdicts
from .break_even import BREAK_EVEN_METHOD
from .markdown import escaped, folded, machine_named
from .scaling import SCALING_METHOD

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


def how_measured(summary: Summary, verdicts: Verdicts) -> str:
    """Paragraphs of markdown: how to read the figures, folded away; then the machine and when."""
    methods = folded("How to read the figures", "\n\n".join(_methods(summary, verdicts)))
    return "\n\n".join(part for part in (methods, _measured(summary), _elsewhere(summary)) if part)


def _methods(summary: Summary, verdicts: Verdicts) -> Iterator[str]:
    yield METHOD.format(compared=COMPARED[summary.verdict_on])
    if verdicts.scaling:
        yield SCALING_METHOD
    if verdicts.break_even:
        yield BREAK_EVEN_METHOD


def noise_lines(disturbed: Noise) -> list[str]:
    """The noise line, where anything is known."""
    words = noise_in_words(disturbed)
    return [f"Noise: {escaped(words)}."] if words else []


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
    return " ".join([line, *noise_lines(summary.noise)])


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
