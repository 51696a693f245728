"""Installed packages → the scripts and styles that pages share, so that they open without a network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ..errors import CommandError

PACKAGES = ("itables", "jinja2", "plotly")
"""Of the extra `site`. The first and the last carry DataTables and plotly.js inside; neither is imported."""

OWN = Path(__file__).parent / "templates"


def assets(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """File name → content. Raises CommandError where a package is missing, saying what to install."""
    missing = [name for name in packages if not _installed(name)]
    if missing:
        raise CommandError(f"pages are made with {' and '.join(missing)}: pip install 'runmatrix[site]'")
    return {
        "assets/datatables.css": _bundled("itables", "itables/html/dt_bundle.css"),
        "assets/datatables.js": _module(_bundled("itables", "itables/html/dt_bundle.js")),
        "assets/plotly.js": _bundled("plotly", "plotly/package_data/plotly.min.js"),
        "assets/site.css": (OWN / "site.css").read_text(encoding="utf-8"),
        "assets/site.js": (OWN / "site.js").read_text(encoding="utf-8"),
    }


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _bundled(name: str, file: str) -> str:
    """A file that a package carries."""
    found = distribution(name)
    try:
        return Path(str(found.locate_file(file))).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CommandError(f"{name} {found.version} has no {file}: pip install --upgrade 'runmatrix[site]'") from error


def _module(source: str) -> str:
    """A script that holds a module: browsers import none from a file beside a page that is a file itself."""
    return f'window.dataTables = import("data:text/javascript;base64,{b64encode(source.encode()).decode()}");\n'
