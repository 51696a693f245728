"""Shown → words for a terminal: a cell, its figures, its invocations, what its last child said, how to run it once."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ..invoke import Reply
from ..journal import Record
from ..shown import Shown
from ..summary.numbers import brief_digits, digits
from ..summary.values import assignments
from ..summary.words import plural

MILLION = 1e6
COLUMNS = "{:<28} {:>5} {:>7} {:<11} {:>12} {:>12} {:>12} {:>12}  {}"


def cell_in_words(shown: Shown) -> str:
    """All about one cell."""
    cell = shown.cell
    lines = [
        f"{cell}   (key {cell.key})",
        f"  file      {shown.opened.path}",
        f"  workload  {cell.workload.kind} {assignments(cell.workload.values)}".rstrip(),
        f"  model     {cell.model.kind} {assignments(cell.model.values)}".rstrip(),
        *_figures(shown),
        *_invocations(shown),
        *_said("output", shown.output),
        *_said("stacks", shown.stacks),
        f"to run it once here, its output on this terminal and nothing kept: runmatrix show {cell.key} --once",
    ]
    return "\n".join(lines)


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
    for record in shown.records:
        yield _invocation(record).rstrip()


def _invocation(record: Record) -> str:
    where = "preflight" if record.stage == "preflight" else str(record.block)
    times = (record.startup_ns, record.cold_ns, record.steady_ns, record.stop_ns)
    each = ("" if time is None else digits(time / MILLION) for time in times)
    return COLUMNS.format(record.session, where[:5], record.attempt, record.status, *each, record.reason)


def _said(name: str, text: str) -> Iterator[str]:
    if text:
        yield f"last {name} that was kept:"
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
