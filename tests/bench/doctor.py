"""Whether `doctor` agrees with itself: so many examinations in quiet, then as many beside as many busy processes as cores.

    .venv/bin/python tests/bench/doctor.py            # 10 and 10, two minutes each
    .venv/bin/python tests/bench/doctor.py 3 0.5      # 3 and 3, half a minute each

Ends with 1 where examinations of one state differ, or where the busy machine is not found unfit. Not a test: the quiet
half needs a machine on which nothing else runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BUSY = [sys.executable, "-S", "-c", "while True: pass"]


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    """So many processes that compute all the time."""
    running = [subprocess.Popen(BUSY) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def examined(minutes: str) -> dict[str, Any]:
    """One examination by the command."""
    command = [sys.executable, "-m", "runner", "doctor", "--json", "--quiet", "--minutes", minutes]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"doctor ended with {done.returncode}")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def several(state: str, times: int, minutes: str) -> list[str]:
    """The conclusions of several examinations, each printed as it comes."""
    conclusions = []
    for number in range(1, times + 1):
        said = examined(minutes)
        figures = said["figures"]
        others, many = figures["others_cores"], figures["effect_many"]
        alarms = f"{figures['windows_alarmed']}/{figures['windows']}"
        speedup = figures["speedup"]["estimate"]
        print(
            f"{state:<6} {number:>3}  {said['conclusion']:<22} others {others:.2f}  speedup {speedup:.2f}  "
            f"alarmed {alarms:<6} phantom {figures['phantom']:.1%}  30 blocks see {many:.1%}",
            flush=True,
        )
        conclusions.append(str(said["conclusion"]))
    return conclusions


def main() -> None:
    """Both states."""
    times, minutes = int((sys.argv[1:2] or ["10"])[0]), (sys.argv[2:3] or ["2"])[0]
    quiet = several("quiet", times, minutes)
    with neighbours(len(os.sched_getaffinity(0))):
        busy = several("busy", times, minutes)
    agrees = len(set(quiet)) == 1 and set(busy) == {"unfit"}
    print("agrees with itself, and finds the busy machine unfit" if agrees else "does not agree")
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
