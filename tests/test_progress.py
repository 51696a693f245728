"""What is said while a run goes on: where it is, how long the rest takes, how wide intervals still are."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from records import THREADS, StandIn, cell, journal
from rich.console import Console

from runner.pace import Pace
from runner.progress import Display, Verbosity, worded
from runner.run import Step
from runner.schedule import ANCHOR
from runner.standing import standing

CELL = cell(THREADS, 4)
STEP = Step("block", CELL, 26, 200, 3, 10, 125.0, "widest interval ±3.2 %, wanted ±2 %")


WIDEST = "widest interval ±3.2 %, wanted ±2 %"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (STEP, f"block 3 of 10, 27 of 200, about 2 min 5 s left: wait · threads · 4 workers; {WIDEST}"),
        (replace(STEP, left_s=None, widest=""), "block 3 of 10, 27 of 200: wait · threads · 4 workers"),
        (
            replace(STEP, left_s=0.32, widest=""),
            "block 3 of 10, 27 of 200, about 0.3 s left: wait · threads · 4 workers",
        ),
        (replace(STEP, stage="preflight"), "preflight: wait, threads"),
        (replace(STEP, stage="trace"), "trace, 27 of 200: wait · threads · 4 workers"),
        (
            replace(STEP, cell=replace(CELL, python="3.14", python_label="3.14"), left_s=None, widest=""),
            "block 3 of 10, 27 of 200: wait · threads · 4 workers · 3.14",
        ),
        (
            replace(
                STEP, cell=replace(CELL, workload=replace(CELL.workload, swept={"size": 64})), left_s=None, widest=""
            ),
            "block 3 of 10, 27 of 200: wait (size=64) · threads · 4 workers",
        ),
    ],
)
def test_a_line_says_where_the_run_is(step: Step, words: str) -> None:
    assert worded(step) == words


@pytest.mark.parametrize("done", [0, 26, 200])
def test_an_anchor_is_not_counted_among_the_cells(done: int) -> None:
    step = replace(STEP, cell=ANCHOR, done=done, left_s=None, widest="")
    assert worded(step) == f"block 3 of 10, {done} of 200: the anchor"


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
    assert [line.partition(", about")[0] for line in said("verbose")] == [
        f"block 3 of 10, {n} of 200" for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("verbosity", ["quiet", "usual"])
def test_a_short_run_that_is_no_terminals_says_nothing(verbosity: Verbosity) -> None:
    assert said(verbosity) == []


def test_a_line_is_not_broken_where_it_goes_to_a_file() -> None:
    assert said("verbose", 1) == [worded(replace(STEP, done=0))]


def drawn(width: int) -> str:
    """What a terminal of so many columns is sent."""
    told = io.StringIO()
    with Display(Console(file=told, force_terminal=True, width=width, no_color=True), "usual") as display:
        display(STEP)
    return told.getvalue()


def test_what_is_drawn_on_a_terminal_is_gone_in_the_end() -> None:
    assert drawn(200).endswith("\x1b[2K")


def test_all_that_is_to_be_said_fits_into_80_columns() -> None:
    lines = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|[━╸]", "", line).strip() for line in drawn(80).splitlines()]
    assert {"block 3 of 10, 27 of 200, about 2 min 5 s left", f"wait · threads · 4 workers; {WIDEST}"} <= set(lines)


def test_a_narrow_terminal_has_where_the_run_is() -> None:
    assert "block 3 of 10, 27 " in drawn(20)


def test_nothing_is_drawn_on_a_terminal_that_can_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert drawn(80) == ""


def test_no_colour_is_used_where_NO_COLOR_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    told = io.StringIO()
    with Display(Console(file=told, force_terminal=True, width=200), "usual") as display:
        display(STEP)
    assert "\x1b[3" not in told.getvalue().replace("\x1b[?25", "")
