"""Plan, what stands → what a run is likely to need: blocks until intervals are narrow, effects that would show, cuts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, expm1, inf, isfinite, sqrt

from .looks import Seen, Stopping, dropped, next_look
from .matrix import Cell
from .plan import Plan, seconds_of
from .stats import LEAST, hodges_lehmann, smallest_effect

CUTS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Width:
    """How wide an interval is now: `half_width` of ln speedup after so many blocks."""

    cell: Cell
    half_width: float
    blocks: int


@dataclass(frozen=True, slots=True)
class Cut:
    """What would be saved, in s, by not measuring a model on a workload."""

    workload: str
    model: str
    cells: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """None, or nothing in it, where what stands can't tell."""

    widest: Width | None
    blocks: int | None  # until every interval is as narrow as asked for, at most as many as may be; once all have one
    effects: Mapping[str, float]  # workload → the least difference (0.02 is 2 %) that would show in all its cells
    cuts: tuple[Cut, ...]


def widest_in_words(plan: Plan, stopping: Stopping) -> str:
    """`widest interval ±3.2 %, wanted ±2 %`; empty where nothing is known."""
    seen, compared = _seen(plan, stopping)
    widest = _widest(_widths(seen, _pairs(seen, compared)))
    return (
        f"widest interval ±{100 * widest.half_width:.1f} %, wanted ±{100 * stopping.precision:.10g} %" if widest else ""
    )


def forecast(plan: Plan, stopping: Stopping) -> Forecast:
    """From the widths so far, which shrink with the square root of the blocks, and from the times so far."""
    seen, compared = _seen(plan, stopping)
    pairs = _pairs(seen, compared)
    widths = _widths(seen, pairs)
    awaited = _awaited(compared, seen, stopping)
    blocks = [_until_narrow(widths[key], stopping) for key in awaited if key in widths]
    needed = max(blocks) if blocks and len(blocks) == len(awaited) else None
    return Forecast(_widest(widths), needed, _effects(compared, pairs, seen, stopping), _cuts(plan))


def _seen(plan: Plan, stopping: Stopping) -> tuple[Seen, list[Cell]]:
    """What stands and is not stale, and the cells that are compared with another."""
    usable = {key: stand for key, stand in plan.stands.items() if key not in plan.stale}
    compared = [cell for cell in plan.cells.values() if cell.baseline not in (None, cell.key)]
    return Seen(plan.cells, usable, stopping.on), compared


def _pairs(seen: Seen, compared: Sequence[Cell]) -> dict[str, list[float]]:
    return {cell.key: list(found.values()) for cell in compared if (found := seen.pairs(cell))}


def _widths(seen: Seen, pairs: Mapping[str, Sequence[float]]) -> dict[str, Width]:
    """Key → how wide its interval is, where it has one."""
    halves = {key: hodges_lehmann(list(differences)).half_width for key, differences in pairs.items()}
    return {
        key: Width(seen.cells[key], half, seen.blocks(seen.cells[key]))
        for key, half in halves.items()
        if half is not None
    }


def _widest(widths: Mapping[str, Width]) -> Width | None:
    return max(widths.values(), key=lambda width: width.half_width, default=None)


def _awaited(compared: Sequence[Cell], seen: Seen, stopping: Stopping) -> list[str]:
    """Keys of the cells whose interval is to become narrow: not what can't run, was left out, or failed in every block."""
    left_out = dropped(list(seen.cells.values()), seen.stands, stopping)
    runnable = [cell for cell in compared if cell.key not in left_out and not seen.can_not_run(cell)]
    return [cell.key for cell in runnable if seen.pairs(cell) or seen.blocks(cell) < stopping.least]


def _until_narrow(width: Width, stopping: Stopping) -> int:
    """The first look at which it will probably be narrow enough."""
    if width.half_width <= stopping.precision:
        return max(width.blocks, stopping.least)
    needed = ceil(width.blocks * (width.half_width / stopping.precision) ** 2)
    return next_look(max(needed - 1, stopping.least), stopping.most)


def _effects(
    compared: Sequence[Cell], pairs: Mapping[str, Sequence[float]], seen: Seen, stopping: Stopping
) -> dict[str, float]:
    """None of a workload where some cell was measured in too few blocks for any effect to show."""
    families: dict[str, list[float]] = defaultdict(list)
    counts = Counter(cell.workload.name for cell in compared)
    for cell in compared:
        if cell.key not in pairs:
            continue
        count = counts[cell.workload.name]
        effect = smallest_effect(hodges_lehmann(pairs[cell.key], count), count)
        blocks = max(seen.blocks(cell), stopping.least, LEAST)
        # an interval is of pairs, but these are the same share of later blocks
        least = inf if effect is None else expm1(effect * sqrt(seen.blocks(cell) / blocks))
        families[cell.workload.name].append(least)
    return {name: worst for name, effects in families.items() if isfinite(worst := max(effects))}


def _cuts(plan: Plan) -> tuple[Cut, ...]:
    """The dearest first. Baselines can't be cut."""
    planned = Counter(key for block in plan.blocks for key in block.keys)
    baselines = {cell.baseline for cell in plan.cells.values()}
    groups: dict[tuple[str, str], list[float]] = defaultdict(list)
    for key, count in planned.items():
        cell, seconds = plan.cells[key], seconds_of(plan.stands[key]) if key in plan.stands else None
        if seconds is not None and key not in baselines:
            groups[cell.workload.name, cell.model.name].append(count * seconds)
    cuts = [Cut(workload, model, len(times), sum(times)) for (workload, model), times in groups.items()]
    return tuple(sorted(cuts, key=lambda cut: -cut.seconds)[:CUTS_NAMED])
