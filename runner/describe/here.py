"""Path → the path as one types it here."""

from __future__ import annotations

from pathlib import Path


def from_here(path: Path) -> str:
    """From here, where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) and here != Path("/") else path)
