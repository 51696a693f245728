"""Request → Reply: startup, batches, stop; any failure becomes data.

The order of things, and what lies between two stamps (perf_counter_ns), are MEASURING's: imports and the workload's
own setup come before all clocks, memory, census and digests between or after them.
"""

from __future__ import annotations

import os
import sys
from time import perf_counter_ns as clock

from . import memory, session
from .failure import CellError, caught
from .histogram import histogram
from .same import alike, described
from .work import Work, load
from .worker import own_cpu_ns, whereabouts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .models.contract import Census, Outcome, Pool

MANY = 50
"""Fewer workers come near no usual limit of a system: 256 descriptors, or the 61 processes that Windows waits for."""

NATIVE = frozenset(("numpy", "torch"))
"""Modules that bring libraries with threads of their own: where none is imported there is nothing to ask."""


def measure(request: dict[str, object]) -> dict[str, object]:
    """One cell, once. What was found before a failure stays in the reply."""
    reply: dict[str, object] = {"status": "ok", "reason": "", "notes": []}
    _, failure = caught(_measure, request, reply)
    if failure:
        reply["status"], reply["reason"] = failure
    return reply


def _measure(request: dict[str, object], reply: dict[str, object]) -> None:
    begin = clock()
    make_room(request)
    work, start = open_work(request)
    items, take_down = set_up(work, request)
    reply["phases"] = phases = {"imports_ns": clock() - begin}
    if work.traced:
        whereabouts(None)  # what that imports is no part of the startup
    begun = clock()
    try:
        pool = _start(start, work, request, reply)
        ready = usage_ns(pool.census())
        cold = _batch(pool, items, reply)
        worked = usage_ns(pool.census())
        reply["memory"] = memory_of(work)
        steady, spent = _steady(pool, items, cold, request)
        census = pool.census()
        reply["tree_cpu_ns"] = session.cpu_ns(servers(work))
        stopped = clock()
        pool.stop()
        phases["stop_ns"] = clock() - stopped
    finally:
        reply["server_cpu_ns"] = take_down()
    phases["cold_ns"] = cold[1] - cold[0]
    phases["steady_ns"] = [end - first for first, end, _ in steady]  # type: ignore[assignment]
    queued = worked[1] - ready[1] + spent[1]
    reply["cpu"] = {"cold_ns": worked[0] - ready[0], "steady_ns": spent[0], "queued_ns": queued, "how": CPU_HOW}
    reply["worker_files"] = {name: path for *_, files in census for name, path in files}
    reply["gil"] = gil(census)
    if NATIVE & sys.modules.keys():
        reply["native_threads"] = load(f"{__package__}.native_threads").native_threads()
    reply.update(_of_tasks([cold, *steady]))
    if work.traced:
        stop = stopped, stopped + phases["stop_ns"]
        reply["trace"] = load(f"{__package__}.trace").trace((begun, begun + phases["startup_ns"]), cold, stop)
    reply["results"] = described(results_of(cold), request["same"], request.get("reference"))  # type: ignore[arg-type]


def make_room(request: dict[str, object]) -> None:
    """Before anything is started, see that the system carries so many workers."""
    workers = int(str(request["workers"]))
    if workers >= MANY:
        model, workload = request["model"], request["workload"]
        load(f"{__package__}.limits").make_room(model["kind"], workload["kind"], workers)  # type: ignore[index]


def open_work(request: dict[str, object]) -> tuple[Work, Callable[..., Pool]]:
    """The work of a request, and the requested model's `start`. What the model needs is imported before anything of
    the workload: gevent patches what others then import. Raises CellError where this Python has not got it."""
    work = Work(request)
    work.settle()
    model = request["model"]
    assert isinstance(model, dict)
    module = load(f"{__package__}.models.{model['kind']}")
    try:
        if hasattr(module, "imports"):
            module.imports(model["options"])
    except ImportError as error:
        lack: str = load(f"{__package__}.needs").unmet(model["kind"], model["options"])
        if not lack:
            raise
        raise CellError("unsupported", lack) from error
    start: Callable[..., Pool] = module.start
    return work, start


def set_up(work: Work, request: dict[str, object]) -> tuple[Sequence[object], Callable[[], int]]:
    """An item for each of the work's tasks, and what takes down what the workload has set up."""
    module = work.module()
    if hasattr(module, "imports"):
        module.imports(work.parameters)
    take_down: Callable[[], int] = int
    if hasattr(module, "setup"):
        work.parameters, take_down = module.setup(work.parameters, work.scratch)
    tasks = request["tasks"]
    items = module.items(work.parameters, tasks) if hasattr(module, "items") else [None] * int(str(tasks or 1))
    return items, take_down


