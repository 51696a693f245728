"""Digests of results: equal for equal values of equal type, however they came to be."""

from __future__ import annotations

import math
import pickle
from array import array
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.child.digest import digest, unordered_digest

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner) | st.sets(st.integers()),
    max_leaves=20,
)


@dataclass
class Point:
    x: object
    y: object = 0

    def __call__(self) -> None: ...


@given(VALUES)
def test_a_value_that_went_through_a_pickle_is_the_same(value: object) -> None:
    assert digest([pickle.loads(pickle.dumps(value))]) == digest([value])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2, 3}, {3, 2, 1}),
        (math.nan, float("nan")),
        (Point([1]), Point([1])),
        (Counter("abca"), Counter("aabc")),
        (numpy.arange(6).reshape(2, 3), numpy.arange(6).reshape(2, 3).copy()),
        (numpy.array(["a", None], dtype=object), numpy.array(["".join(["a"]), None], dtype=object)),
        (pandas.DataFrame({"x": ["a", "b"]}), pandas.DataFrame({"x": ["a", "b"]})),
        (array("d", [1.0]), array("d", [1.0])),
        (Decimal("1.10"), Decimal("1.10")),
        (math.factorial(5000), math.factorial(5000)),
        (len, len),
    ],
    ids=lambda value: type(value).__name__,
)
def test_equal_values_have_equal_digests(left: Any, right: Any) -> None:
    assert digest([left]) == digest([pickle.loads(pickle.dumps(right))])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, True), (1, 1.0), ("1", 1), ("1", b"1"), ([1], (1,)), ([1, 2], [2, 1]), ([[1], 2], [1, [2]]), ({}, []),
        (Point(1), Point(2)), (Point(1), (1, 0)), (numpy.zeros(2), numpy.zeros((1, 2))), (-1, 1), (255, "ff"),
        (numpy.zeros(2), numpy.zeros(2, dtype="f4")), ("ab", ["a", "b"]), ({"a": "b"}, {"b": "a"}), (len, str),
    ],
    ids=str,
)  # fmt: skip
def test_different_values_have_different_digests(left: object, right: object) -> None:
    assert digest([left]) != digest([right])


def test_order_counts_unless_it_is_said_not_to() -> None:
    assert digest([1, 2]) != digest([2, 1])
    assert unordered_digest([1, 2, 2]) == unordered_digest([2, 1, 2]) != unordered_digest([1, 2, 1])


def test_parts_that_are_shared_cost_no_more_than_one_of_them() -> None:
    value: list[object] = [1]
    for _ in range(200):
        value = [value, value]
    assert digest([value]) == digest([pickle.loads(pickle.dumps(value))])


def test_a_shared_part_is_the_same_as_two_equal_ones() -> None:
    shared = [1, 2]
    assert digest([[shared, shared]]) == digest([[[1, 2], [1, 2]]])


def test_a_value_that_holds_itself_has_a_digest_too() -> None:
    cycles: list[list[object]] = [[1], [1]]
    for cycle in cycles:
        cycle.append(cycle)
    assert digest(cycles[:1]) == digest(cycles[1:])
