"""This process's session → its members, and the CPU time of all of them with those whom they waited for."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


def members(session: int) -> list[int]:
    """Processes of a session; none where there is no /proc."""
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    return [int(name) for name in names if name.isdigit() and _session_of(name) == session]


def cpu_ns(without: Collection[int] = ()) -> int:
    """CPU time so far, in whole clock ticks, of all but the named ones; 0 where the system does not tell. Of processes
    that nobody waits for (Ray's daemon disowns its workers) the parent learns nothing once they have ended."""
    return sum(sum(_times_ns(pid)) for pid in members(os.getsid(0)) if pid not in without)


def waited_for_ns(pid: int) -> int:
    """CPU time, in whole clock ticks, of all processes that a process has waited for."""
    return sum(_times_ns(pid)[2:])


def _session_of(pid: str) -> int:
    """The session of a process, -1 where it is gone."""
    try:
        return os.getsid(int(pid))
    except OSError:
        return -1


def _times_ns(pid: int) -> list[int]:
    """utime, stime, cutime and cstime (proc_pid_stat(5)); nothing where it is gone."""
    tick_ns = 10**9 // os.sysconf("SC_CLK_TCK")
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return [int(ticks) * tick_ns for ticks in stat.read().rpartition(b")")[2].split()[11:15]]
    except OSError:
        return []
