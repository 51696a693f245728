"""Name → a commented experiment that runs as it is."""

from __future__ import annotations

import re
from pathlib import Path

from . import atomic
from .errors import CommandError

TEMPLATE = """\
# yaml-language-server: $schema={schema}
# An experiment: a question, and the matrix of cells that answers it.
# Check it with `runmatrix check`, see what it would take with `runmatrix plan`, measure it with `runmatrix run`.
question: Which concurrency model pays for my work?

workloads:                     # what is computed; see `runmatrix workloads`
  wait:    {kind: sleep, seconds: 0.02}
  compute: {kind: crunch, iterations: 200_000}
  # A function of your own, from images.py beside this file, once for each of two sizes:
  # resize: {kind: function, call: "images:resize", args: {quality: 80}, sweep: {size: [64, 512]}}

models:                        # how it is run; see `runmatrix models`
  - serial                     # what speedups are taken against, unless `baseline` says otherwise
  - threads
  - processes
  # - {kind: processes, start_method: spawn, label: spawned}
  - asyncio

workers: [1, 2]                # `cpus` is as many as this machine lets us use
tasks: 8                       # how many calls one batch consists of, however many workers share them

measure:
  blocks: 10                   # every cell once in each block, in a fresh random order
  batches: 0                   # further batches on workers that are warm; `auto` is about a second of them
"""


def write_experiment(folder: Path, name: str) -> Path:
    """Write experiments/NAME.yaml, let git merge journals by union and editors know the format. Raises CommandError
    where it exists."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", name):
        raise CommandError(f"{name!r} can't be a name: letters, digits, `.`, `_` and `-`, with `/` for folders")
    path = folder / "experiments" / f"{name.removeprefix('experiments/').removesuffix('.yaml')}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            up = "../" * (len(path.relative_to(folder).parts) - 1)
            file.write(TEMPLATE.replace("{schema}", f"{up}{SCHEMA}"))
        _let_journals_merge(folder / ".gitattributes")
        _teach_editors(folder / SCHEMA)
    except FileExistsError:
        raise CommandError(f"{path.relative_to(folder)} is there already; choose another name, or edit it") from None
    except OSError as error:
        raise CommandError(f"{path}: can't be written: {error.strerror}") from error
    return path


SCHEMA = "experiment.schema.json"


def _teach_editors(schema: Path) -> None:
    """The file that the first line of an experiment names; one that another version wrote is brought up to date."""
    from .experiment.json_schema import schema_text

    atomic.write(schema, schema_text())


ATTRIBUTES = "results/**/journal.jsonl merge=union linguist-generated -diff\n"


def _let_journals_merge(attributes: Path) -> None:
    """A journal's meaning is a set of lines: two branches' are merged by keeping the lines of both."""
    there = attributes.read_text(encoding="utf-8") if attributes.exists() else ""
    if "journal.jsonl" not in there:
        attributes.write_text(
            there + ("\n" if there and not there.endswith("\n") else "") + ATTRIBUTES, encoding="utf-8"
        )
