"""rows → the swept names among them, and each row's values."""

from __future__ import annotations

from collections.abc import Iterable

from .shape import Row


def swept(row: Row) -> dict[str, object]:
    """Dotted name → value: `workload.NAME`, `model.NAME`, `env.NAME`."""
    cell = row.cell
    return {
        f"{where}.{name}": value
        for where, values in (
            ("workload", cell.workload.swept),
            ("model", cell.model.swept),
            ("env", cell.swept_env),
        )
        for name, value in values.items()
    }


def swept_names(rows: Iterable[Row]) -> list[str]:
    """Every dotted name, those of workloads first, then of models, then of the environment."""
    names = dict.fromkeys(name for row in rows for name in swept(row))
    order = ("workload", "model", "env")
    return sorted(names, key=lambda name: order.index(name.partition(".")[0]))
