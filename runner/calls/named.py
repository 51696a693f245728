"""Loaded → [Call]: every function that the file names, where it stands there, and what it will be called with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..experiment import Loaded
from ..experiment.declared import Model, Workload
from ..experiment.document import Document, Keys
from ..experiment.sweep import Sweep

TASK = ("call", "async_call")
WITHOUT_ARGUMENTS = ("inputs", "worker_setup", "setup", "teardown")
ROWS_AT_MOST = 10_000

Placed = Mapping[str, tuple[object, Keys]]
"""Name of a parameter → its value, and where that stands in the declaration."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function as "module:function", and where the file says so; `role` is what it is there for.

    It is given so many values by position, and keywords by their names, each with where its name stands.
    """

    name: str
    at: Keys
    role: str
    positional: int = 0
    keywords: Mapping[str, Keys] = field(default_factory=dict)


def calls(loaded: Loaded) -> Iterator[Call]:
    """All of them, but for declarations in which something is wrong already."""
    wrong = {mistake.path[:2] for mistake in loaded.mistakes}
    for name, workload in loaded.experiment.workloads.items():
        if ("workloads", name) not in wrong:
            yield from _of_workload(("workloads", name), workload)
    for at, model in _models(loaded):
        if at[:2] not in wrong:
            yield from _of_model(at, model)


def _of_workload(at: Keys, workload: Workload) -> Iterator[Call]:
    if isinstance(workload.same, str) and ":" in workload.same:
        yield Call(workload.same, (*at, "same"), "same", positional=2)
    if workload.kind not in ("function", "command"):
        return
    settings = {name: (value, (*at, name)) for name, value in workload.settings().items() if name != "args"}
    for row in _rows(workload.sweep, at):
        given = {**settings, **{name: placed for name, placed in row.items() if name in settings}}
        for name in WITHOUT_ARGUMENTS:
            function, keys = given.get(name, (None, at))
            if isinstance(function, str):
                yield Call(function, keys, name)
        yield from _of_task(given, _keywords(workload, at, row, given), given.get("inputs", (None, at))[0] is not None)


def _of_task(given: Placed, keywords: Mapping[str, Keys], with_input: bool) -> Iterator[Call]:
    for name in TASK:
        function, keys = given.get(name, (None, ()))
        if isinstance(function, str):
            yield Call(function, keys, name, int(with_input), keywords)


def _keywords(workload: Workload, at: Keys, row: Placed, given: Placed) -> Mapping[str, Keys]:
    """`args`, what is swept of them, and `worker` where there is a `worker_setup`."""
    args = workload.settings().get("args")
    found: dict[str, Keys] = {name: (*at, "args", name) for name in args} if isinstance(args, dict) else {}
    swept_args = row.get("args", (None, at))
    if isinstance(swept_args[0], dict):
        found = {name: (*swept_args[1], name) for name in swept_args[0]}
    found |= {name: keys for name, (_, keys) in row.items() if name not in given and name != "args"}
    setup, keys = given.get("worker_setup", (None, at))
    return found | {"worker": keys} if setup else found


def _rows(sweep: Sweep, at: Keys) -> Iterator[Placed]:
    """Rows of a sweep, for each value that may be a function; of what else is swept only the names matter."""
    if isinstance(sweep, list):
        for index, row in enumerate(sweep[:ROWS_AT_MOST]):
            yield {name: (value, (*at, "sweep", index, name)) for name, value in row.items()}
        return
    matters = {*TASK, *WITHOUT_ARGUMENTS, "args"}
    factors = [
        [
            (name, (value, (*at, "sweep", name, *([index] if name in matters else []))))
            for index, value in enumerate(values if name in matters else values[:1])
        ]
        for name, values in sweep.items()
    ]
    yield from map(dict, itertools.islice(itertools.product(*factors), ROWS_AT_MOST))


def _models(loaded: Loaded) -> Iterator[tuple[Keys, Model]]:
    for index, model in enumerate(loaded.experiment.models):
        yield ("models", index), model
    for number, block in enumerate(loaded.experiment.include):
        at: Keys = ("include", number, "model")
        for index, named in enumerate(block.model or ()):
            if isinstance(named, Model):
                yield ((*at, index) if _is_list(loaded.document, at) else at), named


def _is_list(document: Document, at: Keys) -> bool:
    node = document.node(at)
    return node is not None and isinstance(node.data, list)


def _of_model(at: Keys, model: Model) -> Iterator[Call]:
    """A pool of the user's is three functions of one module."""
    if model.kind != "own":
        return
    settings: Placed = {name: (value, (*at, name)) for name, value in model.settings().items()}
    for row in _rows(model.sweep, at):
        function, keys = ({**settings, **row})["call"]
        if isinstance(function, str):
            module = function.partition(":")[0]
            yield Call(f"{module}:start", keys, "start", 1)
            yield Call(function, keys, "run", 3)
            yield Call(f"{module}:stop", keys, "stop", 1)
