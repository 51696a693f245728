"""What is said while a run goes on: where it is, how long the rest takes, how wide intervals still are."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from records import THREADS, StandIn, cell, journal
from rich.console import Console

from runner.pace import Pace
from runner.progress import Display, Verbosity, worded
from runner.run import Step
from runner.standing import standing

CELL = cell(THREADS, 4)
STEP = Step("block", CELL, 26, 200, 3, 10, 125.0, "widest interval ±3.2%, wanted ±2.0%")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            STEP,
            "block 3 of 10, 27 of 200: wait, threads × 4, about 2 min 5 s left, widest interval ±3.2%, wanted ±2.0%",
        ),
        (replace(STEP, left_s=None, widest=""), "block 3 of 10, 27 of 200: wait, threads × 4"),
        (replace(STEP, stage="preflight"), "preflight: wait, threads"),
        (replace(STEP, stage="trace"), "trace, 27 of 200: wait, threads × 4"),
        (
            replace(STEP, cell=replace(CELL, python="3.14", python_label="3.14"), left_s=None, widest=""),
            "block 3 of 10, 27 of 200: wait, threads × 4, 3.14",
        ),
    ],
)
def test_a_line_says_where_the_run_is(step: Step, words: str) -> None:
    assert worded(step) == words


# what is left


def test_what_is_left_is_the_sum_of_what_each_cell_took() -> None:
    pace = Pace({})
    pace.saw("a", 2 * 10**9)
    pace.saw("b", 10**8)
    assert pace.left_s({"a": 2, "b": 10}) == pytest.approx(5.0)


def test_a_cell_that_is_not_known_yet_takes_as_long_as_the_others() -> None:
    pace = Pace({})
    pace.saw("a", 2 * 10**9)
    pace.saw("b", 4 * 10**9)
    assert pace.left_s({"c": 2}) == pytest.approx(6.0)


def test_nothing_is_said_of_what_is_left_where_nothing_is_known() -> None:
    assert Pace({}).left_s({"a": 1}) is None


def test_what_stands_tells_how_long_its_cells_take() -> None:
    lines = [
        {**line, "wall_ns": 3 * 10**9} if line["type"] == "invocation" else line for line in StandIn().run([CELL], 2)
    ]
    assert Pace(standing(journal(lines), "m-here")).left_s({CELL.key: 2}) == pytest.approx(6.0)


# how much is said


def said(verbosity: Verbosity, steps: int = 3) -> list[str]:
    told = io.StringIO()
    with Display(Console(file=told, width=40), verbosity) as display:
        for done in range(steps):
            display(replace(STEP, done=done))
    return told.getvalue().splitlines()


def test_a_line_for_each_child_where_it_is_asked_for() -> None:
    assert [line.partition(":")[0] for line in said("verbose")] == [f"block 3 of 10, {n} of 200" for n in (1, 2, 3)]


@pytest.mark.parametrize("verbosity", ["quiet", "usual"])
def test_a_short_run_that_is_no_terminals_says_nothing(verbosity: Verbosity) -> None:
    assert said(verbosity) == []


def test_a_line_is_not_broken_where_it_goes_to_a_file() -> None:
    assert said("verbose", 1) == [worded(replace(STEP, done=0))]


def test_on_a_terminal_one_line_is_drawn_again_and_gone_in_the_end() -> None:
    told = io.StringIO()
    with Display(Console(file=told, force_terminal=True, width=200), "usual") as display:
        display(STEP)
    assert "27 of 200" in told.getvalue()
    assert told.getvalue().endswith("\x1b[2K")


def test_no_colour_is_used_where_NO_COLOR_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    told = io.StringIO()
    with Display(Console(file=told, force_terminal=True, width=200), "usual") as display:
        display(STEP)
    assert "\x1b[3" not in told.getvalue().replace("\x1b[?25", "")
