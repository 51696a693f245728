"""A running child → its end: waits for the process, its output, the clock, a signal to us, and nothing else.

Without a memory limit nothing here is woken while a child measures, unless the child prints.
"""

from __future__ import annotations

import os
import selectors
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..interrupt import Interrupt

KEPT_HEAD_BYTES, KEPT_TAIL_BYTES = 8_192, 24_576
SAMPLE_S = 0.05
"""How often memory is looked at where it is limited."""


class Output:
    """The first and the last of what a child prints."""

    def __init__(self) -> None:
        self._head = b""
        self._tail = b""
        self._left_out = 0

    def add(self, data: bytes) -> None:
        """Keep what there is room for."""
        room = KEPT_HEAD_BYTES - len(self._head)
        self._head += data[:room]
        tail = self._tail + data[max(room, 0) :]
        self._left_out += max(0, len(tail) - KEPT_TAIL_BYTES)
        self._tail = tail[-KEPT_TAIL_BYTES:]

    @property
    def text(self) -> str:
        """All that was kept, and how much was not."""
        gap = f"\n… {self._left_out} bytes left out …\n" if self._left_out else ""
        return self._head.decode(errors="replace") + gap + self._tail.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Watched:
    """Why watching ended: neither is true where the child ended by itself, or a signal came, of which the interrupt knows."""

    timed_out: bool = False
    over_limit_bytes: int | None = None


def watch(
    pid: int,
    output_fd: int,
    output: Output,
    interrupt: Interrupt | None,
    deadline: float,
    excess: Callable[[], int | None] | None,
) -> Watched:
    """Wait until the child ends, or something else ends the waiting.

    `deadline` is on the monotonic clock. `excess` says how many bytes the child holds where that is too many.
    """
    end_fd = notice_of_end(pid)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(end_fd, selectors.EVENT_READ)
            selector.register(output_fd, selectors.EVENT_READ)
            if interrupt:
                selector.register(interrupt, selectors.EVENT_READ)
            return _wait(selector, output_fd, output, (deadline, excess))
    finally:
        os.close(end_fd)


def _wait(
    selector: selectors.BaseSelector,
    output_fd: int,
    output: Output,
    bounds: tuple[float, Callable[[], int | None] | None],
) -> Watched:
    deadline, excess = bounds
    while (left := deadline - time.monotonic()) > 0:
        ready = {key.fileobj for key, _ in selector.select(min(left, SAMPLE_S) if excess else left)}
        if output_fd in ready:
            ready.discard(output_fd)
            if not _take(output_fd, output):
                selector.unregister(output_fd)
        if ready:  # the child has ended, or a signal came
            return Watched()
        if excess and (held := excess()) is not None:
            return Watched(over_limit_bytes=held)
    return Watched(timed_out=True)


def _take(fd: int, output: Output) -> bool:
    """Read once; False at the end."""
    try:
        data = os.read(fd, 65_536)
    except BlockingIOError:
        return True
    output.add(data)
    return bool(data)


def drain(fd: int, output: Output) -> None:
    """Take what was printed last, without waiting for whoever may still hold the pipe."""
    for _ in range(64):
        try:
            data = os.read(fd, 65_536)
        except BlockingIOError:
            return
        if not data:
            return
        output.add(data)


def notice_of_end(pid: int) -> int:
    """A descriptor that becomes readable when a child has ended. The child is not reaped."""
    if hasattr(os, "pidfd_open"):
        return os.pidfd_open(pid)
    readable, writable = os.pipe()

    def wait() -> None:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        os.close(writable)

    threading.Thread(target=wait, daemon=True).start()
    return readable
