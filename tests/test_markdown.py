"""No text passes for markup: held against a renderer that knows GitHub's rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token
from pages import GFM, page_of, tables_of
from records import SERIAL, StandIn, cell, changed, failed, swept, variant

from runner.summary.values import one_line
from runner.tables.markdown import SPAN, code, escaped, fenced, prose, table

NASTY = [
    "a|b", "x\\|y", "a\\", "`code`", "```", "<script>alert(1)</script>", "</details>", "&lt;", "[a](http://b.c)",
    "![a](b)", "http://a.b", "www.a.b", "**a**", "_a_", "~~a~~", "$a$", "#", "one\ntwo\r\n\n# three", "| - |", "--- |",
]  # fmt: skip
TEXTS = st.text() | st.text(st.sampled_from("\\`*_[]()<>&|~$#@:!.-+= \n\t\rw1é")) | st.sampled_from(NASTY)


def inline_of(markdown: str) -> list[Token]:
    (inline,) = [token for token in GFM.parse(markdown) if token.type == "inline"]
    return inline.children or []


def text_of(tokens: Sequence[Token]) -> str:
    """What a reader sees, if nothing but text and empty comments is there."""
    assert {token.type for token in tokens} <= {"text", "text_special", "html_inline"}
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<!-- -->"}
    return "".join(token.content for token in tokens if token.type != "html_inline")


@given(TEXTS)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    assert text_of(inline_of(f"# x{escaped(text)}")) == f"x{one_line(text)}"


@given(TEXTS)
def test_escaped_text_is_shown_as_it_is_where_a_line_begins_with_it(text: str) -> None:
    (opening, inline, _) = GFM.parse(f"{escaped(f'>{text}')}")
    assert opening.type == "paragraph_open"
    assert text_of(inline.children or ()) == one_line(f">{text}")


@pytest.mark.parametrize("text", ["speedup >= 1.5", "speedup <= 1.5", "efficiency < 0.5", "a -> b"])
def test_a_comparison_is_written_as_it_is(text: str) -> None:
    assert escaped(text) == text


@given(TEXTS)
def test_prose_is_shown_as_it_is_but_for_the_backticks_around_code(text: str) -> None:
    shown = "".join(
        unescape(re.sub("<!-- -->|</?code>", "", token.content)) if token.type == "html_inline" else token.content
        for token in inline_of(f"# x{prose(text)}")
    )
    assert shown == "x" + SPAN.sub(lambda found: one_line(found[1]), one_line(text))


def test_what_stands_between_backticks_is_code() -> None:
    assert prose("set `loop: uvloop` * 2") == "set `loop: uvloop` &#42; 2"


@given(TEXTS)
def test_code_is_shown_as_it_is(text: str) -> None:
    spans = inline_of(f"# x {code(text)}")[1:]
    if spans[0].type == "code_inline":
        assert [span.content for span in spans] == [one_line(text)]
    else:
        assert (spans[0].content, spans[-1].content) == ("<code>", "</code>")
        assert text_of(spans[1:-1]) == one_line(text)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_no_text_breaks_a_table(texts: list[tuple[str, str]]) -> None:
    markdown = table(["one", "two"], [[escaped(left), code(right)] for left, right in texts], ["left", "right"])
    (found,) = tables_of(f"{markdown}\n\nafter")
    assert [len(row) for row in found] == [2] * (1 + len(texts))


@pytest.mark.parametrize(
    "text", ["http://a.b", "https://a.b/c", "www.a.b", "mailto:a@b.c", "xmpp:a@b.c", "a@b.c", "a@.b"]
)
def test_no_address_becomes_a_link(text: str) -> None:
    for start in ("://", "www.", "mailto:", "xmpp:", "a@b", "a@."):
        assert start not in escaped(text)


def blocks_of(text: str) -> list[str]:
    """The blocks of a page in which one text stands wherever texts of the user's stand."""
    workload, model = variant(text, "sleep", {"text": text}), variant(text, "threads")
    cells = (cell(SERIAL, 1, workload), cell(model, 4, swept(workload, "size", text)))
    lines = changed(StandIn().run(cells, 2), cells[1].key, [1, 2], failed("failed", text) | {"notes": [text]})
    tokens = GFM.parse(page_of(lines, cells, text))
    assert not {"link", "image", "s"} & {child.tag for token in tokens for child in token.children or ()}
    return [token.type for token in tokens]


@pytest.mark.parametrize("text", NASTY)
def test_no_name_reason_note_or_question_breaks_the_page(text: str) -> None:
    assert blocks_of(text) == blocks_of("harmless")


def test_a_fence_is_longer_than_any_inside() -> None:
    (token,) = GFM.parse(fenced("a\n````\nb", "sh"))
    assert token.content == "a\n````\nb\n"


def test_one_figure_more_wide_changes_one_line_of_a_table() -> None:
    narrow, wide = (table(["a", "b"], [["1", "2"], [figure, "3"]], ["left", "right"]) for figure in ("1", "10000"))
    differing = [old for old, new in zip(narrow.splitlines(), wide.splitlines(), strict=True) if old != new]
    assert differing == ["| 1 | 3 |"]
