"""Two looks at all processes → Neighbour: who else computed meanwhile, by the command's name only."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

NAMED_AT_MOST = 3
LEAST_CORES = 0.02


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A process that was there all the time, and how many cores it used."""

    name: str
    cores: float


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """CPU time so far of each process, in s, by its id and start; and when that was."""

    at_s: float
    of: Mapping[tuple[int, float], tuple[str, float]]


def cpu_times() -> CpuTimes:
    """Of all processes but this one."""
    found = {}
    for process in psutil.process_iter(["name", "cpu_times", "create_time"]):
        known = process.info
        if process.pid != os.getpid() and known["cpu_times"] is not None:
            spent = known["cpu_times"].user + known["cpu_times"].system
            found[process.pid, known["create_time"]] = (str(known["name"] or "?"), spent)
    return CpuTimes(time.monotonic(), found)


def busiest(before: CpuTimes, after: CpuTimes) -> tuple[Neighbour, ...]:
    """Who used most between the two looks, the busiest first; idle ones are left out."""
    seconds = max(after.at_s - before.at_s, 1e-9)
    used = [
        Neighbour(name, (spent - before.of[which][1]) / seconds)
        for which, (name, spent) in after.of.items()
        if which in before.of
    ]
    busy = [neighbour for neighbour in used if neighbour.cores >= LEAST_CORES]
    return tuple(sorted(busy, key=lambda neighbour: -neighbour.cores)[:NAMED_AT_MOST])
