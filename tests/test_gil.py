"""The GIL that came back on: noted with what turned it on, and what is required of it held against what was found."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from children import function, launched
from interpreters import another
from records import THREADS, Line, StandIn, cell, changed, journal

from runner import gil
from runner.gil import BACK_ON, Required
from runner.matrix import Cell
from runner.summary import Row, summarise

WARNING = (
    "<frozen importlib._bootstrap>:488: RuntimeWarning: The global interpreter lock (GIL) has been enabled to load "
    "module 'spam', which has not declared that it can run safely without the GIL. To override this behavior and keep "
    "the GIL disabled (at your own risk), run with PYTHON_GIL=0 or -Xgil=0.\n"
)
NOTE = f"{BACK_ON}: spam was imported, which does not declare that it can do without"


def test_the_note_names_what_turned_the_gil_on_as_the_interpreter_said() -> None:
    assert gil.notes("re-enabled", f"before\n{WARNING}after\n{WARNING}") == [NOTE]


def test_without_the_interpreters_warning_the_note_says_that_the_gil_is_on() -> None:
    assert gil.notes("re-enabled", "nothing of the kind") == [BACK_ON]


@pytest.mark.parametrize("state", ["", "off", "shared", "per interpreter"])
def test_a_gil_that_was_never_off_or_stayed_off_is_nothing_to_note(state: str) -> None:
    assert gil.notes(state, WARNING) == []


@pytest.mark.parametrize(
    ("required", "state", "expected"),
    [
        ("off", "off", ""),
        ("off", "re-enabled", f"`require` says `gil: off`, but {NOTE}"),
        ("off", "shared", "`require` says `gil: off`, but the GIL is on"),
        ("on", "off", "`require` says `gil: on`, but the GIL is off"),
        ("on", "per interpreter", ""),
        ("", "re-enabled", ""),
        ("off", "", ""),
    ],
)
def test_a_requirement_is_broken_by_any_other_state_that_is_known(
    required: Required, state: str, expected: str
) -> None:
    assert gil.broken(required, state, gil.notes(state, WARNING)) == expected


def row(required: Required, changes: Mapping[str, object], blocks: range = range(1, 11)) -> Row:
    """Of threads with 4 workers, some of whose lines are changed."""
    cells: list[Cell] = [cell(), replace(cell(THREADS, 4), gil=required)]
    lines: list[Line] = changed(StandIn().run(cells, 10), cells[1].key, blocks, changes)
    return summarise(cells, journal(lines), "waiting", "?").rows[1]


BACK = {"gil": "re-enabled", "notes": [NOTE]}


def test_a_row_whose_gil_came_back_on_says_so() -> None:
    marked = row("", BACK)
    assert (marked.status, marked.gil, marked.notes) == ("ok", "re-enabled", (NOTE,))


def test_a_row_whose_gil_came_back_on_is_invalid_where_it_is_required_to_be_off() -> None:
    failed = row("off", BACK)
    assert (failed.status, failed.figures, failed.gil) == ("invalid", None, "re-enabled")
    assert failed.reason == f"`require` says `gil: off`, but {NOTE}"


def test_only_blocks_in_which_the_requirement_was_broken_are_left_out() -> None:
    mixed = row("on", {"gil": "off"}, range(1, 4))
    assert (mixed.status, len(mixed.counted)) == ("ok", 7)


SPAM = """\
#include <Python.h>
static struct PyModuleDef spam = {PyModuleDef_HEAD_INIT, "spam", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_spam(void) { return PyModule_Create(&spam); }
"""


def imports_spam(folder: Path, model: str, **options: object) -> tuple[str, list[str]]:
    """Status and notes of a cell whose tasks import an extension that declares nothing, on a free-threaded Python."""
    python = another("3.13t", "3.14t", "3.15t")
    headers = Path(python.facts.folders[1]) / "include" / f"python{'.'.join(python.facts.version.split('.')[:2])}t"
    if shutil.which("cc") is None or not headers.is_dir():
        pytest.skip("no C compiler, or no headers of the free-threaded Python")
    (folder / "spam.c").write_text(SPAM)
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{headers}", "spam.c", "-o", "spam.so"], cwd=folder, check=True)
    asked = function(folder, "def task():\n    import spam\n    return 1\n", model, options=options)
    reply = launched(replace(asked, python=python.executable, folders=python.facts.folders))
    return reply.status, gil.notes(reply.said["gil"], reply.output)


@pytest.mark.parametrize("model", ["serial", "processes"])
def test_a_real_extension_that_declares_nothing_is_named_in_whichever_worker(model: str, tmp_path: Path) -> None:
    assert imports_spam(tmp_path, model) == ("ok", [NOTE])


def test_a_gil_that_was_on_in_workers_that_gave_way_to_others_is_told(tmp_path: Path) -> None:
    assert imports_spam(tmp_path, "multiprocessing", maxtasksperchild=1) == ("ok", [NOTE])
