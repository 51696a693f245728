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
    sys.path[:] = [_moved(entry, roots) for entry in sys.path]


def _moved(entry: str, roots: Roots) -> str:
    real = os.path.realpath(entry)
    return roots[1] + real[len(roots[0]) :] if _is_of(real, roots) else entry


def strays(files: Mapping[str, str], roots: Roots) -> list[str]:
    """Modules (name → file) that came from the first root all the same, as with an import hook of an installation."""
    return sorted(name for name, path in files.items() if _is_of(os.path.realpath(path), roots))


def _is_of(path: str, roots: Roots) -> bool:
    """Whether it is the first checkout's own. What else may lie in that folder is not: what is installed, a Python with
    its library, this package, the second checkout in a temporary folder."""
    own_package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    others = (roots[1], own_package, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix))
    if not _is_within(path, roots[0]) or is_installed(path + os.sep):
        return False
    return not any(_is_within(path, other) for other in others if other != roots[0])


def _is_within(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
