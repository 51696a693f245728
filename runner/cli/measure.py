"""argv → measurements: run and doctor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import CommandError, ExperimentError
from ..options import Options
from .app import TRIPPED, say
from .arguments import (
    SEE,
    BlockCount,
    Budget,
    FailOn,
    FilesOrFolders,
    Fresh,
    JobSummary,
    Only,
    Quiet,
    ResultsFolder,
    Retry,
    SkipMissing,
    Trace,
    Unsure,
    UnsureIs,
    Verbose,
)

if TYPE_CHECKING:
    from ..compare import Limit  # half of what `--help` would take
    from ..progress import Verbosity

MINUTES_AT_MOST = 24 * 60


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a run says how far it is, and what came out."""

    verbosity: Verbosity
    job_summary: Path | None


def run(
    files: FilesOrFolders,
    only: Only = None,
    fresh: Fresh = False,
    retry: Retry = False,
    budget: Budget = None,
    blocks: BlockCount = None,
    results: ResultsFolder = None,
    skip_missing: SkipMissing = False,
    trace: Trace = False,
    unsure: Unsure = UnsureIs.passes,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="REV",
            help="measure each cell beside itself at another revision of the repository, and say what changed",
        ),
    ] = None,
    fail_on: FailOn = None,
    job_summary: JobSummary = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Measure what is missing or stale, and print the answer.

    The journal is written as it goes, tables and pictures in the end; what stands is not measured again.

    \b
    runmatrix run experiments/quickstart.yaml
    runmatrix run experiments              all experiments below a folder
    runmatrix run --against main --fail-on slower:5% experiments/quickstart.yaml
    """
    from ..compare import parse_limit
    from ..experiment.quantity import seconds

    refuse_contradictions(against, fail_on, unsure, trace)
    limit = None if fail_on is None else parse_limit(fail_on)
    try:
        budget_s = None if budget is None else seconds(budget)
    except ValueError as error:
        raise CommandError(f"--budget: {error}") from error
    chosen = Options(tuple(only or ()), fresh, retry, budget_s, blocks, results, trace=trace, skip_missing=skip_missing)
    if len(files) > 1:
        refuse_all_that_is_wrong(files, chosen)  # before hours are spent on the first
    shown = Shown(verbosity(quiet, verbose), job_summary)
    if against is not None:
        raise typer.Exit(max(_run_against(file, against, chosen, shown, limit) for file in files))
    raise typer.Exit(max(_run_one(file, chosen, shown, unsure) for file in files))


def verbosity(quiet: bool, verbose: bool) -> Verbosity:
    """Raises CommandError where both are asked for."""
    if quiet and verbose:
        raise CommandError("-q says no progress, and -v a line for each invocation: leave one of them out")
    return "quiet" if quiet else "verbose" if verbose else "usual"


def refuse_contradictions(against: str | None, fail_on: str | None, unsure: UnsureIs, trace: bool) -> None:
    """Raises CommandError for options that could only be ignored."""
    if fail_on is not None and against is None:
        raise CommandError("--fail-on compares two revisions: say `--against main`, or use `runmatrix compare`")
    if unsure is UnsureIs.fails and against is not None:
        raise CommandError("--unsure is of the file's `expect`, which is not checked with `--against`: leave it out")
    if trace and against is not None:
        raise CommandError("--trace shows one state of the code, and --against compares two: leave one of them out")


def refuse_all_that_is_wrong(files: list[Path], options: Options) -> None:
    """Raises ExperimentError with the mistakes of all files."""
    from ..api import open_to_measure, plan_experiment

    mistakes: list[str] = []
    for file in files:
        try:
            opened = open_to_measure(file, options.results)
            plan_experiment(opened, options)
        except ExperimentError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise ExperimentError(mistakes)


def _run_one(file: Path, options: Options, shown: Shown, unsure: UnsureIs) -> int:
    """The exit code that one file deserves."""
    from rich.console import Console

    from .. import api, tree
    from ..describe import results_in_words, run_in_words
    from ..interrupt import Interrupt
    from ..job_summary import append
    from ..progress import Display

    tree.adopt_orphans()
    with Interrupt() as interrupt, Display(Console(stderr=True), shown.verbosity) as display:
        results = api.run_experiment(file, options, interrupt, display)
        interrupt.check()
    print(results_in_words(results, file, run_in_words(results)))
    if shown.job_summary:
        append(shown.job_summary, results.page, SEE.format(results.known.experiment))
    return TRIPPED if unsure.trips(results.verdicts.outcomes) else min(results.failed + len(results.changing), 1)


def _run_against(file: Path, revision: str, options: Options, shown: Shown, limit: Limit | None) -> int:
    """The exit code that one file deserves: what is shown to be slower counts before what failed."""
    from rich.console import Console

    from .. import api, tree
    from ..compare import tripped
    from ..describe import changes_in_words, revisions_in_words, tripped_in_words
    from ..interrupt import Interrupt
    from ..job_summary import append
    from ..progress import Display
    from ..tables.changes import changes_page

    tree.adopt_orphans()
    with Interrupt() as interrupt, Display(Console(stderr=True), shown.verbosity) as display:
        found = api.run_against(file, revision, options, interrupt, display, limit)
        interrupt.check()
    print(changes_in_words(found.compared), end="")
    if shown.job_summary:
        append(shown.job_summary, changes_page(found.compared), "`@against/changes.md` of the results")
    say(revisions_in_words(found, file))
    if limit is not None:
        beyond = tripped(found.compared.experiments, limit)
        say(tripped_in_words(beyond))
        if beyond.shown:
            return TRIPPED
    return min(found.failed + len(found.changing), 1)


def doctor(
    minutes: Annotated[
        float, typer.Option("--minutes", metavar="N", help="about how long; ten blocks are measured at least")
    ] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, for programs")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say whether this machine is fit to measure on today.

    From what effects on, and what to do about it. Changes nothing.

    \b
    runmatrix doctor                       some two minutes
    runmatrix doctor --minutes 0.1 --json  as short as can be, for programs
    """
    from rich.console import Console

    from .. import tree
    from ..doctor import examine_machine, in_json, in_words
    from ..interrupt import Interrupt
    from ..progress import Display

    if not 0 <= minutes <= MINUTES_AT_MOST:
        raise CommandError(f"--minutes: {minutes:g} is not from 0 to {MINUTES_AT_MOST} (a day)")
    tree.adopt_orphans()
    with Interrupt() as interrupt, Display(Console(stderr=True), verbosity(quiet, verbose)) as display:
        diagnosis = examine_machine(minutes, interrupt, display)
    print(in_json(diagnosis) if as_json else in_words(diagnosis))
    raise typer.Exit(TRIPPED if diagnosis.conclusion == "unfit" else 0)
