"""Plan → a line for each state that its cells are in: which they are, and why."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from ..matrix import Cell
from ..plan import Plan
from ..standing import Stand
from ..summary.values import assignments
from ..summary.words import span

Line = tuple[str, str]
"""A label, and what is said beside it."""

LAST = ("too few", "anew", "missing", "stale")
"""What is to be measured; what stands is said before, and before that what stands well."""


def states(plan: Plan) -> Iterator[Line]:
    """Each state with its cells, those that were edited or are stale by the reason."""
    groups: dict[Line, list[str]] = defaultdict(list)
    planned, afresh = set(plan.keys), set(plan.afresh)
    for key in plan.cells:
        groups[_state(key, plan, planned, afresh)].append(key)
    for label, remark in sorted(groups, key=_rank):
        keys = groups[label, remark]
        yield label, f"{len(keys):>3,}   {_listed(keys, plan)}{_said(label, remark, keys, plan)}"
    for machine, count in plan.elsewhere.items():
        yield "elsewhere", f"{count:>3,}   on {machine}; a table is of the machine that has most"


def _rank(line: Line) -> int:
    label, remark = line
    if label in LAST:
        return LAST.index(label) + 3
    return bool(remark) if label == "stand" else 2


def _state(key: str, plan: Plan, planned: Collection[str], afresh: Collection[str]) -> Line:
    """A cell's state, and what is to be said of those who share it."""
    if key in plan.stale:
        return "stale", _since(plan.stands.get(key)) + plan.stale[key]
    if key not in plan.stands:
        return ("stale", plan.edited[key]) if key in plan.edited else ("missing", "")
    if key in afresh:
        return "anew", ""
    stand = plan.stands[key]
    status = _status(stand)
    if status != "ok":
        return status, "measured again" if key in planned else _remedy(status)
    if key not in planned:
        return "stand", ""
    enough = len(stand.blocks) >= plan.wanted.of_cell(plan.cells[key])
    return ("stand", "measured again beside the others") if enough else ("too few", "")


def _status(stand: Stand) -> str:
    """`ok` where any invocation ended well."""
    records = [stand.finding] if stand.finding else list(stand.blocks.values())
    return "ok" if not records or any(record.status == "ok" for record in records) else stand.newest.status


def _since(stand: Stand | None) -> str:
    """What is said of a stale cell that could not be run, before what has changed."""
    return f"{stand.finding.status} before; " if stand and stand.finding else ""


def _remedy(status: str) -> str:
    return "" if status == "unsupported" else "`--retry` measures them again"


def _said(label: str, remark: str, keys: Collection[str], plan: Plan) -> str:
    parts = []
    if label in ("stand", "too few"):
        counts = [len(plan.stands[key].blocks) for key in keys]
        parts.append(f", {span(counts)} {'block' if max(counts) == 1 else 'blocks'}, measured on this machine")
    elif label not in LAST:
        reasons = {plan.stands[key].newest.reason for key in keys}
        parts += [f"; {textwrap.shorten(reason, 80, placeholder=' …')}" for reason in reasons if len(reasons) == 1]
    return "".join([*parts, f"; {remark}" if remark else ""])


def _listed(keys: Collection[str], plan: Plan) -> str:
    """Workloads of which all cells are meant, or all with some swept values; and of the others the models, counted."""
    meant = [plan.cells[key] for key in keys]
    counts = _by_variant(meant)
    all_of = _by_variant(plan.cells.values())
    parts: list[str] = []
    for name in dict.fromkeys(cell.workload.name for cell in meant):
        of_name = [cell for cell in meant if cell.workload.name == name]
        variants = [variant for variant in counts if variant[0] == name]
        if len(of_name) == sum(count for variant, count in all_of.items() if variant[0] == name):
            parts.append(f"{name}: all")
        elif all(counts[variant] == all_of[variant] for variant in variants):
            parts.append(f"{name}: all of {', '.join(swept for _, swept in variants)}")
        else:
            models = Counter(cell.model.name for cell in of_name)
            parts.append(f"{name}: {', '.join(f'{model} ({n})' if n > 1 else model for model, n in models.items())}")
    return textwrap.shorten("; ".join(parts), width=100, placeholder=" …")


def _by_variant(cells: Iterable[Cell]) -> Counter[tuple[str, str]]:
    """How many cells each workload has, with each of its swept values."""
    return Counter((cell.workload.name, assignments(cell.workload.swept)) for cell in cells)
