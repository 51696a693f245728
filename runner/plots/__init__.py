"""Summary, Verdicts → pictures, as SVG: where people would rather look, and never where two numbers would do."""

from __future__ import annotations

from pathlib import Path

from .. import atomic
from ..summary import Summary
from ..verdict import Verdicts
from .break_even import break_even_picture
from .chart import STILL, Bars, Chart, Lanes, Lines, Most, Picture
from .gantt import gantt
from .phases import phases
from .scaling import scaling_picture
from .svg import digest_in

__all__ = ["Bars", "Chart", "Lanes", "Lines", "Most", "Picture", "pictures", "write"]


def pictures(summary: Summary, verdicts: Verdicts, most: Most = STILL) -> tuple[Picture, ...]:
    """Those that are worth looking at, as data; nothing is drawn."""
    makers = (scaling_picture, break_even_picture, phases, gantt)
    return tuple(picture for make in makers for picture in make(summary, verdicts, most))


def write(found: tuple[Picture, ...], folder: Path) -> tuple[Path, ...]:
    """Draw those whose data are not what the files at hand show, and remove those of pictures that are no more; gives
    the files that this changed. Raises ResultsError, naming the file."""
    changed = []
    for picture in found:
        path = folder / picture.file
        if digest_in(path) != picture.digest:
            from .draw import drawn  # matplotlib takes ten bare starts: whoever draws pays for it

            atomic.write(path, drawn(picture))
            changed.append(path)
    return (*changed, *_removed(folder, {picture.file for picture in found}))


def _removed(folder: Path, kept: set[str]) -> tuple[Path, ...]:
    """Pictures of ours that nothing in the summary stands behind any more."""
    gone = [path for path in sorted(folder.glob("*.svg")) if path.name not in kept and digest_in(path)]
    for path in gone:
        path.unlink(missing_ok=True)
    return tuple(gone)
