"""The functions that ground-truth.yaml measures, each of which behaves in a way that is known beforehand."""

from __future__ import annotations

import hashlib
import threading
import time

LOCK = threading.Lock()  # one in each process: processes don't wait for each other
BUFFER = bytes(32 * 2**20)


def hash_under_a_lock() -> str:
    """SHA-256 gives up the GIL, but only one thread may compute it at a time."""
    with LOCK:
        return hashlib.sha256(BUFFER).hexdigest()


def wait_partly_under_a_lock(locked_ms: float, free_ms: float) -> None:
    """N at once take N·locked + free, so that by Amdahl's law locked / (locked + free) can't be shared out."""
    with LOCK:
        time.sleep(locked_ms / 1000)
    time.sleep(free_ms / 1000)


def block(ms: float) -> None:
    """Wait as a plain function does."""
    time.sleep(ms / 1000)


async def never_yield(ms: float) -> None:
    """The mistake itself: a coroutine that waits as a plain function does, and holds up its event loop."""
    time.sleep(ms / 1000)
