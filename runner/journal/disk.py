"""Lines ↔ disk: reading what is there, appending so that a kill at any byte loses at most the line in flight."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from .. import atomic
from ..errors import LockedError, ResultsError
from ..places import cache_folder
from .lines import Fingerprint, Record, Session, Trace, fingerprint_of, record_of, render, session_of, trace_of


@dataclass(slots=True)
class Journal:
    """All that a journal's lines say, repeats left out."""

    sessions: dict[str, Session] = field(default_factory=dict)
    cells: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    designs: dict[str, dict[str, list[range]]] = field(default_factory=dict)
    invocations: dict[tuple[str, int, str, int], Record] = field(default_factory=dict)
    traces: dict[tuple[str, str], Trace] = field(default_factory=dict)  # of (machine, key) the latest
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)

    @property
    def records(self) -> list[Record]:
        """Every invocation once."""
        return list(self.invocations.values())

    def add(self, line: Mapping[str, Any]) -> None:
        """Take in one line; unknown types are passed over."""
        if line["type"] == "session":
            self.sessions.setdefault(line["session"], session_of(line))
        elif line["type"] == "cell":
            self.cells.setdefault(line["key"], line["specification"])
            first, last = line.get("blocks") or (1, sys.maxsize - 1)
            held = self.designs.setdefault(line["session"], {}).setdefault(line["key"], [])
            if range(first, last + 1) not in held:
                held.append(range(first, last + 1))
        elif line["type"] == "invocation":
            identity = (line["session"], line["block"], line["key"], line["attempt"])
            record = record_of(line, self._fingerprint(line["fingerprint"]))
            there = self.invocations.setdefault(identity, record)
            if (record.run, record.time) < (there.run, there.time):  # two branches made up the same gap
                self.invocations[identity] = record

        elif line["type"] == "trace":
            trace = trace_of(line, self._fingerprint(line["fingerprint"]))
            if trace.session >= self.traces.get((trace.machine, trace.key), trace).session:
                self.traces[trace.machine, trace.key] = trace

    def designed(self, session: str, block: int) -> set[str]:
        """Keys of the cells that a session's block was to hold."""
        held = self.designs.get(session, {})
        return {key for key, ranges in held.items() if any(block in each for each in ranges)}

    def _fingerprint(self, stated: Mapping[str, Any]) -> Fingerprint:
        """Equal fingerprints are one object: a large journal holds few different ones."""
        text = repr(stated)
        if text not in self.fingerprints:
            self.fingerprints[text] = fingerprint_of(stated)
        return self.fingerprints[text]


def read(path: Path) -> Journal:
    """Read a journal; one that does not exist is empty. Raises ResultsError where a line is no line."""
    try:
        with path.open("rb") as file:
            return parse(file, str(path))
    except FileNotFoundError:
        return Journal()
    except OSError as error:
        raise ResultsError(f"{path}: can't be read: {error.strerror}") from error


def parse(lines: Iterable[bytes], name: str) -> Journal:
    """The journal that has these lines, each with its end; `name` is for messages. Raises ResultsError as `read`."""
    journal = Journal()
    for number, text in _numbered(lines):
        try:
            journal.add(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ResultsError(_unreadable(name, number, text)) from error
    return journal


def lines_of(path: Path) -> list[bytes]:
    """The lines of a journal as they lie there, each with its end. Raises ResultsError as `read`."""
    try:
        with path.open("rb") as file:
            return [text if text.endswith(b"\n") else text + b"\n" for _, text in _numbered(file)]
    except OSError as error:
        raise ResultsError(f"{path}: can't be read: {error.strerror}") from error


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """A last line without its end counts only if it is whole: a kill may have torn it."""
    for number, line in enumerate(lines, 1):
        if line.strip() and (line.endswith(b"\n") or _is_whole(line)):
            yield number, line


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _unreadable(name: str, number: int, text: bytes) -> str:
    if text.startswith((b"<<<<<<<", b"=======", b">>>>>>>")):
        return f"{name}:{number}: a merge left its marks here; delete the lines that begin with <<<<<<<, ======= and >>>>>>>, and keep all others"
    return f"{name}:{number}: this is no line of a journal: {text[:60].decode(errors='replace')!r}; delete this line, and what it said is measured again"


class JournalWriter:
    """The one process that appends to a journal. A context: the lock is held inside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        name = hashlib.blake2b(str(path.resolve()).encode(), digest_size=8).hexdigest()
        folder = cache_folder() / "locks"
        folder.mkdir(exist_ok=True)
        self._owner = folder / f"{name}.owner"
        self._lock = FileLock(folder / f"{name}.lock", timeout=0)
        self._file = -1

    def __enter__(self) -> Self:
        try:
            self._lock.acquire()
        except Timeout:
            raise LockedError(
                f"{self._path.parent}: {self._holder()} is measuring into it; wait for it, or end it"
            ) from None
        try:
            self._owner.write_text(str(os.getpid()))
            self._open()
        except OSError as error:
            self._let_go()
            raise ResultsError(f"{self._path}: can't be written: {error.strerror}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def _let_go(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._owner.unlink(missing_ok=True)
        self._lock.release()

    def _holder(self) -> str:
        try:
            return f"process {self._owner.read_text()}"
        except OSError:
            return "another process"

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._repair()

    def _repair(self) -> None:
        """Cut off a torn last line; end one that is whole."""
        content = self._path.read_bytes()
        kept = content.rfind(b"\n") + 1
        tail = content[kept:]
        if tail and _is_whole(tail):
            os.write(self._file, b"\n")
        elif tail:
            os.ftruncate(self._file, kept)

    def append(self, *lines: Mapping[str, Any]) -> None:
        """Write lines and force them to the disk. Raises ResultsError, with the journal as it was before."""
        before = os.fstat(self._file).st_size
        rest = b"".join(map(render, lines))
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, before)
            raise ResultsError(
                f"{self._path}: can't be written: {error.strerror}; what was measured before is kept. Make room and run it again"
            ) from error

    def rewrite(self, lines: Iterable[bytes]) -> None:
        """Have the journal hold these lines alone, or stay as it was. Raises ResultsError."""
        atomic.write_bytes(self._path.resolve(), b"".join(lines))
        os.close(self._file)
        self._file = os.open(self._path, os.O_RDWR | os.O_APPEND)
