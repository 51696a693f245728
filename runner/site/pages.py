"""[Measured] → HTML by file name: the index, and a page for each experiment. The templates escape whatever they show."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..summary import Row
from ..summary.words import by_workload, machine_in_words, noise_in_words, plural, span, statuses
from ..verdict import SIGNS
from .assets import OWN
from .columns import table_of
from .detail import details
from .measured import Measured
from .pictures import pictures


def pages(experiments: Sequence[Measured], mark: str) -> dict[str, str]:
    """File name → content. `mark` is a comment that says whose pages these are."""
    environment = Environment(
        loader=FileSystemLoader(OWN), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        mark=mark, signs=SIGNS, plural=plural, statuses=statuses, machine_in_words=machine_in_words
    )
    index = environment.get_template("index.html").render(
        root="", experiments=[(quote(os.fsencode(_page(each.name))), each) for each in experiments]
    )
    return {"index.html": index, **{_page(each.name): _experiment(environment, each) for each in experiments}}


def _page(name: str) -> str:
    """Below a folder of its own, so that no experiment's name is that of another file."""
    return f"experiments/{name}.html"


def _experiment(environment: Environment, measured: Measured) -> str:
    summary, verdicts = measured.summary, measured.verdicts
    answers = {answer.workload: answer for answer in verdicts.answers}
    works = [
        (name, answers[name], verdicts.kind_texts(name), pictures(rows))
        for name, rows in by_workload(summary.rows).items()
    ]
    return environment.get_template("experiment.html").render(
        root="../" * (measured.name.count("/") + 1),
        name=measured.name,
        summary=summary,
        verdicts=verdicts,
        works=works,
        table=table_of(summary.rows, verdicts),
        details=details(measured),
        extent=_extent(summary.rows),
        noise=noise_in_words(summary.noise),
    )


def _extent(rows: Sequence[Row]) -> str:
    """`8 to 10 blocks`."""
    blocks = [row.blocks for row in rows if row.blocks] or [0]
    return f"{span(blocks)} {'block' if max(blocks) == 1 else 'blocks'}"
