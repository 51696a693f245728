"""Plan → words for a terminal: what stands, what is missing or stale and why, what a run would do and take."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterator

from ..child.models.table import MODELS
from ..forecast import Forecast, forecast
from ..looks import Stopping
from ..matrix import Cell
from ..opening import Opened
from ..plan import Plan, comparisons
from ..stats import needed_blocks
from ..summary.words import duration, plural, span


def plan_in_words(plan: Plan, opened: Opened, when: Stopping) -> str:
    """What `runmatrix plan` says. `when` is when enough is measured."""
    likely = forecast(plan, when)
    lines = [
        _matrix_line(plan, opened),
        *_standing_lines(plan),
        *_run_lines(plan, opened.experiment.measure.seed, when),
        *_claim_lines(plan, when, likely),
        *_cut_lines(plan, likely),
    ]
    return "\n".join([*lines, *opened.matrix.notes, "nothing was started"])


def _matrix_line(plan: Plan, opened: Opened) -> str:
    cells = list(plan.cells.values())
    cpus, most = opened.machine.usable_cpus, max(cell.workers for cell in cells)
    shared = f" ({most} workers share them)" if most > cpus else ""
    return f"{plural(len(cells), 'cell')} {_product(cells)}; this machine: {plural(cpus, 'usable core')}{shared}"


def _product(cells: Collection[Cell]) -> str:
    """`= 2 workloads × (serial + 3 models × 3 workers)` where that is all there is to it, else `of 2 workloads`."""
    workloads = {cell.workload.name for cell in cells}
    alone = {cell.model.name for cell in cells if MODELS[cell.model.kind].ignores_workers}
    models = {cell.model.name for cell in cells} - alone
    counts = {cell.workers for cell in cells if cell.model.name in models}
    if len(workloads) * (len(alone) + len(models) * len(counts)) != len(cells):
        return f"of {plural(len(workloads), 'workload')}"
    shared = f"{plural(len(models), 'model')} × {_workers(counts)}"
    terms = [*sorted(alone), *([shared] if models else [])]
    inner = f"({' + '.join(terms)})" if len(terms) > 1 else terms[0]
    return f"= {plural(len(workloads), 'workload')} × {inner}"


def _workers(counts: Collection[int]) -> str:
    return f"{len(counts)} worker counts" if len(counts) > 1 else plural(next(iter(counts), 0), "worker")


def _standing_lines(plan: Plan) -> Iterator[str]:
    """Each state with its cells, those that were edited or are stale by the reason."""
    planned = set(plan.keys)
    fresh = [key for key in plan.cells if key in plan.stands and key not in plan.stale]
    standing, short = [key for key in fresh if key not in planned], [key for key in fresh if key in planned]
    if standing:
        yield f"  stand  {len(standing):>4}   {_listed(standing, plan)}{_blocks(standing, plan)}"
    missing = [key for key in plan.cells if key not in plan.stands and key not in plan.edited]
    if missing:
        yield f"  missing {len(missing):>3}   {_listed(missing, plan)}"
    if short:
        yield f"  too few {len(short):>3}   {_listed(short, plan)}{_blocks(short, plan)}"
    reasons = {key: why for key, why in plan.edited.items() if key not in plan.stands} | dict(plan.stale)
    for reason in dict.fromkeys(reasons.values()):
        keys = [key for key in plan.cells if reasons.get(key) == reason]
        yield f"  stale  {len(keys):>4}   {_listed(keys, plan)}; {reason}"


def _blocks(keys: Collection[str], plan: Plan) -> str:
    """`, 10 blocks, measured on this machine`."""
    counts = [len(plan.stands[key].blocks) for key in keys]
    return f", {span(counts)} {'block' if max(counts) == 1 else 'blocks'}, measured on this machine"


def _listed(keys: Collection[str], plan: Plan) -> str:
    """Workloads of which all cells are meant, and of the others the models, counted."""
    meant = [plan.cells[key] for key in keys]
    all_of = Counter(cell.workload.name for cell in plan.cells.values())
    parts = []
    for name, count in Counter(cell.workload.name for cell in meant).items():
        if count == all_of[name]:
            parts.append(f"{name}: all")
        else:
            models = Counter(cell.model.name for cell in meant if cell.workload.name == name)
            parts.append(f"{name}: {', '.join(f'{model} ({n})' if n > 1 else model for model, n in models.items())}")
    return textwrap.shorten("; ".join(parts), width=100, placeholder=" …")


def _run_lines(plan: Plan, seed: int, when: Stopping) -> Iterator[str]:
    if not plan.blocks:
        yield "  nothing is to be measured"
        return
    new = sum(block.session is None for block in plan.blocks)
    made_up = len(plan.blocks) - new
    parts = [plural(new, "new block")] * bool(new) + [f"{plural(made_up, 'block')} made up"] * bool(made_up)
    yield (
        f"  will run {plural(len(plan.keys), 'cell')} in {' and '.join(parts)} = {plural(plan.invocations, 'invocation')}, "
        f"fresh random order in each block, seed {seed}"
    )
    yield f"  time   {_time(plan, when)}"


def _time(plan: Plan, when: Stopping) -> str:
    """How long these blocks will take, which are those until widths are looked at next."""
    if plan.seconds is None:
        return "known as soon as each cell was measured once"
    is_last = all(plan.wanted.of_cell(plan.cells[key]) >= when.most for key in plan.keys)
    more = "" if is_last else f" until the next look; more may follow, up to {plural(when.most, 'block')} in all"
    return f"about {duration(plan.seconds)}{_slowest(plan)}{more}"


def _slowest(plan: Plan) -> str:
    """Which cell takes most of it."""
    each = plan.seconds_by_cell
    key = max(each, key=each.__getitem__)
    cell = plan.cells[key]
    name = f"{cell.workload.name} {cell.model.name} × {cell.workers}"
    return f" (slowest: {name}, {duration(each[key])} in all)" if len(each) > 1 else ""


def _claim_lines(plan: Plan, when: Stopping, likely: Forecast) -> Iterator[str]:
    """What the blocks can carry, how many it will probably take, and what would show."""
    compared = comparisons(plan.cells.values())
    needed = needed_blocks(compared)
    verb = "can" if when.least >= needed else "can't"
    claims = f"{plural(compared, 'comparison')} of a workload need {plural(needed, 'block')}"
    yield f"  claims {claims}: {when.least} {verb} carry them"
    if when.most > when.least:
        yield f"  blocks {when.least} to {when.most}, until every speedup is known to ±{when.precision:.2g} on the log scale"
    if likely.widest:
        widest, now = likely.widest, f"after {plural(likely.widest.blocks, 'block')}"
        name = f"{widest.cell.workload.name} {widest.cell.model.name} × {widest.cell.workers}"
        probably = f"; {likely.blocks} will probably be needed" if (likely.blocks or 0) > widest.blocks else ""
        yield f"  widest ±{widest.half_width:.1%} {now} ({name}){probably}"
    if likely.effects:
        each = ", ".join(f"{name} from {effect:.1%}" for name, effect in likely.effects.items())
        yield f"  seen   differences that would probably show: {textwrap.shorten(each, 100, placeholder=' …')}"


def _cut_lines(plan: Plan, likely: Forecast) -> Iterator[str]:
    """What would save most."""
    if plan.seconds and likely.cuts:
        each = [
            f"{cut.workload} {cut.model} {duration(cut.seconds)} ({cut.seconds / plan.seconds:.0%})"
            for cut in likely.cuts
        ]
        yield f"  cuts   what takes most: {', '.join(each)}"
