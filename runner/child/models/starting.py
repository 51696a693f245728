"""Options → how worker processes are started, and all that this imports late; no model by itself."""

from __future__ import annotations

import multiprocessing

from ..work import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

STARTERS = {"fork": "popen_fork", "spawn": "popen_spawn_posix", "forkserver": "popen_forkserver"}
LATE = ("heap", "synchronize", "queues", "resource_tracker")
"""Modules of multiprocessing that are imported where the first process is started, milliseconds inside the clocks."""


def start_method(options: Mapping[str, object]) -> str:
    """As it was asked for, else what this Python starts processes by."""
    return str(options.get("start_method") or multiprocessing.get_start_method())


def imports_of_starting(options: Mapping[str, object]) -> None:
    """Before all clocks: what making the first worker would import."""
    method = start_method(options)
    for name in (STARTERS[method], *LATE):
        load(f"multiprocessing.{name}")
    if method == "forkserver":
        load("hmac")  # by which Python 3.14 knows that it is its own server which it talks to
    load("resource")  # a worker that is forked while this is imported waits for ever to import it as well