def _start(start: Callable[..., Pool], work: Work, request: dict[str, object], reply: dict[str, object]) -> Pool:
    """Start the workers, until all of them have passed a barrier."""
    workers = int(str(request["workers"]))
    begin = clock()
    pool = start(work, workers, request["model"]["options"])  # type: ignore[index]
    failures = pool.prepare()
    reply["phases"]["startup_ns"] = clock() - begin  # type: ignore[index]
    reply["notes"] = pool.notes
    reply["resolved"] = pool.resolved
    reply["workers_ready"] = failures.count(None)
    for failure in failures:
        if failure is not None:
            raise CellError(*failure)
    if len(failures) != workers:
        raise CellError("invalid", f"{len(failures)} workers were ready where {workers} were asked for")
    return pool


STEADY_NS, MOST_BATCHES = 1_000_000_000, 100


def further(batches: object, cold_ns: int) -> int:
    """How many warm batches: as many as said, or about a second of them; if one takes that long, with "auto" none and
    with "warm" one."""
    if isinstance(batches, int):
        return batches
    if cold_ns >= STEADY_NS:
        return int(batches == "warm")
    return min(-(-STEADY_NS // max(cold_ns, 1)), MOST_BATCHES)


CPU_HOW = "process_time of every worker and what it waited for"

Batch = tuple[int, int, "list[Outcome]"]
"""First submit and last result (ns), the outcomes."""


def _batch(pool: Pool, items: Sequence[object], reply: dict[str, object] | None = None) -> Batch:
    """Do all tasks once. Raises CellError unless every one of them was answered without an error."""
    begin = clock()
    outcomes = pool.run(items)
    end = clock()
    failures = [failure for *_, failure in outcomes if failure is not None]
    if reply is not None:
        reply["tasks"] = len(items)
        reply["answered"] = len(outcomes) - len(failures)
        reply["workers_used"] = len({worker for _, _, worker, _, _ in outcomes})
    if failures:
        raise CellError(failures[0][0], f"{len(failures)} of {len(items)} tasks failed: {failures[0][1]}")
    if len(outcomes) != len(items):
        raise CellError("invalid", f"{len(outcomes)} of {len(items)} tasks were answered")
    return begin, end, outcomes


def results_of(batch: Batch) -> list[object]:
    """What the tasks of a batch gave, in their order."""
    return [result for _, _, _, result, _ in batch[2]]


def _steady(pool: Pool, items: Sequence[object], cold: Batch, request: dict[str, object]) -> tuple[list[Batch], Usage]:
    """The further batches, and the usage of all of them; their results must be those of the first."""
    batches: list[Batch] = []
    cpu_ns = queued_ns = 0
    for _ in range(further(request["batches"], cold[1] - cold[0])):
        before = usage_ns(pool.census())
        batch = _batch(pool, items)
        after = usage_ns(pool.census())
        cpu_ns, queued_ns = cpu_ns + after[0] - before[0], queued_ns + after[1] - before[1]
        if not alike(results_of(cold), results_of(batch), request["same"]):
            raise CellError("invalid", "a later batch gave other results than the first; if it may, say `same: any`")
        batches.append((*batch[:2], [(*outcome[:3], None, None) for outcome in batch[2]]))
    return batches, (cpu_ns, queued_ns)


def memory_of(work: Work) -> dict[str, object]:
    """Of the whole tree but the workload's own server."""
    return {"bytes": memory.of_session(servers(work)), "how": memory.HOW}


def servers(work: Work) -> set[int]:
    """The process of the workload's own server, which is no part of the work."""
    server = work.parameters.get("server")
    return {server} if isinstance(server, int) else set()


Usage = tuple[int, int]
"""CPU time of all processes, and for how long workers could run and had no core, in ns."""


def usage_ns(census: Sequence[Census]) -> Usage:
    """So far, of this process, of its workers' processes, and of the programs that these waited for; workers that share
    a thread queue once."""
    cpu_ns = {**{pid: cpu for pid, _, _, cpu, *_ in census}, os.getpid(): own_cpu_ns()}
    return sum(cpu_ns.values()), sum({(pid, thread): queued for pid, _, thread, _, queued, *_ in census}.values())


def gil(census: Sequence[Census], flags: str = sys.abiflags) -> str:
    """`off`, `re-enabled` though the build is free-threaded, `shared` by all workers, or one `per interpreter`."""
    if not any(on for *_, on, _ in census):
        return "off"
    if "t" in flags:
        return "re-enabled"
    return "shared" if {(pid, own) for pid, own, *_ in census} == {(os.getpid(), 0)} else "per interpreter"


def _of_tasks(batches: Sequence[Batch]) -> dict[str, object]:
    """Service times (start to end) and queueing (begin of the batch to start), of all batches."""
    return {
        "service": histogram([end - start for _, _, outcomes in batches for start, end, *_ in outcomes]),
        "queueing": histogram([start - begin for begin, _, outcomes in batches for start, *_ in outcomes]),
    }
