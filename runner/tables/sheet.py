"""Summary, Verdicts → summary.csv: a row a cell, for people's spreadsheets and for pandas.read_csv."""

from __future__ import annotations

import csv
import io

from ..summary import Figures, Row, Summary
from ..summary.numbers import digits, interval_digits
from ..summary.sweeps import swept, swept_names
from ..summary.values import assignments, one_line, shown
from ..verdict import Verdicts

BEFORE_SWEPT = ("experiment", "workload")
AFTER_SWEPT = (
    "model", "options", "workers", "python", "tasks", "status", "blocks",
    "makespan_s", "makespan_low_s", "makespan_high_s", "speedup", "speedup_low", "speedup_high", "efficiency",
    "startup_s", "cold_s", "steady_s", "quickest_s", "stop_s", "tasks_per_s", "task_p50_s", "task_p95_s", "task_p99_s",
    "task_n", "cpu_s", "cpu_per_wall", "memory_mib", "gil", "verdict", "notes", "reason", "machine", "key",
)  # fmt: skip
MEDIANS = (
    "startup_s", "cold_s", "steady_s", "quickest_s", "stop_s", "tasks_per_s", "task_p50_s", "task_p95_s", "task_p99_s",
    "cpu_s", "cpu_per_wall", "memory_mib",
)  # fmt: skip
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def sheet(summary: Summary, verdicts: Verdicts) -> str:
    """The content of summary.csv: UTF-8, comma, `\\n`; empty where there is nothing to say."""
    columns = [*BEFORE_SWEPT, *swept_names(summary.rows), *AFTER_SWEPT]
    machine = summary.machine.name if summary.machine else ""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {**_fields(row, summary.experiment, machine), "verdict": verdicts.words(row.cell.key)} for row in summary.rows
    )
    return text.getvalue()


def _fields(row: Row, experiment: str, machine: str) -> dict[str, str]:
    cell = row.cell
    return {
        "experiment": inert(experiment),
        "workload": inert(cell.workload.name),
        **{name: _value(value) for name, value in swept(row).items()},
        "model": inert(cell.model.name),
        "options": inert(assignments(row.options)),
        "workers": str(cell.workers),
        "python": inert(row.python),
        "tasks": "" if row.tasks is None else str(row.tasks),
        "status": row.status,
        "blocks": str(len(row.counted)),
        **(_figures(row.figures) if row.figures else {}),
        "gil": inert(row.gil),
        "notes": inert("; ".join(row.notes)),
        "reason": inert(row.reason),
        "machine": inert(machine if row.status != "missing" else ""),
        "key": cell.key,
    }


def _figures(figures: Figures) -> dict[str, str]:
    makespan, makespan_low, makespan_high = interval_digits(figures.makespan_s)
    speedup, speedup_low, speedup_high = interval_digits(figures.speedup)
    return {
        "makespan_s": makespan,
        "makespan_low_s": makespan_low,
        "makespan_high_s": makespan_high,
        "speedup": speedup,
        "speedup_low": speedup_low,
        "speedup_high": speedup_high,
        "efficiency": interval_digits(figures.efficiency)[0],
        **{name: digits(getattr(figures, name)) for name in MEDIANS},
        "task_n": "" if figures.task_n is None else str(figures.task_n),
    }


def _value(value: object) -> str:
    """A swept number as it is, -1 too; anything else as text."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return shown(value) if is_number else inert(shown(value))


def inert(text: str) -> str:
    """One line that no spreadsheet takes for a formula: a leading apostrophe makes it text (OWASP, CSV injection)."""
    line = one_line(text)
    return f"'{line}" if line.startswith(FORMULA_STARTS) else line
