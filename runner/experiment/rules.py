"""Data → [Mistake]: what holds between keys, looked for in data of any shape so that nothing hides anything."""

from __future__ import annotations

from collections.abc import Iterator

from ..pythons import CURRENT, OLDEST_IN_WORDS, Version
from .document import Keys
from .messages import Mistake, did_you_mean, quoted


def broken(data: dict[str, object]) -> Iterator[Mistake]:
    """Every rule between keys that is broken."""
    yield from _tasks(data)
    yield from _labels(data)
    yield from _pythons(data)
    yield from _required_pythons(data)
    yield from _variables(data)
    yield from _further_batches(data)


def _tasks(data: dict[str, object]) -> Iterator[Mistake]:
    strong, weak = data.get("tasks") is not None, data.get("tasks_per_worker") is not None
    if strong and weak:
        text = "`tasks` and `tasks_per_worker` exclude each other: keep the first for strong scaling, this for weak"
        yield Mistake(("tasks_per_worker",), text, at="key")
    elif not strong and not weak:
        without = [name for name, workload in _mapping(data.get("workloads")).items() if not _has_inputs(workload)]
        if without:
            text = f"{quoted(without[0])} has no `inputs` to count, so the number of tasks is missing"
            yield Mistake(("workloads", without[0]), text, "write `tasks: 64` or `tasks_per_worker: 16`", at="key")


def _has_inputs(workload: object) -> bool:
    declared = _mapping(workload)
    swept = declared.get("sweep")
    rows = swept if isinstance(swept, list) and swept else [swept]
    return declared.get("inputs") is not None or all("inputs" in _mapping(row) for row in rows)


def _further_batches(data: dict[str, object]) -> Iterator[Mistake]:
    measure = _mapping(data.get("measure"))
    on, batches = measure.get("verdict_on"), measure.get("batches", "auto")
    if on in ("steady", "quickest") and batches == 0:
        text = f"verdicts on `{on}` compare further batches, and here are none"
        yield Mistake(("measure", "batches"), text, "write 1 or more")
    elif on == "quickest" and batches == "auto":
        text = "the quickest of more batches is quicker, so that all cells must have the same number"
        yield Mistake(("measure", "verdict_on"), text, "write `batches: 20` beside it")


def _labels(data: dict[str, object]) -> Iterator[Mistake]:
    yield from _repeated("models", data, ("label", "kind"))
    yield from _repeated("pythons", data, ("label", "python"))


def _repeated(key: str, data: dict[str, object], naming: tuple[str, str]) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, item in enumerate(_list(data.get(key))):
        name = _name(item, naming)
        if name is None:
            continue
        if name in seen:
            text = f"the label {quoted(name)} is taken by {key}[{seen[name]}]: every one needs its own"
            yield Mistake((key, index), text, f"add `label: …`, as in {{{naming[1]}: {name}, label: other}}")
        seen.setdefault(name, index)


def _name(item: object, naming: tuple[str, str]) -> str | None:
    if isinstance(item, str):
        return item
    declared = _mapping(item)
    name = declared.get(naming[0]) or declared.get(naming[1])
    return name if isinstance(name, str) else None


def _pythons(data: dict[str, object]) -> Iterator[Mistake]:
    """What no machine can have, and names that would say another thing than they are."""
    for keys, item in _named_pythons(data):
        python, label = _name(item, ("python", "python")), _name(item, ("label", "python"))
        version = Version.parse(python or "")
        if version and version.is_too_old:
            yield Mistake(keys, f"Python {version} is too old", f"Runmatrix measures on {OLDEST_IN_WORDS} and later")
        if label == CURRENT != python:
            text = "`current` is the Python that Runmatrix runs in, and no label of another"
            yield Mistake(keys, text, "choose another label")


def _named_pythons(data: dict[str, object]) -> Iterator[tuple[Keys, object]]:
    """Every place where a Python is named, with what stands there."""
    for index, item in enumerate(_list(data.get("pythons"))):
        yield ("pythons", index), item
    for number, block in enumerate(_list(data.get("include"))):
        named = _mapping(block).get("python")
        for index, item in enumerate(named if isinstance(named, list) else [named]):
            keys: Keys = ("include", number, "python")
            yield (*keys, index) if isinstance(named, list) else keys, item


def _required_pythons(data: dict[str, object]) -> Iterator[Mistake]:
    declared = _list(data.get("pythons", [CURRENT]))
    names = {name: _name(item, ("python", "python")) for item in declared if (name := _name(item, ("label", "python")))}
    for name, requirement in _mapping(data.get("require")).items():
        keys: Keys = ("require", name)
        if name not in names:
            yield Mistake(keys, f"{quoted(name)} is none of the pythons", did_you_mean(name, names), at="key")
            continue
        version = Version.parse(names[name] or "")
        if version and not version.free_threaded and _mapping(requirement).get("gil") == "off":
            text = f"Python {version} always has the GIL: its free-threaded build is another"
            yield Mistake((*keys, "gil"), text, f'name "{version}t" among the pythons')


def _variables(data: dict[str, object]) -> Iterator[Mistake]:
    env = _mapping(data.get("env"))
    for index, name in enumerate(_list(data.get("pass_env"))):
        if isinstance(name, str) and name in env:
            yield Mistake(("pass_env", index), f"{quoted(name)} is set by `env` as well: leave one of them out")


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
