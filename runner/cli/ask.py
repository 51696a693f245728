"""argv → answers on standard output: check, plan, compare, and the lists measure and write nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import CommandError, ExperimentError
from ..options import Options
from ..pythons import CURRENT
from .app import TRIPPED, say
from .arguments import (
    BlockCount,
    FailOn,
    FilesOrFolders,
    Fresh,
    JobSummary,
    Only,
    ResultsFolder,
    Retry,
    SkipMissing,
)

if TYPE_CHECKING:
    from ..compare import Compared  # half of what `--help` would take
    from ..opening import Opened  # a fifth of what `--help` would take
    from ..plan import Plan


def check(files: FilesOrFolders, job_summary: JobSummary = None) -> None:
    """Say everything that is wrong with experiments; run nothing.

    \b
    runmatrix check experiments/quickstart.yaml
    runmatrix check experiments            all experiments below a folder
    """
    from ..opening import open_to_measure

    wrong = 0
    right: list[str] = []
    mistakes: list[str] = []
    for file in files:
        try:
            opened = open_to_measure(file)
        except ExperimentError as error:
            wrong += 1
            mistakes.extend(error.mistakes)
        else:
            count = len(opened.matrix.cells)
            right.append(f"{file}: {count} cell{'' if count == 1 else 's'}, nothing wrong")
            print(right[-1])
            _remark(opened)
    if mistakes:
        few = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        where = f"1 of {len(files)} files" if wrong == 1 < len(files) else f"{wrong} file{'s' if wrong > 1 else ''}"
        mistakes.append(f"{few} in {where}; nothing was run")
    if job_summary:
        from ..job_summary import append
        from ..tables.markdown import fenced  # a `check` alone is to be quick

        append(job_summary, fenced("\n".join([*right, *mistakes]), "text"), "the step's log")
    if mistakes:
        raise ExperimentError(mistakes)


def _remark(opened: Opened) -> None:
    """What is no mistake, and good to know."""
    for refused in _refused_here(opened):
        say(f"`run` would refuse this here: {refused}")


def _refused_here(opened: Opened) -> list[str]:
    """What is no mistake in the file, but can't be measured on this machine: Pythons that are not there."""
    if not opened.experiment.require and all(cell.python == CURRENT for cell in opened.matrix.cells):
        return []
    from ..interpreters import unready

    return unready(opened)


def plan(
    files: FilesOrFolders,
    only: Only = None,
    fresh: Fresh = False,
    retry: Retry = False,
    blocks: BlockCount = None,
    results: ResultsFolder = None,
    skip_missing: SkipMissing = False,
) -> None:
    """Say what a run would measure and why; start nothing.

    What stands, what is missing, failed or stale and why, how long it would take, and what its blocks can tell.

    \b
    runmatrix plan experiments/quickstart.yaml
    runmatrix plan --fresh experiments/quickstart.yaml   what all of it would take
    runmatrix plan experiments             of all experiments, and in all
    """
    from .. import api
    from ..describe import plan_in_words, plans_in_words

    chosen = Options(tuple(only or ()), fresh, retry, None, blocks, results, skip_missing=skip_missing)
    plans: list[Plan] = []
    mistakes: list[str] = []
    for file in files:
        try:
            opened = api.open_to_measure(file, results)
            plans.append(api.plan_experiment(opened, chosen))
        except ExperimentError as error:
            mistakes.extend(error.mistakes)
            continue
        if len(files) > 1:
            print(f"{file}:")
        print(plan_in_words(plans[-1], opened, api.stopping(opened, chosen)))
    if len(plans) > 1:
        print(plans_in_words(plans))
    if plans:
        print("nothing was started")
    if mistakes:
        raise ExperimentError(mistakes)


