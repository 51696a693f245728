"""Cell, Reply → its fingerprint, as a journal's line has it: what stood behind a measurement or a failure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .child.fingerprint import content_digest
from .child.protocol import METHOD
from .installed import Installed, is_there
from .invoke import Reply
from .matrix import Cell
from .orders import Surroundings

FUNCTION = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*")


def stated_fingerprint(cell: Cell, reply: Reply, around: Surroundings, rehearsed: Mapping[str, Any]) -> dict[str, Any]:
    """A child that gave no reply had behind it what the preflight's had (`rehearsed`, its fingerprint), or else the
    modules that its cell names."""
    project, pythons = around.project_of(cell), around.pythons
    here = None if cell.python in pythons.absent else pythons.of(cell.python)
    unsaid = rehearsed or _declared(cell, project, here)
    said = reply.said.get("fingerprint", {}) if reply.said else unsaid
    files = {**reply.named.files, **said.get("files", {})}
    lacks = [name for name in reply.named.lacks if not is_there(name, project, here)]
    untracked = sorted(name for name in files if Path(os.path.abspath(project / name)) in around.untracked)
    return {
        "python": said.get("python", ""),
        "method": METHOD,
        "files": dict(sorted(files.items())),
        "distributions": said.get("distributions", {}),
        **({"lacks": lacks} if lacks else {}),
        **({"untracked": untracked} if untracked else {}),
    }


def _declared(cell: Cell, project: Path, here: Installed | None) -> Mapping[str, Any]:
    if here is None:
        return {}
    digests = {name: content_digest(str(project / name)) for name in _files_named(cell)}
    return {"python": here.python, "files": {name: digest for name, digest in digests.items() if digest}}


def _files_named(cell: Cell) -> Iterator[str]:
    """Where modules lie that are named as `module:function`, if they are the project's own."""
    for value in (*cell.workload.values.values(), *cell.model.values.values(), cell.same):
        if isinstance(value, str) and (found := FUNCTION.fullmatch(value)):
            path = found[1].replace(".", "/")
            yield from (f"{path}.py", f"{path}/__init__.py")
