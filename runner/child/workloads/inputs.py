"""Declared inputs → what each task is given; no workload by itself."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def read(inputs: object, tasks: int | None) -> list[object]:
    """One item for each task, beginning again where there are more tasks than inputs."""
    found = list(_declared(inputs))
    if not found:
        raise ValueError("`inputs` gives nothing")
    count = len(found) if tasks is None else tasks
    return [found[index % len(found)] for index in range(count)]


def _declared(inputs: object) -> Sequence[object]:
    if isinstance(inputs, str):
        given: Sequence[object] = imported(inputs)()  # type: ignore[assignment]
        return given
    if isinstance(inputs, dict) and "glob" in inputs:
        import glob

        return sorted(glob.glob(inputs["glob"], recursive=True))
    if isinstance(inputs, dict):
        with open(inputs["lines"], encoding="utf-8") as lines:
            return lines.read().splitlines()
    assert isinstance(inputs, list)
    return inputs


def imported(name: str) -> Callable[..., object]:
    """What "module:function" names. Raises ImportError or AttributeError, which say what is missing."""
    from importlib import import_module

    module, _, path = name.partition(":")
    found: object = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    assert callable(found), f"{name} is not callable"
    return found
