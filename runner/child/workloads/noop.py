"""payload → the same payload: what a model itself costs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .contract import Body, Parameters


def items(parameters: Parameters, tasks: int | None) -> Sequence[object]:
    """Bytes to send to each task, or nothing."""
    payload = parameters["payload"]
    assert isinstance(payload, int)
    return [bytes(payload) if payload else None] * (tasks or 1)


def body(parameters: Parameters) -> Body:
    """Give back what came."""
    return lambda item: item
