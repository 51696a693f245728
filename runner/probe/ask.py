"""Executable → Facts: starts it as children are started, and has it say what it is."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import temporary, tree
from ..staging import PASSED_ON, Staged

PATIENCE_S = 20.0
"""How long an interpreter may take to say what it is."""

PRINTED_AT_MOST = 300
"""Characters of what it prints instead that an error quotes."""

WRITTEN_AT_MOST_BYTES = 64 * 2**20
"""What is no Python may write for as long as patience lasts."""

# Any Python runs these lines, so that one that is too old says so itself. `-P` is what PYTHONSAFEPATH does since 3.11.
TOO_OLD = """\
import platform, sys
if sys.version_info < (3, 11):
    said = (platform.python_implementation(), platform.python_version())
    with open(sys.argv[-1], "w") as reply:
        reply.write('{"interpreter": {"implementation": "%s", "version": "%s"}}' % said)
    sys.exit()
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an interpreter says of itself, in the words of child/probe.py. One that is too old says no more than its
    implementation and version."""

    interpreter: Mapping[str, Any]
    build: str = ""
    executable: str = ""
    folders: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    distributions: Mapping[str, str] | None = None
    editable: Mapping[str, str] | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Facts:
        """From its reply. Raises TypeError for fields that there are not."""
        fields: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in said.items()}
        return cls(**fields)

    @property
    def free_threaded(self) -> bool:
        """Whether its build can do without the GIL."""
        return bool(self.interpreter.get("free_threaded"))

    @property
    def identity(self) -> tuple[str, ...]:
        """The same for all names of one interpreter; another one for each virtual environment."""
        return os.path.realpath(self.executable), *self.folders

    @property
    def version(self) -> str:
        """`3.14.0`."""
        return str(self.interpreter["version"])

    def __str__(self) -> str:
        return f"{self.interpreter['implementation']} {self.version}{'t' * self.free_threaded}"


class NoAnswer(Exception):
    """It does not say what it is. The text goes on from its name; `printed` is what it said instead."""

    def __init__(self, text: str, printed: str = "") -> None:
        super().__init__(text)
        self.printed = printed


def ask(executable: Path, staged: Staged) -> Facts:
    """Start it, once, and end all that it leaves. Raises NoAnswer."""
    scratch = temporary.folder()
    try:
        reply, output = scratch / "reply", scratch / "output"
        exit_code = _run(executable, staged, reply, output)
        printed = _last_words(output)
        if exit_code is None:
            raise NoAnswer(f"gave no answer within {PATIENCE_S:g} s", printed)
        try:
            return Facts.of(json.loads(reply.read_bytes()))
        except (OSError, ValueError, TypeError, AttributeError):
            raise NoAnswer(f"is no Python that works: {_ending(exit_code)}", printed) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(executable: Path, staged: Staged, reply: Path, output: Path) -> int | None:
    """Its exit code, None where it took too long."""
    code = f"{TOO_OLD}import {staged.package}.probe\n{staged.package}.probe.main()"
    with output.open("wb") as printed:
        try:
            process = subprocess.Popen(
                [executable, "-c", code, reply],
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                cwd=reply.parent,
                env=_environment(staged, reply.parent),
                start_new_session=True,
            )
        except OSError as error:
            raise NoAnswer(f"can't be started: {error.strerror}") from error
    try:
        _limit_files(process)
        return process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _environment(staged: Staged, scratch: Path) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    mark = tree.mark_of(os.getpid())
    return {
        **passed_on,
        "TMPDIR": str(scratch),
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": str(staged.folder),
        tree.MARK: mark,
    }


def _limit_files(process: subprocess.Popen[bytes]) -> None:
    """Nothing that it writes from now on may be longer than that."""
    try:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (WRITTEN_AT_MOST_BYTES, WRITTEN_AT_MOST_BYTES))
    except (ProcessLookupError, PermissionError):
        pass  # it has ended, or is not ours to limit


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # nobody is left
    process.wait()


def _last_words(output: Path) -> str:
    """The last line that it printed, as far as its end tells."""
    with output.open("rb") as file:
        file.seek(max(0, output.stat().st_size - 4 * PRINTED_AT_MOST))
        lines = file.read().decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip()[:PRINTED_AT_MOST] if lines else ""


def _ending(exit_code: int) -> str:
    return f"it was ended by {signal.Signals(-exit_code).name}" if exit_code < 0 else f"it exited with {exit_code}"
