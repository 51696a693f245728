"""argv → one call of api → exit code: the only module that prints. Results on standard output, the rest on error."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import __version__
from .errors import CommandError, ExperimentError, RunmatrixError
from .options import Options


class UnsureIs(StrEnum):
    """What an expectation that could not be decided counts as."""

    passes = "pass"
    fails = "fail"


TRIPPED = 3
"""The exit code where an expectation did not come true, or a machine is not fit to measure on."""

MINUTES_AT_MOST = 24 * 60

app = typer.Typer(
    name="runmatrix",
    help="Which concurrency model, with how many workers, pays for this work? Measure it, and commit the answer.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="experiments, YAML files", show_default=False)]
File = Annotated[Path, typer.Argument(metavar="FILE", help="an experiment, a YAML file", show_default=False)]
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
        help="measure only such cells, e.g. workload=wait,model=threads,workers=4; may be repeated",
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="measure anew, whatever stands")]
Retry = Annotated[bool, typer.Option("--retry", help="measure again what failed")]
Budget = Annotated[
    str | None,
    typer.Option("--budget", metavar="TIME", help="stop after the block in which this time is over, e.g. 10min"),
]
Unsure = Annotated[UnsureIs, typer.Option("--unsure", help="what an expectation counts as that is still open")]
BlockCount = Annotated[
    int | None, typer.Option("--blocks", min=1, metavar="N", help="how many blocks, instead of the file's")
]


def main() -> None:
    """The command. Ends with 0, with 1 where some cell failed, or with the exit code of the error."""
    # Nobody's plugin has a say in what an experiment is, and looking for some takes a tenth of a `check`.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no × gets a ?
    try:
        app()
    except RunmatrixError as error:
        _say(str(error))
        sys.exit(error.exit_code)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _version(asked: bool) -> None:
    if asked:
        print(f"runmatrix {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="say the version")
    ] = False,
) -> None:
    """Options of the command itself."""


@app.command()
def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="what the experiment is to be called", show_default=False)
    ],
) -> None:
    """Write experiments/NAME.yaml: a commented experiment that runs as it is."""
    from .template import write_experiment

    path = write_experiment(Path.cwd(), name)
    print(f"{path.relative_to(Path.cwd())} is written; run it with `runmatrix run {path.relative_to(Path.cwd())}`")


@app.command()
def check(files: Files) -> None:
    """Say everything that is wrong with experiments; run nothing."""
    from .experiment import not_yet
    from .opening import open_experiment

    wrong = 0
    mistakes: list[str] = []
    for file in files:
        try:
            opened = open_experiment(file)
        except ExperimentError as error:
            wrong += 1
            mistakes.extend(error.mistakes)
        else:
            count = len(opened.matrix.cells)
            print(f"{file}: {count} cell{'' if count == 1 else 's'}, nothing wrong")
            for note in [
                *opened.matrix.notes,
                *(f"`run` can not do this yet: {text}" for _, text in not_yet(opened.experiment)),
            ]:
                _say(f"{file}: {note}")
    if mistakes:
        few = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        where = f"1 of {len(files)} files" if wrong == 1 < len(files) else f"{wrong} file{'s' if wrong > 1 else ''}"
        raise ExperimentError([*mistakes, f"{few} in {where}; nothing was run"])


@app.command()
def plan(
    file: File,
    only: Only = None,
    fresh: Fresh = False,
    retry: Retry = False,
    blocks: BlockCount = None,
    results: ResultsFolder = None,
) -> None:
    """Say what stands, what is missing or stale and why, and how long a run would take; start nothing."""
    from . import api
    from .describe import plan_in_words

    opened = api.open_experiment(file, results)
    planned = api.plan_experiment(opened, Options(tuple(only or ()), fresh, retry, None, blocks, results))
    print(plan_in_words(planned, opened))


@app.command()
def run(
    files: Files,
    only: Only = None,
    fresh: Fresh = False,
    retry: Retry = False,
    budget: Budget = None,
    blocks: BlockCount = None,
    results: ResultsFolder = None,
    unsure: Unsure = UnsureIs.passes,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="no progress")] = False,
) -> None:
    """Measure what is missing or stale, write journal and tables, print the answer."""
    from .experiment.quantity import seconds

    try:
        budget_s = None if budget is None else seconds(budget)
    except ValueError as error:
        raise CommandError(f"--budget: {error}") from error
    chosen = Options(tuple(only or ()), fresh, retry, budget_s, blocks, results)
    if len(files) > 1:
        refuse_all_that_is_wrong(files)  # before hours are spent on the first
    raise typer.Exit(max(_run_one(file, chosen, quiet, unsure) for file in files))


def refuse_all_that_is_wrong(files: list[Path]) -> None:
    """Raises ExperimentError with the mistakes of all files."""
    from .opening import open_experiment, refuse_what_is_not_yet

    mistakes: list[str] = []
    for file in files:
        try:
            refuse_what_is_not_yet(open_experiment(file).loaded)
        except ExperimentError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise ExperimentError(mistakes)


def _run_one(file: Path, options: Options, quiet: bool, unsure: UnsureIs) -> int:
    """The exit code that one file deserves."""
    from rich.console import Console

    from . import api, tree
    from .describe import results_in_words, run_in_words
    from .interrupt import Interrupt
    from .progress import Display

    tree.adopt_orphans()
    with Interrupt() as interrupt, Display(Console(stderr=True), quiet) as display:
        results = api.run_experiment(file, options, interrupt, display)
    print(results_in_words(results, file, run_in_words(results)))
    return TRIPPED if _trips(results.verdicts.outcomes, unsure) else min(results.failed, 1)


def _trips(outcomes: Collection[str], unsure: UnsureIs) -> bool:
    """Whether an expectation did not come true, or is open where that counts as well."""
    return "fails" in outcomes or (unsure is UnsureIs.fails and "unsure" in outcomes)


@app.command()
def report(files: Files, results: ResultsFolder = None, unsure: Unsure = UnsureIs.passes) -> None:
    """Write tables again from the journals; measure nothing."""
    from . import api
    from .describe import report_in_words, results_in_words

    tripped = False
    for file in files:
        reported = api.report(api.open_experiment(file, results))
        print(results_in_words(reported, file, report_in_words(reported)))
        tripped = tripped or _trips(reported.verdicts.outcomes, unsure)
    raise typer.Exit(TRIPPED if tripped else 0)


@app.command()
def doctor(
    minutes: Annotated[
        float, typer.Option("--minutes", metavar="N", help="about how long; ten blocks are measured at least")
    ] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="no progress")] = False,
) -> None:
    """Say whether this machine is fit to measure on today, and what to do about it; change nothing."""
    from rich.console import Console

    from . import tree
    from .doctor import examine_machine, in_json, in_words
    from .interrupt import Interrupt
    from .progress import Display

    if not 0 <= minutes <= MINUTES_AT_MOST:
        raise CommandError(f"--minutes: {minutes:g} is not from 0 to {MINUTES_AT_MOST} (a day)")
    tree.adopt_orphans()
    with Interrupt() as interrupt, Display(Console(stderr=True), quiet) as display:
        diagnosis = examine_machine(minutes, interrupt, display)
    print(in_json(diagnosis) if as_json else in_words(diagnosis))
    raise typer.Exit(TRIPPED if diagnosis.conclusion == "unfit" else 0)


@app.command()
def models() -> None:
    """List the concurrency models and their options."""
    from .child.models.table import MODELS
    from .describe import kinds_in_words

    print(kinds_in_words(MODELS))


@app.command()
def workloads() -> None:
    """List the kinds of workload and their parameters."""
    from .child.workloads.table import WORKLOADS
    from .describe import kinds_in_words

    print(kinds_in_words(WORKLOADS))


@app.command()
def schema() -> None:
    """Print the JSON Schema of an experiment's file, for editors."""
    from .describe import schema_text

    print(schema_text(), end="")
