"""Folder, number → a barrier for workers that share neither memory nor handles, only a machine; no model by itself."""

from __future__ import annotations

import os

from ..failure import CellError

HELD: list[int] = []
"""Descriptors of the child by which FIFOs keep what was written to them as long as it lives."""


class Rendezvous:
    """Where workers wait for each other, found by its path. It can be pickled.

    A FIFO holds a ticket for each worker but the last. Who finds none is the last, lays them out again and lets the
    others go. It serves again once every wait has ended, not before; where patience ended once, never again.
    """

    __slots__ = ("_parties", "_path", "_patience_s")

    def __init__(self, path: str, parties: int, patience_s: float | None = None) -> None:
        """`patience_s` is how long a worker waits for the others; unless given, for ever."""
        self._path = path
        self._parties = parties
        self._patience_s = patience_s

    def wait(self) -> None:
        """Return once as many have called as there are workers. Raises CellError where patience ends before."""
        try:
            tickets, gate = (_opened(name) for name in names(self._path))
        except FileNotFoundError:
            raise self._broken() from None
        try:
            if _took_one(tickets):
                self._wait_at(gate)
            else:
                _lay_out(tickets, self._parties - 1)
                _lay_out(gate, self._parties - 1)
        finally:
            os.close(tickets)
            os.close(gate)

    def _wait_at(self, gate: int) -> None:
        import select

        poll = select.poll()
        poll.register(gate, select.POLLIN)
        while not _took_one(gate):
            if not poll.poll(None if self._patience_s is None else self._patience_s * 1000):
                raise self._broken()

    def _broken(self) -> CellError:
        """Nobody who comes later shall wait in vain as well."""
        for name in names(self._path):
            try:
                os.unlink(name)
            except FileNotFoundError:
                pass  # somebody was quicker
        reason = f"{self._parties} workers never were at work all at once, in {self._patience_s:g} s"
        return CellError("invalid", reason)


def names(path: str) -> tuple[str, str]:
    """Where the tickets lie, and where the others wait."""
    return f"{path}.tickets", f"{path}.gate"


def rendezvous(path: str, parties: int, patience_s: float | None = None) -> Rendezvous:
    """Make one. Nothing may stand at `path` yet."""
    for name in names(path):
        os.mkfifo(name)
        HELD.append(_opened(name))
    _lay_out(HELD[-2], parties - 1)
    return Rendezvous(path, parties, patience_s)


def _opened(path: str) -> int:
    """For reading and writing, so that opening waits for nobody."""
    return os.open(path, os.O_RDWR | os.O_NONBLOCK)


def _took_one(fifo: int) -> bool:
    try:
        return bool(os.read(fifo, 1))
    except BlockingIOError:
        return False


def _lay_out(fifo: int, count: int) -> None:
    os.write(fifo, b"." * count)
