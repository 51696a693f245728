"""Picture → Graphic: what plots shows in a file, as panels for plotly.js, which tells figures when pointed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..plots import Most
from ..summary.values import one_line

MOST = Most(panels=24, lines=24, bars=100, any_bars=100)
"""Lines can be hidden by a click, and a page is longer than a file's picture."""

FAINT = {"color": "#7f7f7f", "width": 1}


@dataclass(frozen=True, slots=True)
class Panel:
    """What it is of, and what plotly.js draws: traces and layout, by its reference."""

    title: str
    traces: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Graphic:
    """Panels below one caption."""

    caption: str
    panels: tuple[Panel, ...]


def inert(text: str) -> str:
    """Text in which plotly.js, which knows some tags, finds none."""
    return escape(one_line(text), quote=False)
