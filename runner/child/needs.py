"""Model, options → what this Python lacks for them, and what would bring it. Asked only where something is missing."""

from __future__ import annotations

import sys
from importlib import metadata
from importlib.util import find_spec

from .models.table import MODELS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .parameters import Needs


def unmet(kind: str, options: Mapping[str, object]) -> str:
    """The first thing that is missing, in words; empty where nothing is."""
    asked = [needs for needs in MODELS[kind].needs if needs.option is None or _chosen(needs.option, options)]
    return next((lack for needs in asked if (lack := _lack(needs))), "")


def _chosen(option: tuple[str, str], options: Mapping[str, object]) -> bool:
    name, value = option
    return options.get(name) == value


def _lack(needs: Needs) -> str:
    what = f"`{needs.option[0]}: {needs.option[1]}` needs" if needs.option else "needs"
    if needs.python and sys.version_info[:2] < needs.python:
        wanted, have = (".".join(map(str, version)) for version in (needs.python, sys.version_info[:2]))
        return f"{what} Python {wanted} or later, and this is {have}"
    if needs.package and find_spec(needs.package) is None:
        remedy = f"'runmatrix[{needs.extra}]'" if _has_runmatrix() else needs.package
        return f"{what} {needs.package}, which this Python does not have: pip install {remedy}"
    return ""


def _has_runmatrix() -> bool:
    """Whether an extra of Runmatrix can be installed where this Python looks."""
    try:
        metadata.distribution("runmatrix")
    except metadata.PackageNotFoundError:
        return False
    return True
