"""End of the parent → end of its children: a process that outlives a killed Runmatrix by the moment this takes.

It reads its standard input, a pipe that only the parent holds open. A parent that ends as it should says so; one that
was killed can't, the pipe closes all the same, and everything with the parent's mark is ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from . import tree

GOODBYE = b"done"


def start(mark: str) -> subprocess.Popen[bytes]:
    """A guard in a session of its own, so that no Ctrl-C reaches it."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", f"{__package__}.guard", mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parent.parent)},
        start_new_session=True,
    )


def dismiss(guard: subprocess.Popen[bytes]) -> None:
    """Tell it that all is well, and wait for it."""
    guard.communicate(GOODBYE)


def watch(mark: str) -> None:
    """Wait for the parent's end."""
    if sys.stdin.buffer.read() != GOODBYE:
        tree.end(lambda: tree.marked(mark))


if __name__ == "__main__":
    watch(sys.argv[1])
