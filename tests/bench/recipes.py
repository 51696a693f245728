"""Noise laws, recipes → README's table: who calls identical code different, and who finds 5 %, on the same noise.

    python tests/bench/recipes.py

Simulated with fixed seeds. Each procedure measures A and B ten times each, in the order in which its tool runs them;
at every moment of a comparison the machine's noise is the same for all procedures, whatever they run then.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import exp, log
from pathlib import Path

from tabulate import tabulate

sys.path.insert(0, str(Path(__file__).parent.parent))

from noise import LAWS, Law
from published import Recipe, asv, hyperfine, pyperf, runmatrix

from runner.stats import Claim

COMPARISONS = 500
EACH = 10
EFFECT = log(1.05)

A, B = 0, 1
Order = Callable[[random.Random], Sequence[int]]


def one_then_the_other(rng: random.Random) -> Sequence[int]:
    """pyperf and hyperfine finish A before they begin with B."""
    return [A] * EACH + [B] * EACH


def mirrored_rounds(rng: random.Random) -> Sequence[int]:
    """asv's default of two interleaved rounds of five, the second in reverse order."""
    return [A] * (EACH // 2) + [B] * EACH + [A] * (EACH // 2)


def alternating(rng: random.Random) -> Sequence[int]:
    """What is often done by hand."""
    return [A, B] * EACH


def random_in_blocks(rng: random.Random) -> Sequence[int]:
    """Both once in each block, in a fresh random order."""
    return [which for _ in range(EACH) for which in rng.sample((A, B), 2)]


@dataclass(frozen=True, slots=True)
class Procedure:
    """In which order a tool measures, and how it decides."""

    order: Order
    recipe: Recipe


PROCEDURES: Mapping[str, Procedure] = {
    "Runmatrix": Procedure(random_in_blocks, runmatrix),
    "…, margin 0": Procedure(random_in_blocks, partial(runmatrix, margin=0.0)),
    "…, ABAB": Procedure(alternating, partial(runmatrix, margin=0.0)),
    "pyperf": Procedure(one_then_the_other, pyperf),
    "hyperfine": Procedure(one_then_the_other, hyperfine),
    "asv": Procedure(mirrored_rounds, asv),
    "…, factor 1": Procedure(mirrored_rounds, partial(asv, factor=1.0)),
}


def claims(law: Law, effect: float, procedure: Procedure) -> Counter[Claim]:
    """How often a procedure says what of B, which takes exp(effect) times as long as A."""
    return Counter(_compared(law, effect, procedure, seed) for seed in range(COMPARISONS))


def _compared(law: Law, effect: float, procedure: Procedure, seed: int) -> Claim:
    """One comparison. The noise depends on the seed alone."""
    levels = islice(law(random.Random(seed)), 2 * EACH)
    times: tuple[list[float], list[float]] = ([], [])
    for level, which in zip(levels, procedure.order(random.Random(seed + COMPARISONS)), strict=True):
        times[which].append(exp(level + effect * which))
    return procedure.recipe(*times)


def false_alarms(law: Law, procedure: Procedure) -> str:
    """Of identical code."""
    found = claims(law, 0.0, procedure)
    return str(found["slower"] + found["faster"])


def discoveries(law: Law, procedure: Procedure) -> str:
    """Of 5 %: found, and after a stroke how often the wrong way round."""
    found = claims(law, EFFECT, procedure)
    return f"{found['slower']} / {found['faster']}"


def table(corner: str, cell: Callable[[Law, Procedure], str]) -> str:
    """A row a law, a column a procedure."""
    rows = [[name, *(cell(law, procedure) for procedure in PROCEDURES.values())] for name, law in LAWS.items()]
    right = ["left", *["right"] * len(PROCEDURES)]
    return tabulate(rows, [corner, *PROCEDURES], tablefmt="pipe", colalign=right, disable_numparse=True)


def main() -> None:
    """Print both tables."""
    print(table("A/A: called different", false_alarms), end="\n\n")
    print(table("5 % slower: found / wrong", discoveries))


if __name__ == "__main__":
    main()
