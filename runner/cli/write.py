"""argv → files: init and report write, and measure nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import CommandError
from .app import TRIPPED, say
from .arguments import SEE, FilesOrFolders, JobSummary, ResultsFolder, Unsure, UnsureIs

if TYPE_CHECKING:
    from ..opening import Opened  # a fifth of what `--help` would take


def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="what the experiment is to be called", show_default=False)
    ],
) -> None:
    """Write a commented experiment that runs as it is.

    It becomes experiments/NAME.yaml; beside `experiments` lie experiment.schema.json then, by which editors complete
    and check it, .gitattributes, by which git merges the journals of two branches, and .gitignore for what Python leaves.

    \b
    runmatrix init mine
    """
    from ..template import write_experiment

    path, *beside = [written.relative_to(Path.cwd()) for written in write_experiment(Path.cwd(), name)]
    print(f"wrote {path}{''.join(f', {other}' for other in beside)}")
    print(f"run it with `runmatrix run {path}`; edit it, and `runmatrix check {path}` says what is wrong")


def report(
    files: FilesOrFolders,
    check: Annotated[
        bool,
        typer.Option("--check", help="write nothing; exit 3 where what lies there is not what the journals give"),
    ] = False,
    into: Annotated[
        list[Path] | None,
        typer.Option(
            "--into",
            metavar="PAGE",
            help="also put tables into this markdown file, between <!-- runmatrix: quickstart/wait --> and "
            "<!-- /runmatrix -->; may be repeated",
        ),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="first leave out of the journals what nothing standing rests on")
    ] = False,
    results: ResultsFolder = None,
    job_summary: JobSummary = None,
    unsure: Unsure = UnsureIs.passes,
) -> None:
    """Write tables again from the journals; measure nothing.

    \b
    runmatrix report experiments           all tables and the index
    runmatrix report --check experiments   are they what the journals give?
    runmatrix report --into README.md experiments
    runmatrix report --prune experiments/quickstart.yaml
    """
    from .. import api
    from ..describe import pruned_in_words

    if check and (prune or unsure is UnsureIs.fails):
        other = "--prune, which writes" if prune else "--unsure, which is of the file's `expect`"
        raise CommandError(f"--check only looks whether files are up to date: leave out {other}")
    opened = [api.open_experiment(file, results) for file in files]
    if check:
        raise typer.Exit(_check(opened, into or [], job_summary))
    opened = _measured(opened)
    for one in opened if prune else ():
        print(f"{one.path}: {pruned_in_words(api.prune(one))}")
    tripped = [_report(one, job_summary, unsure) for one in opened]
    for page in api.insert(opened, into) if into else ():
        print(f"wrote {page}")
    _say_without_place(opened, into or [])
    raise typer.Exit(TRIPPED if any(tripped) else 0)


def _say_without_place(opened: Sequence[Opened], pages: Sequence[Path]) -> None:
    from .. import api
    from ..describe import without_place_in_words

    for page in api.without_place(opened, pages):
        say(without_place_in_words(page, opened))


def _measured(opened: Sequence[Opened]) -> list[Opened]:
    """Of several experiments those that have a journal, where any has."""
    measured = [one for one in opened if one.journal.exists()] or list(opened)
    for one in opened:
        if one not in measured:
            say(f"{one.path}: nothing has been measured yet")
    return measured


def _report(opened: Opened, job_summary: Path | None, unsure: UnsureIs) -> bool:
    """Whether an expectation did not come true."""
    from .. import api
    from ..describe import report_in_words
    from ..job_summary import append

    reported = api.report(opened)
    print(report_in_words(reported, opened.path))
    if job_summary:
        append(job_summary, reported.page, SEE.format(opened.name))
    return unsure.trips(reported.verdicts.outcomes)


def _check(opened: Sequence[Opened], pages: Sequence[Path], job_summary: Path | None) -> int:
    """The exit code that the files deserve."""
    from .. import api
    from ..describe import checked_in_words
    from ..job_summary import append
    from ..tables.markdown import fenced

    checked = api.check_report(opened, pages)
    for one in opened:
        if one.folder not in checked.pages:
            say(f"{one.path}: nothing has been measured yet")
    _say_without_place(opened, pages)
    print(said := checked_in_words(checked))
    if job_summary and checked.faults:
        append(job_summary, fenced(said, "diff"), "the step's log")
    for one in opened:
        if job_summary and one.folder in checked.pages:
            append(job_summary, checked.pages[one.folder], SEE.format(one.name))
    return TRIPPED if checked.faults else 0


def site(
    results: Annotated[
        str, typer.Argument(metavar="RESULTS", help="a folder of results, or a revision", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="the folder to write into", show_default=False)],
) -> None:
    """Write static pages of all experiments, for a browser.

    They need neither server nor network. Measures nothing.

    \b
    runmatrix site results --out pages
    """
    from .. import api
    from ..summary.words import plural

    changed = len(api.site(results, out, Path.cwd()))
    done = f"{plural(changed, 'file')} written" if changed else "nothing has changed"
    print(f"open {out / 'index.html'} ({done})")
