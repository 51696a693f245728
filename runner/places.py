"""Experiment's path → where things lie: results beside experiments, a cache of our own outside both."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SUFFIXES = (".yaml", ".yml")


def cache_folder() -> Path:
    """Where staged code, locks and probed facts lie; nothing in it is worth keeping."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    for candidate in (Path(base) / "runmatrix", Path(tempfile.gettempdir()) / f"runmatrix-{os.getuid()}"):
        try:
            candidate.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(candidate, os.W_OK):
            return candidate
    raise AssertionError("neither the cache folder nor the temporary folder can be written")


def results_root(experiment: Path) -> Path:
    """The folder of all results: beside the nearest folder called `experiments` above the file, else beside the file."""
    home = _experiments(experiment)
    return (home or _plain(experiment)).parent / "results"


def experiment_name(experiment: Path) -> str:
    """The experiment's path below `experiments`, without its ending: `gallery/mandelbrot`. Its results lie there too."""
    home = _experiments(experiment)
    return (_plain(experiment).relative_to(home) if home else Path(experiment.name)).with_suffix("").as_posix()


def _experiments(experiment: Path) -> Path | None:
    return next((parent for parent in _plain(experiment).parents if parent.name == "experiments"), None)


def _plain(path: Path) -> Path:
    """From the root, without `..`; links are left as they are named."""
    return Path(os.path.abspath(path))


def experiments_below(folder: Path) -> list[Path]:
    """Every YAML file below a folder, in the order of their names; but for those of hidden folders and of environments."""
    found = (path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    return sorted(path for path in found if not any(map(_is_not_ours, path.relative_to(folder).parts)))


def _is_not_ours(part: str) -> bool:
    return part.startswith(".") or part == "site-packages"


def likely_experiment(path: Path) -> Path | None:
    """The one that somebody means who names a file that is not there: with another ending, or below `experiments`."""
    bare = path.with_suffix("") if path.suffix in SUFFIXES else path
    places = [bare] if bare.is_absolute() else [bare, "experiments" / bare]
    found = (place.with_name(place.name + suffix) for place in places if place.name for suffix in SUFFIXES)
    return next((file for file in found if file.is_file() and file != path), None)


def project_root(folder: Path) -> Path:
    """The repository that a folder is in, else the folder itself: files within belong to the project."""
    folder = Path(os.path.realpath(folder))
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)
