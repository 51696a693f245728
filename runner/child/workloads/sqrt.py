"""count → the sum of so many square roots: work that comes in any size."""

from __future__ import annotations

from math import sqrt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .contract import Body, Parameters


def body(parameters: Parameters) -> Body:
    """A loop of calls, a root each."""
    count = parameters["count"]
    assert isinstance(count, int)

    def sum_of_roots(item: object) -> float:
        total = 0.0
        for number in range(count):
            total += sqrt(number)
        return total

    return sum_of_roots
