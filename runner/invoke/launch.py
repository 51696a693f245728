"""Order → a child started, watched, and its whole tree gone afterwards."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from .. import guard, temporary, tree
from ..errors import ResultsError
from ..interrupt import Interrupt
from ..staging import PASSED_ON, is_whole, stage
from .named import named
from .nameless import cleaned, nameless
from .reply import Ending, Named, Order, Reply, conclude
from .usage import read_clocks, usage
from .watch import Output, drain, watch

STACK_SIGNAL = signal.SIGUSR2
STACKS_PATIENCE_S = 1.0
STACKS_LIMIT_BYTES = 65_536


class Launcher:
    """Starts children one after the other. A context: outside it nothing of theirs is left. In the `foreground` they
    print where this process does, and nothing of that is kept."""

    def __init__(self, interrupt: Interrupt | None = None, foreground: bool = False) -> None:
        self._interrupt = interrupt
        self._foreground = foreground
        self._mark = tree.mark_of(os.getpid())
        self._adopter = os.getpid() if tree.adopts_orphans() else None
        self._kills = _oom_kills()

    def __enter__(self) -> Self:
        tree.end(tree.abandoned)
        _remove_abandoned()
        try:
            self._staged = stage()
            self._scratch = temporary.folder()
            self._guard = guard.start(self._mark)
        except OSError as error:
            raise ResultsError(
                f"{error.filename or tempfile.gettempdir()}: {error.strerror}; nothing was run"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        guard.dismiss(self._guard)

    @property
    def scratch(self) -> Path:
        """A folder for what children of one run share; it goes when the run does."""
        return self._scratch

    def __call__(self, order: Order) -> Reply:
        """Run one child. Raises Interrupted, with nothing left of it, where a signal came, and ResultsError where none
        can be run: what fails for that is no data."""
        self._check()
        scratch = self._scratch / "child"
        try:
            scratch.mkdir(exist_ok=True)
            return self._run(order, scratch)
        except OSError as error:
            raise ResultsError(
                f"{error.filename or tempfile.gettempdir()}: no child could be started: {error.strerror}"
            ) from error
        finally:
            _empty(scratch)

    def _run(self, order: Order, scratch: Path) -> Reply:
        before = psutil.pids()
        load, start = os.getloadavg()[0], read_clocks()
        output, readable, child = Output(), *self._start(order, scratch)
        reaped = Reaped(child.pid)
        excess = None
        if order.memory_limit_bytes:
            excess = Excess(lambda: self._left(child.pid, before), order.memory_limit_bytes)
        try:
            watched = watch(child.pid, readable, output, self._interrupt, time.monotonic() + order.timeout_s, excess)
            if watched.timed_out:
                ask_for_stacks(self._left(child.pid, before), scratch)
        finally:
            if not any(map(tree.clears_up, self._left(child.pid, before))):
                reaped.end_group()
            tree.end(lambda: self._left(child.pid, before, reaped), reaped)
            drain(readable, output)
            os.close(readable)
            child.returncode = reaped.exit_code
        end = read_clocks()
        self._check()
        ending = Ending(reaped.exit_code, watched.timed_out, watched.over_limit_bytes, self._kernel_killed)
        reply = self._reply(order, ending, output.text, scratch)
        server_cpu_ns = reply.said.get("server_cpu_ns", 0)
        cpu_ns = max(reaped.cpu_ns, reply.said.get("tree_cpu_ns", 0) + server_cpu_ns)
        used = usage(start, end, cpu_ns)
        return replace(
            reply,
            tree_cpu_ns=cpu_ns - server_cpu_ns,
            load=(load, os.getloadavg()[0]),
            wall_ns=used.wall_ns,
            others_cpu_ns=used.others_cpu_ns,
            steal_ns=used.steal_ns,
        )

    def _reply(self, order: Order, ending: Ending, output: str, scratch: Path) -> Reply:
        """What the child said and printed, without what it used."""
        stood = stacks_in(scratch)
        printed, stacks = nameless(output, order), nameless(stood, order)
        status, reason, said = conclude(order, ending, scratch / "reply", printed, stacks)
        failed = status != "ok" or any(one["status"] != "ok" for one in said.get("findings", ()))
        if failed:
            self._check_code(output)
        spoken_of = named(f"{output}\n{stood}", order) if failed else Named()
        return Reply(
            status, nameless(reason, order), cleaned(said, order) if said else {}, printed, stacks, named=spoken_of
        )

    def _check(self) -> None:
        if self._interrupt:
            self._interrupt.check()

    def _check_code(self, printed: str) -> None:
        """What failed may have failed for want of our own code."""
        if f"No module named '{self._staged.package}" in printed or not is_whole(self._staged):
            raise ResultsError(
                f"{self._staged.folder}: the copy of Runmatrix's own code that children run was not whole when one did: "
                "somebody removed or changed some of it. What failed for that is not kept; run it again"
            )

    def _kernel_killed(self) -> bool:
        """Whether the kernel has killed a process for want of memory since this was last asked."""
        before, self._kills = self._kills, _oom_kills()
        return self._kills > before

    def _left(self, root: int, before: Iterable[int], reaped: Reaped | None = None) -> list[psutil.Process]:
        left = tree.left_by(root, before, self._mark, self._adopter)
        return [process for process in left if reaped is None or process.pid not in reaped.pids]

    def _start(self, order: Order, scratch: Path) -> tuple[int, subprocess.Popen[bytes]]:
        """The child, in a session of its own; the request as its standard input, a pipe for what it prints."""
        request = {
            **order.request,
            "project": str(order.project),
            "scratch": str(scratch),
            "stack_signal": int(STACK_SIGNAL),
        }
        (scratch / "request").write_text(json.dumps(request), encoding="utf-8")
        readable, writable = os.pipe()
        os.set_blocking(readable, False)
        with (scratch / "request").open("rb") as stdin:
            child = subprocess.Popen(
                [order.python, "-P", "-c", f"import {self._staged.package}.__main__"],
                stdin=stdin,
                stdout=None if self._foreground else writable,
                stderr=None if self._foreground else writable,
                cwd=order.project,
                env=self._environment(order, scratch),
                start_new_session=True,
            )
        os.close(writable)
        return readable, child

    def _environment(self, order: Order, scratch: Path) -> dict[str, str]:
        """Temporary files go where they are cleared away with the child, unless the experiment says otherwise."""
        passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        own = {tree.MARK: self._mark, "PYTHONPATH": str(self._staged.folder)}
        return {**passed_on, "TMPDIR": str(scratch), **order.env, **own}


class Reaped:
    """The one who waits for a child and its orphans: which ended how, with how much CPU time."""

    def __init__(self, root: int) -> None:
        self._root = root
        self.pids: set[int] = set()
        self.exit_code = 0
        self.cpu_ns = 0

    def end_group(self) -> None:
        """End the child and, in one stroke, all that did not leave its process group; then wait for it."""
        try:
            os.killpg(self._root, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # nobody is left, or only the child itself, ended and not yet waited for
        self(self._root)

    def __call__(self, pid: int) -> None:
        """Wait for one that has ended or was killed, if it is ours to wait for."""
        try:
            _, status, usage = os.wait4(pid, 0)
        except ChildProcessError:
            return
        self._add(pid, status, usage)

    def _add(self, pid: int, status: int, usage: resource.struct_rusage) -> None:
        self.pids.add(pid)
        self.cpu_ns += round((usage.ru_utime + usage.ru_stime) * 1e9)
        if pid == self._root:
            self.exit_code = os.waitstatus_to_exitcode(status)


class Excess:
    """How much a child's processes hold together, where that is more than the limit."""

    def __init__(self, members: Callable[[], Iterable[psutil.Process]], limit_bytes: int) -> None:
        self._members = members
        self._limit_bytes = limit_bytes

    def __call__(self) -> int | None:
        held = sum(_pss(process) for process in self._members())
        return held if held > self._limit_bytes else None


