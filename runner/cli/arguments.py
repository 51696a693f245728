"""argv → what can be said on a command line, by name and with its help: shared by the subcommands."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..errors import CommandError


class UnsureIs(StrEnum):
    """What an expectation that could not be decided counts as."""

    passes = "pass"
    fails = "fail"

    def trips(self, outcomes: Collection[str]) -> bool:
        """Whether an expectation did not come true, or is open where that counts as well."""
        return "fails" in outcomes or (self is UnsureIs.fails and "unsure" in outcomes)


def _with_those_in_folders(files: list[Path]) -> list[Path]:
    """Instead of a folder every YAML file below it. Raises CommandError where there is none."""
    named: list[Path] = []
    for file in files:
        named += _below(file) if file.is_dir() else [file]
    return list(dict.fromkeys(named))


def _below(folder: Path) -> list[Path]:
    from ..places import experiments_below  # `--help` does without tempfile

    found = experiments_below(folder)
    if not found:
        raise CommandError(f"{folder}: there is no experiment in this folder: none of its files ends in .yaml")
    return found


FilesOrFolders = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="experiments, YAML files; a folder stands for all below it",
        show_default=False,
        callback=_with_those_in_folders,
    ),
]
ResultsFolder = Annotated[
    Path | None,
    typer.Option(
        "--results", metavar="DIR", help="the folder that holds results, instead of the one beside `experiments`"
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="SELECTION",
        help="only such cells, e.g. workload=wait,model=threads,workers=4 or size=64; may be repeated",
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="measure anew, whatever stands")]
Retry = Annotated[bool, typer.Option("--retry", help="measure again what failed")]
SkipMissing = Annotated[
    bool, typer.Option("--skip-missing", help="go on without Pythons that are not there; their cells say so")
]
Trace = Annotated[
    bool, typer.Option("--trace", help="do each cell once more, beside the numbers, and write when each task ran where")
]
Budget = Annotated[
    str | None,
    typer.Option("--budget", metavar="TIME", help="stop after the block in which this time is over, e.g. 10min"),
]
Unsure = Annotated[UnsureIs, typer.Option("--unsure", help="what an expectation counts as that is still open")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="no progress")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="a line for each invocation")]
BlockCount = Annotated[
    int | None, typer.Option("--blocks", min=1, metavar="N", help="how many blocks, instead of the file's")
]

FailOn = Annotated[
    str | None,
    typer.Option("--fail-on", metavar="LIMIT", help="exit 3 where a cell is shown to be slower than this: slower:5%"),
]

JobSummary = Annotated[
    Path | None,
    typer.Option(
        "--job-summary",
        metavar="FILE",
        help='append the markdown to this file, cut to the 1 MiB that GitHub shows: "$GITHUB_STEP_SUMMARY"',
    ),
]
SEE = "`{}/summary.md` of the results"
"""Where all of an experiment's page is, of which a job's summary may show a part."""
