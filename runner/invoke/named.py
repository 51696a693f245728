"""What a failed child printed, and its stacks → the project's files and the missing modules that they name.

What failed to be imported is not among a child's modules, and what hung or was killed gives no reply.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from ..child.fingerprint import content_digest, is_installed, place
from .reply import Named, Order

FRAME = re.compile(r'^[ |+-]*File "(/[^"]+)", line \d+', re.MULTILINE)
"""A place in a traceback, in that of a SyntaxError, or in a stack."""
NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
NO_NAME = re.compile(r"ImportError: cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'")


def named(text: str, order: Order) -> Named:
    """What the text speaks of, folders as they are on this machine."""
    found = NO_MODULE.findall(text) + [f"{module}.{name}" for name, module in NO_NAME.findall(text)]
    return Named(dict(sorted(_files(text, order))), tuple(dict.fromkeys(found)))


def _files(text: str, order: Order) -> Iterator[tuple[str, str]]:
    """Those of the project and of editable distributions: of others a child says the version."""
    places = str(order.project), str(order.request["root"]), order.request.get("editable") or {}
    for path in dict.fromkeys(map(os.path.abspath, FRAME.findall(text))):
        name = "" if _is_of(path, order.folders) else place("", path, places)
        if name and (digest := content_digest(path)):
            yield name, digest


def _is_of(path: str, folders: tuple[str, ...]) -> bool:
    """Whether a file came with Python or was installed; either may lie within a project."""
    return is_installed(path) or any(path.startswith(folder + os.sep) for folder in folders)
