"""How a child ended, what it wrote → Reply: status and reason, and all that is known of it."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..child.protocol import PROTOCOL
from ..journal.lines import Status

REPLY_LIMIT_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Order:
    """What one child is to do. `request` is what child/protocol.py says, without what the launcher adds; `folders` are
    those of the interpreter that `python` is."""

    python: str
    request: Mapping[str, Any]
    project: Path
    env: Mapping[str, str]
    timeout_s: float
    memory_limit_bytes: int | None = None
    folders: tuple[str, ...] = (sys.prefix, sys.base_prefix)


@dataclass(frozen=True, slots=True)
class Named:
    """What a failure speaks of. `files` are name → content digest, as fingerprints have them; `lacks` are modules that
    could not be found."""

    files: Mapping[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it. `said` is the child's own reply, empty where it gave none; the rest is what its parent saw:
    `wall_ns` from before its start until nothing of it was left, for the others see `Usage`."""

    status: Status
    reason: str
    said: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""
    stacks: str = ""
    tree_cpu_ns: int | None = None
    load: tuple[float, float] | None = None
    wall_ns: int | None = None
    others_cpu_ns: int | None = None
    steal_ns: int | None = None
    named: Named = Named()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child's life ended, as its parent saw it."""

    exit_code: int
    timed_out: bool = False
    over_limit_bytes: int | None = None
    kernel_killed_for_memory: Callable[[], bool] = bool


OWN_FRAME = re.compile(r'^  File "(?!<|/|~)([^"]+)", line (\d+) in (.+)$', re.MULTILINE)
"""A line of a stack, once the folders in it have names: only those of the project have none."""


COMPLAINT = re.compile(r"^.*UserWarning: resource_tracker: .*\n(?: .*\n?)*", re.MULTILINE)
"""What is said, when all is over, by the process that clears up after the others."""


def conclude(
    order: Order, ending: Ending, path: Path, output: str, stacks: str
) -> tuple[Status, str, Mapping[str, Any]]:
    """Status, reason and what the child said, of what is known."""
    said, complaint = read_reply(path)
    if ending.over_limit_bytes is not None:
        held, limit = ending.over_limit_bytes / 2**20, (order.memory_limit_bytes or 0) / 2**20
        return "oom", f"its processes held {held:.0f} MiB together, the limit is {limit:.0f} MiB", said
    if ending.timed_out:
        what = "replied, but did not end" if said else "was not done"
        frame = OWN_FRAME.search(stacks)
        what += f", in {frame[3]} ({frame[1]}:{frame[2]})," if frame else ""
        return "timeout", f"{what} after {order.timeout_s:g} s; `measure: {{timeout: …}}` sets another limit", said
    if (ending.exit_code < 0 or said.get("status") == "killed") and ending.kernel_killed_for_memory():
        return "oom", "the system ran out of memory and killed it", said
    if ending.exit_code < 0:
        return (*by_signal(-ending.exit_code), said)
    if said:
        return said["status"], said["reason"], said
    last = COMPLAINT.sub("", output).strip().splitlines()[-1:] or ["it printed nothing"]
    return "crashed", f"{complaint}; it exited with {ending.exit_code}: {last[0]}", said


def by_signal(signum: int) -> tuple[Status, str]:
    """Ended from outside, or by its own fault."""
    from_outside = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    return "killed" if signum in from_outside else "crashed", f"ended by {signal.Signals(signum).name}"


def read_reply(path: Path) -> tuple[dict[str, Any], str]:
    """What a child wrote, or nothing and why it can't be used."""
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(REPLY_LIMIT_BYTES))
    except FileNotFoundError:
        return {}, "it gave no reply"
    except (OSError, ValueError):
        return {}, "its reply can't be read"
    if not isinstance(said, dict) or said.get("protocol") != PROTOCOL or "status" not in said:
        return {}, "its reply is of another kind"
    return said, ""
