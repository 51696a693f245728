"""waits, seconds, spinner → how many short waits are over, beside a thread that computes or alone.

I/O gives up the GIL while it waits, here a sleep does. A thread that computes takes it meanwhile and keeps it for a
whole switch interval: short waits behind long turns, the convoy effect (David Beazley, bpo-7946).
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager

from ..failure import CellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .contract import Body, Parameters


def body(parameters: Parameters) -> Body:
    """Wait over and over. The spinner lives as long as one task, so that every worker has its own and none computes
    between batches; its start costs a switch interval as well."""
    waits, seconds = parameters["waits"], parameters["seconds"]
    assert isinstance(waits, int)
    assert isinstance(seconds, (int, float))

    def wait(item: object) -> int:
        for _ in range(waits):
            time.sleep(seconds)
        return waits

    if parameters["spinner"] == "none":
        return wait
    if _threads_are_greenlets():
        raise CellError(
            "unsupported", "`spinner: thread` never gives up control, so that under gevent nothing else would run"
        )

    def wait_beside_spinner(item: object) -> int:
        with spinner():
            return wait(item)

    return wait_beside_spinner


def _threads_are_greenlets() -> bool:
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("threading"))


@contextmanager
def spinner() -> Iterator[None]:
    """A thread that computes and never waits."""
    ended = False

    def spin() -> None:
        count = 0
        while not ended:
            count += 1

    thread = threading.Thread(target=spin)
    thread.start()
    try:
        yield
    finally:
        ended = True
        thread.join()
