"""rows of a workload → Layout: which of workers and what else varies stands across a speedup table, and what down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..summary import Row
from ..summary.words import Axes, axes, axis_value

WORKERS = "workers"
COLUMNS_AT_MOST = 4
"""Of values that are no numbers of workers: more would not fit beside each other on GitHub's page."""

Place = tuple[str, ...]
"""A row's values on some axes, in their order."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Axes across and down, `workers` among them; the model is always down. What stands across is in `columns`, in
    the order in which it is shown."""

    across: Axes
    down: Axes
    columns: tuple[Place, ...]

    def column(self, row: Row) -> Place:
        """Where the row stands among the columns."""
        return place_on(row, self.across)

    def line(self, row: Row) -> Place:
        """What the rows of one line have in common: the model, and values on the axes that go down."""
        return (row.cell.model.name, *place_on(row, self.down))


def place_on(row: Row, among: Axes) -> Place:
    """The row's values on these axes."""
    return tuple(str(row.cell.workers) if axis == WORKERS else axis_value(row, axis) for axis in among)


def layout(rows: Sequence[Row]) -> Layout:
    """The smallest table that holds these rows, of equals the one with fewest lines; workers across unless another is
    smaller."""
    among = axes(rows)
    plain = _laid(rows, [WORKERS], among)
    others = [_laid(rows, across, among) for axis in among for across in ([axis], [axis, WORKERS])]
    return min(
        [plain, *(one for one in others if len(one.columns) <= COLUMNS_AT_MOST)], key=lambda one: _size(one, rows)
    )


def _laid(rows: Sequence[Row], across: Axes, among: Axes) -> Layout:
    """Numbers of workers in their order, other values in that of the rows."""
    found = list(dict.fromkeys(place_on(row, across) for row in rows))
    first = {value: number for number, value in enumerate(dict.fromkeys(place[0] for place in found))}
    ordered = sorted(
        found, key=lambda place: (0 if across[0] == WORKERS else first[place[0]], *_workers_of(place, across))
    )
    return Layout(across, [axis for axis in (WORKERS, *among) if axis not in across], tuple(ordered))


def _workers_of(place: Place, across: Axes) -> list[int]:
    return [int(value) for value, axis in zip(place, across, strict=True) if axis == WORKERS]


def _size(one: Layout, rows: Sequence[Row]) -> tuple[int, int]:
    lines = len({one.line(row) for row in rows})
    return lines * len(one.columns), lines
