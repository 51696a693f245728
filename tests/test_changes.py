"""What changed → markdown and JSON as a reader gets them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import pytest
from pages import tables_of
from records import Line, changed, failed, held, slowed
from test_compare import ALONE, CELLS, ELSEWHERE, FOUR, TWO, measured, with_batches, with_fingerprint

from runner.compare import Compared, Relation, compare_results
from runner.tables.change_data import changes_json
from runner.tables.changes import changes_page

SLOWER = measured("s2", {TWO.key: 1.1, FOUR.key: 1.5})


def compared(before: Sequence[Line], after: Sequence[Line]) -> Compared:
    return compare_results(("HEAD~1", {"waiting": held(before)}), ("now", {"waiting": held(after)}))


def page_of(after: Sequence[Line], before: Sequence[Line] | None = None) -> str:
    return changes_page(compared(before or measured("s1"), after))


def test_a_page_says_first_what_was_compared_and_what_that_forbids() -> None:
    assert page_of(SLOWER).index("What else changed on the machine between them is not known") < 400


def test_a_page_names_the_sound_way_to_compare_two_revisions() -> None:
    assert "`runmatrix run --against REV`" in page_of(SLOWER)


def test_a_page_counts_outcomes() -> None:
    assert "Of 5 cells: 2 slower, 3 equivalent (within 5 %)." in page_of(SLOWER)


def test_the_worst_cell_comes_first() -> None:
    shown, _ = tables_of(page_of(SLOWER))
    assert [(row[1], row[2], row[3]) for row in shown[1:]] == [
        ("<code>threads</code>", "4", "slower"),
        ("<code>threads</code>", "2", "slower"),
    ]


def test_what_broke_comes_before_what_became_slower() -> None:
    shown, _ = tables_of(page_of(changed(SLOWER, ALONE.key, range(1, 11), failed("crashed", "SIGSEGV"))))
    assert shown[1][3] == "other status"


def test_cells_without_a_difference_are_folded() -> None:
    page = page_of(SLOWER)
    _, folded = tables_of(page)
    assert "<details><summary>3 cells without a difference shown</summary>" in page
    assert {row[3] for row in folded[1:]} == {"equivalent"}


def several(after: Sequence[Line], others: int) -> Compared:
    """One experiment as it became, and others in which nothing changed."""
    same = {f"other-{number}": held(measured("s1")) for number in range(others)}
    return compare_results(
        ("HEAD~1", {"waiting": held(measured("s1")), **same}), ("now", {"waiting": held(after), **same})
    )


def test_experiments_in_which_nothing_changed_are_counted_in_the_end_and_have_no_part() -> None:
    page = changes_page(several(SLOWER, 17))
    assert page.count("\n## ") == 1
    assert page.endswith("\n\n17 experiments unchanged.\n")


def test_where_nothing_changed_a_page_says_that_alone() -> None:
    assert changes_page(several(measured("s1"), 0)) == (
        "# From `HEAD~1` to `now`\n\nA is `HEAD~1`, B is `now`.\n\n1 experiment unchanged.\n"
    )


def test_unchanged_cells_beside_changed_ones_are_counted_and_not_listed() -> None:
    page = page_of([line for line in measured("s1") if line.get("key") != TWO.key])
    assert "Both are the same measurements" in page
    assert "Of 5 cells: 1 left, 4 unchanged." in page
    assert [len(table) for table in tables_of(page)] == [2]


def test_further_blocks_are_said_and_not_called_the_same_measurements() -> None:
    page = page_of([*measured("s1"), *measured("s2", blocks=5)])
    assert "nothing was measured between them" not in page
    assert "- all of these: 5 further blocks of the same code in B" in page


def test_why_a_cell_is_unchanged_is_said_beside_what_changed() -> None:
    sides = [
        changed(lines, ALONE.key, range(1, 11), failed("crashed", "SIGSEGV")) for lines in (measured("s1"), SLOWER)
    ]
    assert "- `wait` `serial` × 1: crashed (SIGSEGV) in both" in page_of(sides[1], sides[0])


def test_times_of_two_machines_are_not_shown_beside_each_other() -> None:
    page = page_of(measured("s2", machine=ELSEWHERE))
    assert "Times are not compared at all" in page
    assert not any("(s)" in header or "time" in header for table in tables_of(page) for header in table[0])


@pytest.mark.parametrize(("on", "batches"), [("makespan", 0), ("steady", 2), ("quickest", 2)])
def test_beside_a_ratio_stands_the_time_that_it_is_of(on: str, batches: int) -> None:
    sides = [with_batches(lines, batches, on) for lines in (measured("s1"), SLOWER)]
    shown, _ = tables_of(page_of(sides[1], sides[0]))
    assert [header for header in shown[0] if header.endswith("(s)")] == [f"A {on} (s)", f"B {on} (s)"]


def test_json_has_the_time_that_is_compared_and_says_which_it_is() -> None:
    sides = [with_batches(lines, 2, "steady") for lines in (measured("s1"), measured("s2"))]
    (experiment,) = json.loads(changes_json(compared(*sides)))["experiments"]
    alone = next(cell for cell in experiment["cells"] if cell["key"] == ALONE.key)
    batches_s = [
        1e-9 * phases["cold_ns"]
        for line in sides[0]
        if line.get("key") == ALONE.key and isinstance(phases := line.get("phases"), dict)
    ]
    assert (experiment["verdict_on"], alone["a"]["time_s"]["estimate"]) == ("steady", pytest.approx(median(batches_s)))


def test_a_smaller_speedup_is_not_called_slower() -> None:
    page = page_of(measured("s2", {TWO.key: 1.5}, machine=ELSEWHERE))
    assert "1 smaller speedup" in page
    assert "slower" not in page


def test_a_cell_that_can_not_be_told_says_what_would_have_shown() -> None:
    rng = random.Random(1)
    noisy = slowed(measured("s2"), lambda line: rng.uniform(0.6, 1.4))
    _, *lines = tables_of(page_of(noisy))[-1]
    assert any(re.fullmatch(r"can't tell \(a difference of [\d.]+ % would probably show\)", line[3]) for line in lines)


def test_where_the_code_is_the_same_the_page_says_whose_doing_a_difference_is() -> None:
    assert "a difference is the machine's doing" in page_of(SLOWER)


def test_where_the_code_differs_the_page_says_in_what() -> None:
    old, new = ({"files": {"mine.py": digest}} for digest in "12")
    page = page_of(with_fingerprint(SLOWER, new, [TWO.key]), with_fingerprint(measured("s1"), old, [TWO.key]))
    assert "`wait` `threads` × 2: mine.py has changed" in page
    assert "machine's doing" not in page


def many(relation: Relation) -> str:
    """The page of more cells than it shows."""
    found = compared(measured("s1"), SLOWER)
    (comparison,) = found.experiments
    slower = [change for change in comparison.changes if change.outcome == "slower"]
    return changes_page(replace(found, experiments=(replace(comparison, relation=relation, changes=(*slower * 151,)),)))


@pytest.mark.parametrize(("relation", "where"), [("two sessions", "`--json`"), ("the same blocks", "`changes.json`")])
def test_cells_that_the_page_leaves_out_are_said_to_be_where_they_are(relation: Relation, where: str) -> None:
    assert f"and 2 further cells, which {where} has." in many(relation)


def test_experiments_of_one_side_are_named() -> None:
    found = compare_results(("A", {"x": held([]), "y": held([])}), ("B", {"y": held([]), "z": held([])}))
    page = changes_page(found)
    assert "Only in A: `x`." in page
    assert "Only in B: `z`." in page


def test_the_same_journals_give_the_same_page() -> None:
    assert page_of(SLOWER) == page_of(list(reversed(SLOWER)))


def data_of(after: Sequence[Line]) -> dict[str, object]:
    known = json.loads(changes_json(compared(measured("s1"), after)))
    assert isinstance(known, dict)
    return known


def cells_of(after: Sequence[Line]) -> list[dict[str, object]]:
    (experiment,) = json.loads(changes_json(compared(measured("s1"), after)))["experiments"]
    found: list[dict[str, object]] = experiment["cells"]
    return found


def test_json_has_a_version() -> None:
    assert data_of(SLOWER)["version"] == 1


def test_json_has_every_changed_cell_worst_first() -> None:
    assert [cell["key"] for cell in cells_of(SLOWER)][:2] == [FOUR.key, TWO.key]
    assert len(cells_of(SLOWER)) == len(CELLS)


def test_json_has_figures_as_numbers() -> None:
    time = cells_of(SLOWER)[0]["time"]
    assert isinstance(time, dict)
    assert time["ratio"]["estimate"] == pytest.approx(1.5, abs=0.03)


def test_json_counts_unchanged_cells_and_lists_none() -> None:
    (experiment,) = json.loads(changes_json(compared(measured("s1"), measured("s1"))))["experiments"]
    assert (experiment["outcomes"], experiment["cells"]) == ({"unchanged": 5}, [])


def test_json_says_nothing_where_nothing_is_compared() -> None:
    cells = cells_of(measured("s2", machine=ELSEWHERE))
    assert {cell["key"]: cell["time"] for cell in cells} == dict.fromkeys([each.key for each in CELLS])
