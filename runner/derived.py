"""Opened, Journal → Derived: what an experiment's folder ought to hold beside its journal. Writes nothing."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import ResultsError
from .journal import Journal
from .looks import Stopping, dropped
from .opening import Opened, as_measured
from .options import Options
from .plots import Picture, pictures
from .session import stopping
from .stale import changed_code
from .standing import Stand, main_machine, standing
from .summary import Summary, summarise
from .tables import PAGE, render
from .verdict import Verdicts, decide


@dataclass(frozen=True, slots=True)
class Derived:
    """What is known of an experiment; `files` is path → content, apart from pictures, which are drawn where they
    changed. The same journal gives the same."""

    name: str
    folder: Path
    results: Path  # the folder of all results
    summary: Summary
    verdicts: Verdicts
    files: Mapping[Path, str]
    pictures: tuple[Picture, ...]
    command: str  # what measures it again, as a user of the repository types it

    @property
    def page(self) -> str:
        """The content of summary.md."""
        return self.files[self.folder / PAGE]


def derived(opened: Opened, journal: Journal) -> Derived:
    """Of the machine that has most. Raises ResultsError where nothing has been measured yet."""
    machine = main_machine(journal)
    if machine is None:
        raise ResultsError(f"{opened.journal}: nothing has been measured yet; run `runmatrix run {opened.path}` first")
    opened = as_measured(opened, journal, machine)
    stands = standing(journal, machine)
    summary = summarise(
        opened.matrix.cells,
        journal,
        opened.name,
        opened.experiment.question,
        stale=changed_code(stands, opened.project),
        machine=machine,
        on=opened.experiment.measure.verdict_on,
        dropped=_why_dropped(opened, stands, stopping(opened, Options())),
    )
    verdicts = decide(summary, opened.experiment.measure.margin, opened.experiment.expect)
    shown, command = pictures(summary, verdicts), _command(opened)
    files = {opened.folder / name: text for name, text in render(summary, verdicts, command, shown).items()}
    return Derived(opened.name, opened.folder, opened.results, summary, verdicts, files, shown, command)


def _why_dropped(opened: Opened, stands: Mapping[str, Stand], when: Stopping) -> dict[str, str]:
    """Key → why a cell has no more blocks. Where no other cell has more, none was left out."""
    cells = opened.matrix.cells
    found = dropped(cells, stands, when)
    most = max((len(stands[cell.key].blocks) for cell in cells if cell.key in stands), default=0)
    return {
        key: f"left out after {len(stands[key].blocks)} blocks: {factor:.1f} times as slow as the best, or more"
        for key, factor in found.items()
        if len(stands[key].blocks) < min(most, when.least)
    }


def _command(opened: Opened) -> str:
    """How to measure it again, from the folder that holds the experiments."""
    path = Path(os.path.abspath(opened.path))
    home = next((parent.parent for parent in path.parents if parent.name == "experiments"), path.parent)
    return shlex.join(["runmatrix", "run", "--fresh", path.relative_to(home).as_posix()])
