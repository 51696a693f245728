"""A pool of one's own for warm-pool.yaml: a ProcessPoolExecutor that is made for each batch, and ended after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def start(workers: int) -> int:
    """Nothing is kept but how many."""
    return workers


def run(pool: int, function: Callable[[object], object], items: Sequence[object]) -> list[object]:
    """All of a pool's life in one batch."""
    with ProcessPoolExecutor(pool, mp_context=get_context("fork")) as executor:
        return list(executor.map(function, items))


def stop(pool: int) -> None:
    """Every pool has ended with its batch."""
