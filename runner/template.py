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
# pythons: [current, "3.14t"]  # every cell on each of them; see `runmatrix pythons`

# What you claim, decided by intervals and shown in the tables; the exit code is 3 where one fails:
# expect: [{workload: wait, model: threads, workers: 2, speedup: ">= 1.5"}]

measure:
  blocks: 10                   # every cell once in each block, in a fresh random order
  batches: 0                   # further batches on workers that are warm; `auto` is about a second of them
"""


def write_experiment(folder: Path, name: str) -> Path:
    """Write experiments/NAME.yaml, let git merge journals by union and editors know the format. Raises CommandError
    where it exists, or something can't be written; then the experiment is not."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", name):
        raise CommandError(f"{name!r} can't be a name: letters, digits, `.`, `_` and `-`, with `/` for folders")
    bare = name.removeprefix("experiments/").removesuffix(".yaml").removesuffix(".yml")
    path = folder / "experiments" / f"{bare}.yaml"
    if path.exists():
        raise CommandError(f"{path.relative_to(folder)} is there already; choose another name, or edit it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _let_journals_merge(folder / ".gitattributes")
        _teach_editors(folder / SCHEMA)
        up = "../" * (len(path.relative_to(folder).parts) - 1)
        path.write_text(TEMPLATE.replace("{schema}", f"{up}{SCHEMA}"), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{error.filename}: can't be written: {error.strerror}") from error
    return path


SCHEMA = "experiment.schema.json"


def _teach_editors(schema: Path) -> None:
    """The file that the first line of an experiment names; one that another version wrote is brought up to date. Raises
    CommandError where it is of something else."""
    from .experiment.json_schema import TITLE, schema_text

    if schema.exists() and TITLE.encode() not in schema.read_bytes():
        raise CommandError(f"{schema.name} is there already and describes something else: rename it")
    atomic.write(schema, schema_text())


ATTRIBUTES = b"results/**/journal.jsonl merge=union linguist-generated -diff\n"


def _let_journals_merge(attributes: Path) -> None:
    """A journal's meaning is a set of lines: two branches' are merged by keeping the lines of both."""
    there = attributes.read_bytes() if attributes.exists() else b""
    if b"journal.jsonl" not in there:
        between = b"\n" if there and not there.endswith(b"\n") else b""
        attributes.write_bytes(there + between + ATTRIBUTES)
