"""/sys, /proc, clocks → Setting: how this machine is set up, as far as it tells. Reads only."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

CPU = Path("/sys/devices/system/cpu")


@dataclass(frozen=True, slots=True)
class Setting:
    """What can be read of a machine; None and empty where it does not tell, as most virtual machines."""

    cpus: int | None  # of the machine
    allowed: int  # by affinity
    physical: int | None  # cores behind the allowed ones: two hyperthreads of one core are one
    governors: tuple[str, ...]
    turbo: bool | None
    mhz: tuple[float, float] | None  # the slowest and the fastest allowed core, at this moment
    clock: str
    clock_resolution_s: float
    load: float  # before the examination


def setting(cpu: Path = CPU) -> Setting:
    """This machine's; `cpu` is where the kernel tells of its cores."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    folders = [cpu / f"cpu{core}" for core in allowed]
    clock = time.get_clock_info("perf_counter")
    return Setting(
        cpus=os.cpu_count(),
        allowed=len(allowed),
        physical=len({_text(folder / "topology/thread_siblings_list") for folder in folders} - {""}) or None,
        governors=tuple(sorted({_text(folder / "cpufreq/scaling_governor") for folder in folders} - {""})),
        turbo=_turbo(cpu),
        mhz=_mhz(folders),
        clock=clock.implementation,
        clock_resolution_s=clock.resolution,
        load=os.getloadavg()[0],
    )


def _turbo(cpu: Path) -> bool | None:
    """Whether cores may run faster than their nominal frequency for a while."""
    no_turbo, boost = _text(cpu / "intel_pstate/no_turbo"), _text(cpu / "cpufreq/boost")
    if no_turbo:
        return no_turbo == "0"
    return boost == "1" if boost else None


def _mhz(folders: list[Path]) -> tuple[float, float] | None:
    texts = [_text(folder / "cpufreq/scaling_cur_freq") for folder in folders]
    known = [int(text) / 1000 for text in texts if text.isdigit()]
    return (min(known), max(known)) if known else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
