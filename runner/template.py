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
  compute: {kind: crunch, iterations: 500_000}
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
  blocks: {min: 10, max: 20}   # every cell once in each, in a fresh random order; more while intervals are wide
  batches: 0                   # further batches on workers that are warm; `auto` is about a second of them
"""


def write_experiment(folder: Path, name: str) -> list[Path]:
    """Write experiments/NAME.yaml; beside it let editors know the format, and git what to do with what a run leaves.
    Gives what was written, the experiment first. Raises CommandError where it exists or something is in the way, and
    ResultsError where something can't be written; then the experiment is not."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", name):
        raise CommandError(f"{name!r} can't be a name: letters, digits, `.`, `_` and `-`, with `/` for folders")
    bare = name.removeprefix("experiments/").removesuffix(".yaml").removesuffix(".yml")
    path = folder / "experiments" / f"{bare}.yaml"
    if path.exists():
        raise CommandError(f"{path.relative_to(folder)} is there already; choose another name, or edit it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = [
            *_with_line(folder / ".gitattributes", "journal.jsonl", ATTRIBUTES),
            *_with_line(folder / ".gitignore", "__pycache__", IGNORED),
            *_teach_editors(folder / SCHEMA),
        ]
        up = "../" * (len(path.relative_to(folder).parts) - 1)
        atomic.write(path, TEMPLATE.replace("{schema}", f"{up}{SCHEMA}"))
    except OSError as error:
        raise CommandError(f"{error.filename}: can't be written: {error.strerror}") from error
    return [path, *beside]


SCHEMA = "experiment.schema.json"


def _teach_editors(schema: Path) -> list[Path]:
    """The file that the first line of an experiment names; one that another version wrote is brought up to date. Raises
    CommandError where it is of something else."""
    from .experiment.json_schema import TITLE, schema_text

    if schema.exists() and TITLE.encode() not in schema.read_bytes():
        raise CommandError(f"{schema.name} is there already and describes something else: rename it")
    return [schema] if atomic.write(schema, schema_text()) else []


ATTRIBUTES = """\
results/**/journal.jsonl merge=union linguist-generated -diff
results/**/*.svg linguist-generated
"""
"""A journal's meaning is a set of lines: two branches' are merged by keeping the lines of both. Diffs fold what is derived
and nobody reads as text."""
IGNORED = "__pycache__/\n"
"""What Python leaves beside functions that are measured."""


def _with_line(path: Path, mark: str, lines: str) -> list[Path]:
    """Put the lines at the end of a file that has not the mark. Gives the file if it was changed."""
    there = path.read_bytes() if path.exists() else b""
    if mark.encode() in there:
        return []
    between = b"\n" if there and not there.endswith(b"\n") else b""
    atomic.write_bytes(path, there + between + lines.encode())
    return [path]
