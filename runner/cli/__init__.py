"""argv → one call of api → exit code: alone it prints. Results on standard output, the rest on error."""

from __future__ import annotations

import io
import os
import sys

from ..errors import RunmatrixError
from .app import app, say
from .ask import check, compare, models, plan, pythons, schema, show, workloads
from .measure import doctor, run
from .write import init, report, site

__all__ = ["main"]

for subcommand in (init, check, plan, run, show, report, site, compare, doctor, pythons, models, workloads, schema):
    app.command()(subcommand)


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
        say(str(error))
        sys.exit(error.exit_code)
