"""Plan → words for a terminal: what stands, what is missing or stale and why, what a run would do and take."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import prod

from ..child.models.table import MODELS
from ..forecast import Forecast, forecast
from ..looks import Stopping
from ..matrix import Cell, Variant
from ..opening import Opened
from ..plan import Plan, comparisons
from ..stats import needed_blocks
from ..summary.numbers import percent
from ..summary.values import assignments
from ..summary.words import duration, plural
from .states import Line, states


def plan_in_words(plan: Plan, opened: Opened, when: Stopping) -> str:
    """What `runmatrix plan` says. `when` is when enough is measured."""
    likely = forecast(plan, when)
    lines = [
        *states(plan),
        *_run_lines(plan, opened.experiment.measure.seed, when),
        *_claim_lines(plan, when, likely),
        *_cut_lines(plan, likely),
    ]
    width = max(len(label) for label, _ in lines)
    said = [f"  {label:<{width}}  {text}" for label, text in lines]
    return "\n".join([_matrix_line(plan, opened), *said])


def plans_in_words(plans: Sequence[Plan]) -> str:
    """What runs of several experiments would do and take."""
    cells, invocations = sum(len(plan.keys) for plan in plans), sum(plan.invocations for plan in plans)
    will_run = f"{plural(cells, 'cell')} of {plural(len(plans), 'experiment')} = {plural(invocations, 'invocation')}"
    each = [plan.seconds_by_cell for plan in plans]
    seconds = [second for times in each for second in times.values()]
    unmeasured = any(len(times) < len(plan.keys) for times, plan in zip(each, plans, strict=True))
    time = f", about {duration(sum(seconds))}{' for what was measured before' * unmeasured}" if seconds else ""
    return f"in all: {will_run}{time}" if cells else "in all: nothing, all that can be measured stands"


def _matrix_line(plan: Plan, opened: Opened) -> str:
    cells = list(plan.cells.values())
    cpus, most = opened.machine.usable_cpus, max(cell.workers for cell in cells)
    shared = f" ({most} workers share them)" if most > cpus else ""
    return f"{plural(len(cells), 'cell')} {_product(cells)}; this machine: {plural(cpus, 'usable core')}{shared}"


def _product(cells: Collection[Cell]) -> str:
    """`= 2 workloads × (serial + 3 models × 3 workers)` where that is all there is to it, else `of 2 workloads`."""
    works = {_identity(cell.workload) for cell in cells}
    alone = {_identity(cell.model) for cell in cells if MODELS[cell.model.kind].ignores_workers}
    models = {_identity(cell.model) for cell in cells} - alone
    counts = {cell.workers for cell in cells if _identity(cell.model) in models}
    others = {
        "Python": len({cell.python for cell in cells}),
        "environment": len({str(cell.swept_env) for cell in cells}),
        "task count": len({cell.tasks_per_worker or cell.tasks for cell in cells}),
    }
    if len(works) * (len(alone) + len(models) * len(counts)) * prod(others.values()) != len(cells):
        return f"of {plural(len({name for name, _ in works}), 'workload')}"
    terms = [*sorted(name for name, _ in alone)]
    terms += [f"{_variants(models, 'model')} × {_workers(counts)}"] if models else []
    inner = f"({' + '.join(terms)})" if len(terms) > 1 else terms[0]
    axes = [plural(count, name) for name, count in others.items() if count > 1]
    return f"= {' × '.join([_variants(works, 'workload'), inner, *axes])}"


def _identity(variant: Variant) -> tuple[str, str]:
    return variant.name, str(variant.swept)


def _variants(found: Collection[tuple[str, str]], noun: str) -> str:
    """`2 workloads`, or where some are swept `5 variants of 2 workloads`."""
    named = plural(len({name for name, _ in found}), noun)
    return named if named == plural(len(found), noun) else f"{len(found):,} variants of {named}"


def _workers(counts: Collection[int]) -> str:
    return f"{len(counts)} worker counts" if len(counts) > 1 else plural(next(iter(counts), 0), "worker")


def _run_lines(plan: Plan, seed: int, when: Stopping) -> Iterator[Line]:
    if plan.blocks:
        yield from _measuring_lines(plan, seed, when)
    else:
        yield "will run", "nothing: all that can be measured stands"
    if plan.traced:
        yield "trace", f"{plural(plan.traced, 'cell')} once more, beside the numbers"


def _measuring_lines(plan: Plan, seed: int, when: Stopping) -> Iterator[Line]:
    new = sum(block.session is None for block in plan.blocks)
    made_up = len(plan.blocks) - new
    parts = [plural(new, "new block")] * bool(new) + [f"{plural(made_up, 'block')} made up"] * bool(made_up)
    yield (
        "will run",
        f"{plural(len(plan.keys), 'cell')} in {' and '.join(parts)} = {plural(plan.invocations, 'invocation')}, "
        f"fresh random order in each block, seed {seed}",
    )
    yield "time", _time(plan, when)


def _time(plan: Plan, when: Stopping) -> str:
    """How long these blocks will take, which are those until widths are looked at next."""
    each, keys = plan.seconds_by_cell, plan.keys
    if not each:
        return "known once the cells have been measured"
    unknown = f" for those {len(each)} of {len(keys)} cells that were measured before" if len(each) < len(keys) else ""
    unknown += ", if edited cells take what they took before" if plan.former_s.keys() & each else ""
    is_last = all(plan.wanted.of_cell(plan.cells[key]) >= when.most for key in keys)
    more = "" if is_last else f" until the next look; more may follow, up to {plural(when.most, 'block')} in all"
    return f"about {duration(sum(each.values()))}{unknown}{_slowest(each, plan)}{more}"


def _slowest(each: Mapping[str, float], plan: Plan) -> str:
    """Which cell takes most of it."""
    key = max(each, key=each.__getitem__)
    return f" (slowest: {_named(plan.cells[key])}, {duration(each[key])} in all)" if len(each) > 1 else ""


def _named(cell: Cell) -> str:
    swept = assignments({**cell.workload.swept, **cell.model.swept})
    return f"{cell.workload.name}{f' ({swept})' if swept else ''} {cell.model.name} × {cell.workers}"


def _claim_lines(plan: Plan, when: Stopping, likely: Forecast) -> Iterator[Line]:
    """What is compared with what, what the blocks can carry, how many it will probably take, and what would show."""
    if over := _other_baselines(plan):
        yield "over", over
    compared = comparisons(plan.cells.values())
    needed = needed_blocks(compared)
    verb = "can" if when.least >= needed else "can't"
    claims = f"{plural(compared, 'comparison')} of a workload {'needs' if compared == 1 else 'need'} {plural(needed, 'block')}"
    yield "claims", f"{claims}: {when.least} {verb} carry them"
    if when.most > when.least:
        until = f"until every speedup is known to ±{percent(when.precision)}"
        yield "blocks", f"{when.least} to {when.most}, {until}"
    if likely.widest:
        widest, now = likely.widest, f"after {plural(likely.widest.blocks, 'block')}"
        probably = f"; {likely.blocks} will probably be needed" if (likely.blocks or 0) > widest.blocks else ""
        yield "widest", f"±{percent(widest.half_width, 1)} {now} ({_named(widest.cell)}){probably}"
    if likely.effects:
        each = ", ".join(f"{name} from {percent(effect, 1)}" for name, effect in likely.effects.items())
        yield "seen", f"differences that would probably show: {textwrap.shorten(each, 100, placeholder=' …')}"


def _other_baselines(plan: Plan) -> str:
    """What speedups are over, where that is not serial."""
    found = {cell.baseline for cell in plan.cells.values() if cell.baseline not in (None, cell.key)}
    baselines = [cell for key, cell in plan.cells.items() if key in found]
    if any(cell.model.kind == "serial" for cell in baselines):
        return ""
    return textwrap.shorten(", ".join(map(_named, baselines)), 100, placeholder=" …")


def _cut_lines(plan: Plan, likely: Forecast) -> Iterator[Line]:
    """What would save most."""
    if likely.cuts and (whole := plan.seconds):
        each = [
            f"{cut.workload} {cut.model} {duration(cut.seconds)} ({percent(cut.seconds / whole, 0)})"
            for cut in likely.cuts
        ]
        yield "cuts", f"leaving out would save most: {', '.join(each)}"
