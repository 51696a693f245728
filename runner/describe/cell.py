"""Shown → words for a terminal: a cell, its figures, its invocations, what its last child said, how to run it once."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator

from ..invoke import Reply
from ..journal import Record
from ..matrix import Variant
from ..shown import Shown
from ..summary.numbers import brief_digits, digits
from ..summary.values import assignments
from ..summary.words import plural
from .here import from_here

MILLION = 1e6
COLUMNS = "{:<23} {:>9} {:>7} {:<11} {:>10} {:>10} {:>10} {:>10}  {}"


def cell_in_words(shown: Shown) -> str:
    """All about one cell."""
    file = from_here(shown.opened.path)
    lines = [
        f"{shown.cell}   (key {shown.cell.key})",
        f"  file      {file}",
        *_declared(shown),
        *_figures(shown),
        *_invocations(shown),
        *_kept("the last output that was kept", shown.output),
        *_kept("the last stacks that were kept", shown.stacks),
        "to run it once here, its output on this terminal and nothing kept: "
        + shlex.join(["runmatrix", "show", file, shown.cell.key, "--once"]),
    ]
    return "\n".join(lines)


def _declared(shown: Shown) -> Iterator[str]:
    """What the file says of it, and what it is compared with."""
    cell, cells = shown.cell, {cell.key: cell for cell in shown.opened.matrix.cells}
    yield _declaration("workload", cell.workload)
    yield _declaration("model", cell.model)
    yield f"  python    {shown.row.python if shown.row else cell.python_label}"
    if cell.tasks is not None:
        yield f"  tasks     {cell.tasks:,}" + (f", {cell.tasks_per_worker:,} a worker" if cell.tasks_per_worker else "")
    if cell.env:
        yield f"  env       {assignments(cell.env)}"
    if cell.baseline in cells and cell.baseline != cell.key:
        yield f"  baseline  {cells[cell.baseline]}"


def _declaration(part: str, variant: Variant) -> str:
    """Its kind, and its parameters where they are set."""
    given = {name: value for name, value in variant.values.items() if value not in (None, {}, [])}
    return f"  {part:<8}  {variant.kind} {assignments(given)}".rstrip()


def _figures(shown: Shown) -> Iterator[str]:
    row = shown.row
    if row is None:
        yield "  status    missing: nothing has been measured yet"
        return
    reason = f": {row.reason}" if row.reason else ""
    yield f"  status    {row.status}{reason}{f' ({shown.verdict})' if shown.verdict else ''}"
    for note in row.notes:
        yield f"  note      {note}"
    if row.figures:
        makespan, low, high = brief_digits(row.figures.makespan_s)
        yield f"  makespan  {makespan} s{f' ({low} to {high})' if low else ''}"
    if row.speedup:
        speedup, low, high = brief_digits(row.speedup)
        yield f"  speedup   {speedup}×{f' ({low} to {high})' if low else ''}"


def _invocations(shown: Shown) -> Iterator[str]:
    if not shown.records:
        return
    yield f"{plural(len(shown.records), 'invocation')}, times in ms"
    yield COLUMNS.format("session", "block", "attempt", "status", "startup", "cold", "steady", "stop", "").rstrip()
    several = len({record.machine for record in shown.records}) > 1
    for record in shown.records:
        yield _invocation(record, record.machine if several else "").rstrip()


def _invocation(record: Record, machine: str) -> str:
    where = "preflight" if record.stage == "preflight" else str(record.block)
    times = (record.startup_ns, record.cold_ns, record.steady_ns, record.stop_ns)
    each = ("" if time is None else digits(time / MILLION) for time in times)
    return COLUMNS.format(
        record.session, where, record.attempt, record.status, *each, " ".join([machine, record.reason]).strip()
    )


def _kept(what: str, text: str) -> Iterator[str]:
    if text:
        yield f"{what}:"
        yield textwrap.indent(text.rstrip(), "  ")


def reply_in_words(reply: Reply) -> str:
    """How a cell ended that was run once."""
    phases = reply.said.get("phases") or {}
    times = (
        f"{name} {digits(phases[f'{name}_ns'] / MILLION)} ms"
        for name in ("startup", "cold", "stop")
        if f"{name}_ns" in phases
    )
    return ", ".join([f"{reply.status}{f': {reply.reason}' if reply.reason else ''}", *times])
