"""What a chart is made of → colours and marks, legible on light and dark pages and to those who tell few colours apart.

A picture has no ground of its own: GitHub shows the same file on white and on near black. Every colour has a contrast
of 3 to 1 or more with both (WCAG 2.2, 1.4.11); lines differ by their marks, too.
"""

from __future__ import annotations

from typing import Any

LIGHT, DARK = "#ffffff", "#0d1117"
"""GitHub's pages."""

TEXT = "#737b84"
FAINT = "#7f7f7f"

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#997700", "#7f7f7f", "#0072B2", "#D55E00")
"""Those of Okabe and Ito (2008) that stand out from both, then others."""

MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")

PHASES = {"startup": "#D55E00", "cold": "#0072B2", "stop": "#CC79A7"}
"""In the order of time."""
TASK = "#009E73"

RC: Any = {
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and copied
    "svg.hashsalt": "runmatrix",  # the same picture has the same names inside
    "font.family": "sans-serif",
    "font.size": 10.0,
    "text.parse_math": False,  # a name between dollars is a name
    "text.color": TEXT,
    "axes.edgecolor": TEXT,
    "axes.labelcolor": TEXT,
    "axes.titlecolor": TEXT,
    "axes.titlesize": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "grid.color": FAINT,
    "grid.alpha": 0.25,
    "legend.frameon": False,
}
