"""What a child said names no machine, nobody, and no folder of theirs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from runner.invoke import Order
from runner.invoke.nameless import nameless, names_here, without_names

NAMES = {"laptop-7.example": "<host>", "laptop-7": "<host>", "alice": "<user>"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("gaierror: laptop-7.example is not known", "gaierror: <host> is not known"),
        ("refused by laptop-7:8080.", "refused by <host>:8080."),
        ("GET http://laptop-7:8080/x", "GET http://<host>:8080/x"),
        ('role "alice" does not exist', 'role "<user>" does not exist'),
        ("alice@laptop-7: no", "<user>@<host>: no"),
    ],
)
def test_a_name_that_stands_alone_becomes_a_word(said: str, kept: str) -> None:
    assert without_names(said, NAMES) == kept


@pytest.mark.parametrize("said", ["alice.py:3", "in alice_in(x)", "/srv/alice/x", "malice", "laptop-70", "x.alice"])
def test_a_name_that_is_part_of_another_stays(said: str) -> None:
    assert without_names(said, NAMES) == said


def test_of_a_file_elsewhere_only_its_name_is_said(tmp_path: Path) -> None:
    order = Order(sys.executable, {}, tmp_path, {}, 1.0)
    assert nameless("ValueError: no (/srv/of alice/code/mine.py:5)", order) == "ValueError: no (mine.py:5)"
    assert nameless(f"ValueError: no ({tmp_path}/deep/mine.py:5)", order) == "ValueError: no (deep/mine.py:5)"


def test_no_name_is_so_short_that_it_may_be_a_word() -> None:
    assert [name for name in names_here() if len(name) < 3 or name in ("localhost", "root")] == []
