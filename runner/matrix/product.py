"""Axes → [Cell]: the product of a block's axes, and how large it will be."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .axes import EnvironmentAxis, ModelAxis, PythonAxis, Work, WorkerCounts, fragment
from .cells import Cell, canonical, key_of


@dataclass(frozen=True, slots=True)
class Block:
    """Axes whose product is wanted: the top level's, or those of one `include`. A workload is all its variants."""

    workloads: Sequence[tuple[Work, ...]]
    environments: Sequence[EnvironmentAxis]
    models: Sequence[ModelAxis]
    pythons: Sequence[PythonAxis]

    def cells(self, counts: WorkerCounts) -> Iterator[Cell]:
        """Every cell, still without its baseline; workloads vary slowest, workers fastest."""
        works = itertools.chain.from_iterable(self.workloads)
        for work, env, model in itertools.product(works, self.environments, self.models):
            yield from _cells(work, env, model, self.pythons, counts)


def _cells(
    work: Work, env: EnvironmentAxis, model: ModelAxis, pythons: Sequence[PythonAxis], counts: WorkerCounts
) -> Iterator[Cell]:
    for (option, option_text), python in itertools.product(model.variants, pythons):
        before = f'{{"env":{env.text},"model":{option_text},"python":{canonical(python.python)},'
        for amount in work.amounts:
            # the keys of a specification in their sorted order; a test compares this with the specification itself
            start, end = f'{before}{fragment(amount)},"workers":', f',"workload":{work.text}}}'
            for workers in counts.of(model, amount):
                yield Cell(
                    key_of(f"{start}{workers}{end}"),
                    work.variant,
                    option,
                    workers,
                    python.python,
                    python.label,
                    amount.of(workers),
                    amount.per_worker,
                    env.env,
                    env.swept,
                    work.same,
                    None,
                    amount.counted,
                    python.gil,
                )
