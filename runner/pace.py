"""How long each cell's children took → how long the rest will take, as far as that is known."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from .standing import Stand


class Pace:
    """Seconds of one child of each cell, by key: the latest that was seen. What stands is known before a run begins."""

    def __init__(self, stands: Mapping[str, Stand]) -> None:
        self._seconds: dict[str, float] = {}
        for key, stand in stands.items():
            for record in sorted(stand.blocks.values(), key=lambda record: record.order):
                self.saw(key, record.wall_ns or 0)

    def saw(self, key: str, wall_ns: int) -> None:
        """A child of this cell took so long; 0 where that is not known."""
        if wall_ns:
            self._seconds[key] = wall_ns / 1e9

    def left_s(self, remaining: Mapping[str, int]) -> float | None:
        """Time for so many children of each cell; one that is not known yet takes as long as the others on average.
        None where nothing is known."""
        if not self._seconds:
            return None
        usual = fmean(self._seconds.values())
        return sum(count * self._seconds.get(key, usual) for key, count in remaining.items())
