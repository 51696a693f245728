"""This interpreter → facts, and what is installed for it: what its parent must know before cells run on it."""

from __future__ import annotations

import os
import site
import sys

from .facts import interpreter
from .fingerprint import editable_roots, name_of, python_build, version_of
from .protocol import render


def main() -> None:
    """Answer in the file that the last argument names, written whole or not at all."""
    path = sys.argv[-1]
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(render(probe()))
    os.replace(path + ".part", path)


def probe() -> dict[str, object]:
    """`interpreter`: facts for journals; the rest is for the parent alone.

    `build`: as fingerprints have it. `executable`, `folders`: its own, with that of the installation behind a virtual
    environment. `watched`: where a change means that other distributions are installed, whether it exists yet or not.
    `distributions`: name → version. `editable`: name → folder, of those that are used from where they are written.
    """
    return {
        "interpreter": interpreter(),
        "build": python_build(),
        "executable": sys.executable,
        "folders": [sys.prefix, sys.base_prefix],
        "watched": watched(),
        "distributions": distributions(),
        "editable": editable_roots(),
    }


def watched() -> list[str]:
    """Folders in which distributions lie or will lie, and what says which of them are looked into."""
    folders = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else []), *sys.path]
    return [os.path.join(sys.prefix, "pyvenv.cfg"), *dict.fromkeys(os.path.abspath(folder) for folder in folders)]


def distributions() -> dict[str, str]:
    """Name → version of all that is installed; of two by one name the one that an import would find."""
    from importlib import metadata

    found: dict[str, str] = {}
    for distribution in metadata.distributions():
        if name := name_of(distribution):
            found.setdefault(name, version_of(distribution))
    return found
