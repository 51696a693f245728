"""rows, Verdicts → Table: all figures as text and as the numbers to sort by; columns that say nothing are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..stats import Interval
from ..summary import Figures, Row
from ..summary.numbers import brief_digits, digits
from ..summary.sweeps import swept, swept_names
from ..summary.values import assignments, one_line, shown
from ..verdict import Verdicts

Figure = Interval | float | None

MEASURED: dict[str, Callable[[Figures], Figure]] = {
    "speedup (×)": lambda figures: figures.speedup,
    "makespan (s)": lambda figures: figures.makespan_s,
    "efficiency": lambda figures: figures.efficiency,
    "startup (s)": lambda figures: figures.startup_s,
    "cold (s)": lambda figures: figures.cold_s,
    "steady (s)": lambda figures: figures.steady_s,
    "quickest (s)": lambda figures: figures.quickest_s,
    "stop (s)": lambda figures: figures.stop_s,
    "tasks/s": lambda figures: figures.tasks_per_s,
    "task p50 (s)": lambda figures: figures.task_p50_s,
    "task p95 (s)": lambda figures: figures.task_p95_s,
    "task p99 (s)": lambda figures: figures.task_p99_s,
    "tasks timed": lambda figures: figures.task_n,
    "CPU (s)": lambda figures: figures.cpu_s,
    "CPU/wall": lambda figures: figures.cpu_per_wall,
    "memory (MiB)": lambda figures: figures.memory_mib,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one place of the table; `order` is what it is sorted by where that is no text."""

    text: str
    interval: str = ""
    order: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A header, and whether numbers stand below it."""

    name: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A cell, by its key, and what stands of it in each column."""

    key: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that say something, and a line for each row."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def table_of(rows: Sequence[Row], verdicts: Verdicts) -> Table:
    """In the order of summary.csv."""
    names = swept_names(rows)
    found = [_entries(row, names, verdicts) for row in rows]
    kept = [name for name in dict.fromkeys(name for each in found for name in each) if _says(name, found)]
    numeric = {name: any(each[name].order is not None for each in found) for name in kept}
    lines = [Line(row.cell.key, tuple(each[name] for name in kept)) for row, each in zip(rows, found, strict=True)]
    return Table(tuple(Column(name, numeric[name]) for name in kept), tuple(lines))


def _says(name: str, found: Sequence[dict[str, Entry]]) -> bool:
    return any(each[name].text for each in found)


def _entries(row: Row, swept_there: Sequence[str], verdicts: Verdicts) -> dict[str, Entry]:
    values = swept(row)
    return {
        "workload": Entry(one_line(row.cell.workload.name)),
        "model": Entry(one_line(row.cell.model.name)),
        **{one_line(name): _value(values.get(name)) for name in swept_there},
        "workers": _value(row.cell.workers),
        "python": Entry(one_line(row.python)),
        "tasks": _value(row.tasks),
        "verdict": Entry(verdicts.words(row.cell.key)),
        "status": Entry(row.status),
        **{name: _figure(figure(row.figures) if row.figures else None) for name, figure in MEASURED.items()},
        "blocks": _value(len(row.counted)),
        "GIL": Entry(one_line(row.gil)),
        "options": Entry(assignments(row.options)),
        "notes": Entry(one_line("; ".join(row.notes))),
        "reason": Entry(one_line(row.reason)),
    }


def _value(value: object) -> Entry:
    """A declared number or anything else."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Entry("" if value is None else shown(value), order=float(str(value)) if is_number else None)


def _figure(figure: Figure) -> Entry:
    if figure is None:
        return Entry("")
    if not isinstance(figure, Interval):
        return Entry(digits(figure), order=figure)
    estimate, low, high = brief_digits(figure)
    return Entry(estimate, f"{low}–{high}" if low else "", figure.estimate)
