"""rows → the table of all figures, which a page folds away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..stats import Interval
from ..summary import Figures, Row
from ..summary.numbers import brief_digits, digits
from ..summary.sweeps import swept_names
from ..summary.values import assignments
from ..summary.words import axis_value
from .markdown import Alignment, code, escaped, table

ROWS_AT_MOST = 500
"""GitHub shows no markdown beyond some 500 kB."""

TEXTS: dict[str, Callable[[Row], str]] = {
    "workload": lambda row: code(row.cell.workload.name),
    "model": lambda row: code(row.cell.model.name),
    "options": lambda row: escaped(assignments(row.options)),
}
COUNTS: dict[str, Callable[[Row], str]] = {
    "workers": lambda row: str(row.cell.workers),
    "python": lambda row: escaped(row.python),
    "tasks": lambda row: "" if row.tasks is None else str(row.tasks),
    "status": lambda row: row.status,
    "blocks": lambda row: str(len(row.counted)),
}
MEASURED: dict[str, Callable[[Figures], str]] = {
    "makespan (s)": lambda figures: _with_interval(figures.makespan_s),
    "speedup (×)": lambda figures: _with_interval(figures.speedup),
    "efficiency": lambda figures: brief_digits(figures.efficiency)[0],
    "startup (s)": lambda figures: digits(figures.startup_s),
    "cold (s)": lambda figures: digits(figures.cold_s),
    "steady (s)": lambda figures: digits(figures.steady_s),
    "quickest (s)": lambda figures: digits(figures.quickest_s),
    "stop (s)": lambda figures: digits(figures.stop_s),
    "tasks/s": lambda figures: digits(figures.tasks_per_s),
    "task p50 (s)": lambda figures: digits(figures.task_p50_s),
    "task p95 (s)": lambda figures: digits(figures.task_p95_s),
    "task p99 (s)": lambda figures: digits(figures.task_p99_s),
    "tasks timed": lambda figures: "" if figures.task_n is None else str(figures.task_n),
    "CPU (s)": lambda figures: digits(figures.cpu_s),
    "CPU/wall": lambda figures: digits(figures.cpu_per_wall),
    "memory (MiB)": lambda figures: digits(figures.memory_mib),
}


def figures_table(rows: Sequence[Row]) -> str:
    """Every row with all that was measured; columns in which nothing stands are left out."""
    names = swept_names(rows)
    headers = [*TEXTS, *(code(name) for name in names), *COUNTS, *MEASURED, "GIL"]
    body = [_line(row, names) for row in rows]
    kept = [index for index, _ in enumerate(headers) if any(line[index] for line in body)]
    texts = {*range(len(TEXTS)), headers.index("python"), headers.index("status"), headers.index("GIL")}
    alignments: list[Alignment] = ["left" if index in texts else "right" for index in kept]
    return table([headers[index] for index in kept], [[line[index] for index in kept] for line in body], alignments)


def _line(row: Row, names: Sequence[str]) -> list[str]:
    return [
        *(text(row) for text in TEXTS.values()),
        *(escaped(axis_value(row, name)) for name in names),
        *(text(row) for text in COUNTS.values()),
        *(text(row.figures) if row.figures else "" for text in MEASURED.values()),
        escaped(row.gil),
    ]


def _with_interval(interval: Interval | None) -> str:
    estimate, low, high = brief_digits(interval)
    return f"{estimate} <sub>{low}–{high}</sub>" if low else estimate
