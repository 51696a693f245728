"""Work → outcomes: what a worker of any thread or process model does, from its making to each task."""

from __future__ import annotations

import os
import sys
import time
from _thread import _local, get_ident

from .failure import caught
from .fingerprint import imported_files
from .work import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .failure import Failure
    from .models.contract import Barrier, Census, HasBody, Outcome
    from .work import Work

clock = time.perf_counter_ns
HERE = _local()
"""This worker's own: its barrier, its work, and the function that runs a task. (`threading` costs 5 ms to import.)"""


def install(work: HasBody, barrier: Barrier) -> None:
    """Initialise a thread as a worker; nothing of the user's runs yet."""
    HERE.work = work
    HERE.barrier = barrier


def install_process(work: Work, barrier: Barrier) -> None:
    """Initialise the main thread of a worker process."""
    work.settle()
    install(work, barrier)
    HERE.is_apart = True


def install_interpreter(work: Work, barrier: Barrier) -> None:
    """Initialise an interpreter of the child's process that is one worker: each call that comes to it has a thread
    state of its own, so that nothing thread-local would last to the next."""
    from types import SimpleNamespace

    global HERE
    HERE = SimpleNamespace()  # type: ignore[assignment]
    work.settle_imports()
    install(work, barrier)
    HERE.is_apart = True
    HERE.interpreter = load("_interpreters").get_current()[0]


def prepare() -> Failure | None:
    """Make this worker's body, `worker_setup` included, and wait until all workers have theirs."""
    _, failure = caught(take_up, HERE.work)
    HERE.barrier.wait()
    return failure


def take_up(work: HasBody) -> None:
    """Make this thread able to `run` the work's tasks."""
    HERE.run = timed(work.required_body())


def report() -> Census:
    """What this worker knows of itself, once all workers are here to say theirs."""
    known = census()
    HERE.barrier.wait()
    return known


def run(item: object) -> Outcome:
    """Do one task."""
    outcome: Outcome = HERE.run(item)
    return outcome


def run_late(item: object) -> Outcome:
    """Do one task in a worker that may have come in place of another, after all were prepared."""
    if not hasattr(HERE, "run"):
        take_up(HERE.work)
    return run(item)


def timed(body: Callable[[object], object], slot: int | None = None) -> Callable[[object], Outcome]:
    """Wrap a body so that it gives start and end in ns, the worker, the result and the failure, if any. A worker is
    its thread, unless it has a number of its own."""
    worker = (os.getpid(), get_ident() if slot is None else slot)

    def run_one(item: object) -> Outcome:
        start = clock()
        result, failure = caught(body, item)
        return start, clock(), worker, result, failure

    return run_one


def census() -> Census:
    """What the contract says; of files only what the child can't see for itself."""
    gil = getattr(sys, "_is_gil_enabled", None)
    files = tuple(imported_files().items()) if getattr(HERE, "is_apart", False) else ()
    here = os.getpid(), getattr(HERE, "interpreter", 0), get_ident()
    return *here, own_cpu_ns(), queued_ns(), gil() if gil else True, files


def queued_ns() -> int:
    """How long this thread could run and had no core so far; 0 where the system does not say (proc(5), schedstat)."""
    try:
        with open("/proc/thread-self/schedstat", "rb") as file:
            return int(file.read().split()[1])
    except (OSError, IndexError):
        return 0


def own_cpu_ns() -> int:
    """CPU time of this process and of the programs that it has waited for."""
    if "subprocess" not in sys.modules:
        children = os.times()  # in hundredths of a second, which serves where no program is known to be run
        return time.process_time_ns() + int((children.children_user + children.children_system) * 1e9)
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time_ns() + int((usage.ru_utime + usage.ru_stime) * 1e9)
