"""size, max_iterations → rows of a picture of the Mandelbrot set, computed in pure Python."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .contract import Body, Parameters

LEFT, RIGHT, LOWER, UPPER = -2.0, 0.5, -1.25, 1.25
"""The part of the complex plane that the picture shows: a square around the set."""


def sized(parameters: Parameters) -> tuple[int, int]:
    """Pixels on a side, most iterations of a pixel."""
    size, most = parameters["size"], parameters["max_iterations"]
    assert isinstance(size, int)
    assert isinstance(most, int)
    return size, most


def items(parameters: Parameters, tasks: int | None) -> Sequence[object]:
    """Numbers of rows, the longest first: from the middle of the picture outwards, and again from there. So no worker
    is left alone with a long one at the end, and what is tried beforehand is not the quickest."""
    size, _ = sized(parameters)
    rows = sorted(range(size), key=lambda row: abs(2 * row + 1 - size))
    return [rows[task % size] for task in range(size if tasks is None else tasks)]


def body(parameters: Parameters) -> Body:
    """One row; its result is how many iterations its pixels took in all, which is enough to compare rows by."""
    size, most = sized(parameters)

    def row_of(item: object) -> int:
        assert isinstance(item, int)
        y = LOWER + (UPPER - LOWER) * (item + 0.5) / size
        return sum(escape(LEFT + (RIGHT - LEFT) * (column + 0.5) / size, y, most) for column in range(size))

    return row_of


def escape(x0: float, y0: float, most: int) -> int:
    """After how many iterations z = z² + c leaves the circle of radius 2; `most` where it has not by then."""
    x = y = 0.0
    for iteration in range(most):
        squared_x, squared_y = x * x, y * y
        if squared_x + squared_y > 4.0:
            return iteration
        x, y = squared_x - squared_y + x0, 2.0 * x * y + y0
    return most
