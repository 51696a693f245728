"""A task at work → how long others were held up beside it, by how late a sleeper beside it wakes.

A sleeper needs what it shares with the task to go on: in another thread the GIL, in the same event loop the loop. A GIL
that is held makes each tick late by about the switch interval, a loop by as long as the task does not give up control.
"""

from __future__ import annotations

from time import perf_counter_ns as clock
from time import sleep

from . import worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine, Sequence
    from concurrent.futures import Executor

    from .models.contract import HeldUp, Outcome

    Batch = Callable[[Sequence[object]], Coroutine[object, object, list[Outcome]]]

TICK_NS = 1_000_000
TICKS, LONG_ENOUGH_NS = 30, 200_000_000
"""Looking on ends with the task at hand once there were so many ticks, or once it took so long."""

BATCH_NS, MOST_TASKS, ROUNDS = 20_000_000, 1_000, 5
"""How long a loop must work for a tick to see it: as many tasks as that takes, one where it takes longer."""


def held_up(late_ns: Sequence[int], span_ns: int) -> HeldUp:
    """What the contract says, of ticks that were so late while the work went on for `span_ns`."""
    ordered = sorted(late_ns) or [0]
    return {
        "ticks": len(late_ns),
        "typical_ns": ordered[len(ordered) // 2],
        "longest_ns": ordered[-1],
        "span_ns": span_ns,
    }


def beside_a_thread(executor: Executor, item: object) -> tuple[Outcome, HeldUp]:
    """Tick in this thread while one of the executor's does the task, again and again until enough was seen."""
    enough: list[bool] = []
    late_ns: list[int] = []
    begin = clock()
    doing = executor.submit(_do_again, item, enough)
    while not doing.done():
        before = clock()
        sleep(TICK_NS / 1e9)
        late_ns.append(_lateness_ns(before))
        if len(late_ns) >= TICKS or clock() - begin >= LONG_ENOUGH_NS:
            enough.append(True)
    return doing.result(), held_up(late_ns, clock() - begin)


def beside_a_loop(runner: asyncio.Runner, batch: Batch, item: object) -> tuple[Outcome, HeldUp]:
    """Tick in the loop that does the task, a few times unless it takes long, and take the least that was seen: what
    only other programs held up is not seen each time. Of short tasks whole batches are looked at, one task after the
    other: tasks that never give up control hold the loop up all together."""
    begin = clock()
    (first,), alone = runner.run(_ticking(batch([item])))
    rounds, count = [alone], 1
    while first[-1] is None and len(rounds) < ROUNDS and clock() - begin < LONG_ENOUGH_NS:
        count = min(MOST_TASKS, count * BATCH_NS // rounds[-1]["span_ns"] + 1)
        rounds.append(runner.run(_ticking(batch([item] * count)))[1])
    most_ns = max(each["span_ns"] for each in rounds)
    return first, min((each for each in rounds if each["span_ns"] >= most_ns / 2), key=lambda each: each["longest_ns"])


async def _ticking(batch: Coroutine[object, object, list[Outcome]]) -> tuple[list[Outcome], HeldUp]:
    """A batch beside a sleeper in its loop, which goes to sleep before the first task begins."""
    import asyncio

    late_ns: list[int] = []

    async def tick() -> None:
        while True:
            before = clock()
            await asyncio.sleep(TICK_NS / 1e9)
            late_ns.append(_lateness_ns(before))

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    begin = clock()
    outcomes = await batch
    span_ns = clock() - begin
    await asyncio.sleep(TICK_NS / 1e9)
    ticking.cancel()
    return outcomes, held_up(late_ns, span_ns)


def _lateness_ns(before: int) -> int:
    """By how much more than a tick the clock has gone on."""
    return max(0, clock() - before - TICK_NS)


def _do_again(item: object, enough: Sequence[bool]) -> Outcome:
    """The first outcome. That the task can be done once only is no failure of it."""
    first = outcome = worker.run(item)
    while not enough and outcome[-1] is None:
        outcome = worker.run(item)
    return first
