"""A markdown file's text, excerpts → the same text with each excerpt between the markers that ask for it.

    <!-- runmatrix: EXPERIMENT/WORKLOAD -->           the workload's speedup table
    <!-- runmatrix: EXPERIMENT/WORKLOAD answer -->    or its answer, or all its `figures`
    <!-- /runmatrix -->

Each marker stands alone on its line. What looks like one in a block of code is code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import CommandError
from .markdown import fences

MARKER = re.compile(r"\ufeff?( {0,3})<!--\s*(/?)\s*runmatrix(?!\w|-(?!->))(.*?)-->\s*")
END = "<!-- /runmatrix -->"
LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Region:
    """Lines between two markers: from `begin` to before `end`, counted from 0. `asked` is what the first one says."""

    begin: int
    end: int
    asked: str
    indent: str


def replaced(text: str, name: str, excerpt: Callable[[str], str | None]) -> str:
    """The text with what `excerpt` gives for what each region asks for; None leaves it as it is. Line ends stay.

    `name` is for messages. Raises CommandError where there is no marker, or one that is not closed or not understood.
    """
    lines = LINES.findall(text)
    parts: list[str] = []
    done = 0
    for region in regions(lines, name):
        found = _excerpt(region, name, excerpt)
        parts += lines[done : region.begin]
        parts += lines[region.begin : region.end] if found is None else _set(found, region, lines)
        done = region.end
    return "".join([*parts, *lines[done:]])


def asked_in(text: str, name: str) -> list[str]:
    """What each region asks for. Raises CommandError as `replaced`."""
    return [region.asked for region in regions(LINES.findall(text), name)]


def _excerpt(region: Region, name: str, excerpt: Callable[[str], str | None]) -> str | None:
    try:
        return excerpt(region.asked)
    except CommandError as error:
        raise CommandError(f"{name}:{region.begin}: {error}") from error


def regions(lines: Sequence[str], name: str) -> list[Region]:
    """All regions, in their order. Raises CommandError as `replaced`."""
    found: list[Region] = []
    opened: tuple[int, re.Match[str]] | None = None
    for number, marker in _markers(lines):
        where = f"{name}:{number + 1}"
        if marker[2] and opened is None:
            raise CommandError(f"{where}: nothing is open here: write `<!-- runmatrix: EXPERIMENT/WORKLOAD -->` above")
        if not marker[2] and opened is not None:
            raise CommandError(f"{name}:{opened[0] + 1}: it is not closed: write `{END}` before line {number + 1}")
        if opened is None:
            opened = number, _understood(marker, where)
        else:
            found.append(Region(opened[0] + 1, number, opened[1][3].strip()[1:].strip(), opened[1][1]))
            opened = None
    if opened is not None:
        raise CommandError(f"{name}:{opened[0] + 1}: it is not closed: write `{END}` below")
    if not found:
        wanted = f"`<!-- runmatrix: EXPERIMENT/WORKLOAD -->` and `{END}`, each on a line of its own"
        raise CommandError(f"{name}: no markers in it: write {wanted}, where the table is to stand")
    return found


def _markers(lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Lines that are markers, and no code."""
    for number, (line, fence) in enumerate(zip(lines, fences(lines), strict=True)):
        marker = MARKER.fullmatch(line)
        if marker and not fence:
            yield number, marker


def _understood(marker: re.Match[str], where: str) -> re.Match[str]:
    if marker[3].strip().startswith(":"):
        return marker
    raise CommandError(f"{where}: `{marker[0].strip()}` is no marker: write `<!-- runmatrix: EXPERIMENT/WORKLOAD -->`")


def _set(text: str, region: Region, lines: Sequence[str]) -> list[str]:
    """The excerpt with an empty line around it, as the lines of this file end and are indented."""
    end = "\r\n" if lines[region.begin - 1].endswith("\r\n") else "\n"
    content = ["", *text.split("\n"), ""]
    return [(f"{region.indent}{line}" if line else "") + end for line in content]
