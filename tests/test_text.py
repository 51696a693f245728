"""YAML text → Document: what scalars stand for, where everything stands, aliases and merges."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import ExperimentError
from runner.experiment.document import Document, Place
from runner.experiment.text import parse, read

PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["Cc"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | PRINTABLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=20,
)


def document(text: str) -> Document:
    return parse(Path("x.yaml"), text)


def value(text: str) -> object:
    data = document(f"a: {text}\n").data
    assert isinstance(data, dict)
    return data["a"]


def mistakes(text: str) -> tuple[str, ...]:
    try:
        document(text)
    except ExperimentError as error:
        return error.mistakes
    return ()


@pytest.mark.parametrize(
    "text",
    [
        "on",
        "off",
        "yes",
        "no",
        "On",
        "NO",
        "y",
        "n",
        "1:30",
        "1:30:00",
        "2024-01-01",
        "0b11",
        "1_",
        "_1",
        "1__0",
        "0o8",
        "0xg",
        "+.inf.",
        "1e",
        "e5",
        "tRue",
        ".",
    ],
)
def test_what_yaml_1_1_would_make_something_else_of_is_a_text(text: str) -> None:
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("010", 10),
        ("-7", -7),
        ("+7", 7),
        ("0x1F", 31),
        ("0o17", 15),
        ("10_000_000", 10_000_000),
        ("1e6", 1e6),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1.5E-3", -0.0015),
        ("1_000.5", 1000.5),
        ("true", True),
        ("False", False),
        ("~", None),
        ("Null", None),
        ("", None),
        ("'10'", "10"),
        ('"true"', "true"),
        ("!!str 10", "10"),
        ("!!float 10", 10.0),
        ("!!int 0x10", 16),
        ("!!null ''", None),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("|-\n  10", "10"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


def test_what_is_no_number_is_read() -> None:
    found = value(".NaN")
    assert isinstance(found, float)
    assert math.isnan(found)


@given(st.dictionaries(PRINTABLE, JSON, max_size=5).filter(bool))
def test_json_comes_back_as_it_was(data: dict[str, object]) -> None:
    assert document(json.dumps(data)).data == data


@given(st.dictionaries(PRINTABLE, JSON, min_size=1, max_size=5))
def test_every_place_is_where_the_text_stands(data: dict[str, object]) -> None:
    found = document(json.dumps(data, indent=1, ensure_ascii=False))
    for key, item in data.items():
        line, column = found.place((key,), key=True)
        assert found.lines[line - 1][column - 1 :].startswith(json.dumps(key, ensure_ascii=False))
        line, column = found.place((key,))
        assert found.lines[line - 1][column - 1 :].startswith(json.dumps(item, ensure_ascii=False)[0])


@given(st.integers())
def test_an_integer_is_itself(number: int) -> None:
    assert value(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_itself(number: float) -> None:
    assert value(repr(number)) == number


def test_a_key_and_its_value_have_places_from_one() -> None:
    found = document("a: 1\nb:\n  - x\n  - {c: d}\n")
    assert found.place(("b",), key=True) == Place(2, 1)
    assert found.place(("b", 1, "c"), key=True) == Place(4, 6)
    assert found.place(("b", 1, "c")) == Place(4, 9)
    assert found.first(("b", 1)) == Place(4, 6)


def test_the_place_of_what_is_not_there_is_what_it_would_be_in() -> None:
    assert document("a: 1\nb: {c: d}\n").place(("b", "z", "y")) == Place(2, 4)


def test_columns_count_characters() -> None:
    assert document("{ä: 1, 漢字: 2}").place(("漢字",), key=True) == Place(1, 8)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    found = read(tmp_path / "x.yaml")
    assert found.data == {"a": 1, "b": 2}
    assert found.place(("b",), key=True) == Place(2, 1)


def test_an_alias_has_the_value_of_its_anchor_and_a_place_of_its_own() -> None:
    found = document("a: &x {b: 1}\nc: *x\n")
    assert found.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert found.place(("c",)) == Place(2, 4)
    assert found.place(("c", "b")) == Place(1, 11)


def test_own_keys_override_merged_ones() -> None:
    found = document("a: &x {b: 1, c: 1}\nd: {b: 2, <<: *x}\n")
    assert found.data == {"a": {"b": 1, "c": 1}, "d": {"b": 2, "c": 1}}
    assert found.place(("d", "b"), key=True) == Place(2, 5)


def test_of_several_merged_mappings_the_first_wins() -> None:
    text = "a: &x {b: 1}\nc: &y {b: 2, d: 2}\ne: {<<: [*x, *y]}\n"
    assert document(text).data == {"a": {"b": 1}, "c": {"b": 2, "d": 2}, "e": {"b": 1, "d": 2}}


def test_a_quoted_merge_sign_is_a_key() -> None:
    assert document('a: {"<<": 1}').data == {"a": {"<<": 1}}


def test_two_merge_signs_are_refused() -> None:
    with pytest.raises(ExperimentError, match="`<<` stands here twice"):
        document("a: &x {b: 1}\nc: {<<: *x, <<: *x}\n")


def test_a_scalar_key_is_its_text() -> None:
    assert document("3.10: a\ntrue: b\n~: c\n010: d\n").data == {"3.10": "a", "true": "b", "~": "c", "010": "d"}


def test_every_duplicate_key_is_found_at_once() -> None:
    with pytest.raises(ExperimentError) as refused:
        document("a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert [mistake.split(": ")[0] for mistake in refused.value.mistakes] == ["x.yaml:2:1", "x.yaml:3:11"]


def test_sixty_four_levels_are_read() -> None:
    assert document("a: " + "[" * 63 + "]" * 63)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert all(mistake.startswith("x.yaml:") for mistake in mistakes(text))


@given(st.text("ab:-[]{}&*<!|>'\"\n #,?%1", max_size=60))
def test_any_text_of_signs_is_read_or_refused(text: str) -> None:
    assert all(mistake.startswith("x.yaml:") for mistake in mistakes(text))
