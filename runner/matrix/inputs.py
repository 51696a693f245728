"""`inputs`, folder → how many there are and what they hold, without running any of the user's code."""

from __future__ import annotations

import glob
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from ..experiment.messages import quoted
from .cells import Cell, canonical


class NoInputs(Exception):
    """There are none, or they can't be read; the text says why and what to do."""


def count(inputs: object, folder: Path) -> int | None:
    """How many inputs a task list has; None for a callable, which only the child may call.

    The rules are those of `child.workloads.inputs`: a glob is relative to the folder and has `**` for any depth, lines
    are those of a UTF-8 file.
    """
    if isinstance(inputs, list):
        return len(inputs)
    if not isinstance(inputs, dict):
        return None
    return _matches(inputs["glob"], folder) if "glob" in inputs else _lines(folder / inputs["lines"])


def _matches(pattern: str, folder: Path) -> int:
    found = len(glob.glob(pattern, root_dir=folder, recursive=True))
    if not found:
        raise NoInputs(f"the glob {quoted(pattern)} matches nothing in {folder}: it is relative to the YAML's folder")
    return found


def _lines(path: Path) -> int:
    try:
        found = len(path.read_text("utf-8").splitlines())
    except OSError as error:
        raise NoInputs(f"{path} can't be read ({error.strerror}): a file is relative to the YAML's folder") from error
    except UnicodeDecodeError as error:
        raise NoInputs(f"{path} is not UTF-8: save it as UTF-8") from error
    if not found:
        raise NoInputs(f"{path} has no lines: write an input a line")
    return found


SAMPLED_BYTES = 65_536


def digest(inputs: object, folder: Path) -> str:
    """16 hex digits of the files that a glob or `lines` names: names, sizes, first and last 64 KiB; else nothing.

    A large file that changes in its middle alone, and keeps its size, goes unnoticed.
    """
    if not isinstance(inputs, dict):
        return ""
    known = hashlib.blake2b(digest_size=8)
    for name in files(inputs, folder):
        known.update(name.encode("utf-8", "surrogateescape") + b"\0")
        known.update(_sample(folder / name))
    return known.hexdigest()


def files(inputs: object, folder: Path) -> list[str]:
    """Names of the files that a glob or `lines` names, relative to the folder."""
    if not isinstance(inputs, dict):
        return []
    return sorted(glob.glob(inputs["glob"], root_dir=folder, recursive=True)) if "glob" in inputs else [inputs["lines"]]


def digests(cells: Iterable[Cell], folder: Path) -> dict[str, str]:
    """Key → digest; what several cells declare alike is read once."""
    declared = {cell.key: canonical(cell.workload.values.get("inputs")) for cell in cells}
    known = {text: digest(json.loads(text), folder) for text in dict.fromkeys(declared.values())}
    return {key: known[text] for key, text in declared.items()}


def _sample(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            head = file.read(SAMPLED_BYTES)
            file.seek(max(0, size - SAMPLED_BYTES))
            return b"%d:%s%s" % (size, head, file.read(SAMPLED_BYTES))
    except OSError:
        return b""
