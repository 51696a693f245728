"""results/**/environment.json → results/README.md: question, answer, date, machine of every experiment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from .. import atomic
from ..errors import ResultsError
from .markdown import code, escaped

MARK = "<!-- Written by `runmatrix`; what is changed here is lost. -->"
ENVIRONMENT = "environment.json"
NOTHING: Mapping[Path, str] = MappingProxyType({})


def write_index(results: Path) -> bool:
    """Write the index into the folder of results; True where that changed it.

    A README.md that is not ours stays as it is. Raises ResultsError where a file can't be read or written.
    """
    return any(atomic.write(path, text) for path, text in index_file(results).items())


def index_file(results: Path, environments: Mapping[Path, str] = NOTHING) -> dict[Path, str]:
    """The index as it ought to lie in the folder of results; none where a README.md lies there that is not ours.

    `environments` are environment.json files as they will be. Raises ResultsError where a file can't be read.
    """
    readme = results / "README.md"
    try:
        if readme.exists() and not readme.read_bytes().startswith(MARK.encode()):
            return {}
        return {readme: index(results, environments)}
    except OSError as error:
        raise ResultsError(f"{error.filename}: can't be read: {error.strerror}") from error


def index(results: Path, environments: Mapping[Path, str] = NOTHING) -> str:
    """The index in markdown, experiments in the order of their folders' names."""
    files = sorted({*results.rglob(ENVIRONMENT), *environments}, key=lambda path: path.parent)
    entries = [_entry(path.parent, results, environments.get(path)) for path in files]
    return "\n".join([MARK, "", "# Results", "", *(entries or ["Nothing has been measured yet."])]) + "\n"


def _entry(folder: Path, results: Path, environment: str | None) -> str:
    """A list's item: the link and the question, when and where it was measured, below it what each workload takes."""
    path = folder.relative_to(results).as_posix()
    known = _known(environment or (folder / ENVIRONMENT).read_bytes())
    link = f"- [{code(path)}]({quote(path)}/summary.md)"
    if known is None:
        return f"{link}: its environment.json can't be read: `runmatrix report` writes it anew"
    measured = ", ".join(escaped(str(known[name])) for name in ("measured", "machine") if known.get(name))
    question = escaped(str(known.get("question") or ""))
    head = f"{link}{': ' if question else ''}{question}{f' <sub>{measured}</sub>' if measured else ''}"
    return "\n".join(
        [head, *(f"  - {code(name)}: {_said(said)}" for name, said in (known.get("answers") or {}).items())]
    )


def _said(claims: object) -> str:
    """One text, as it was written once, or one for each piece of work."""
    return "; ".join(escaped(str(claim)) for claim in (claims if isinstance(claims, list) else [claims]))


def _known(environment: str | bytes) -> dict[str, Any] | None:
    """None for what is no JSON object, such as a file with a merge's marks."""
    try:
        known = json.loads(environment)
    except ValueError:
        return None
    return known if isinstance(known, dict) and isinstance(known.get("answers", {}), dict) else None
