"""Random generator → levels: the noise that machines have, as laws of ln time from one moment of a run to the next."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping

Law = Callable[[random.Random], Iterator[float]]


def white(rng: random.Random) -> Iterator[float]:
    """Independent, 2 %: what textbooks assume."""
    while True:
        yield rng.gauss(0, 0.02)


def drift(rng: random.Random) -> Iterator[float]:
    """0.1 % slower at every moment, as a machine that warms up."""
    for moment in itertools.count():
        yield 0.001 * moment + rng.gauss(0, 0.02)


def autoregressive(rng: random.Random) -> Iterator[float]:
    """Each level keeps 80 % of the one before."""
    level = 0.0
    while True:
        level = 0.8 * level + rng.gauss(0, 0.02)
        yield level


def step(rng: random.Random) -> Iterator[float]:
    """10 % slower from some moment on, as when a neighbour wakes up."""
    change = rng.randrange(5, 35)
    for moment in itertools.count():
        yield (0.1 if moment > change else 0.0) + rng.gauss(0, 0.02)


def walk(rng: random.Random) -> Iterator[float]:
    """Levels that never come back."""
    level = 0.0
    while True:
        level += rng.gauss(0, 0.02)
        yield level


def period_two(rng: random.Random) -> Iterator[float]:
    """Every other moment 5 % slower."""
    for moment in itertools.count():
        yield 0.05 * (moment % 2) + rng.gauss(0, 0.02)


def bimodal(rng: random.Random) -> Iterator[float]:
    """One of two speeds, 10 % apart, drawn anew for every process."""
    while True:
        yield rng.choice((0.0, 0.1)) + rng.gauss(0, 0.02)


def spikes(rng: random.Random) -> Iterator[float]:
    """Every tenth moment disturbed, by 20 % on average."""
    while True:
        yield rng.gauss(0, 0.02) + (rng.expovariate(5) if rng.random() < 0.1 else 0.0)


LAWS: Mapping[str, Law] = {
    "white": white,
    "drift": drift,
    "AR(1)": autoregressive,
    "step": step,
    "random walk": walk,
    "period-2": period_two,
    "bimodal": bimodal,
    "one-sided spikes": spikes,
}
