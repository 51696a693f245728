"""Roots of two checkouts → imports of one that never come from the other: what a child of another revision needs.

A package that is installed in the working tree (`pip install -e .`) leaves the tree's folders on every interpreter's
path. A child that runs the code of another checkout must look there instead, or it would measure the tree once more.
"""

from __future__ import annotations

import os
import sys

from .fingerprint import is_installed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Roots = tuple[str, str]  # what is left alone, what takes its place


def redirect(roots: Roots) -> None:
    """Let this process import from the second root whatever it would import from the first."""
    sys.path[:] = [roots[1] + entry[len(roots[0]) :] if _is_within(entry, roots[0]) else entry for entry in sys.path]


def strays(files: Mapping[str, str], roots: Roots) -> list[str]:
    """Modules (name → file) that came from the first root all the same, as with an import hook of an installation."""
    return sorted(name for name, path in files.items() if _is_within(os.path.abspath(path), roots[0]))


def _is_within(path: str, root: str) -> bool:
    """Whether it is the root's own; what is installed in an environment within it is nobody's checkout."""
    inside = path == root or path.startswith(root.rstrip(os.sep) + os.sep)
    return inside and not is_installed(path + os.sep)
