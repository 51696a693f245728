"""Traces of a workload's cells → when every task ran in which worker, as a Gantt chart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..journal import Trace
from ..journal.lines import line_of
from ..summary import Row, Summary
from ..summary.words import axes, by_workload, contestant
from ..verdict import Verdicts
from .chart import STILL, Lane, Lanes, Most, Picture, Traced, file_name, left_out, short


def gantt(summary: Summary, verdicts: Verdicts, most: Most = STILL) -> Iterator[Picture]:
    """One for each workload of which some cell was traced."""
    groups = by_workload(summary.rows)
    for workload, rows in groups.items():
        traced = [row for row in rows if row.cell.key in summary.traces]
        if traced:
            yield _picture(workload, traced, summary, list(groups), most)


def _picture(workload: str, rows: Sequence[Row], summary: Summary, names: Sequence[str], most: Most) -> Picture:
    among = axes(summary.rows)
    cells: list[Traced] = []
    lanes = tasks = 0
    for row in rows:
        cell = _traced(row, summary.traces[row.cell.key], among, most)
        lanes, tasks = lanes + len(cell.lanes), tasks + sum(len(lane.tasks) for lane in cell.lanes)
        if cells and (lanes > most.lanes or tasks > most.tasks):
            break
        cells.append(cell)
    told = "; ".join(contestant(row, among) for row in rows[: len(cells)])  # process ids are others each time
    alt = f"{workload}: when each task ran in which worker, for {told}"
    alt += left_out(len(cells), len(rows), "cells")
    return Picture(file_name("trace", workload, names), workload, alt, Lanes(tuple(cells)))


def _traced(row: Row, trace: Trace, among: Sequence[str], most: Most) -> Traced:
    """Threads that come and go on one worker's lane share it."""
    lanes: dict[tuple[int, int], list[tuple[float, float]]] = {}
    names: dict[tuple[int, int], list[str]] = {}
    for pid, process, tid, thread, slot in trace.workers:
        lane = line_of((pid, process, tid, thread, slot))
        lanes.setdefault(lane, [])
        name = thread if pid == trace.pid else f"{process} {pid}"
        names.setdefault(lane, []).append(name if slot is None else f"worker {slot + 1}")
    for index, begin, end in trace.tasks:
        lanes[line_of(trace.workers[index])].append((_seconds(begin), _seconds(end)))
    phases = tuple((name, _seconds(begin), _seconds(end)) for name, (begin, end) in trace.phases.items())
    shown = sorted((Lane(names[lane][0], tuple(sorted(spans))) for lane, spans in lanes.items()), key=_numbered)
    return Traced(f"{contestant(row, among)}, process {trace.pid}", phases, tuple(shown[: most.lanes]))


def _numbered(lane: Lane) -> list[tuple[int, str]]:
    """`worker 2` before `worker 10`."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"([0-9]+)", lane.name)]


def _seconds(nanoseconds: int) -> float:
    return short(nanoseconds / 1e9)
