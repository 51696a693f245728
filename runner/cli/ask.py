"""argv → answers on standard output: check, plan, compare, and the lists measure and write nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import ExperimentError
from ..options import Options
from .app import TRIPPED, say
from .arguments import BlockCount, FailOn, File, Files, Fresh, Only, ResultsFolder, Retry


def check(files: Files) -> None:
    """Say everything that is wrong with experiments; run nothing."""
    from ..experiment import not_yet
    from ..opening import open_experiment

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
                say(f"{file}: {note}")
    if mistakes:
        few = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        where = f"1 of {len(files)} files" if wrong == 1 < len(files) else f"{wrong} file{'s' if wrong > 1 else ''}"
        raise ExperimentError([*mistakes, f"{few} in {where}; nothing was run"])


def plan(
    file: File,
    only: Only = None,
    fresh: Fresh = False,
    retry: Retry = False,
    blocks: BlockCount = None,
    results: ResultsFolder = None,
) -> None:
    """Say what stands, what is missing or stale and why, and how long a run would take; start nothing."""
    from .. import api
    from ..describe import plan_in_words

    opened = api.open_experiment(file, results)
    chosen = Options(tuple(only or ()), fresh, retry, None, blocks, results)
    print(plan_in_words(api.plan_experiment(opened, chosen), opened, api.stopping(opened, chosen)))


def compare(
    before: Annotated[str, typer.Argument(metavar="A", help="a folder of results, or a revision", show_default=False)],
    after: Annotated[
        str | None,
        typer.Argument(metavar="B", help="another; unless given, the results that lie here", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of markdown")] = False,
    fail_on: FailOn = None,
) -> None:
    """Say what changed between two revisions of committed results or two folders of results; measure nothing."""
    from .. import api
    from ..compare import parse_limit, tripped
    from ..describe import tripped_in_words
    from ..tables.change_data import changes_json
    from ..tables.changes import changes_page

    limit = parse_limit(fail_on) if fail_on is not None else None
    compared = api.compare(before, after, Path.cwd())
    print(changes_json(compared) if as_json else changes_page(compared), end="")
    if limit is None:
        return
    found = tripped(compared.experiments, limit)
    say(tripped_in_words(found))
    raise typer.Exit(TRIPPED if found.shown else 0)


def models() -> None:
    """List the concurrency models and their options."""
    from ..child.models.table import MODELS
    from ..describe import kinds_in_words

    print(kinds_in_words(MODELS))


def workloads() -> None:
    """List the kinds of workload and their parameters."""
    from ..child.workloads.table import WORKLOADS
    from ..describe import kinds_in_words

    print(kinds_in_words(WORKLOADS))


def schema() -> None:
    """Print the JSON Schema of an experiment's file, for editors."""
    from ..describe import schema_text

    print(schema_text(), end="")
