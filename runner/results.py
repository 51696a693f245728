"""Summary, Verdicts, what was done → Results, Checked, Revisions: what those who called are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .compare import Compared
from .summary import Summary
from .summary.words import plural
from .verdict import Verdicts

if TYPE_CHECKING:
    import pandas  # twenty bare starts: whoever asks for a frame pays for it
    from matplotlib.figure import Figure

    from .differences import Difference


@dataclass(frozen=True, slots=True, repr=False)
class Results:
    """What is known after a run or a report. `written` are the files that changed; in a notebook it shows its page."""

    known: Summary
    verdicts: Verdicts
    folder: Path
    written: tuple[Path, ...]
    command: str = ""  # what measures it again, as a user of the repository types it
    measured: int = 0  # invocations, anchors left out
    failed: int = 0  # cells that stand as failed, or of which some invocation now did not end well
    out_of_budget: int = 0  # invocations that were left when the budget was spent
    changing: tuple[str, ...] = ()  # what changed while it was measured, so that the run was ended
    traced: int = 0  # cells
    untraced: Mapping[str, str] = field(default_factory=dict)  # key → why a cell could not be traced
    without: tuple[str, ...] = ()  # why Pythons are not there that it went on without
    page: str = ""  # the content of summary.md
    here: str = ""  # the machine that this runs on, which need not be that of the figures

    def __repr__(self) -> str:
        """A line: all rows and their invocations would fill a terminal."""
        cells = plural(len(self.known.rows), "cell")
        return (
            f"<Results of {self.known.experiment}: {cells}, {self.measured} invocations measured, {self.failed} failed>"
        )

    @property
    def summary(self) -> pandas.DataFrame:
        """The rows of summary.csv as a DataFrame, one a cell in the order of the file; times in s, NaN where there is
        nothing to say. README tells what each column means."""
        from .tables.frame import frame

        return frame(self.known, self.verdicts)

    @property
    def figures(self) -> dict[str, Figure]:
        """Name of each picture, such as `scaling-crunch` → matplotlib's Figure of it, which is no pyplot's to close."""
        from .plots import pictures
        from .plots.draw import figure

        return {Path(picture.file).stem: figure(picture) for picture in pictures(self.known, self.verdicts)}

    def _repr_html_(self) -> str:
        """The page that `run` writes, its pictures inside."""
        from .notebook import html
        from .plots import pictures

        return html(self.known, self.verdicts, self.command, pictures(self.known, self.verdicts))


@dataclass(frozen=True, slots=True)
class Checked:
    """What `report` would change. `pages` is experiment's folder → its summary.md as it ought to be."""

    faults: tuple[Difference, ...]
    pages: Mapping[Path, str]
    files: int  # that were looked at


@dataclass(frozen=True, slots=True)
class Revisions:
    """What is known after a run against another revision."""

    compared: Compared
    folder: Path
    written: tuple[Path, ...]
    measured: int = 0
    failed: int = 0
    out_of_budget: int = 0
    changing: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
