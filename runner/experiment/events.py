"""YAML events → the same events, counted: what grows without end, loops or builds objects goes no further."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from .document import Place
from .messages import Refused, did_you_mean
from .scalars import CORE, SCALAR_TAGS

DEEPEST = 64
MOST_NODES = 1_000_000

_Loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that has begun: what had been counted before it, and how deep it has become."""

    anchor: str | None
    nodes_before: int
    deepest: int


@dataclass(frozen=True, slots=True)
class _Repeated:
    """What one alias of an anchor stands for."""

    nodes: int
    height: int


def start(event: yaml.Event) -> Place:
    """Where an event begins."""
    mark = event.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)


def counted(text: str) -> Iterator[yaml.Event]:
    """The events of a text, each checked before it is given on; raises Refused."""
    count = _Count()
    for event in yaml.parse(text, Loader=_Loader):
        count.add(event)
        yield event


class _Count:
    """How large and how deep a document is with every alias replaced by what it repeats."""

    def __init__(self) -> None:
        self.nodes = 0
        self.open: list[_Open] = []
        self.anchors: dict[str, _Repeated] = {}

    def add(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._repeat(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        _check_tag(event, event.tag, SCALAR_TAGS)
        self._grow(event, 1)
        if event.anchor:
            self.anchors[event.anchor] = _Repeated(1, 0)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        _check_tag(event, event.tag, frozenset({"map" if isinstance(event, yaml.MappingStartEvent) else "seq"}))
        self.open.append(_Open(event.anchor, self.nodes, 0))
        self._reach(event, len(self.open))
        self._grow(event, 1)

    def _end(self) -> None:
        done = self.open.pop()
        if done.anchor:
            self.anchors[done.anchor] = _Repeated(self.nodes - done.nodes_before, done.deepest - len(self.open))
        if self.open:
            self.open[-1].deepest = max(self.open[-1].deepest, done.deepest)

    def _repeat(self, event: yaml.AliasEvent) -> None:
        if any(one.anchor == event.anchor for one in self.open):
            raise Refused(start(event), f"`*{event.anchor}` stands inside what it repeats, so it would never end")
        repeated = self.anchors.get(str(event.anchor))
        if repeated is None:
            hint = did_you_mean(event.anchor, self.anchors) if self.anchors else ""
            raise Refused(start(event), f"`*{event.anchor}` repeats nothing: no `&{event.anchor}` stands above", hint)
        self._grow(event, repeated.nodes)
        self._reach(event, len(self.open) + repeated.height)

    def _grow(self, event: yaml.Event, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            raise Refused(start(event), f"more than {MOST_NODES:,} values, counting what aliases repeat: repeat less")

    def _reach(self, event: yaml.Event, depth: int) -> None:
        if depth > DEEPEST:
            raise Refused(start(event), f"nested more than {DEEPEST} deep: an experiment needs less than ten")
        if self.open:
            self.open[-1].deepest = max(self.open[-1].deepest, depth)


def _check_tag(event: yaml.Event, tag: str | None, allowed: frozenset[str]) -> None:
    if tag is None or (tag.startswith(CORE) and tag.removeprefix(CORE) in allowed):
        return
    shown = tag.replace(CORE, "!!", 1)
    hint = f"leave the tag out; known here: {', '.join(f'!!{name}' for name in sorted(allowed))}"
    raise Refused(start(event), f"the tag `{shown[:60]}` is not allowed: an experiment is plain data", hint)
