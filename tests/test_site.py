"""Journals → pages: everything is there, nothing of a user's is markup, nothing is fetched, the same bytes each time."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import plotly.graph_objects
import pytest
from records import Line, StandIn, cell, changed, failed, journal, variant
from test_command import REPOSITORY, runmatrix
from test_compare import ALONE, CELLS, EXPERIMENT, FOUR, TWO, measured

from runner.errors import CommandError
from runner.origin import origin
from runner.site import write_site
from runner.site.assets import assets
from runner.site.measured import measured as measured_in
from runner.site.pictures import pictures
from runner.summary import summarise

LINES = measured("s1")
NASTY = '</script><img src=x onerror="alert(1)">{{ 7 * 7 }}'


def site(folder: Path, lines: Sequence[Line] = LINES, name: str = "waiting") -> str:
    """The experiment's page."""
    write_site({name: journal(lines)}, folder)
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
    write_site({"waiting": journal(LINES), "gallery/other": journal(LINES)}, tmp_path)
    said = Reader((tmp_path / "index.html").read_text()).text
    for name in ("waiting", "gallery/other"):
        row = said.partition(f"{name} What pays?")[2]
        assert re.match(r" wait : threads with 4 workers, 2\.\d+× faster than serial .*2026-11-22 m-here", row)


def test_answers_are_those_of_the_committed_tables_where_these_are_of_the_same_cells() -> None:
    compared = 0
    for name, held in origin("results", REPOSITORY).journals.items():
        folder, found = REPOSITORY / "results" / name, measured_in(name, held)
        with (folder / "summary.csv").open(newline="") as sheet:
            committed = {row["key"]: row["status"] for row in csv.DictReader(sheet)}
        if committed == {row.cell.key: row.status for row in found.summary.rows}:
            answers = {each.workload: each.claims for each in found.verdicts.answers}
            assert answers == json.loads((folder / "environment.json").read_text())["answers"]
            compared += 1
    assert compared


def test_the_same_journals_give_the_same_bytes(tmp_path: Path) -> None:
    written = write_site({"waiting": journal(LINES)}, tmp_path / "one")
    write_site({"waiting": journal(LINES)}, tmp_path / "other")
    assert all(
        path.read_bytes() == (tmp_path / "other" / path.relative_to(tmp_path / "one")).read_bytes() for path in written
    )
    assert write_site({"waiting": journal(LINES)}, tmp_path / "one") == ()


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


def test_what_comes_from_users_is_text(tmp_path: Path) -> None:
    nasty = cell(variant(NASTY, "threads"), 2)
    lines = StandIn().declared((ALONE, nasty), 10, "s1", {"experiment": {**EXPERIMENT, "question": NASTY}})
    lines = changed(lines, nasty.key, [1], {"notes": [NASTY]})
    page = site(tmp_path, changed(lines, nasty.key, range(2, 11), failed("failed", NASTY)), name="waiting")
    assert "img" not in Reader(page).tags
    assert "img" not in Reader((tmp_path / "index.html").read_text()).tags
    assert NASTY in Reader(page).text


def test_pictures_hold_no_markup_of_users() -> None:
    named = [cell(variant("<b>serial</b>", "serial"), workers) for workers in (1, 2)]
    rows = summarise(named, journal(StandIn().run([ALONE, *named], 10)), "waiting", "").rows
    assert "<b>" not in json.dumps([[picture.traces, picture.layout] for picture in pictures(rows)])


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


def _pictures() -> list[Mapping[str, Any]]:
    rows = summarise((ALONE, TWO, FOUR), journal(StandIn(share=0.2).run(CELLS, 10)), "waiting", "").rows
    return [{"data": picture.traces, "layout": picture.layout} for picture in pictures(rows)]


def test_the_picture_of_speedups_is_of_the_measured_ones() -> None:
    serial, threads = _pictures()[0]["data"]
    assert (serial["x"], serial["y"]) == ([1], [1.0])
    assert threads["x"] == [2, 4]
    assert threads["y"] == pytest.approx([1 / 0.6, 1 / 0.4])


def test_the_picture_of_phases_adds_up_to_the_makespan() -> None:
    bars = _pictures()[1]["data"]
    assert [bar["name"] for bar in bars] == ["startup", "cold", "stop"]
    startup, cold, stop = (bar["x"][0] for bar in bars)
    assert (startup / cold, stop / cold) == pytest.approx((1 / 8, 1 / 8))


def test_a_hover_says_cell_figure_interval_and_blocks() -> None:
    assert _pictures()[0]["data"][1]["text"][0] == "threads with 2 workers: 1.67× (1.67 to 1.67), 10 blocks"


def test_plotly_knows_every_setting_of_the_pictures() -> None:
    for picture in _pictures():
        plotly.graph_objects.Figure(picture)


def test_models_with_one_number_of_workers_each_make_no_picture_of_speedups() -> None:
    rows = summarise((ALONE, TWO), journal(StandIn().run(CELLS, 10)), "waiting", "").rows
    assert [picture.caption.partition(":")[0] for picture in pictures(rows)] == ["What the makespan is made of"]


def test_a_missing_package_is_named_with_what_to_install() -> None:
    with pytest.raises(CommandError, match=r"no-such-package: pip install 'runmatrix\[site\]'"):
        assets(("itables", "no-such-package"))


def test_somebody_elses_index_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("my own page")
    with pytest.raises(CommandError, match="name another folder"):
        site(tmp_path)
    assert (tmp_path / "index.html").read_text() == "my own page"


def test_no_other_command_imports_what_pages_are_made_with() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import runner.api, runner.cli, sys; print('jinja2' in sys.modules)"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert said == "False\n"


def test_the_example_of_the_help_runs(tmp_path: Path) -> None:
    (tmp_path / "results").symlink_to(REPOSITORY / "results")
    said = runmatrix(tmp_path, "site", "--help").stdout
    (example,) = re.findall(r"Example: runmatrix (.*)", said)
    done = runmatrix(tmp_path, *example.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("open pages/index.html")
    assert (tmp_path / "pages" / "experiments" / "quickstart.html").is_file()
