"""Opened, a cell → Shown: all that is known of it, from its journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .derived import derived
from .errors import CommandError, ExperimentError
from .journal import Record, lines_of, read
from .matrix import Cell, Selector
from .opening import Opened, open_experiment
from .places import SUFFIXES, experiments_below
from .summary import Row

NAMED_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell, its row and verdict, and its invocations in the order in which they were measured, on all machines.
    `output` and `stacks` are of the last one that kept any: those that did not end well."""

    opened: Opened
    cell: Cell
    row: Row | None  # None where nothing of the experiment was measured
    verdict: str
    records: tuple[Record, ...]
    output: str = ""
    stacks: str = ""


def shown(opened: Opened, cell: Cell) -> Shown:
    """What the journal knows of the cell. Starts nothing."""
    if not opened.journal.exists():
        return Shown(opened, cell, None, "", ())
    journal = read(opened.journal)
    found = derived(opened, journal)
    row = next((row for row in found.summary.rows if row.cell.key == cell.key), None)
    records = sorted((one for one in journal.records if one.key == cell.key), key=lambda record: record.order)
    output, stacks = _kept(opened.journal, cell.key)
    return Shown(opened, cell, row, found.verdicts.words(cell.key), tuple(records), output, stacks)


def _kept(journal: Path, key: str) -> tuple[str, str]:
    """What the cell's last child printed, and its stacks, where they were kept: the journal holds more than records."""
    wanted = key.encode()
    found = ("", "")
    for text in lines_of(journal):
        if wanted in text:
            line = json.loads(text)
            if line.get("key") == key and (line.get("output") or line.get("stacks")):
                found = line.get("output", ""), line.get("stacks", "")
    return found


def find_cell(words: Sequence[str], here: Path, results: Path | str | None) -> tuple[Opened, Cell]:
    """What is meant by the beginning of a key, looked for in all experiments here, or by a file and a selection or key.

    Raises CommandError where that is no cell, or several; ExperimentError for a file that is wrong.
    """
    *files, named = (*words, "") if len(words) == 1 and Path(words[0]).suffix in SUFFIXES else words
    if len(files) > 1:
        raise CommandError(
            "say the beginning of a cell's key, or a file and a selection such as workload=wait,workers=4"
        )
    opened = [open_experiment(Path(files[0]), results)] if files else _all(here, results)
    found = [(one, cell) for one in opened for cell in one.matrix.cells if _is_meant(cell, named, one)]
    if len(found) == 1:
        return found[0]
    if not found:
        where = files[0] if files else f"the experiments below {here / 'experiments'} that are right"
        raise CommandError(f"`{named}` is no cell of {where}: summary.csv has the keys of all cells in its last column")
    apart = len({one.path for one, _ in found}) > 1
    listed = [f"  {cell.key}  {cell}" + f"  ({one.name})" * apart for one, cell in found[:NAMED_AT_MOST]]
    more = [f"  … and {len(found) - NAMED_AT_MOST:,} more"] if len(found) > NAMED_AT_MOST else []
    what = f"`{named}` is" if named else f"{files[0]} has" if files else "there are"
    raise CommandError("\n".join([f"{what} {len(found):,} cells: say which", *listed, *more]))


def _is_meant(cell: Cell, named: str, opened: Opened) -> bool:
    if "=" in named:
        return Selector.parse(named, opened.matrix.cells).matches(cell)
    return cell.key.startswith(named)


def _all(here: Path, results: Path | str | None) -> list[Opened]:
    """Those that are right; what is wrong with others is not asked here."""
    found = []
    for path in experiments_below(here / "experiments"):
        try:
            found.append(open_experiment(path, results))
        except ExperimentError:
            continue
    return found
