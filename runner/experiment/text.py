"""YAML text → Document: data with places, read within limits and by YAML 1.2's rules for scalars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from yaml.reader import Reader

from ..errors import ExperimentError
from ..places import likely_experiment
from . import scalars
from .document import Child, Document, Node, Place
from .events import counted, start
from .messages import Refused, located, quoted

LARGEST = 4 * 1024 * 1024

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_START = Place(1, 1)


def read(path: Path) -> Document:
    """The document in a file; raises ExperimentError with every mistake that could be found."""
    return parse(path, _text(path))


def parse(path: Path, text: str) -> Document:
    """The document in a text; `path` is for messages."""
    lines = _BREAK.split(text)
    builder = _Builder(text)
    try:
        root = builder.document()
    except Refused as end:
        builder.mistakes.append(end)
    if builder.mistakes:
        raise ExperimentError([located(path, lines, one.place, one.text, one.hint) for one in builder.mistakes])
    return Document(path, lines, root)


def _text(path: Path) -> str:
    if path.is_dir():
        raise ExperimentError([f"{path}: this is a directory: name a YAML file in it"])
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        likely = likely_experiment(path)
        meant = f"; did you mean {likely}?" if likely else ""
        raise ExperimentError([f"{path}: can't be read: {error.strerror or error}{meant}"]) from error
    if len(raw) > LARGEST:
        raise ExperimentError([f"{path}: larger than 4 MiB: an experiment is a page, keep data in files of its own"])
    return _decoded(path, raw)


def _decoded(path: Path, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        lines = _BREAK.split(before)
        text = f"byte 0x{error.object[error.start]:02x} is not UTF-8: save the file as UTF-8"
        raise ExperimentError([located(path, lines, Place(len(lines), len(lines[-1]) + 1), text)]) from error


class _Builder:
    """Events to nodes. What does not keep the rest from being read is collected in `mistakes`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events: Iterator[yaml.Event] = counted(text)
        self.anchors: dict[str, Node] = {}
        self.mistakes: list[Refused] = []

    def document(self) -> Node:
        _refuse_unprintable(self.text)
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            raise _syntax(error) from error

    def _document(self) -> Node:
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise _EMPTY
        root = self._node(next(self.events))
        next(self.events)  # the document's end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise Refused(start(after), "a second document begins here: one file is one experiment, take the `---` out")
        if root.data is None:
            raise _EMPTY
        return root

    def _node(self, event: yaml.Event) -> Node:
        if isinstance(event, yaml.AliasEvent):
            repeated = self.anchors[str(event.anchor)]
            return Node(start(event), repeated.data, repeated.written, repeated.children)
        assert isinstance(event, yaml.NodeEvent)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(event)
        else:
            node = self._mapping(event)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        text = event.value
        try:
            if event.tag is not None:
                value = scalars.tagged(text, event.tag.removeprefix(scalars.CORE))
            else:
                value = scalars.plain(text) if event.implicit[0] else text
        except scalars.ScalarError as error:
            self.mistakes.append(Refused(start(event), str(error)))
            value = None
        return Node(start(event), value, text, {})

    def _sequence(self, event: yaml.Event) -> Node:
        nodes: list[Node] = []
        while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
            nodes.append(self._node(item))
        children: dict[str | int, Child] = {index: Child(node.place, node) for index, node in enumerate(nodes)}
        return Node(start(event), [node.data for node in nodes], None, children)

    def _mapping(self, event: yaml.Event) -> Node:
        own: dict[str | int, Child] = {}
        merged: list[Node] | None = None
        while not isinstance(item := next(self.events), yaml.MappingEndEvent):
            merges = isinstance(item, yaml.ScalarEvent) and item.value == "<<" and item.implicit[0]
            key, value = self._node(item), self._node(next(self.events))
            if not merges:
                self._add(own, key, value)
            elif merged is None:
                merged = self._merged(value)
            else:
                self.mistakes.append(Refused(key.place, "`<<` stands here twice: merge a list, `<<: [*one, *two]`"))
        children = _with_own(merged or [], own)
        return Node(start(event), {name: child.node.data for name, child in children.items()}, None, children)

    def _add(self, own: dict[str | int, Child], key: Node, value: Node) -> None:
        name = key.written
        if name is None:
            self.mistakes.append(Refused(key.place, "a key must be a text, not a list or a mapping"))
        elif name in own:
            text = f"the key {quoted(name)} stands here a second time: the first is in line {own[name].key.line}"
            self.mistakes.append(Refused(key.place, text, "take one of them out, or rename it"))
        else:
            own[name] = Child(key.place, value)

    def _merged(self, value: Node) -> list[Node]:
        nodes = [value] if isinstance(value.data, dict) else [child.node for child in value.children.values()]
        if not nodes or not all(isinstance(node.data, dict) for node in nodes):
            self.mistakes.append(
                Refused(value.place, "`<<` merges a mapping or a list of mappings, such as `<<: *name`")
            )
            return []
        return nodes


_EMPTY = Refused(_START, "this file is empty: an experiment needs `workloads` and `models`")


def _with_own(merged: list[Node], own: dict[str | int, Child]) -> dict[str | int, Child]:
    """Own keys win over merged ones, and earlier merged mappings over later ones."""
    children: dict[str | int, Child] = {}
    for node in merged:
        for name, child in node.children.items():
            children.setdefault(name, child)
    return children | own


def _refuse_unprintable(text: str) -> None:
    found = Reader.NON_PRINTABLE.search(text)
    if found is not None:
        lines = _BREAK.split(text[: found.start()])
        what = f"the character U+{ord(found.group()):04X} is not allowed in YAML: take it out"
        raise Refused(Place(len(lines), len(lines[-1]) + 1), what)


def _syntax(error: yaml.MarkedYAMLError) -> Refused:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else _START
    problem = error.problem or "this can't be read"
    since = f" from line {error.context_mark.line + 1} on" if error.context_mark else ""
    context = f" {error.context}{since}" if error.context else ""
    return Refused(place, f"this is no YAML: {problem}{context}", _REMEDIES.get(problem, ""))


# libyaml's words, and those of PyYAML where it has others
_REMEDIES = {
    "mapping values are not allowed here": "quote a text that has `: ` in it",
    "found character '\\t' that cannot start any token": "indent with blanks, and quote a text that begins like this",
    "mapping values are not allowed in this context": "quote a text that has `: ` in it",
    "found character that cannot start any token": "indent with blanks, and quote a text that begins like this",
    "did not find expected ',' or ']'": "close the list with `]`, and put `,` between its values",
    "did not find expected ',' or '}'": "close the mapping with `}`, and put `,` between its keys",
    "did not find expected key": "indent this line as the keys above it",
    "could not find expected ':'": "a key is followed by `: `",
}
