"""Journals → pages: everything is there, nothing of a user's is markup, nothing is fetched, the same bytes each time."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from markdown_it.token import Token
from pages import GFM
from records import THREADS, Line, StandIn, cell, changed, failed, held
from test_command import REPOSITORY, runmatrix
from test_compare import ALONE, CELLS, EXPERIMENT, FOUR, TWO, measured

from runner.errors import CommandError
from runner.origin import origin
from runner.site import write_site
from runner.site.assets import assets
from runner.site.measured import Measured
from runner.site.measured import measured as measured_in

LINES = measured("s1")
NASTY = '</script><img src=x onerror="alert(1)">{{ 7 * 7 }}'
NASTY_NAME = """</script><script>alert(1)</script><u>"'&lt; `Ü` 😀 ${1} {{ 7 * 7 }}"""


def site(folder: Path, lines: Sequence[Line] = LINES, name: str = "waiting") -> str:
    """The experiment's page."""
    write_site({name: held(lines)}, folder)
    return (folder / "experiments" / f"{name}.html").read_text()


class Reader(HTMLParser):
    """What a browser would show and fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name == "src" or (name == "href" and tag == "link")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def detail_of(page: str, key: str) -> str:
    """What a cell's part says."""
    return Reader(page.partition(f'<details id="cell-{key}">')[2].partition("</details>")[0]).text


def test_the_index_says_of_every_experiment_its_question_answers_date_and_machine(tmp_path: Path) -> None:
    write_site({"waiting": held(LINES), "gallery/other": held(LINES)}, tmp_path)
    said = Reader((tmp_path / "index.html").read_text()).text
    for name in ("waiting", "gallery/other"):
        row = said.partition(f"{name} What pays?")[2]
        assert re.match(r" wait : threads with 4 workers, 2\.\d+× faster than serial .*2026-11-22 m-here", row)


def comparable() -> list[tuple[Path, Measured]]:
    """The committed experiments whose tables are of the same cells as their journals, in the same state."""
    found = []
    for name, one in origin("results", REPOSITORY).experiments.items():
        known = measured_in(name, one)
        with (REPOSITORY / "results" / name / "summary.csv").open(newline="") as sheet:
            committed = {row["key"]: row["status"] for row in csv.DictReader(sheet)}
        if committed == {row.cell.key: row.status for row in known.summary.rows}:
            found.append((REPOSITORY / "results" / name, known))
    assert found
    return found


def test_answers_are_those_of_the_committed_tables_where_these_are_of_the_same_cells() -> None:
    for folder, known in comparable():
        answers = {each.workload: each.claims for each in known.verdicts.answers}
        assert answers == json.loads((folder / "environment.json").read_text())["answers"]


def said_in(markdown: str) -> Iterator[str]:
    """What a summary.md says, piece by piece, but for pictures, the folded table of all figures and the command."""
    folded = False
    for token in GFM.parse(markdown):
        folded = _is_folded(token, folded)
        if token.type == "inline" and not folded and not token.content.startswith(("![", "To measure it again")):
            yield Reader(GFM.renderInline(token.content)).text


def _is_folded(token: Token, before: bool) -> bool:
    return "All figures" in token.content if token.type == "html_block" else before


def test_pages_say_what_the_committed_tables_say_where_these_are_of_the_same_cells(tmp_path: Path) -> None:
    write_site(origin("results", REPOSITORY).experiments, tmp_path)
    for folder, known in comparable():
        page = Reader((tmp_path / "experiments" / f"{known.name}.html").read_text()).text
        assert [piece for piece in said_in((folder / "summary.md").read_text()) if piece not in page] == []


def test_the_same_journals_give_the_same_bytes(tmp_path: Path) -> None:
    written = write_site({"waiting": held(LINES)}, tmp_path / "one")
    write_site({"waiting": held(LINES)}, tmp_path / "other")
    assert all(
        path.read_bytes() == (tmp_path / "other" / path.relative_to(tmp_path / "one")).read_bytes() for path in written
    )
    assert write_site({"waiting": held(LINES)}, tmp_path / "one") == ()


@pytest.mark.parametrize("name", ["waiting", "gallery/deep/one", "a b & c#d?e"])
def test_pages_fetch_nothing_but_files_beside_them(name: str, tmp_path: Path) -> None:
    site(tmp_path, name=name)
    for page in (tmp_path / "index.html", tmp_path / "experiments" / f"{name}.html"):
        fetched = [link for link in Reader(page.read_text()).fetched if link != "data:,"]
        assert len(fetched) >= 4
        assert all((page.parent / link).is_file() for link in fetched)


@pytest.mark.parametrize("name", ["gallery/deep/one", "a b & c#d?e", "not UTF-8: \udcff"])
def test_the_index_leads_to_the_page_whatever_the_experiment_is_called(name: str, tmp_path: Path) -> None:
    site(tmp_path, name=name)
    (link,) = re.findall(r'<th scope="row"><a href="([^"]+)"', (tmp_path / "index.html").read_text())
    assert (tmp_path / os.fsdecode(unquote_to_bytes(link))).is_file()


