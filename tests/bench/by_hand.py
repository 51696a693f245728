"""Model, workers, tasks → ns a task, of the same pool driven by hand: what `ratios.py tasks` compares with."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from statistics import median

BATCHES = 6


def work(item: object) -> object:
    """What `noop` does."""
    return item


def batches(run: Callable[[list[object]], object], count: int) -> float:
    """Median time of the batches after the first, in ns a task."""
    items: list[object] = [None] * count
    times = []
    for _ in range(BATCHES):
        began = time.perf_counter_ns()
        run(items)
        times.append(time.perf_counter_ns() - began)
    return median(times[1:]) / count


def in_executor(executor: Executor, count: int) -> float:
    """The executor's own `map`."""
    with executor:
        return batches(lambda items: list(executor.map(work, items)), count)


async def in_loop(workers: int, items: list[object]) -> list[object]:
    """Coroutines that drain one queue."""
    queue: asyncio.Queue[object] = asyncio.Queue()
    results: list[object] = []

    async def awork(item: object) -> object:
        return item

    async def drain() -> None:
        while True:
            results.append(await awork(await queue.get()))
            queue.task_done()

    slots = [asyncio.create_task(drain()) for _ in range(workers)]
    for item in items:
        queue.put_nowait(item)
    await queue.join()
    for slot in slots:
        slot.cancel()
    return results


def main() -> None:
    """Print the figure."""
    model, workers, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if model == "serial":
        print(batches(lambda items: [work(item) for item in items], count))
    elif model == "threads":
        print(in_executor(ThreadPoolExecutor(workers), count))
    elif model == "processes":
        print(in_executor(ProcessPoolExecutor(workers), count))
    else:
        print(batches(lambda items: asyncio.run(in_loop(workers, items)), count))


if __name__ == "__main__":
    main()
