"""seconds → nothing, after waiting for them."""

from __future__ import annotations

import time

from ..work import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .contract import AsyncBody, Body, Parameters


def body(parameters: Parameters) -> Body:
    """Block the thread."""
    seconds = parameters["seconds"]
    assert isinstance(seconds, (int, float))
    return lambda item: time.sleep(seconds)


def async_body(parameters: Parameters, library: str) -> AsyncBody:
    """Give up control to the event loop."""
    sleep = load(library).sleep
    seconds = parameters["seconds"]
    assert isinstance(seconds, (int, float))
    return lambda item: sleep(seconds)
