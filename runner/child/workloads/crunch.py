"""iterations → their number, counted one by one in pure Python."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .contract import Body, Parameters


def body(parameters: Parameters) -> Body:
    """The counting loop of the script that Runmatrix began as."""
    iterations = parameters["iterations"]
    assert isinstance(iterations, int)

    def crunch_numbers(item: object) -> int:
        end = iterations + 0  # its own: without a GIL threads would take turns at counting references to one
        x = 0
        while x < end:
            x += 1
        return x

    return crunch_numbers
