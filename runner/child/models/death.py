"""Ended worker processes → CellError: why a pool of processes broke; no model by itself."""

from __future__ import annotations

from ..failure import CellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


UNKNOWN = 255
"""What stands for the exit code of a process that was started by a fork server which no longer answers."""


def death_of(codes: Sequence[int | None], cause: object = None) -> CellError:
    """Why a pool broke, by the exit codes of its workers. Others are ended by SIGTERM when one has died, so that any
    other way of ending is the cause; `cause` is what the pool itself met, if anything, while it read an answer."""
    own = [code for code in codes if code not in (None, 0, -15)]
    if cause and not set(own) - {UNKNOWN}:
        return unreadable(cause)
    if codes and 0 not in codes and not own:  # the pool ended all, and broke before it had been given all tasks
        return CellError("crashed", "a worker process was ended by SIGTERM, or what it answered can't be unpickled")
    if not own:
        return CellError("crashed", "a worker process ended before its task was done")
    code = own[0]
    assert code is not None
    if code < 0:
        import signal

        name = signal.Signals(-code).name
        return CellError("killed" if name == "SIGKILL" else "crashed", f"a worker process was ended by {name}")
    return CellError("crashed", f"a worker process exited with {code}")


def unreadable(cause: object) -> CellError:
    """What a worker answered can't be unpickled in the child; the error is in the last line of a traceback."""
    lines = [line for line in str(cause).splitlines() if line.strip("'\" ")]
    error = lines[-1] if lines else repr(cause)
    return CellError("failed", f"what a worker answered can't be unpickled: {error}")
