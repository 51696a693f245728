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
from .markdown import code, escaped, table

MARK = "<!-- Written by `runmatrix`; what is changed here is lost. -->"
ENVIRONMENT = "environment.json"
NOTHING: Mapping[Path, str] = MappingProxyType({})
HEADERS = ("experiment", "question", "answer", "measured", "machine")


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
    rows = [_row(path.parent, results, environments.get(path)) for path in files]
    content = table(HEADERS, rows, ["left"] * len(HEADERS)) if rows else "Nothing has been measured yet."
    return f"{MARK}\n\n# Results\n\n{content}\n"


def _row(folder: Path, results: Path, environment: str | None) -> list[str]:
    path = folder.relative_to(results).as_posix()
    known = _known(environment or (folder / ENVIRONMENT).read_bytes())
    link = f"[{code(path)}]({quote(path)}/summary.md)"
    if known is None:
        return [link, "", "its environment.json can't be read: `runmatrix report` writes it anew", "", ""]
    answers = known.get("answers") or {}
    said = "<br>".join(f"{code(name)}: {escaped(str(sentence))}" for name, sentence in answers.items())
    rest = (escaped(str(known.get(name) or "")) for name in ("measured", "machine"))
    return [link, escaped(str(known.get("question") or "")), said, *rest]


def _known(environment: str | bytes) -> dict[str, Any] | None:
    """None for what is no JSON object, such as a file with a merge's marks."""
    try:
        known = json.loads(environment)
    except ValueError:
        return None
    return known if isinstance(known, dict) and isinstance(known.get("answers", {}), dict) else None