def show(
    cell: Annotated[
        list[str],
        typer.Argument(
            metavar="CELL",
            help="the beginning of its key, or FILE and a selection such as workload=wait,size=64 (where `size` is swept)",
        ),
    ],
    once: Annotated[
        bool, typer.Option("--once", help="run it once, here, its output on this terminal; keep nothing")
    ] = False,
    results: ResultsFolder = None,
) -> None:
    """Say all about one cell, or run it once.

    What is declared of it, its figures and invocations, its last output and stacks, and the command that runs it once.

    \b
    runmatrix show 3f9a                    by the beginning of its key
    runmatrix show experiments/quickstart.yaml workload=wait,model=serial
    """
    from .. import api
    from ..describe import cell_in_words, reply_in_words

    opened, found = api.find_cell(cell, Path.cwd(), results)
    if not once:
        print(cell_in_words(api.show(opened, found)))
        return
    from .. import tree
    from ..interrupt import Interrupt

    tree.adopt_orphans()
    with Interrupt() as interrupt:
        reply = api.run_once(opened, found, interrupt)
    say(reply_in_words(reply))
    raise typer.Exit(0 if reply.status == "ok" else 1)


def compare(
    before: Annotated[str, typer.Argument(metavar="A", help="a folder of results, or a revision", show_default=False)],
    after: Annotated[
        str | None,
        typer.Argument(metavar="B", help="another; unless given, the results that lie here", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, for programs")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="markdown, for a page or a pull request")] = False,
    fail_on: FailOn = None,
    job_summary: JobSummary = None,
) -> None:
    """Say what changed between two revisions or folders of results.

    Of revisions the results that are committed there. Measures nothing.

    \b
    runmatrix compare HEAD                 those of HEAD, and those that lie here
    runmatrix compare HEAD~1 HEAD --json   two revisions, for programs
    runmatrix compare HEAD~1 --markdown    for a comment on a pull request
    runmatrix compare --fail-on slower:5% HEAD~1 HEAD
    """
    from .. import api
    from ..compare import parse_limit, tripped
    from ..describe import tripped_in_words
    from ..job_summary import append
    from ..tables.changes import changes_page

    in_words = _compared_in(as_json, as_markdown)
    limit = parse_limit(fail_on) if fail_on is not None else None
    compared = api.compare(before, after, Path.cwd())
    print(in_words(compared), end="")
    if job_summary:
        append(job_summary, changes_page(compared), "what `runmatrix compare --markdown` prints")
    if limit is None:
        return
    found = tripped(compared.experiments, limit)
    say(tripped_in_words(found))
    raise typer.Exit(TRIPPED if found.shown else 0)


def _compared_in(as_json: bool, as_markdown: bool) -> Callable[[Compared], str]:
    """What writes a comparison as it is asked for. Raises CommandError where that is two ways at once."""
    from ..describe import changes_in_words
    from ..tables.change_data import changes_json
    from ..tables.changes import changes_page

    if as_json and as_markdown:
        raise CommandError("--json is for programs, and --markdown for people: leave one of them out")
    return changes_json if as_json else changes_page if as_markdown else changes_in_words


def models() -> None:
    """List the concurrency models and their options.

    \b
    runmatrix models
    """
    from ..child.models.table import MODELS
    from ..describe import kinds_in_words

    print(kinds_in_words(MODELS))


def workloads() -> None:
    """List the kinds of workload and their parameters.

    \b
    runmatrix workloads
    """
    from ..child.workloads.table import WORKLOADS
    from ..describe import kinds_in_words

    print(kinds_in_words(WORKLOADS))


def pythons() -> None:
    """List the Pythons found here, and what to write to have them.

    \b
    runmatrix pythons
    """
    import os

    from ..describe import pythons_in_words
    from ..probe import everything
    from ..pythons import Places

    print(pythons_in_words(everything(Places.of(os.environ))))


def schema() -> None:
    """Print the JSON Schema of an experiment's file, for editors.

    \b
    runmatrix schema > experiment.schema.json
    """
    from ..experiment.json_schema import schema_text

    print(schema_text(), end="")
