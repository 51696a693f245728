"""The user's work → a value or a Failure: the one place where any exception is caught."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing alone takes as long to import as a bare interpreter to start
    from collections.abc import Awaitable, Callable

    Failure = tuple[str, str]  # status, reason


REFUSES_INTERPRETERS = " does not support loading in subinterpreters"
"""How CPython says that an extension was not made for them."""


class CellError(Exception):
    """A cell can't go on, and it is known why: `status` is one of the journal's words."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def caught(call: Callable[..., object], *arguments: object) -> tuple[object, Failure | None]:
    """Call what may be the user's code; any error becomes data."""
    try:
        return call(*arguments), None
    except BaseException as error:  # a task may raise KeyboardInterrupt or CancelledError too
        return None, describe(error)


async def caught_awaiting(call: Callable[[object], Awaitable[object]], item: object) -> tuple[object, Failure | None]:
    """Await what may be the user's code; any error becomes data."""
    try:
        return await call(item), None
    except BaseException as error:
        return None, describe(error)


def describe(error: BaseException) -> Failure:
    """Status and reason of an error; its traceback goes to standard error, which is kept for failed cells."""
    if isinstance(error, CellError):
        return error.status, str(error)
    import traceback

    traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, ImportError) and REFUSES_INTERPRETERS in str(error):
        module = str(error).partition(REFUSES_INTERPRETERS)[0].rpartition("module ")[2]
        return "unsupported", f"{module} can't be imported in a sub-interpreter{_where(error)}"
    status = "oom" if isinstance(error, MemoryError) else "failed"
    return status, f"{type(error).__name__}: {error}{_where(error)}"[:1000]


def _where(error: BaseException) -> str:
    """The innermost place outside the standard library and this package, in words."""
    here = __file__.rpartition("/")[0]
    place = ""
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith((here, "<", sys.base_prefix)):
            place = f" ({file}:{trace.tb_lineno})"
        trace = trace.tb_next
    return place
