"""Expectations: claims of the file, decided by intervals."""

from __future__ import annotations

import pytest
from pages import BASELINE, CELLS, FOUR, GFM, LINES, summary_of
from records import THREADS, StandIn, cell, changed, failed, variant

from runner.stats import Interval
from runner.tables import render
from runner.verdict import Expectation, decide
from runner.verdict.expect import outcome_of


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        (">= 2", "holds"), (">= 1.9", "holds"), (">= 2.5", "unsure"), (">= 3", "unsure"), (">= 3.1", "fails"),
        ("> 2", "unsure"), ("> 3", "fails"), ("<= 3", "holds"), ("<= 1.9", "fails"), ("< 3", "unsure"), ("< 2", "fails"),
        (" >=1e0 ", "holds"), ("< 1_000", "holds"),
    ],
)  # fmt: skip
def test_an_interval_decides_a_comparison(claim: str, outcome: str) -> None:
    assert outcome_of(claim, Interval(2.5, 2.0, 3.0)) == outcome


def test_without_an_interval_nothing_is_decided() -> None:
    assert [outcome_of("> 1", interval) for interval in (None, Interval(2.0))] == ["unsure", "unsure"]


def expected(entry: dict[str, object], lines: list[dict[str, object]] = LINES) -> Expectation:
    (one,) = decide(summary_of(lines), 0.05, [entry]).expectations
    return one


def test_an_expectation_holds_if_it_does_of_every_cell_that_is_meant() -> None:
    assert expected({"model": ["threads", "asyncio"], "speedup": ">= 3.9"}) == Expectation(
        "speedup >= 3.9 for model threads or asyncio", "holds",
        "threads with 4 workers: 4.00 (4.00 to 4.00); asyncio with 8 workers: 8.00 (8.00 to 8.00)",
    )  # fmt: skip
    assert expected({"model": ["threads", "asyncio"], "speedup": ">= 5"}).outcome == "fails"


MANY = (BASELINE, *(cell(THREADS, workers) for workers in (2, 3, 4, 8)))


def of_many(claim: str) -> Expectation:
    entry: dict[str, object] = {"model": ["threads"], "speedup": claim}
    (one,) = decide(summary_of(StandIn().run(MANY, 10), MANY), 0.05, [entry]).expectations
    return one


def test_of_many_cells_of_which_it_holds_the_one_nearest_the_bound_is_named() -> None:
    assert of_many(">= 1.5").evidence == "the nearest of 4: threads with 2 workers: 2.00 (2.00 to 2.00)"
    assert of_many("<= 9").evidence == "the nearest of 4: threads with 8 workers: 8.00 (8.00 to 8.00)"


def test_of_many_cells_of_which_it_fails_those_are_named() -> None:
    assert of_many(">= 3.5").evidence == (
        "false for 2 of 4: threads with 2 workers: 2.00 (2.00 to 2.00); threads with 3 workers: 3.000 (3.000 to 3.000)"
    )


def test_the_evidence_names_the_workload_where_a_claim_is_of_several() -> None:
    compute = variant("compute", "sleep", {"seconds": 0.1})
    cells = [*CELLS, cell(workload=compute), cell(THREADS, 4, compute)]
    (one,) = decide(
        summary_of(StandIn().run(cells, 10), cells), 0.05, [{"workers": [4], "speedup": ">= 3.9"}]
    ).expectations
    assert one.evidence == (
        "wait, threads with 4 workers: 4.00 (4.00 to 4.00); compute, threads with 4 workers: 4.00 (4.00 to 4.00)"
    )


def test_efficiency_can_be_expected_too() -> None:
    assert expected({"workers": [4], "efficiency": ">= 0.9"}).outcome == "holds"
    assert expected({"workers": [4], "efficiency": "< 0.9"}).outcome == "fails"


def test_a_cell_that_did_not_end_well_leaves_it_open() -> None:
    broken = changed(LINES, FOUR.key, range(1, 11), failed("crashed", "SIGSEGV"))
    one = expected({"workers": [4], "speedup": ">= 3"}, broken)
    assert (one.outcome, one.evidence) == ("unsure", "threads with 4 workers: crashed")


def test_a_cell_that_failed_in_more_than_a_tenth_of_its_blocks_leaves_it_open() -> None:
    broken = changed(LINES, FOUR.key, [1, 2], failed("crashed", "SIGSEGV"))
    one = expected({"workers": [4], "speedup": ">= 3"}, broken)
    assert (one.outcome, one.evidence) == ("unsure", "threads with 4 workers: failed in 2 of 10 blocks")


def test_a_baseline_that_failed_in_more_than_a_tenth_of_its_blocks_leaves_it_open_and_is_named() -> None:
    broken = changed(LINES, str(FOUR.baseline), [1, 2], failed("crashed", "SIGSEGV"))
    one = expected({"workers": [4], "speedup": ">= 3"}, broken)
    assert (one.outcome, one.evidence) == ("unsure", "threads with 4 workers: serial failed in 2 of 10 blocks")


def test_too_few_blocks_leave_it_open() -> None:
    assert expected({"workers": [4], "speedup": ">= 3"}, StandIn().run(CELLS, 5)).outcome == "unsure"


def test_the_page_lists_each_with_its_sign() -> None:
    entries: list[dict[str, object]] = [{"workers": [4], "speedup": ">= 3"}, {"workers": [8], "speedup": "< 3"}]
    page = render(summary_of(), decide(summary_of(), 0.05, entries), "run")["summary.md"]
    (holds, fails) = [line for line in GFM.render(page).splitlines() if line.startswith(("<li>✔", "<li>✘"))]
    assert holds.startswith("<li>✔ speedup &gt;= 3 for workers 4: threads with 4 workers: 4.00")
    assert fails.startswith("<li>✘ speedup &lt; 3 for workers 8: asyncio with 8 workers: 8.00")
