"""What is shown of a CI job: the markdown, within what GitHub shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import GFM
from reports import WAITING, experiment, measured
from test_command import QUICK, runmatrix, written

from runner.job_summary import append
from runner.tables.clipped import JOB_SUMMARY_BYTES, clipped

TABLE = "# Title\n\n| a | b |\n| --- | --- |\n" + "| é | 2 |\n" * 100


@pytest.mark.parametrize("size_bytes", range(220, 900, 7))
def test_a_text_is_never_longer_than_it_may_be(size_bytes: int) -> None:
    assert len(clipped(TABLE, size_bytes, "`x`").encode()) <= size_bytes


@pytest.mark.parametrize("size_bytes", [0, -1, 10])
def test_where_there_is_no_room_for_a_sentence_there_is_nothing(size_bytes: int) -> None:
    assert clipped(TABLE, size_bytes, "`x`") == ""


def test_a_text_that_fits_is_as_it_is() -> None:
    assert clipped(TABLE, len(TABLE.encode()), "`x`") == TABLE


def test_what_is_cut_ends_at_a_line_and_says_where_the_rest_is() -> None:
    *kept, empty, sentence = clipped(TABLE, 700, "`x/summary.md`").splitlines()
    assert kept == TABLE.splitlines()[: len(kept)]
    assert empty == ""
    assert sentence == "Cut here, for it is too long to be shown: all of it is in `x/summary.md`."


@pytest.mark.parametrize("size_bytes", range(285, 330))
def test_no_header_is_left_without_its_table(size_bytes: int) -> None:
    rendered = GFM.render(clipped(TABLE, size_bytes, "`x`"))
    assert "<p>|" not in rendered


def test_folds_and_blocks_of_code_that_are_cut_are_closed() -> None:
    text = "<details><summary>x</summary>\n\n```text\n" + "line\n" * 500 + "```\n\n</details>\n"
    cut = clipped(text, 1000, "`x`")
    assert cut.count("</details>") == 1
    assert cut.count("```") == 2
    assert cut.index("```\n\n</details>") < cut.index("Cut here")


def test_commands_of_one_step_share_the_room(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    for _ in range(5):
        append(path, "line\n" * 70_000, "`x`")
    assert path.stat().st_size <= JOB_SUMMARY_BYTES
    assert path.read_text().count("Cut here") >= 1


def test_a_run_appends_its_page(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    (tmp_path / "summary.md").write_text("before\n")
    runmatrix(tmp_path, "run", "experiments/quick.yaml", "--job-summary", "summary.md")
    page = (tmp_path / "results" / "quick" / "summary.md").read_text()
    assert (tmp_path / "summary.md").read_text() == f"before\n{page}\n"


def test_a_check_appends_mistakes(tmp_path: Path) -> None:
    written(tmp_path, WAITING.replace("seconds", "second"))
    runmatrix(tmp_path, "check", "experiments/quick.yaml", "--job-summary", "summary.md")
    assert "did you mean `seconds`?" in (tmp_path / "summary.md").read_text()


def test_a_folder_means_the_experiments_below_it(tmp_path: Path) -> None:
    experiment(tmp_path, name="one")
    experiment(tmp_path, name="deep/two")
    done = runmatrix(tmp_path, "check", "experiments")
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "experiments/deep/two.yaml",
        "experiments/one.yaml",
    ]


def test_a_folder_without_experiments_is_refused(tmp_path: Path) -> None:
    (tmp_path / "experiments").mkdir()
    assert runmatrix(tmp_path, "check", "experiments").returncode == 2


def test_a_report_appends_its_page(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    runmatrix(tmp_path, "report", "experiments", "--job-summary", "summary.md")
    assert (tmp_path / "summary.md").read_text() == f"{(opened.folder / 'summary.md').read_text()}\n"
