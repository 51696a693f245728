"""Results, Revisions, what tripped → words for a terminal, once all is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..api import Checked, Opened, Results, Revisions
from ..compare import Change, Tripped
from ..matrix import Cell
from ..summary.numbers import brief_digits
from ..summary.words import plural
from ..verdict import SIGNS

SAME_CODE = (
    "the files behind the compared cells are the same at {} and now: "
    "is the package installed from the working tree, as `pip install -e .` does?"
)


def results_in_words(results: Results, file: Path, done: str) -> str:
    """What a run or a report says in the end: what was done, the answers, what was written."""
    lines = [f"{file}: {done}"]
    for answer in results.verdicts.answers:
        lines.extend(f"  {answer.workload}: {text}" for text in answer.texts)
        lines.extend(f"    {text}" for text in results.verdicts.kind_texts(answer.workload))
    lines.extend(f"  {SIGNS[one.outcome]} {one.claim}: {one.evidence}" for one in results.verdicts.expectations)
    lines.extend(_left_out(results))
    lines.extend(f"  not traced: {cell}: {reason}" for cell, reason in _untraced(results))
    if results.failed:
        failed = plural(results.failed, "cell")
        lines.append(f"  {failed} did not end well; the reasons stand in {_shown(results.folder / 'summary.md')}")
    lines.extend(f"  wrote {_shown(path)}" for path in results.written)
    return "\n".join(lines)


def _untraced(results: Results) -> Iterator[tuple[Cell, str]]:
    for row in results.known.rows:
        if row.cell.key in results.untraced:
            yield row.cell, results.untraced[row.cell.key]


def run_in_words(results: Results) -> str:
    """What a run did."""
    if results.measured:
        return f"{plural(results.measured, 'invocation')} measured"
    return "no cell passed the preflight" if results.failed else "nothing was to be measured"


def report_in_words(results: Results) -> str:
    """What a report did."""
    return f"tables of {plural(len(results.known.rows), 'cell')}, {'' if results.written else 'as they were'}".rstrip(
        ", "
    )


def checked_in_words(checked: Checked) -> str:
    """What a `report --check` found: each file that is not as it ought to be, and where that begins."""
    lines = []
    for fault in checked.faults:
        lines += [f"{_shown(fault.path)} {fault.fault}", *(f"  {line}" for line in fault.diff)]
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
        lines.append(f"  {SAME_CODE.format(found.compared.before)}")
    return "\n".join([*lines, *(f"  wrote {_shown(path)}" for path in found.written)])


def _shown(path: Path) -> str:
    """From here, where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) and here != Path("/") else path)


def tripped_in_words(found: Tripped) -> str:
    """What became of `--fail-on`."""
    limit = f"{found.limit.slower * 100:.4g} %"
    cells = plural(found.compared, "cell")
    if not found.compared:
        return f"slower by more than {limit}: can't tell, no times are compared"
    unknown = f"; for {found.open:,} it can't be ruled out" if found.open else ""
    lines = [f"  {change.cell}: {_times_as_long(change)}" for change in found.shown]
    return "\n".join([f"shown to be slower by more than {limit}: {len(found.shown):,} of {cells}{unknown}", *lines])


def _times_as_long(change: Change) -> str:
    estimate, low, high = brief_digits(change.time.ratio if change.time else None)
    return f"{estimate} times as long ({low} to {high})"
