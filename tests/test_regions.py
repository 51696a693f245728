"""Tables between two markers of somebody's page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pages import GFM
from reports import measured
from test_command import runmatrix

from runner import api
from runner.errors import CommandError
from runner.tables.regions import replaced

PAGE = "# Mine\n\n<!-- runmatrix: waiting/wait -->\n<!-- /runmatrix -->\n\nText.\n"


def put(text: str, excerpt: str = "new") -> str:
    return replaced(text, "page.md", lambda asked: excerpt)


def refused(text: str) -> str:
    with pytest.raises(CommandError) as caught:
        put(text)
    return str(caught.value)


def inserted(tmp_path: Path, text: str) -> str:
    """The page after a report."""
    page = tmp_path / "page.md"
    page.write_bytes(text.encode())
    api.insert([measured(tmp_path)], [page])
    return page.read_bytes().decode()


def test_what_lies_between_the_markers_is_replaced() -> None:
    assert put("a\n<!-- runmatrix: x/y -->\nold\n<!-- /runmatrix -->\nb\n") == (
        "a\n<!-- runmatrix: x/y -->\n\nnew\n\n<!-- /runmatrix -->\nb\n"
    )


def test_doing_it_again_changes_nothing() -> None:
    once = put("<!-- runmatrix: x/y -->\n<!-- /runmatrix -->")
    assert put(once) == once


def test_line_ends_stay_what_they_are() -> None:
    assert "\n" not in put("a\r\n<!-- runmatrix: x/y -->\r\n<!-- /runmatrix -->\r\n").replace("\r\n", "")


def test_a_file_holds_as_many_as_it_likes() -> None:
    text = "<!-- runmatrix: x/y -->\n<!-- /runmatrix -->\n<!-- runmatrix: x/z answer -->\n<!-- /runmatrix -->\n"
    asked: list[str] = []
    replaced(text, "page.md", lambda what: asked.append(what) or "")  # type: ignore[func-returns-value]
    assert asked == ["x/y", "x/z answer"]


def test_markers_in_a_block_of_code_are_code() -> None:
    example = "```markdown\n<!-- runmatrix: x/y -->\n```\n"
    assert put(f"{example}<!-- runmatrix: x/y -->\n<!-- /runmatrix -->\n").startswith(example)


def test_a_file_without_markers_is_refused() -> None:
    assert refused("# Mine\n").startswith("page.md: no markers in it: write `<!-- runmatrix: EXPERIMENT/WORKLOAD -->`")


def test_a_marker_that_is_not_closed_is_named_with_its_line() -> None:
    assert refused("a\n<!-- runmatrix: x/y -->\n").startswith("page.md:2: it is not closed")


def test_a_marker_that_is_not_closed_before_the_next_is_named() -> None:
    text = "<!-- runmatrix: x/y -->\n<!-- runmatrix: x/z -->\n<!-- /runmatrix -->\n"
    assert refused(text) == "page.md:1: it is not closed: write `<!-- /runmatrix -->` before line 2"


def test_a_marker_that_closes_nothing_is_named() -> None:
    assert refused("a\n<!-- /runmatrix -->\n").startswith("page.md:2: nothing is open here")


def test_what_is_nearly_a_marker_is_named() -> None:
    assert "is no marker" in refused("<!-- runmatrix x/y -->\n<!-- /runmatrix -->\n")


def test_other_comments_are_let_be() -> None:
    text = "<!-- runmatrix-notes: mine -->\n<!-- runmatrix: x/y -->\n<!--/runmatrix-->\n"
    assert put(text).startswith("<!-- runmatrix-notes: mine -->\n")


def test_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.md: can't be read: No such file"):
        api.insert([measured(tmp_path)], [tmp_path / "none.md"])


def test_the_speedup_table_is_what_a_marker_asks_for_by_itself(tmp_path: Path) -> None:
    text = inserted(tmp_path, PAGE)
    assert "| model | 1 worker | 2 workers |" in text
    assert "[How it was measured](results/waiting/summary.md)" in text


def test_github_renders_the_table_between_comments(tmp_path: Path) -> None:
    assert GFM.render(inserted(tmp_path, PAGE)).count("<table>") == 1


def test_an_answer_is_one_paragraph(tmp_path: Path) -> None:
    text = inserted(tmp_path, PAGE.replace("wait -->", "wait answer -->"))
    assert "threads" in text
    assert "|" not in text


def test_all_figures_can_be_asked_for(tmp_path: Path) -> None:
    assert "makespan (s)" in inserted(tmp_path, PAGE.replace("wait -->", "wait figures -->"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("waiting/wiat", "page.md:3: `waiting/wiat` is no workload of the experiments given; did you mean `waiting/wait`?"),
        ("waitng/wait", "page.md:3: `waitng/wait` is no workload of the experiments given; did you mean `waiting/wait`?"),
        ("waiting/wait figurs", "page.md:3: `figurs` is nothing that can be shown of `waiting/wait`; did you mean `figures`?"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_told_with_what_was_meant(asked: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        inserted(tmp_path, PAGE.replace("waiting/wait", asked))
    assert str(caught.value).endswith(message)


def test_tables_of_experiments_that_are_not_given_stay_as_they_are(tmp_path: Path) -> None:
    measured(tmp_path, name="gallery/other")
    kept = "<!-- runmatrix: gallery/other/wait -->\nas it was\n<!-- /runmatrix -->\n"
    assert inserted(tmp_path, PAGE + kept).endswith(kept)


def test_a_page_that_is_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text(PAGE)
    (tmp_path / "link.md").symlink_to("real.md")
    api.insert([measured(tmp_path)], [tmp_path / "link.md"])
    assert (tmp_path / "link.md").is_symlink()
    assert "| model |" in (tmp_path / "real.md").read_text()


def test_a_page_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    os.chmod(tmp_path / "page.md", 0o640)
    api.insert([measured(tmp_path)], [tmp_path / "page.md"])
    assert (tmp_path / "page.md").stat().st_mode & 0o777 == 0o640


def test_a_page_whose_table_is_old_differs_for_a_check(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    measured(tmp_path)
    arguments = ("report", "--into", "page.md", "experiments/waiting.yaml")
    assert runmatrix(tmp_path, *arguments, "--check").returncode == 3
    assert (tmp_path / "page.md").read_text() == PAGE
    assert runmatrix(tmp_path, *arguments).returncode == 0
    assert runmatrix(tmp_path, *arguments, "--check").returncode == 0


ELSEWHERE = PAGE.replace("waiting/wait", "gallery/other/wait")


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_that_a_page_has_no_place_for_an_experiment_is_said(check: tuple[str, ...], tmp_path: Path) -> None:
    measured(tmp_path)
    measured(tmp_path, name="gallery/other")
    (tmp_path / "page.md").write_text(ELSEWHERE)
    done = runmatrix(tmp_path, "report", "--into", "page.md", "experiments/waiting.yaml", *check)
    assert done.stderr == (
        "page.md has no place for waiting: write `<!-- runmatrix: waiting/wait -->` and `<!-- /runmatrix -->`, "
        "each on a line of its own, where a table is to stand\n"
    )
    assert (done.returncode, (tmp_path / "page.md").read_text()) == (0, ELSEWHERE)


@pytest.mark.parametrize("asked", ["waiting/wait", "waiting/wait answer"])
def test_a_page_that_asks_for_one_of_the_experiments_has_a_place(asked: str, tmp_path: Path) -> None:
    both = [measured(tmp_path), measured(tmp_path, name="gallery/other")]
    (tmp_path / "page.md").write_text(PAGE.replace("waiting/wait", asked))
    assert api.without_place(both, [tmp_path / "page.md"]) == ()


def test_a_workload_whose_name_only_begins_alike_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE.replace("waiting/wait", "waiting/waiter"))
    assert api.without_place([measured(tmp_path)], [tmp_path / "page.md"]) == (tmp_path / "page.md",)
