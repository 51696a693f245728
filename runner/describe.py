"""Plan, Results, what tripped, tables of kinds → words for a terminal."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from .api import Checked, Results, Revisions
from .child.parameters import REQUIRED, Kind, ModelKind, Needs, Parameter
from .compare import Change, Tripped
from .forecast import Forecast, forecast
from .looks import Stopping
from .matrix import Cell
from .opening import Opened
from .plan import Plan, comparisons
from .probe import Found
from .stats import needed_blocks
from .summary.numbers import brief_digits
from .verdict import SIGNS

HOUR_S, MINUTE_S = 3_600, 60
SAME_CODE = (
    "the files behind the compared cells are the same at {} and now: "
    "is the package installed from the working tree, as `pip install -e .` does?"
)


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


def _run_lines(plan: Plan, seed: int, when: Stopping) -> Iterator[str]:
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
    yield f"  time   {_time(plan, when)}"


def _time(plan: Plan, when: Stopping) -> str:
    """How long these blocks will take, which are those until widths are looked at next."""
    if plan.seconds is None:
        return "known as soon as each cell was measured once"
    is_last = all(plan.wanted.of_cell(plan.cells[key]) >= when.most for key in plan.keys)
    more = "" if is_last else f" until the next look; more may follow, up to {_count(when.most, 'block')} in all"
    return f"about {duration(plan.seconds)}{more}"


def _claim_lines(plan: Plan, when: Stopping, likely: Forecast) -> Iterator[str]:
    """What the blocks can carry, how many it will probably take, and what would show."""
    compared = comparisons(plan.cells.values())
    needed = needed_blocks(compared)
    verb = "can" if when.least >= needed else "can't"
    claims = f"{_count(compared, 'comparison')} of a workload need {_count(needed, 'block')}"
    yield f"  claims {claims}: {when.least} {verb} carry them"
    if when.most > when.least:
        yield f"  blocks {when.least} to {when.most}, until every speedup is known to ±{when.precision:.2g} on the log scale"
    if likely.widest:
        widest, now = likely.widest, f"after {_count(likely.widest.blocks, 'block')}"
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
    lines.extend(_ended_early(results))
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


def checked_in_words(checked: Checked) -> str:
    """What a `report --check` found: each file that is not as it ought to be, and where that begins."""
    lines = []
    for fault in checked.faults:
        lines += [f"{_shown(fault.path)} {fault.fault}", *(f"  {line}" for line in fault.diff)]
    if not lines:
        return f"{_count(checked.files, 'file')} as the journals give them"
    remedy = "`runmatrix report` writes them anew" + (
        "; delete those that are not derived" if any("not derived" in fault.fault for fault in checked.faults) else ""
    )
    return "\n".join([*lines, f"{_count(len(checked.faults), 'file')} not as the journals give them: {remedy}"])


def pruned_in_words(left_out: Mapping[str, int]) -> str:
    """What a `report --prune` did."""
    if not left_out:
        return "nothing to prune"
    of_what = ", ".join(f"{count:,} {what}" for what, count in left_out.items())
    return f"{_count(sum(left_out.values()), 'line')} pruned: {of_what}"


def _ended_early(done: Results | Revisions) -> Iterator[str]:
    """Why a run ended before all was measured."""
    if done.out_of_budget:
        left = _count(done.out_of_budget, "invocation")
        yield f"  the budget is spent: {left} left; run it again (without --fresh) to go on"
    if done.changing:
        what = "; ".join(dict.fromkeys(done.changing))
        yield f"  ended early: {what}, while it was measured; what changes with each run can't be measured"


def revisions_in_words(found: Revisions, file: Path) -> str:
    """What a run against another revision did, and what it wrote; what it found is a page of its own."""
    done = f"{_count(found.measured, 'invocation')} measured" if found.measured else "nothing was to be measured"
    lines = [f"{file}: {done}"]
    lines.extend(_ended_early(found))
    if found.failed:
        lines.append(f"  {_count(found.failed, 'cell')} did not end well, then or now")
    if all(comparison.of_the_same_code for comparison in found.compared.experiments):
        lines.append(f"  {SAME_CODE.format(found.compared.before)}")
    return "\n".join([*lines, *(f"  wrote {_shown(path)}" for path in found.written)])


def _shown(path: Path) -> str:
    """From here, where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) and here != Path("/") else path)


def tripped_in_words(found: Tripped) -> str:
    """What became of `--fail-on`."""
    limit = f"{found.limit.slower * 100:.4g} %"
    cells = _count(found.compared, "cell")
    if not found.compared:
        return f"slower by more than {limit}: can't tell, no times are compared"
    unknown = f"; for {found.open:,} it can't be ruled out" if found.open else ""
    lines = [f"  {change.cell}: {_times_as_long(change)}" for change in found.shown]
    return "\n".join([f"shown to be slower by more than {limit}: {len(found.shown):,} of {cells}{unknown}", *lines])


def _times_as_long(change: Change) -> str:
    estimate, low, high = brief_digits(change.time.ratio if change.time else None)
    return f"{estimate} times as long ({low} to {high})"


def kinds_in_words(kinds: Mapping[str, Kind]) -> str:
    """A table of kinds with their parameters."""
    return "\n".join(line for name, kind in kinds.items() for line in _kind_lines(name, kind))


def _kind_lines(name: str, kind: Kind) -> Iterator[str]:
    width = min(shutil.get_terminal_size().columns, 120)
    yield textwrap.fill(f"{name:<16} {kind.summary}", width, subsequent_indent=" " * 17)
    for needs in kind.needs if isinstance(kind, ModelKind) else ():
        yield f"    {_needs(needs)}"
    for parameter_name, parameter in kind.parameters.items():
        text = f"    {parameter_name:<16} {parameter.description} ({_type(parameter)}{_default(parameter)})"
        yield textwrap.fill(text, width, subsequent_indent=" " * 21)


def _needs(needs: Needs) -> str:
    """What not every Python has, and what brings it."""
    what = f"`{needs.option[0]}: {needs.option[1]}` needs" if needs.option else "needs"
    if needs.python:
        return f"{what} Python {'.'.join(map(str, needs.python))} or later"
    return f"{what} {needs.package}: pip install 'runmatrix[{needs.extra}]'"


def _type(parameter: Parameter) -> str:
    return parameter.type if isinstance(parameter.type, str) else " | ".join(parameter.type)


def _default(parameter: Parameter) -> str:
    if parameter.default is REQUIRED:
        return ", required"
    return "" if parameter.default is None else f", unless given {json.dumps(parameter.default)}"


def pythons_in_words(found: Sequence[Found]) -> str:
    """A line for each Python: what to write to have it, what it is, and how it was found."""
    lines = [("write", "Python", "GIL", "found by", "")]
    lines += [(one.written or "–", *_interpreter(one), one.by, one.objection or str(one.path)) for one in found]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join("  ".join([*map(str.ljust, line, widths), line[4]]).rstrip() for line in lines)


def _interpreter(one: Found) -> tuple[str, str]:
    if one.facts is None:
        return "", ""
    extras = [name for name in ("debug", "jit") if one.facts.interpreter.get(name)]
    gil = one.facts.interpreter.get("gil")
    return " ".join([str(one.facts), *extras]), "" if gil is None else "on" if gil else "off"


def schema_text() -> str:
    """The JSON Schema of an experiment's file."""
    from .experiment import Experiment

    return json.dumps(Experiment.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
