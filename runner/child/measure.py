"""Request → Reply: startup, batches, stop; any failure becomes data.

The order of things, and what lies between two stamps (perf_counter_ns), are MEASURING's: imports and the workload's
own setup come before all clocks, memory, census and digests between or after them.
"""

from __future__ import annotations

import os
import sys
from time import perf_counter_ns as clock

from . import memory
from .failure import CellError, caught
from .histogram import histogram
from .same import alike, described
from .work import Work, load
from .worker import own_cpu_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .models.contract import Census, Outcome, Pool


def measure(request: dict[str, object]) -> dict[str, object]:
    """One cell, once. What was found before a failure stays in the reply."""
    reply: dict[str, object] = {"status": "ok", "reason": "", "notes": []}
    _, failure = caught(_measure, request, reply)
    if failure:
        reply["status"], reply["reason"] = failure
    return reply


def _measure(request: dict[str, object], reply: dict[str, object]) -> None:
    begin = clock()
    work, items, take_down = open_work(request)
    start = load_model(request)
    reply["phases"] = phases = {"imports_ns": clock() - begin}
    try:
        pool = _start(start, work, request, reply)
        ready = usage_ns(pool.census())
        cold = _batch(pool, items, reply)
        worked = usage_ns(pool.census())
        reply["memory"] = memory_of(work)
        steady, spent = _steady(pool, items, cold, request)
        census = pool.census()
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
    reply.update(_of_tasks([cold, *steady]))
    reply["results"] = described(results_of(cold), request["same"], request.get("reference"))  # type: ignore[arg-type]


def open_work(request: dict[str, object]) -> tuple[Work, Sequence[object], Callable[[], int]]:
    """The work of a request, an item for each of its tasks, and what takes down what the workload set up."""
    work = Work(request)
    work.settle()
    module = work.module()
    if hasattr(module, "imports"):
        module.imports(work.parameters)
    take_down: Callable[[], int] = int
    if hasattr(module, "setup"):
        work.parameters, take_down = module.setup(work.parameters, work.scratch)
    tasks = request["tasks"]
    items = module.items(work.parameters, tasks) if hasattr(module, "items") else [None] * int(str(tasks or 1))
    return work, items, take_down


def load_model(request: dict[str, object]) -> Callable[..., Pool]:
    """The requested model's `start`."""
    model = request["model"]
    assert isinstance(model, dict)
    start: Callable[..., Pool] = load(f"{__package__}.models.{model['kind']}").start
    return start


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
    server = work.parameters.get("server")
    return {"bytes": memory.of_session({server} if isinstance(server, int) else ()), "how": memory.HOW}


Usage = tuple[int, int]
"""CPU time of all processes, and for how long workers could run and had no core, in ns."""


def usage_ns(census: Sequence[Census]) -> Usage:
    """So far, of this process, of its workers' processes, and of the programs that these waited for; workers that share
    a thread queue once."""
    cpu_ns = {**{pid: cpu for pid, _, cpu, *_ in census}, os.getpid(): own_cpu_ns()}
    return sum(cpu_ns.values()), sum({(pid, thread): queued for pid, thread, _, queued, *_ in census}.values())


def gil(census: Sequence[Census], flags: str = sys.abiflags) -> str:
    """`off`, `re-enabled` though the build is free-threaded, `shared` by all workers, or one `per interpreter`."""
    if not any(on for *_, on, _ in census):
        return "off"
    if "t" in flags:
        return "re-enabled"
    return "shared" if {pid for pid, *_ in census} == {os.getpid()} else "per interpreter"


def _of_tasks(batches: Sequence[Batch]) -> dict[str, object]:
    """Service times (start to end) and queueing (begin of the batch to start), of all batches."""
    return {
        "service": histogram([end - start for _, _, outcomes in batches for start, end, *_ in outcomes]),
        "queueing": histogram([start - begin for begin, _, outcomes in batches for start, *_ in outcomes]),
    }
