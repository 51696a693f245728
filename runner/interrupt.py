"""SIGINT, SIGTERM, SIGHUP → a file descriptor that becomes readable, so that a run stops where it can.

An exception raised by a handler could strike between any two statements, in the middle of a line of the journal too.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from .errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupt:
    """Whether the run was asked to stop. Signals are taken only inside its context, in the main thread."""

    def __init__(self) -> None:
        self.signum: int | None = None
        self._raises = False

    def __enter__(self) -> Self:
        self._readable, self._writable = os.pipe()
        os.set_blocking(self._writable, False)
        self._before = {number: signal.signal(number, self._take) for number in SIGNALS}
        self._wakeup = signal.set_wakeup_fd(self._writable, warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._writable)
        os.close(self._readable)

    def _take(self, signum: int, frame: FrameType | None) -> None:
        self.signum = signum
        if self._raises:
            self.check()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Inside it a signal raises Interrupted where it strikes: for what may take long and leaves nothing half done."""
        self._raises = True
        try:
            self.check()
            yield
        finally:
            self._raises = False

    def fileno(self) -> int:
        """Readable once a signal has come."""
        return self._readable

    def check(self) -> None:
        """Raises Interrupted if a signal has come."""
        if self.signum is not None:
            raise Interrupted(self.signum)
