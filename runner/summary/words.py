"""rows, machines → how they are spoken of in a sentence; plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ..child.models.table import MODELS
from .numbers import percent
from .shape import Machine, Noise, Row
from .sweeps import swept, swept_names
from .values import shown

HOUR_S, MINUTE_S = 3_600, 60

Axes = Sequence[str]
"""Names of what varies among some rows: dotted swept names, `python`, `tasks`, `tasks per worker`."""


def plural(count: int, noun: str) -> str:
    """`1 block`, `2 blocks`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def axes(rows: Sequence[Row]) -> list[str]:
    """What must be said beside model and workers to tell these rows apart."""
    names = [*swept_names(rows), "python", "tasks", "tasks per worker"]
    return [name for name in names if len({_told_apart(row, name) for row in rows}) > 1]


def _told_apart(row: Row, axis: str) -> str:
    """Two versions of `current` are one Python that has changed, not two that are compared."""
    return row.cell.python_label if axis == "python" else axis_value(row, axis)


def axis_value(row: Row, axis: str) -> str:
    """A row's place on an axis, empty where it has none."""
    if axis == "python":
        return row.python
    if axis == "tasks":
        return "" if row.tasks is None or row.cell.tasks_per_worker else str(row.tasks)
    if axis == "tasks per worker":
        return str(row.cell.tasks_per_worker or "")
    values = swept(row)
    return shown(values[axis]) if axis in values else ""


def place(row: Row, among: Axes, told: Axes | None = None) -> str:
    """`, size = 64`: a row's place on what varies beside model and workers, or on such of it as is to be told."""
    values = {axis: axis_value(row, axis) for axis in (among if told is None else told)}
    return "".join(f", {short(axis, among)} = {value}" for axis, value in values.items() if value)


def short(axis: str, among: Axes) -> str:
    """An axis without the part before its dot, where that tells no two of them apart."""
    name = axis.partition(".")[2]
    clashes = [other for other in among if other.partition(".")[2] == name]
    return name if name and len(clashes) == 1 else axis


def contestant(row: Row, among: Axes) -> str:
    """`asyncio with 4 workers, size = 64`."""
    return f"{row.cell.model.name}{_with_workers(row)}{place(row, among)}"


def contestants(rows: Sequence[Row], among: Axes) -> str:
    """`threads and processes with 4 workers; gevent with 8 workers`: what models have in common is said once."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(f"{_with_workers(row)}{place(row, among)}", []).append(row.cell.model.name)
    return "; ".join(f"{listed(names)}{rest}" for rest, names in groups.items())


def listed(names: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {last} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def capital(text: str) -> str:
    """The same with a capital letter first, as a sentence begins."""
    return text[:1].upper() + text[1:]


def _with_workers(row: Row) -> str:
    kind = MODELS.get(row.cell.model.kind)
    return "" if kind and kind.ignores_workers else f" with {plural(row.cell.workers, 'worker')}"


def baseline_of(rows: Sequence[Row], by_key: Mapping[str, Row]) -> str:
    """What the speedups of these rows are over: `serial`, `threads with 1 worker`, `the same model at python = 3.13`, or
    `the baseline`. Of what varies it names that in which the baselines are alike."""
    over = {row.cell.key: by_key[key] for row in rows if (key := row.cell.baseline) and key in by_key}
    baselines = list(over.values())
    among = axes([*rows, *baselines])
    alike = [axis for axis in among if len({axis_value(row, axis) for row in baselines}) == 1]
    where = place(baselines[0], among, alike).replace(", ", " at ", 1) if baselines else ""
    models = {row.cell.model.name for row in baselines}
    own = all(over[row.cell.key].cell.model.name == row.cell.model.name for row in rows if row.cell.key in over)
    whats = {contestant(row, ()) for row in baselines}
    if len(whats) > 1:
        whats = models if len(models) == 1 else {"the same model"} if own and where else set()
    return f"{whats.pop()}{where}" if whats else "the baseline"


def machine_in_words(machine: Machine) -> str:
    """`2 × Xeon, 8 GiB, Linux 6.18`."""
    cores = f"{machine.cpus} × {machine.cpu}" if machine.cpus else machine.cpu
    limited = machine.usable_cpus != machine.cpus and machine.usable_cpus
    memory = f"{machine.memory_bytes / 2**30:.0f} GiB" if machine.memory_bytes else ""
    parts = (cores, f"{machine.usable_cpus} of them usable" if limited else "", memory, machine.system)
    return ", ".join(part for part in parts if part)


def noise_in_words(noise: Noise) -> str:
    """`baselines varied by 3.1 % from block to block, others used 0.04 cores`; empty where nothing is known."""
    widest = f" ({noise.widest[1]} most, by {percent(noise.widest[0], 1)})" if noise.widest else ""
    parts = (
        "" if noise.spread is None else f"baselines varied by {percent(noise.spread, 1)} from block to block{widest}",
        "" if noise.anchor_spread is None else f"the anchor by {percent(noise.anchor_spread, 1)}",
        "" if noise.others_cores is None else f"others used {noise.others_cores:.2f} cores",
        "" if noise.steal_cores is None else f"the host took {noise.steal_cores:.2f} (steal)",
        "" if noise.load is None else f"load {noise.load:.1f}",
    )
    return ", ".join(part for part in parts if part)


def span(values: Sequence[int]) -> str:
    """`10`, or `8 to 10`."""
    return f"{min(values):,}" if min(values) == max(values) else f"{min(values):,} to {max(values):,}"


def duration(seconds: float) -> str:
    """A length of time, in the two largest units that it has; one digit below a second."""
    whole = round(seconds)
    if 0 < seconds < 0.95:
        return f"{seconds:.1g} s"
    if whole >= HOUR_S:
        return f"{whole // HOUR_S} h {whole % HOUR_S // MINUTE_S} min"
    if whole >= MINUTE_S:
        return f"{whole // MINUTE_S} min {whole % MINUTE_S} s"
    return f"{whole} s"


def by_workload(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Workload → its rows."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.cell.workload.name, []).append(row)
    return grouped


def statuses(rows: Sequence[Row]) -> str:
    """`3 ok, 1 failed`."""
    return ", ".join(f"{count:,} {status}" for status, count in Counter(row.status for row in rows).items())
