"""argv → the command as a whole: its own options, and what all its subcommands need."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .. import __version__

TRIPPED = 3
"""The exit code where an expectation did not come true, a cell is slower than it may be, or a machine is unfit."""

EXIT_CODES = """\b
Exit codes:
  0  done, or nothing to do
  1  some cell failed; the rest is measured and written
  2  the experiment or the command line is wrong
  3  an expectation, --fail-on or --check tripped, or the machine is unfit
  4  results can't be read or written
  129, 130, 143  stopped by SIGHUP, Ctrl-C, SIGTERM; what was measured is kept
"""

app = typer.Typer(
    name="runmatrix",
    help="Which concurrency model, with how many workers, pays for this work? Measure it, and commit the answer.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def say(text: str) -> None:
    """What is no result goes to standard error, and nowhere where that is closed."""
    if sys.stderr is not None:
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
