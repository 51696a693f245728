"""This interpreter and machine → facts. Also run by the parent, for its own interpreter."""

from __future__ import annotations

import os
import platform
import sys
import sysconfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def interpreter() -> dict[str, object]:
    """Implementation, version and build of this Python."""
    gil = getattr(sys, "_is_gil_enabled", None)
    return {
        "implementation": platform.python_implementation(),
        "version": platform.python_version(),
        "build": " ".join([*platform.python_build(), platform.python_compiler()]),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "gil": gil() if gil else True,
        "debug": hasattr(sys, "gettotalrefcount"),
        "jit": jit(),
    }


def jit() -> bool:
    """Whether this Python compiles to machine code as it runs: told since 3.14, and by its build before."""
    told = getattr(sys, "_jit", None)
    if told is not None:
        return bool(told.is_enabled())
    built = "_Py_JIT" in str(sysconfig.get_config_var("PY_CORE_CFLAGS"))
    return built and os.environ.get("PYTHON_JIT") != "0"


def machine() -> dict[str, object]:
    """What the figures depend on, and nothing that tells whose machine it is."""
    return {
        "cpu": processor(),
        "cpus": os.cpu_count() or 1,
        "usable_cpus": usable_cpus(),
        "memory_bytes": memory_bytes(),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "architecture": platform.machine(),
    }


def processor() -> str:
    """The processor's model name."""
    for line in _lines("/proc/cpuinfo"):
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def memory_bytes() -> int | None:
    """Main memory, in whole GiB, so that it is the same after each boot."""
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None
    return -(-pages // 2**30) * 2**30


def usable_cpus() -> int:
    """Cores that this process may use: its affinity, or the whole part of its cgroup's quota where that is less."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, int(min([affinity, *quotas()])))


def quotas() -> Iterator[float]:
    """CPU quotas, in cores, of this process's cgroups and those above them, versions 1 and 2."""
    for line in _lines("/proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        roots = ["/sys/fs/cgroup"] if not controllers else []
        if "cpu" in controllers.split(","):
            roots = [f"/sys/fs/cgroup/{controllers}", "/sys/fs/cgroup/cpu"]
        for root in roots:
            parts = [part for part in path.split("/") if part]
            for depth in range(len(parts) + 1):
                yield from _quota("/".join([root, *parts[:depth]]))


def _quota(folder: str) -> Iterator[float]:
    for line in _lines(folder + "/cpu.max"):
        quota, period = line.split()
        if quota != "max":
            yield int(quota) / int(period)
    for quota, period in zip(_lines(folder + "/cpu.cfs_quota_us"), _lines(folder + "/cpu.cfs_period_us"), strict=False):
        if int(quota) > 0:
            yield int(quota) / int(period)


def _lines(path: str) -> list[str]:
    """A small file's lines; none where there is no such file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []
