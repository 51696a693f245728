"""[Call], where modules are looked for → [Mistake]: a module, function or argument that is not there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from ..experiment.messages import Mistake, listed, suggestion
from ..nearby import advice
from ..places import project_root
from .find import Found, Missing, Places, modules_in
from .named import Call
from .signature import misfits
from .source import Module, parsed

LEADS_ELSEWHERE = (b"sys.path", b"meta_path", b"path_hooks", b"addsitedir")


def judged(calls: Iterable[Call], folder: Path, current_alone: bool) -> Iterator[Mistake]:
    """What each call fails by. Source that can't be parsed here may be right for another Python."""
    project = Path(os.path.realpath(folder))
    find, read = cache(Places(project, current_alone).find), cache(_read)
    for call in calls:
        found = find(call.name.partition(":")[0])
        if isinstance(found, Missing):
            if _is_certain(found, read, project):
                yield _no_module(call, found, project)
        elif found is not None:
            known = read(found.source)
            if isinstance(known, Module):
                yield from _of_function(call, known, found)
            elif known is not None and current_alone:
                text = f"{found.source.name}:{known.lineno or 1} can't be imported: {known.msg}"
                yield Mistake(call.at, text)


def _is_certain(missing: Missing, read: Callable[[Path], object], project: Path) -> bool:
    """Not where a module beside the file may lead imports elsewhere, or its package may, unless it looks misspelt."""
    if missing.package is not None:
        return isinstance(read(missing.package.source), Module)
    if suggestion(missing.name, missing.known):
        return True
    return not any(word in _content(path) for path in project.glob("*.py") for word in LEADS_ELSEWHERE)


def _read(path: Path) -> Module | SyntaxError | None:
    try:
        return parsed(_content(path)) if os.access(path, os.R_OK) else None
    except SyntaxError as error:
        return error


def _content(path: Path) -> bytes:
    """Empty where it can't be read."""
    return path.read_bytes() if path.is_file() and os.access(path, os.R_OK) else b""


def _no_module(call: Call, missing: Missing, project: Path) -> Mistake:
    package, _, name = missing.name.rpartition(".")
    likely = suggestion(name, missing.known)
    if package:
        return Mistake(call.at, f"no module `{missing.name}`: package `{package}` has no `{name}`", likely)
    text = f"no module `{name}` beside the file or installed"
    return Mistake(call.at, text, likely or _elsewhere(name, project))


def _elsewhere(name: str, project: Path) -> str:
    """Where it lies instead, or where it ought to."""
    top = project_root(project)
    within = [folder for folder in project.parents if folder.is_relative_to(top)]
    for folder in within or [project.parent]:
        for path in (folder / f"{name}.py", folder / name / "__init__.py", folder / "src" / name / "__init__.py"):
            if path.is_file():
                return f"{os.path.relpath(path, project)} is not where it is looked for: move it, or install it"
    nearby = advice(f"ModuleNotFoundError: No module named '{name}'", project)
    return nearby.removeprefix("; ") or f"write {name}.py beside the file, or install it where Runmatrix is"


def _of_function(call: Call, known: Module, found: Found) -> Iterator[Mistake]:
    """What is installed may be given names by other modules, and by its extensions: there only what is close to one that
    stands in its source is taken for a mistake."""
    module, _, path = call.name.partition(":")
    name = path.partition(".")[0]
    if path in known.functions:
        yield from misfits(call, path, known.functions[path].args)
    elif name not in known.names and name not in modules_in(found.folders):
        likely = suggestion(name, known.names)
        if likely or found.is_beside:
            others = f"it has {listed(known.functions)}" if known.functions else "it has no function"
            yield Mistake(call.at, f"module `{module}` has no `{name}`{_of_pool(call)}", likely or others)


def _of_pool(call: Call) -> str:
    return ": a pool is `start`, the function named here, and `stop`" if call.role in ("start", "stop") else ""
