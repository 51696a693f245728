"""[Measured] → HTML by file name: the index, and a page for each experiment. The templates escape whatever they show,
but for the markdown of summary.md, which has that behind it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..summary.words import machine_in_words, plural, statuses
from ..tables.markdown import html
from ..tables.page import said
from ..tables.speedups import SEE_SHEET
from .assets import OWN
from .columns import table_of
from .detail import details
from .measured import Measured
from .pictures import graphics


def pages(experiments: Sequence[Measured], mark: str) -> dict[str, str]:
    """File name → content. `mark` is a comment that says whose pages these are."""
    environment = Environment(
        loader=FileSystemLoader(OWN), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(mark=mark, plural=plural, statuses=statuses, machine_in_words=machine_in_words)
    environment.filters["html"] = _html
    index = environment.get_template("index.html").render(
        root="", experiments=[(quote(os.fsencode(_page(each.name))), each) for each in experiments]
    )
    return {"index.html": index, **{_page(each.name): _experiment(environment, each) for each in experiments}}


def _page(name: str) -> str:
    """Below a folder of its own, so that no experiment's name is that of another file."""
    return f"experiments/{name}.html"


def _experiment(environment: Environment, measured: Measured) -> str:
    summary, verdicts = measured.summary, measured.verdicts
    told, drawn = said(summary, verdicts), graphics(summary, verdicts)
    return environment.get_template("experiment.html").render(
        root="../" * (measured.name.count("/") + 1),
        name=measured.name,
        summary=summary,
        verdicts=verdicts,
        told=told,
        works=[(name, section, drawn.get(name, [])) for name, section in told.workloads.items()],
        table=table_of(summary.rows, verdicts),
        details=details(measured),
    )


def _html(markdown: str) -> str:
    """What summary.md says, in which all that is not ours is escaped; wide tables are scrolled by themselves."""
    here = html(markdown.replace(SEE_SHEET, "in the table of all figures"))
    return here.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
