"""Child → all the processes that came of it, found wherever they fled to, and ended.

A process belongs to a child if it is in the child's session, descends from it, carries the mark in its environment,
or was orphaned and adopted by this process (Linux; see `adopt_orphans`).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence

import psutil

MARK = "RUNMATRIX_CHILD"
"""The environment variable that names the process which started a child."""

PATIENCE_S = 10.0
"""How long killed processes may take to go: one that writes a core or waits for a disk is slow."""

CLEARING_UP_S = 1.0
"""How long one that clears up after killed processes may take, of that time."""

PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37


def mark_of(pid: int) -> str:
    """Namespace of process ids, id and start: no other process ever has the same."""
    return f"{_namespace()}-{_identity(pid)}"


def is_alive(mark: str) -> bool:
    """Whether the process that a mark names is still there; of another namespace's nobody here can tell, so it is."""
    namespace, _, identity = mark.partition("-")
    pid = identity.partition("-")[0]
    return namespace != _namespace() or (pid.isdigit() and _identity(int(pid)) == identity)


def _namespace() -> str:
    """Inside a container the same ids mean other processes."""
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return "0"


def _identity(pid: int) -> str:
    """Process id and start in clock ticks since boot, which no change of the clock moves; empty where it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return f"{pid}-{stat.read().rpartition(')')[2].split()[19]}"
    except OSError:
        pass
    process = None if os.path.exists("/proc/self") else _process(pid)
    return f"{pid}-{process.create_time():.2f}" if process else ""


def adopt_orphans() -> None:
    """Become the parent of orphaned descendants, so that none is lost. For a whole program to decide, not a library."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def adopts_orphans() -> bool:
    """Whether orphaned descendants become children of this process."""
    if sys.platform != "linux":
        return False
    answer = ctypes.c_int(0)
    ctypes.CDLL(None).prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0)
    return bool(answer.value)


def marked(mark: str) -> list[psutil.Process]:
    """All processes that carry this mark, share a session with one that does, or descend from one of these."""
    processes = list(psutil.process_iter())
    sessions = {_session(process.pid) for process in processes if _mark(process) == mark} - {None}
    return _with_descendants([process for process in processes if _session(process.pid) in sessions])


def abandoned() -> list[psutil.Process]:
    """All processes that carry the mark of a process that is no more."""
    marks = {mark for process in psutil.process_iter() if (mark := _mark(process))}
    return [process for mark in sorted(marks) if not is_alive(mark) for process in marked(mark)]


def left_by(root: int, before: Iterable[int], mark: str, adopted_from: int | None) -> list[psutil.Process]:
    """What is alive of the child `root`, itself included.

    `before` are the processes that were there when it was started. `adopted_from` is this process, if it adopts
    orphans: then any child that it did not have before is one.
    """
    known = set(before)
    new = [process for pid in psutil.pids() if pid not in known and (process := _process(pid))]
    return _with_descendants([p for p in new if _belongs(p, root, mark, adopted_from)], among=new)


def _belongs(process: psutil.Process, root: int, mark: str, adopted_from: int | None) -> bool:
    return (
        process.pid == root
        or _session(process.pid) == root
        or (adopted_from is not None and _parent(process) == adopted_from)
        or _mark(process) == mark
    )


def _with_descendants(
    processes: Sequence[psutil.Process], among: Sequence[psutil.Process] | None = None
) -> list[psutil.Process]:
    if not processes:
        return []
    parents = {process.pid: _parent(process) for process in among or psutil.process_iter()}
    found = {process.pid for process in processes}
    while more := {pid for pid, parent in parents.items() if parent in found and pid not in found}:
        found |= more
    return [process for pid in sorted(found) if pid != os.getpid() and (process := _process(pid))]


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _parent(process: psutil.Process) -> int | None:
    try:
        return int(process.ppid())
    except psutil.NoSuchProcess:
        return None


def _mark(process: psutil.Process) -> str | None:
    """The mark in a process's environment; None where there is none or it is not ours to see."""
    try:
        mark: str | None = process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None
    return mark


def _session(pid: int) -> int | None:
    """The session of a process, None where it is gone."""
    try:
        return os.getsid(pid)
    except OSError:
        return None


def end(find: Callable[[], Sequence[psutil.Process]], reap: Callable[[int], None] = lambda pid: None) -> None:
    """Kill what `find` finds until it finds nothing; `reap` is told of each, to wait for those that are ours. Those that
    clear up after the others have the time to do so, and to end by themselves."""
    begin = time.monotonic()
    while (processes := [process for process in find() if _lingers(process)]) and _since(begin) < PATIENCE_S:
        is_over = _since(begin) > CLEARING_UP_S
        ending = [process for process in processes if is_over or not clears_up(process)]
        for process in ending:
            _kill(process.pid)
        for process in ending:
            reap(process.pid)
        time.sleep(0.002)


def _since(begin: float) -> float:
    return time.monotonic() - begin


def clears_up(process: psutil.Process) -> bool:
    """Whether it is the process by which multiprocessing, and loky after it, remove named semaphores and shared memory
    once all who could use them have ended. It ends then as well."""
    try:
        return any("resource_tracker" in word for word in process.cmdline())
    except psutil.Error:
        return False


def _lingers(process: psutil.Process) -> bool:
    """Whether there is something to end or to reap: somebody else's zombie is neither."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE or process.ppid() == os.getpid()
    except psutil.NoSuchProcess:
        return False


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
