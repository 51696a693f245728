"""Stand-ins for interpreters: programs that say of themselves what a test wants them to; and the real ones that are here."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from runner.probe import NoPython, Python, find, probe
from runner.pythons import Places

REPLY = "#!/bin/sh\nfor reply; do :; done\ncat > \"$reply\" <<'END'\n{}\nEND\n"
"""A program that writes its facts where the last argument says, as a probed Python does."""


def program(path: Path, text: str) -> Path:
    """An executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def stand_in(path: Path, version: str = "3.14.0", implementation: str = "CPython", **facts: object) -> Path:
    """One that says it is of this version; `facts` are those of child/facts.py."""
    interpreter = {
        "implementation": implementation,
        "version": version,
        "build": "main",
        "free_threaded": False,
        "gil": True,
        "debug": False,
        "jit": False,
        **facts,
    }
    said = {"interpreter": interpreter, "build": f"{implementation} {version}", "executable": str(path), "folders": []}
    return program(path, REPLY.replace("{}", json.dumps(said)))


def places(path: Path, *folders: str, pyenv: str = "", uv: Path | None = None) -> Places:
    """PATH is these folders below a path."""
    return Places(tuple(path / folder for folder in folders), path / pyenv if pyenv else None, uv)


VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.15", "3.13t", "3.14t", "3.15t")


def another(*versions: str) -> Python:
    """The first of these versions, any unless given, that is a real Python here and not the one that the tests run on;
    the test is skipped where there is none."""
    for version in versions or VERSIONS:
        try:
            python = find(version, Path(), Places.of(os.environ))
        except NoPython:
            continue
        if python.facts.identity != probe(Path(sys.executable)).identity:
            return python
    pytest.skip(f"none of {', '.join(versions or VERSIONS)} is found here beside the Python that the tests run on")
