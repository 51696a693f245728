"""The machine's clocks, read twice → Usage: what others did on our cores while a child ran.

CPU times come in clock ticks of 10 ms, a child may last 20: one invocation says little, a sum over blocks what it says.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK")
BUSY_FIELDS = (0, 1, 2, 5, 6)
"""user, nice, system, irq, softirq in a line of /proc/stat (proc_stat(5)); the others are idle, iowait, steal, and
time of guests, which user has in it already."""
STEAL_FIELD = 7


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks at one moment. `busy_ns` and `steal_ns` are None where the system does not tell."""

    wall_ns: int
    own_cpu_ns: int  # of this process
    busy_ns: int | None
    steal_ns: int | None


@dataclass(frozen=True, slots=True)
class Usage:
    """What happened between two readings, on the cores that we may use.

    `others_cpu_ns` is CPU time that neither the child's tree nor Runmatrix used. It is a difference of clocks of which
    one ticks: it can be below 0 by some ticks, and is kept so, because a sum of what was cut off at 0 is too large.
    """

    wall_ns: int
    others_cpu_ns: int | None
    steal_ns: int | None


def read_clocks() -> Clocks:
    """Read the clocks, in some 20 µs."""
    busy_ns, steal_ns = _machine() or (None, None)
    return Clocks(time.perf_counter_ns(), time.process_time_ns(), busy_ns, steal_ns)


def usage(before: Clocks, after: Clocks, tree_cpu_ns: int) -> Usage:
    """What was used between two readings; `tree_cpu_ns` is the child's part, with all its descendants."""
    wall_ns = after.wall_ns - before.wall_ns
    if before.busy_ns is None or after.busy_ns is None or before.steal_ns is None or after.steal_ns is None:
        return Usage(wall_ns, None, None)
    ours_ns = tree_cpu_ns + after.own_cpu_ns - before.own_cpu_ns
    return Usage(wall_ns, after.busy_ns - before.busy_ns - ours_ns, after.steal_ns - before.steal_ns)


def _machine() -> tuple[int, int] | None:
    """Busy and stolen time since boot, in ns."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            return times_in(file.read(), os.sched_getaffinity(0))
    except OSError:
        return None


def times_in(stat: str, cores: set[int]) -> tuple[int, int] | None:
    """Busy and stolen time of these cores, from the text of /proc/stat; None where it says nothing of them."""
    busy = steal = 0
    for line in stat.splitlines():
        name, *fields = line.split()
        if not name.startswith("cpu"):
            break
        if name != "cpu" and int(name.removeprefix("cpu")) in cores and len(fields) > STEAL_FIELD:
            busy += sum(int(fields[index]) for index in BUSY_FIELDS)
            steal += int(fields[STEAL_FIELD])
    return (busy * TICK_NS, steal * TICK_NS) if busy else None
