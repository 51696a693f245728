"""Results, Revisions, what tripped → words for a terminal, once all is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from ..api import Checked, Opened, Results, Revisions
from ..compare import Change, Tripped
from ..matrix import Cell
from ..summary import Row
from ..summary.numbers import brief_digits, percent
from ..summary.words import plural, statuses
from ..verdict import SIGNS, Expectation
from .here import from_here

REASONS_AT_MOST = 5
SAME_FILES = (
    "the files behind the compared cells are the same at {} and now: "
    "is the package installed from the working tree, as `pip install -e .` does?"
)


def results_in_words(results: Results, file: Path, done: str) -> str:
    """What a run or a report says in the end: what was done, what to take and what else would do, what failed and why,
    what was written. What is behind the answers stands in summary.md."""
    lines = [f"{file}: {done}", *_of_another_machine(results), *_answers(results)]
    lines.extend(map(_expectation, results.verdicts.expectations))
    lines.extend(f"  {text}" for text in [results.known.noise.warning] if text)
    lines.extend(_incomplete(results))
    lines.extend(_left_out(results))
    lines.extend(f"  not traced: {cell}: {reason}" for cell, reason in _untraced(results))
    lines.extend(_failures(results))
    lines.extend(_written(results.written))
    return "\n".join(lines)


def _answers(results: Results) -> Iterator[str]:
    """A line for each piece of work: what to take, and what else would do."""
    for answer in results.verdicts.answers:
        kind = results.verdicts.kind_of(answer.workload)
        name = f"  {answer.workload} ({kind}):" if kind else f"  {answer.workload}:"
        texts = [f"{part.lead} {part.others}".rstrip() for part in answer.parts]
        yield from [f"{name} {texts[0]}"] if len(texts) == 1 else [name, *(f"    {text}" for text in texts)]


def _expectation(one: Expectation) -> str:
    """With what decided, where it did not come true."""
    return f"  {SIGNS[one.outcome]} {one.claim}" + ("" if one.outcome == "holds" else f": {one.evidence}")


def _incomplete(results: Results) -> Iterator[str]:
    """That tables are not of all cells, or of what was before."""
    rows = results.known.rows
    if any(row.status in ("missing", "stale") for row in rows):
        yield f"  of {plural(len(rows), 'cell')}: {statuses(rows)}; `runmatrix run` measures what is missing or stale"


def _failures(results: Results) -> Iterator[str]:
    """Each reason once, with the first of its cells; and what would measure them again."""
    found: dict[str, list[Row]] = {}
    for row in results.known.rows:
        if row.has_failed:
            said = row.reason.strip().splitlines()[-1:]
            found.setdefault(": ".join([row.status, *said]), []).append(row)
    for reason, rows in islice(found.items(), REASONS_AT_MOST):
        more = f" and {plural(len(rows) - 1, 'more cell')}" if len(rows) > 1 else ""
        yield f"  {rows[0].cell}{more}: {reason}"
    if len(found) > REASONS_AT_MOST:
        yield f"  {len(found) - REASONS_AT_MOST} more reasons stand in {from_here(results.folder / 'summary.md')}"
    if any(row.status != "unsupported" for rows in found.values() for row in rows):
        yield "  what failed is measured again once what is behind it has changed, or with `--retry`"


def _written(paths: Sequence[Path]) -> Iterator[str]:
    """A line for each folder, and for what was done there."""
    done: dict[tuple[str, Path], list[str]] = {}
    for path in paths:
        done.setdefault(("wrote" if path.exists() else "removed", path.parent), []).append(path.name)
    for (what, folder), names in done.items():
        yield f"  {what} {from_here(folder / names[0])}{''.join(f', {name}' for name in names[1:])}"


def _of_another_machine(results: Results) -> Iterator[str]:
    """Where the figures are not of the machine that this was typed on."""
    machine = results.known.machine
    if machine and results.here not in ("", machine.name):
        here = sum(one.cells for one in results.known.elsewhere if one.machine.name == results.here)
        standing = f"{plural(here, 'cell')} stand{'s' if here == 1 else ''}"
        yield f"  the figures are of {machine.name}, which has most; on this machine, {results.here}, {standing}"


def _untraced(results: Results) -> Iterator[tuple[Cell, str]]:
    for row in results.known.rows:
        if row.cell.key in results.untraced:
            yield row.cell, results.untraced[row.cell.key]


def run_in_words(results: Results) -> str:
    """What a run did."""
    done = [f"{plural(results.measured, 'invocation')} measured"] * bool(results.measured)
    done += [f"{plural(results.traced, 'cell')} traced"] * bool(results.traced)
    if done:
        return ", ".join(done)
    return "no cell passed the preflight" if results.failed and results.written else _standing(results)


def _standing(results: Results) -> str:
    """Why nothing was measured, and where it lies."""
    stand = sum(row.status == "ok" for row in results.known.rows)
    where = "" if results.written else f" in {from_here(results.folder / 'summary.md')}"
    return f"nothing was to be measured, {plural(stand, 'cell')} stand{'s' if stand == 1 else ''}{where}"


def report_in_words(results: Results, file: Path) -> str:
    """What a report did; of tables that were as they ought to be no more than that, and what was not as expected."""
    done = f"tables of {plural(len(results.known.rows), 'cell')}"
    if results.written:
        return results_in_words(results, file, done)
    open_or_failed = (one for one in results.verdicts.expectations if one.outcome != "holds")
    return "\n".join([f"{file}: {done}, as they were", *map(_expectation, open_or_failed)])


def checked_in_words(checked: Checked) -> str:
    """What a `report --check` found: each file that is not as it ought to be, and where that begins."""
    lines = []
    for fault in checked.faults:
        lines += [f"{from_here(fault.path)} {fault.fault}", *(f"  {line}" for line in fault.diff)]
    if not lines:
        return f"{plural(checked.files, 'file')} as the journals give them"
    remedy = "`runmatrix report` writes them anew" + (
        "; delete those that are not derived" if any("not derived" in fault.fault for fault in checked.faults) else ""
    )
    return "\n".join([*lines, f"{plural(len(checked.faults), 'file')} not as the journals give them: {remedy}"])


def without_place_in_words(page: Path, experiments: Sequence[Opened]) -> str:
    """That nothing of these experiments was put into a page, and what would change that."""
    first = experiments[0]
    of = first.name if len(experiments) == 1 else f"any of these {len(experiments):,} experiments"
    marker = f"<!-- runmatrix: {first.name}/{next(iter(first.experiment.workloads))} -->"
    return (
        f"{page} has no place for {of}: write `{marker}` and `<!-- /runmatrix -->`, each on a line of its own, "
        "where a table is to stand"
    )


def pruned_in_words(left_out: Mapping[str, int]) -> str:
    """What a `report --prune` did."""
    if not left_out:
        return "nothing to prune"
    of_what = ", ".join(f"{count:,} {what}" for what, count in left_out.items())
    return f"{plural(sum(left_out.values()), 'line')} pruned: {of_what}"


def _left_out(done: Results | Revisions) -> Iterator[str]:
    """Why a run did not measure all."""
    yield from (f"  gone on without a Python: {why}" for why in done.without)
    if done.out_of_budget:
        left = plural(done.out_of_budget, "invocation")
        yield f"  the budget is spent: {left} left; run it again (without --fresh) to go on"
    if done.changing:
        what = "; ".join(dict.fromkeys(done.changing))
        yield f"  ended early: {what}, while it was measured; what changes with each run can't be measured"


def revisions_in_words(found: Revisions, file: Path) -> str:
    """What a run against another revision did, and what it wrote; what it found is a page of its own."""
    done = f"{plural(found.measured, 'invocation')} measured" if found.measured else "nothing was to be measured"
    lines = [f"{file}: {done}"]
    lines.extend(_left_out(found))
    if found.failed:
        lines.append(f"  {plural(found.failed, 'cell')} did not end well, then or now")
    if all(comparison.of_the_same_code for comparison in found.compared.experiments):
        lines.append(f"  {SAME_FILES.format(found.compared.before)}")
    return "\n".join([*lines, *(f"  wrote {from_here(path)}" for path in found.written)])


def tripped_in_words(found: Tripped) -> str:
    """What became of `--fail-on`."""
    limit = percent(found.limit.slower)
    cells = plural(found.compared, "cell")
    if not found.compared:
        return f"slower by more than {limit}: can't tell, no times are compared"
    unknown = f"; for {found.open:,} it can't be ruled out" if found.open else ""
    lines = [f"  {change.cell}: {_times_as_long(change)}" for change in found.shown]
    return "\n".join([f"shown to be slower by more than {limit}: {len(found.shown):,} of {cells}{unknown}", *lines])


def _times_as_long(change: Change) -> str:
    estimate, low, high = brief_digits(change.time.ratio if change.time else None)
    return f"{estimate} times as long ({low} to {high})"
