"""argv → files: init and report write, and measure nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import TRIPPED
from .arguments import Files, ResultsFolder, Unsure, UnsureIs


def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="what the experiment is to be called", show_default=False)
    ],
) -> None:
    """Write experiments/NAME.yaml: a commented experiment that runs as it is."""
    from ..template import write_experiment

    path = write_experiment(Path.cwd(), name)
    print(f"{path.relative_to(Path.cwd())} is written; run it with `runmatrix run {path.relative_to(Path.cwd())}`")


def report(files: Files, results: ResultsFolder = None, unsure: Unsure = UnsureIs.passes) -> None:
    """Write tables again from the journals; measure nothing."""
    from .. import api
    from ..describe import report_in_words, results_in_words

    tripped = False
    for file in files:
        reported = api.report(api.open_experiment(file, results))
        print(results_in_words(reported, file, report_in_words(reported)))
        tripped = tripped or unsure.trips(reported.verdicts.outcomes)
    raise typer.Exit(TRIPPED if tripped else 0)


def site(
    results: Annotated[
        str, typer.Argument(metavar="RESULTS", help="a folder of results, or a revision", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="the folder to write into", show_default=False)],
) -> None:
    """Write static pages of all experiments, for a browser without server or network; measure nothing.

    Example: runmatrix site results --out pages
    """
    from .. import api

    changed = len(api.site(results, out, Path.cwd()))
    print(f"open {out / 'index.html'} ({f'{changed} files written' if changed else 'nothing has changed'})")
