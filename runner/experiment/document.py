"""Path of keys → Place: a YAML document as plain data that remembers where each value stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

Keys = tuple[str | int, ...]
"""The way from a document's root to a value: ("workloads", "wait", "seconds"), ("models", 0)."""


class Place(NamedTuple):
    """A position in a file, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Child:
    """A member of a mapping or a sequence; `key` is where its key stands, or itself in a sequence."""

    key: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place; `written` is a scalar's text as the file has it, None for anything else."""

    place: Place
    data: object
    written: str | None
    children: Mapping[str | int, Child]


@dataclass(frozen=True, slots=True)
class Document:
    """A file's lines, its data as plain mappings, lists and scalars, and where each part of it stands."""

    path: Path
    lines: Sequence[str]
    root: Node

    @property
    def data(self) -> object:
        return self.root.data

    def node(self, keys: Sequence[str | int]) -> Node | None:
        """The value there, or None."""
        node = self.root
        for key in keys:
            child = node.children.get(key)
            if child is None:
                return None
            node = child.node
        return node

    def place(self, keys: Sequence[str | int], key: bool = False) -> Place:
        """Where a value, or with `key` its key, stands; for what the file does not have, what it would be in."""
        place, node = self.root.place, self.root
        for name in keys:
            child = node.children.get(name)
            if child is None:
                return node.place
            place, node = child.key, child.node
        return place if key else node.place

    def first(self, keys: Sequence[str | int]) -> Place:
        """Where the first key of a mapping stands, or the value itself if it has none."""
        node = self.node(keys)
        if node is None or not node.children:
            return self.place(keys)
        return next(iter(node.children.values())).key
