"""summary.csv → Declaration: which cells an experiment declares, on which machine, in the order of its file.

A journal forgets nothing: it holds cells whose YAML was changed since, and those that were a typing error. The table
beside it has a row for each cell that the file declared when both were written last, measured or not. So pages and
comparisons are of the table's cells, and say what summary.md says, from a folder and from a revision alike.

The YAML is not asked. It may not be there, it may be of another version, what it declares can depend on files beside it
and on the machine; and where it was edited without a `run` or a `report`, the tables are still those of before. (Where
the YAML is what is named, as for `report`, `plan` and `show`, cells are those of the YAML.)

A table is of one machine, and `cpus` may be another number on the next: of other machines, and where no table lies
beside it, all is declared that the journal knows.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

SHEET = "summary.csv"


@dataclass(frozen=True, slots=True)
class Declaration:
    """Keys of all declared cells, and the machine that the table is of; None where it names none."""

    keys: tuple[str, ...]
    machine: str | None


def declaration(sheet: str) -> Declaration | None:
    """What a table's text declares; None where it is no such table any more, for people open it in spreadsheets."""
    try:
        rows = list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff"), newline="")))
    except csv.Error:
        return None
    keys = tuple(dict.fromkeys(key for row in rows if (key := row.get("key"))))
    machines = {machine for row in rows if (machine := row.get("machine"))}
    return Declaration(keys, next(iter(machines), None)) if keys and len(machines) <= 1 else None