def _pss(process: psutil.Process) -> int:
    """PSS where the system tells it, else RSS."""
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(info, "pss", info.rss))


def ask_for_stacks(processes: Iterable[psutil.Process], scratch: Path) -> None:
    """Have all Pythons among them write the stacks of all their threads, and wait until they have."""
    asked = [process.pid for process in processes if catches(process.pid, STACK_SIGNAL)]
    for pid in asked:
        try:
            os.kill(pid, STACK_SIGNAL)
        except ProcessLookupError:
            continue
    give_up, before, text = time.monotonic() + STACKS_PATIENCE_S, "", stacks_in(scratch)
    while asked and time.monotonic() < give_up and (text != before or not text):
        time.sleep(0.1)
        before, text = text, stacks_in(scratch)


def stacks_in(scratch: Path) -> str:
    """What processes wrote of their stacks, one after the other."""
    parts = []
    for path in sorted(scratch.glob("stacks-*")):
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(STACKS_LIMIT_BYTES)
        if text:
            parts.append(f"Process {path.name.removeprefix('stacks-')}:\n{text}")
    return "\n".join(parts)[:STACKS_LIMIT_BYTES]


def catches(pid: int, signum: int) -> bool:
    """Whether a process has a handler for a signal; one that has none would be ended by it before its stacks are had."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as status:
            caught = next((line.split()[1] for line in status if line.startswith("SigCgt:")), "0")
    except OSError:
        return False
    return bool(int(caught, 16) >> (signum - 1) & 1)


def _empty(folder: Path) -> None:
    """Take out what a child left; quicker than a new folder for each."""
    try:
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)
    except FileNotFoundError:
        pass  # somebody was quicker, a task or a cleaner of temporary files


def _remove_abandoned() -> None:
    """Folders that a killed Runmatrix had no time to remove."""
    for folder in temporary.abandoned():
        shutil.rmtree(folder, ignore_errors=True)


def _oom_kills() -> int:
    """How many processes the kernel has killed for want of memory."""
    try:
        with open("/proc/vmstat", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("oom_kill ")), 0)
    except OSError:
        return 0
