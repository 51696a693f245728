"""results/**/environment.json → results/README.md: question, answer, date, machine of every experiment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .. import atomic
from ..errors import ResultsError
from .markdown import code, escaped, table

MARK = "<!-- Written by `runmatrix`; what is changed here is lost. -->"
HEADERS = ("experiment", "question", "answer", "measured", "machine")


def write_index(results: Path) -> bool:
    """Write the index into the folder of results; True where that changed it.

    A README.md that is not ours stays as it is. Raises ResultsError where a file can't be read or written.
    """
    readme = results / "README.md"
    try:
        if readme.exists() and not readme.read_bytes().startswith(MARK.encode()):
            return False
        text = index(results)
    except OSError as error:
        raise ResultsError(f"{error.filename}: can't be read: {error.strerror}") from error
    return atomic.write(readme, text)


def index(results: Path) -> str:
    """The index in markdown, experiments in the order of their folders' names."""
    folders = sorted(path.parent for path in results.rglob("environment.json"))
    rows = [_row(folder, results) for folder in folders]
    content = table(HEADERS, rows, ["left"] * len(HEADERS)) if rows else "Nothing has been measured yet."
    return f"{MARK}\n\n# Results\n\n{content}\n"


def _row(folder: Path, results: Path) -> list[str]:
    path = folder.relative_to(results).as_posix()
    known = _read(folder / "environment.json")
    link = f"[{code(path)}]({quote(path)}/summary.md)"
    if known is None:
        return [link, "", "its environment.json can't be read: `runmatrix report` writes it anew", "", ""]
    answers = known.get("answers") or {}
    said = "<br>".join(f"{code(name)}: {escaped(str(sentence))}" for name, sentence in answers.items())
    rest = (escaped(str(known.get(name) or "")) for name in ("measured", "machine"))
    return [link, escaped(str(known.get("question") or "")), said, *rest]


def _read(path: Path) -> dict[str, Any] | None:
    """None for what is no JSON object, such as a file with a merge's marks."""
    try:
        known = json.loads(path.read_bytes())
    except ValueError:
        return None
    return known if isinstance(known, dict) and isinstance(known.get("answers", {}), dict) else None
