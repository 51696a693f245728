"""What a child said → the same without what names this machine, its people and its folders."""

from __future__ import annotations

import os
import pwd
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..places import cache_folder
from .reply import Order

SHORTEST = 3
"""Shorter names are words of something else."""
FIRST_PERSON = 1000
"""Accounts below are the system's own: `root`, `daemon`."""


ELSEWHERE = re.compile(r"\(/[^():\n]*/([^/():\n]+:\d+)\)")
"""Where an error was raised, in a file of which no folder has a word."""


def nameless(text: str, order: Order) -> str:
    """With words for names that mean nothing elsewhere and are nobody's business."""
    return without_names(ELSEWHERE.sub(r"(\1)", without_places(text, order)), names_here())


def without_places(text: str, order: Order) -> str:
    """With words for the folders of this machine."""
    places = {
        f"{order.project}/": "",
        str(order.project): "<project>",
        str(cache_folder()): "<cache>",
        **dict.fromkeys(order.folders, "<python>"),
        tempfile.gettempdir(): "<tmp>",
        str(Path.home()): "~",
    }
    for folder in sorted(places, key=len, reverse=True):
        if len(folder) > 1:
            text = text.replace(folder, places[folder])
    return text.encode("utf-8", "backslashreplace").decode()  # half a surrogate pair can't be written anywhere


def names_here() -> dict[str, str]:
    """Name → word, of this machine and of who uses it."""
    host = os.uname().nodename
    names = {host: "<host>", host.partition(".")[0]: "<host>"}
    if os.getuid() >= FIRST_PERSON:
        try:
            names[pwd.getpwuid(os.getuid()).pw_name] = "<user>"
        except KeyError:  # a container may run as somebody whom it does not know
            pass
    return {name: word for name, word in names.items() if len(name) >= SHORTEST and name != "localhost"}


def without_names(text: str, names: Mapping[str, str]) -> str:
    """With words for these names where they stand alone: not inside a path or a longer name."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.-])(?<!(?<!/)/){re.escape(name)}(?![\w/-]|\.\w)", names[name], text)
    return text


def cleaned(said: Mapping[str, Any], order: Order) -> dict[str, Any]:
    """A child's reply with words for names in its reasons, and in those of its findings."""
    reasons = {"reason": nameless(str(said.get("reason", "")), order)}
    findings = {"findings": [cleaned(one, order) for one in said["findings"]]} if "findings" in said else {}
    return {**said, **reasons, **findings}
