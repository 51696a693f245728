"""Every committed page, as GitHub's own renderer (cmark-gfm) sees it: tables are whole, what is folded opens, links lead somewhere."""

from __future__ import annotations

import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options

REPOSITORY = Path(__file__).parent.parent
PAGES = sorted(
    [
        *REPOSITORY.glob("*.md"),
        *(path for path in (REPOSITORY / "results").rglob("*.md") if "@against" not in path.parts),
    ]
)
VOID = frozenset(("br", "hr", "img", "input", "meta", "link"))


class Page(HTMLParser):
    """What a reader of a page gets: cells of each table row, texts outside code, images, links, tags left open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[int]] = []
        self.texts: list[str] = []
        self.images: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.wrong: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append(0)
        elif tag in ("td", "th"):
            self.tables[-1][-1] += 1
        elif tag == "img":
            self.images.append((known.get("src", ""), known.get("alt", "")))
        elif tag == "a":
            self.links.append(known.get("href", ""))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self._open or self._open.pop() != tag):
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if not {"code", "pre"} & set(self._open):
            self.texts.append(data)


def rendered(path: Path) -> Page:
    return Page(github_flavored_markdown_to_html(path.read_text(encoding="utf-8"), Options.CMARK_OPT_UNSAFE))


@pytest.fixture(params=PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)), scope="module")
def page(request: pytest.FixtureRequest) -> tuple[Path, Page]:
    """One committed page."""
    return request.param, rendered(request.param)


def test_everything_that_is_opened_is_closed_in_its_order(page: tuple[Path, Page]) -> None:
    assert page[1].wrong == []


def test_every_row_of_a_table_has_as_many_cells_as_its_head(page: tuple[Path, Page]) -> None:
    assert [set(rows) for rows in page[1].tables if len(set(rows)) != 1] == []


def test_no_table_stays_text(page: tuple[Path, Page]) -> None:
    assert [text for text in page[1].texts if text.lstrip().startswith("|") or "---" in text] == []


def test_images_are_there_and_say_what_they_show(page: tuple[Path, Page]) -> None:
    path, known = page
    missing = [source for source, alt in known.images if not alt or not (path.parent / unquote(source)).is_file()]
    assert missing == []


def test_links_within_the_repository_lead_somewhere(page: tuple[Path, Page]) -> None:
    path, known = page
    local = [
        link.partition("#")[0] for link in known.links if "://" not in link and not link.startswith(("#", "mailto:"))
    ]
    assert [link for link in local if not (path.parent / unquote(link)).exists()] == []


def test_no_address_is_made_a_link_by_itself(page: tuple[Path, Page]) -> None:
    path, known = page
    if "results" in path.relative_to(REPOSITORY).parts:
        assert [link for link in known.links if "://" in link] == []


def test_every_committed_experiment_has_a_page_of_results() -> None:
    asked = [
        path.relative_to(REPOSITORY / "experiments").with_suffix("")
        for path in (REPOSITORY / "experiments").rglob("*.yaml")
    ]
    assert [str(name) for name in asked if not (REPOSITORY / "results" / name / "summary.md").is_file()] == []


def test_no_line_of_a_committed_row_has_a_date_or_a_path() -> None:
    found = subprocess.run(
        [
            "git",
            "-C",
            REPOSITORY,
            "grep",
            "-nE",
            r"/(home|root|tmp|Users)/",
            "--",
            "results/**/*.csv",
            "results/**/*.md",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
