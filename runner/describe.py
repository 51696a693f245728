"""Plan, Results, tables of kinds → words for a terminal."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from .api import Results
from .child.parameters import REQUIRED, Kind, Parameter
from .matrix import Cell
from .opening import Opened
from .plan import Plan, comparisons
from .stats import needed_blocks
from .verdict import SIGNS

DAY_S, HOUR_S, MINUTE_S = 86_400, 3_600, 60


def plan_in_words(plan: Plan, opened: Opened) -> str:
    """What `runmatrix plan` says."""
    lines = [_matrix_line(plan, opened), *_standing_lines(plan), *_run_lines(plan, opened.experiment.measure.seed)]
    return "\n".join([*lines, *opened.matrix.notes, "nothing was started"])


def _matrix_line(plan: Plan, opened: Opened) -> str:
    cells = list(plan.cells.values())
    workloads = len({cell.workload.name for cell in cells})
    cpus = opened.machine.usable_cpus
    most = max(cell.workers for cell in cells)
    shared = f" ({most} workers share them)" if most > cpus else ""
    return f"{_count(len(cells), 'cell')} of {_count(workloads, 'workload')}; this machine: {_count(cpus, 'usable core')}{shared}"


def _standing_lines(plan: Plan) -> Iterator[str]:
    planned = set(plan.keys)
    standing = [key for key in plan.cells if key in plan.stands and key not in plan.stale and key not in planned]
    if standing:
        yield f"  stand  {len(standing):>4}   {_listed(plan.cells[key] for key in standing)}"
    missing = [key for key in plan.cells if key not in plan.stands]
    if missing:
        yield f"  missing {len(missing):>3}   {_listed(plan.cells[key] for key in missing)}"
    short = [key for key in plan.cells if key in plan.stands and key not in plan.stale and key in planned]
    if short:
        yield f"  too few {len(short):>3}   {_listed(plan.cells[key] for key in short)}"
    for reason, count in Counter(plan.stale.values()).items():
        keys = [key for key, why in plan.stale.items() if why == reason]
        yield f"  stale  {count:>4}   {_listed(plan.cells[key] for key in keys)}; {reason}"


def _listed(cells: Iterable[Cell]) -> str:
    """Which workloads and models, counted."""
    counts = Counter(f"{cell.workload.name} {cell.model.name}" for cell in cells)
    names = [name if count == 1 else f"{name} ({count})" for name, count in counts.items()]
    return textwrap.shorten(", ".join(names), width=100, placeholder=" …")


def _run_lines(plan: Plan, seed: int) -> Iterator[str]:
    if not plan.blocks:
        yield "  nothing is to be measured"
        return
    new = sum(block.session is None for block in plan.blocks)
    made_up = len(plan.blocks) - new
    parts = [_count(new, "new block")] * bool(new) + [f"{_count(made_up, 'block')} made up"] * bool(made_up)
    yield (
        f"  will run {_count(len(plan.keys), 'cell')} in {' and '.join(parts)} = {_count(plan.invocations, 'invocation')}, "
        f"fresh random order in each block, seed {seed}"
    )
    compared = comparisons(plan.cells.values())
    needed = needed_blocks(compared)
    verb = "can carry" if plan.wanted.blocks >= needed else "carry no"
    yield f"  claims {_count(compared, 'comparison')} of a workload need {_count(needed, 'block')}: {plan.wanted.blocks} {verb} them"
    known = (
        f"about {duration(plan.seconds)}"
        if plan.seconds is not None
        else "known as soon as each cell was measured once"
    )
    yield f"  time   {known}"


def duration(seconds: float) -> str:
    """A length of time, in the two largest units that it has."""
    whole = round(seconds)
    if whole >= HOUR_S:
        return f"{whole // HOUR_S} h {whole % HOUR_S // MINUTE_S} min"
    if whole >= MINUTE_S:
        return f"{whole // MINUTE_S} min {whole % MINUTE_S} s"
    return f"{whole} s"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def results_in_words(results: Results, file: Path, done: str) -> str:
    """What a run or a report says in the end: what was done, the answers, what was written."""
    lines = [f"{file}: {done}"]
    for answer in results.verdicts.answers:
        lines.extend(f"  {answer.workload}: {text}" for text in answer.texts)
        lines.extend(f"    {text}" for text in results.verdicts.kind_texts(answer.workload))
    lines.extend(f"  {SIGNS[one.outcome]} {one.claim}: {one.evidence}" for one in results.verdicts.expectations)
    if results.out_of_budget:
        left = _count(results.out_of_budget, "invocation")
        lines.append(f"  the budget is spent: {left} left; run it again (without --fresh) to go on")
    if results.failed:
        failed = _count(results.failed, "cell")
        lines.append(f"  {failed} did not end well; the reasons stand in {_shown(results.folder / 'summary.md')}")
    lines.extend(f"  wrote {_shown(path)}" for path in results.written)
    return "\n".join(lines)


def run_in_words(results: Results) -> str:
    """What a run did."""
    if results.measured:
        return f"{_count(results.measured, 'invocation')} measured"
    return "no cell passed the preflight" if results.failed else "nothing was to be measured"


def report_in_words(results: Results) -> str:
    """What a report did."""
    return f"tables of {_count(len(results.summary.rows), 'cell')}, {'' if results.written else 'as they were'}".rstrip(
        ", "
    )


def _shown(path: Path) -> str:
    """From here, where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) and here != Path("/") else path)


def kinds_in_words(kinds: Mapping[str, Kind]) -> str:
    """A table of kinds with their parameters."""
    return "\n".join(line for name, kind in kinds.items() for line in _kind_lines(name, kind))


def _kind_lines(name: str, kind: Kind) -> Iterator[str]:
    width = min(shutil.get_terminal_size().columns, 120)
    yield f"{name:<12} {kind.summary}"
    for parameter_name, parameter in kind.parameters.items():
        text = f"    {parameter_name:<16} {parameter.description} ({_type(parameter)}{_default(parameter)})"
        yield textwrap.fill(text, width, subsequent_indent=" " * 21)


def _type(parameter: Parameter) -> str:
    return parameter.type if isinstance(parameter.type, str) else " | ".join(parameter.type)


def _default(parameter: Parameter) -> str:
    if parameter.default is REQUIRED:
        return ", required"
    return "" if parameter.default is None else f", unless given {json.dumps(parameter.default)}"


def schema_text() -> str:
    """The JSON Schema of an experiment's file."""
    from .experiment import Experiment

    return json.dumps(Experiment.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
