"""Usable cores → Design: which cells the examination measures, twice in every block, in a fresh random order."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..child.models.table import MODELS
from ..matrix import Cell, Variant

Twin = Literal["a", "b"]
TWINS: tuple[Twin, Twin] = ("a", "b")

TASKS = 4
"""Of one worker: each has its own, so that a block takes as long on many cores as on two."""

CRUNCH = ("crunch", {"iterations": 500_000})
"""Some 20 ms of counting: with four tasks a child computes for about a twelfth of a second."""

SLEEP = ("sleep", {"seconds": 0.02})


@dataclass(frozen=True, slots=True)
class CellTwin:
    """One invocation of a block: a cell, or the same cell once more."""

    cell: Cell
    twin: Twin


@dataclass(frozen=True, slots=True)
class Design:
    """What is measured on a machine of so many usable cores; the same seed gives the same orders."""

    cores: int
    seed: int

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Serial computing, the same on all cores, and waiting."""
        return self.computing, self.parallel, _cell("waiting, serial", SLEEP, "serial", 1)

    @property
    def computing(self) -> Cell:
        """What the cells that compute have to be compared with."""
        return _cell("computing, serial", CRUNCH, "serial", 1)

    @property
    def parallel(self) -> Cell:
        """As much for each core as the serial cell does in all: it takes as long where the cores are really there."""
        return _cell(f"computing, processes × {self.cores}", CRUNCH, "processes", self.cores)

    def block(self, number: int) -> list[CellTwin]:
        """All cells twice, in the order of this block."""
        twins = [CellTwin(cell, twin) for cell in self.cells for twin in TWINS]
        random.Random(f"{self.seed}/{number}").shuffle(twins)
        return twins


def _cell(key: str, workload: tuple[str, Mapping[str, object]], model: str, workers: int) -> Cell:
    name, _, _ = key.partition(",")
    options = {name: parameter.default for name, parameter in MODELS[model].parameters.items()}
    return Cell(
        key=key,
        workload=Variant(name, workload[0], workload[1], {}),
        model=Variant(model, model, options, {}),
        workers=workers,
        python="current",
        python_label="current",
        tasks=TASKS * workers,
        tasks_per_worker=TASKS,
        env={},
        swept_env={},
        same="equal",
        baseline=None,
    )
