"""Tasks at work → how long others were held up beside them, by how late a sleeper beside them wakes.

A sleeper needs what it shares with the tasks to go on: in another thread the GIL, in the same event loop the loop. A GIL
that is held makes each tick late by about the switch interval, a loop by as long as no task gives up control. On a busy
machine ticks are late as well, and in time where it is the task that has no core: for how long either had none is told
beside.
"""

from __future__ import annotations

from time import perf_counter_ns as clock
from time import sleep

from . import worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from concurrent.futures import Executor

    from .models.contract import HeldUp, Outcome

    Run = Callable[[object], Outcome]
    Watched = tuple[list[Outcome], HeldUp]
    Tick = tuple[int, int]  # when a sleeper was to wake, and when it did

TICK_NS = 1_000_000

BATCH_NS, MOST_TASKS, MOST_BATCHES = 60_000_000, 1_000, 5
"""How long work must go on to be seen, ten ticks where a GIL is held: as many tasks as that takes, one where it takes
longer."""
LONG_ENOUGH_NS = 200_000_000
"""Looking on ends with the batch at hand once all took so long."""


def in_batches(watched: Callable[[Sequence[object]], Watched], item: object) -> tuple[Outcome, HeldUp]:
    """What came of the first task, and what was seen in that batch of a few of the same which was least without a core.
    Short tasks are seen together: where none gives up control, all of them hold up."""
    begin, count = clock(), 1
    (first,), alone = watched([item])
    batches = [alone]
    while first[-1] is None and len(batches) < MOST_BATCHES and clock() - begin < LONG_ENOUGH_NS:
        count = min(MOST_TASKS, count * BATCH_NS // max(batches[-1]["span_ns"], 1) + 1)
        batches.append(watched([item] * count)[1])
    long_ns = max(each["span_ns"] for each in batches) / 2
    return first, min(
        (each for each in batches if each["span_ns"] >= long_ns),
        key=lambda each: ((each["queued_ns"] + each["task_queued_ns"]) / max(each["span_ns"], 1), each["longest_ns"]),
    )


def beside_a_thread(executor: Executor, run: Run, items: Sequence[object]) -> Watched:
    """Tick in this thread while one of the executor's runs a task for each item."""
    ticks: list[Tick] = []
    queued_ns = worker.queued_ns()
    doing = executor.submit(_do_all, run, items)
    while not doing.done():
        due = clock() + TICK_NS
        sleep(TICK_NS / 1e9)
        ticks.append((due, clock()))
    outcomes, task_queued_ns = doing.result()
    return outcomes, held_up(outcomes, ticks, worker.queued_ns() - queued_ns, task_queued_ns)


def _do_all(run: Run, items: Sequence[object]) -> tuple[list[Outcome], int]:
    """The outcomes, and for how long this thread had no core meanwhile."""
    queued_ns = worker.queued_ns()
    outcomes = [run(item) for item in items]
    return outcomes, worker.queued_ns() - queued_ns


def beside_a_loop(runner: asyncio.Runner, batch: Coroutine[object, object, list[Outcome]]) -> Watched:
    """Tick in the loop that does a batch."""
    return runner.run(_ticking(batch))


async def _ticking(batch: Coroutine[object, object, list[Outcome]]) -> Watched:
    """A batch beside a sleeper in its loop, which goes to sleep before the first task begins."""
    import asyncio

    ticks: list[Tick] = []
    queued_ns = worker.queued_ns()
    ticking = asyncio.create_task(tick(asyncio.sleep, ticks))
    await asyncio.sleep(0)
    outcomes = await batch
    await asyncio.sleep(TICK_NS / 1e9)
    ticking.cancel()
    return outcomes, held_up(outcomes, ticks, worker.queued_ns() - queued_ns)


async def tick(sleep: Callable[[float], Awaitable[object]], ticks: list[Tick]) -> None:
    """Sleep again and again in an event loop, by the sleep of its library, until cancelled."""
    while True:
        due = clock() + TICK_NS
        await sleep(TICK_NS / 1e9)
        ticks.append((due, clock()))


def held_up(outcomes: Sequence[Outcome], ticks: Sequence[Tick], queued_ns: int, task_queued_ns: int = 0) -> HeldUp:
    """What the contract says, of the ticks that were due while these tasks were done."""
    begin, end = min(start for start, *_ in outcomes), max(end for _, end, *_ in outcomes)
    late_ns = sorted(max(0, woke - due) for due, woke in ticks if begin <= due <= end)
    ordered = late_ns or [0]
    return {
        "ticks": len(late_ns),
        "typical_ns": ordered[len(ordered) // 2],
        "longest_ns": ordered[-1],
        "queued_ns": queued_ns,
        "task_queued_ns": task_queued_ns,
        "span_ns": end - begin,
    }