def nasty() -> list[Line]:
    """Of an experiment whose every text is markup of one kind or another."""
    experiment = {
        "question": NASTY,
        "workloads": {NASTY_NAME: {"kind": "sleep", "seconds": 0.05}},
        "models": ["serial", {"kind": "threads", "label": NASTY_NAME}],
        "tasks": [100],
        "expect": [{"workload": [NASTY_NAME], "model": [NASTY_NAME], "workers": [2], "speedup": ">= 1"}],
    }
    lines = StandIn(share=0.1).declared((ALONE, cell(THREADS), TWO, FOUR), 10, "s1", {"experiment": experiment})
    lines = changed(lines, TWO.key, [1], {"notes": [NASTY]})
    return changed(lines, FOUR.key, [10], failed("failed", NASTY))


def test_what_comes_from_users_is_text(tmp_path: Path) -> None:
    page = site(tmp_path, nasty())
    for written in (page, (tmp_path / "index.html").read_text()):
        assert not {"img", "u"} & set(Reader(written).tags)
        assert NASTY in Reader(written).text
    for said in (f"{NASTY_NAME} with 2 workers", f"✔ speedup >= 1 for workload {NASTY_NAME}", f"failed {NASTY}"):
        assert said in Reader(page).text


def test_the_table_has_every_figure_with_its_interval_and_the_number_to_sort_by(tmp_path: Path) -> None:
    page = site(tmp_path)
    for name in (
        "makespan (s)",
        "speedup (×)",
        "startup (s)",
        "cold (s)",
        "stop (s)",
        "CPU (s)",
        "memory (MiB)",
        "GIL",
    ):
        assert f">{name}</th>" in page
    assert re.search(r'data-order="2\.\d+" data-search="2\.\d+">2\.\d+ <small>2\.\d+–2\.\d+</small>', page)


def test_columns_in_which_nothing_stands_are_left_out(tmp_path: Path) -> None:
    page = site(tmp_path)
    assert ">quickest (s)</th>" not in page
    assert ">reason</th>" not in page


def test_a_cell_tells_what_became_of_it_in_every_block(tmp_path: Path) -> None:
    said = detail_of(site(tmp_path, changed(LINES, TWO.key, [3], failed("timeout", "took too long"))), TWO.key)
    assert said.count(" ok ") == 1 + 9
    assert re.search(r"s1 3 1 \S+ timeout took too long", said)


def test_a_cell_that_failed_has_its_reason_and_no_time(tmp_path: Path) -> None:
    said = detail_of(site(tmp_path, changed(LINES, FOUR.key, range(1, 11), failed("oom", "ate everything"))), FOUR.key)
    assert said.startswith("wait: threads with 4 workers oom ate everything")
    assert "makespan" not in said


def test_too_few_blocks_have_no_interval(tmp_path: Path) -> None:
    assert "<small>" not in site(tmp_path, measured("s1", blocks=3)).partition("<h2>All figures</h2>")[2]


def test_what_is_expected_is_decided(tmp_path: Path) -> None:
    expected = {**EXPERIMENT, "expect": [{"workload": "wait", "model": "threads", "workers": 4, "speedup": ">= 2"}]}
    said = Reader(site(tmp_path, StandIn(share=0.2).declared(CELLS, 10, "s1", {"experiment": expected}))).text
    assert "✔ speedup >= 2" in said


def test_an_empty_journal_has_a_page_that_says_so(tmp_path: Path) -> None:
    assert "Nothing has been measured yet." in site(tmp_path, [])


def test_a_missing_package_is_named_with_what_to_install() -> None:
    with pytest.raises(CommandError, match=r"no-such-package: pip install 'runmatrix\[site\]'"):
        assets(("itables", "no-such-package"))


def test_somebody_elses_index_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("my own page")
    with pytest.raises(CommandError, match="name another folder"):
        site(tmp_path)
    assert (tmp_path / "index.html").read_text() == "my own page"


def test_a_file_that_is_named_for_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("mine")
    with pytest.raises(CommandError, match="pages is a file: name a folder"):
        site(tmp_path / "pages")


def test_no_other_command_imports_what_pages_are_made_with() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import runner.api, runner.cli, sys; print('jinja2' in sys.modules)"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert said == "False\n"


def test_the_example_of_the_help_runs(tmp_path: Path) -> None:
    (tmp_path / "results").symlink_to(REPOSITORY / "results")
    said = runmatrix(tmp_path, "site", "--help").stdout
    (example,) = re.findall(r"runmatrix (site .*)", said)
    done = runmatrix(tmp_path, *example.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("open pages/index.html")
    assert (tmp_path / "pages" / "experiments" / "quickstart.html").is_file()


def test_the_command_tells_how_many_files_it_wrote(tmp_path: Path) -> None:
    (tmp_path / "results").symlink_to(REPOSITORY / "results" / "quickstart")
    command = ["site", "results", "--out", "pages"]
    runmatrix(tmp_path, *command)
    (tmp_path / "pages" / "index.html").unlink()
    assert runmatrix(tmp_path, *command).stdout == "open pages/index.html (1 file written)\n"
    assert runmatrix(tmp_path, *command).stdout == "open pages/index.html (nothing has changed)\n"
