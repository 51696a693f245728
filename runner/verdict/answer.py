"""rows of a workload, what was decided of them → one answer in plain text, with its figures, its price and what else
would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, inf
from statistics import median

from ..matrix import same_work, work_of, worker_of
from ..stats import LEAST, needed_blocks
from ..summary import Row
from ..summary.numbers import brief_digits, digits, percent, times
from ..summary.words import (
    axes,
    baseline_of,
    by_workload,
    contestant,
    contestants,
    place,
    plural,
    statuses,
)
from ..validity import FAILED_AT_MOST
from .claims import Judgement, comparable, gets_ratio, is_shown_faster
from .contest import Contest, merits, simplicity

NAMED_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of one piece of work: what to take and what it gains, the figures behind that, what else would do or
    comes next, and the price."""

    claim: str
    evidence: str = ""
    others: str = ""
    price: str = ""

    @property
    def lead(self) -> str:
        """What to take, with the figures behind it, and no more."""
        return f"{self.claim} {self.evidence}".strip() + "."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the figures of a workload say, in plain text, a part for each piece of work."""

    workload: str
    parts: tuple[Part, ...]

    @property
    def claims(self) -> list[str]:
        """What to take, and no more, for each piece of work."""
        return [part.claim for part in self.parts]


def answers(
    rows: Sequence[Row], contests: Sequence[Contest], cells: Mapping[str, Judgement], margin: float
) -> tuple[Answer, ...]:
    """One for each workload, in the order of the YAML. Where nothing could be decided it says what was measured."""
    by_key = {row.cell.key: row for row in rows}
    of_workload: dict[str, list[Contest]] = {}
    for contest in contests:
        of_workload.setdefault(contest.rows[0].cell.workload.name, []).append(contest)
    known = Known(by_key, cells, margin)
    return tuple(Answer(name, _parts(own, of_workload[name], known)) for name, own in by_workload(rows).items())


@dataclass(frozen=True, slots=True)
class Known:
    """All rows, what may be claimed of them, and the margin within which differences are called the same."""

    rows: Mapping[str, Row]
    cells: Mapping[str, Judgement]
    margin: float


def _parts(rows: Sequence[Row], contests: Sequence[Contest], known: Known) -> tuple[Part, ...]:
    """One for each piece of work; where nothing was decided of any, one for them all."""
    among = axes(rows)
    if not any(contest.answer or contest.in_doubt for contest in contests):
        return (_measured(rows, known, among),)
    return tuple(_of_piece(contest, known, among) for contest in contests)


def _of_piece(contest: Contest, known: Known, among: Sequence[str]) -> Part:
    """What all rows of a piece of work have in common is said first, and once."""
    own = axes(contest.rows)
    common = place(contest.rows[0], among, [axis for axis in among if axis not in own]).removeprefix(", ")
    part = _part(contest, known, own)
    return replace(part, claim=f"{common}: {part.claim}") if common else part


def _part(contest: Contest, known: Known, among: Sequence[str]) -> Part:
    if contest.answer:
        row = known.rows[contest.answer]
        others = [_alike(row, contest, among), _next(row, contest, known, among)]
        price = _price(row, known.rows)
        return replace(_lead(row, known, among), others=" ".join(part for part in others if part), price=price)
    if contest.in_doubt:
        row = known.rows[contest.in_doubt]
        few = f"too few blocks to be told from so many others ({len(row.times_ns)})"
        return Part(f"No answer: {contestant(row, among)} may be the best, but has {few}")
    return _measured(contest.rows, known, among)


def _lead(row: Row, known: Known, among: Sequence[str]) -> Part:
    """What to take, and how much it gains."""
    who = contestant(row, among)
    if row.is_baseline:
        claim = f"{who}: nothing else was shown to be more than {percent(known.margin)} faster"
        return Part(claim, f"({_rate(row)})")
    if row.cell.key not in known.cells:
        return Part(f"{who}: the best of what was measured, {_rate(row)}, with {_no_comparison(row, known.rows)}")
    figure = brief_digits(row.speedup)[0]
    over = _over(row, known.rows)
    claim = known.cells[row.cell.key].claim
    gain = {
        "faster": f"{figure}× faster than {over}",
        "slower": f"best of what was measured, but {figure}× the speed of {over}",
        "equivalent": f"as fast as {over} within the margin, {figure}×",
        "too few": f"{figure}× over {over}, in too few blocks to be sure of it",
    }.get(claim, f"{figure}× over {over}, which may be chance")
    times_of_both = _times(row, known.rows) if claim in ("faster", "slower") else ""
    return Part(f"{who}{':' if ',' in who else ','} {gain}", f"({times_of_both}{_evidence(row)})")


def _no_comparison(row: Row, by_key: Mapping[str, Row]) -> str:
    """Why a cell that was measured is compared with nothing."""
    if row.speedup is None:
        return "nothing to compare it with"
    baseline = by_key.get(row.cell.baseline or "")
    stale = baseline is not None and baseline.status == "stale"
    return f"{baseline_of([row], by_key)} {'stale' if stale else 'failing in more than a tenth of its blocks'}"


def _over(row: Row, by_key: Mapping[str, Row]) -> str:
    """The baseline's name, with its workload where that is another."""
    baseline = by_key.get(row.cell.baseline or "")
    other = baseline is not None and baseline.cell.workload.name != row.cell.workload.name
    return baseline_of([row], by_key) + (f" on {baseline.cell.workload.name}" if baseline and other else "")


def _alike(row: Row, contest: Contest, among: Sequence[str]) -> str:
    """What else may be the best."""
    others = [other for other in contest.rows if other.cell.key in contest.best and other is not row]
    if not others:
        return ""
    rest = f"; {len(others) - NAMED_AT_MOST} more" if len(others) > NAMED_AT_MOST else ""
    named = contestants(others[:NAMED_AT_MOST], among)
    return f"As good, as far as can be told: {named}{rest}{_without_async(row, others)}."


def _without_async(row: Row, others: Sequence[Row]) -> str:
    """Who would have to make functions into coroutines may want to know."""
    plain = [other for other in others if worker_of(other.cell.model) != "coroutine"]
    if worker_of(row.cell.model) != "coroutine" or not plain:
        return ""
    which = "that" if len(others) == 1 else min(plain, key=simplicity).cell.model.name
    return f" (take {which} if the code isn't async)"


def _next(row: Row, contest: Contest, known: Known, among: Sequence[str]) -> str:
    """The best of another kind that is shown to gain anything, where none of another kind is among the best."""
    by_key = known.rows
    kinds = {other.cell.model.kind for other in contest.rows if other.cell.key in contest.best}
    others = [r for r in contest.rows if r.cell.model.kind not in kinds and gets_ratio(r, by_key) and not r.is_baseline]
    merit = merits(contest.rows)
    others = [other for other in others if other.speedup and other.cell.key in merit]
    if len(kinds) > 1 or not others:
        return ""
    second = max(others, key=lambda other: merit[other.cell.key])
    if not is_shown_faster(second, known.cells):
        return ""
    over = "" if second.cell.baseline == row.cell.baseline else f" over {_over(second, by_key)}"
    return f"Next: {contestant(second, among)}, {brief_digits(second.speedup)[0]}×{over}."


def _price(row: Row, by_key: Mapping[str, Row]) -> str:
    """Memory, and CPU time a task, beside the baseline's; a baseline that does other work has no price to compare."""
    baseline = by_key.get(row.cell.baseline or "")
    if baseline is None or baseline is row or not same_work(row.cell, baseline.cell):
        return ""
    memory = [digits(each.figures.memory_mib) if each.figures else "" for each in (row, baseline)]
    cpu_s = [seconds for each in (row, baseline) if (seconds := _cpu_s_per_task(each)) is not None]
    if not all(memory) or len(cpu_s) < len(memory):
        return ""
    cpu, of_baseline = times(*cpu_s)
    price = f"{memory[0]} MiB of memory instead of {memory[1]}, {cpu} of CPU time a task instead of {of_baseline}"
    return f"Price of {row.cell.model.name}: {price}."


def _cpu_s_per_task(row: Row) -> float | None:
    """Of all batches, over their tasks: the median over blocks."""
    known = [
        record.cpu_batches_ns / (1 + record.batches) / record.tasks / 1e9
        for record in row.counted.values()
        if record.cpu_batches_ns is not None and record.tasks
    ]
    return median(known) if known else None


def _measured(rows: Sequence[Row], known: Known, among: Sequence[str]) -> Part:
    """What these rows say where nothing is decided; that nothing can be said, and why, where they say nothing. The
    largest of many is only past doubt where the claim is made of it, which is corrected for their number."""
    compared = [row for row in rows if _is_candidate(row, known.rows)]
    standing = [row for row in compared if row.status == "ok"] or compared
    if not standing:
        return Part(_no_answer(rows, known.rows, among))
    best = _foremost(standing)
    figure = f"{brief_digits(best.speedup)[0]}× over {baseline_of([best], known.rows)}"
    stale = ", measured before its code changed" if best.status == "stale" else ""
    doubt = _doubt(best, rows, known)
    claim = f"{_lead_of_measured(best, standing, known.rows)} {figure}: {contestant(best, among)}{stale}{doubt}"
    return Part(claim, f"({_times(best, known.rows)}{_evidence(best)})")


def _doubt(best: Row, rows: Sequence[Row], known: Known) -> str:
    """Why the largest of many ratios is no claim."""
    judged = known.cells.get(best.cell.key)
    if best.status == "stale" or (judged and judged.claim in ("faster", "slower")):
        return ""
    if judged is None or judged.claim != "too few":
        return "; that may be chance"
    comparisons = len(comparable(rows, known.rows))
    few = f"{plural(len(best.log_speedups), 'block')} can't carry {plural(comparisons, 'comparison')}"
    return f"; {few}, {needed_blocks(comparisons)} can"


def _lead_of_measured(best: Row, standing: Sequence[Row], by_key: Mapping[str, Row]) -> str:
    if _are_of_one_work(standing) and not _are_of_one_baseline(standing):
        return "The quickest of what was measured has"
    if _are_of_one_baseline(standing) and _speedup(best) <= 1:
        return f"Nothing measured took less time than {baseline_of([best], by_key)}; the largest speedup is"
    return "The largest speedup measured is"


def _foremost(rows: Sequence[Row]) -> Row:
    """The quickest where all do one piece of work, else that with the largest speedup."""
    if _are_of_one_work(rows) and not _are_of_one_baseline(rows):
        merit = merits(rows)
        return max(rows, key=lambda row: merit.get(row.cell.key, -inf))
    return max(rows, key=_speedup)


def _are_of_one_work(rows: Sequence[Row]) -> bool:
    return len({work_of(row.cell) for row in rows}) == 1


def _are_of_one_baseline(rows: Sequence[Row]) -> bool:
    return len({row.cell.baseline for row in rows}) == 1


def _is_candidate(row: Row, by_key: Mapping[str, Row]) -> bool:
    if row.speedup is None or row.is_baseline or row.status not in ("ok", "stale"):
        return False
    return max(row.failed_share, _failed_share_of_baseline(row, by_key)) <= FAILED_AT_MOST


def _failed_share_of_baseline(row: Row, by_key: Mapping[str, Row]) -> float:
    baseline = by_key.get(row.cell.baseline or "")
    return baseline.failed_share if baseline else 0.0


def _speedup(row: Row) -> float:
    return row.speedup.estimate if row.speedup else 0.0


def _evidence(row: Row) -> str:
    """The interval; below the blocks that carry one the range in words."""
    blocks = len(row.log_speedups)
    if blocks >= LEAST:
        _, low, high = brief_digits(row.speedup)
        return f"95 % interval {low} to {high}"
    low, high = digits(exp(min(row.log_speedups.values()))), digits(exp(max(row.log_speedups.values())))
    return f"{blocks} of {plural(row.blocks, 'block')}: {low if low == high else f'{low} to {high}'}×"


def _times(row: Row, by_key: Mapping[str, Row]) -> str:
    """`4.00 s → 1.00 s; `, or tasks a second where the number of tasks grows with the workers."""
    baseline = by_key.get(row.cell.baseline or "")
    compared = _rates(*([baseline] if baseline else []), row)
    return f"{' → '.join(compared)}; " if len(compared) > 1 else ""


def _rate(row: Row) -> str:
    return "".join(_rates(row))


def _rates(*rows: Row) -> list[str]:
    """What is compared of each, in one unit, which the last of them says: `1.24 s → 0.619 s a batch`."""
    known = [(row, row.figures.compared_s.estimate) for row in rows if row.figures and row.figures.compared_s]
    if len(known) < len(rows):
        return []
    last = rows[-1]
    if all(row.cell.tasks_per_worker and row.tasks for row, _ in known):
        return [f"{digits((row.tasks or 0) / seconds)} tasks/s" for row, seconds in known]
    told = times(*(seconds for _, seconds in known))
    return [*told[:-1], told[-1] + ("" if last.on == "makespan" else " a batch")]


def _no_answer(rows: Sequence[Row], by_key: Mapping[str, Row], among: Sequence[str]) -> str:
    """Why there is none; without the full stop, which is a part's own."""
    measured = [row for row in rows if row.figures]
    if all(row.status == "missing" for row in rows):
        return "Not measured yet"
    if measured and all(row.is_baseline or row.cell.baseline is None for row in rows):
        return f"Nothing to compare with: {contestant(measured[0], among)} takes {_rate(measured[0])}"
    compared = [row for row in rows if row.speedup and not row.is_baseline and row.status == "ok"]
    failing = [row for row in compared if _failed_share_of_baseline(row, by_key) > FAILED_AT_MOST]
    if failing:
        return f"No answer: {baseline_of(failing, by_key)} failed in more than a tenth of its blocks"
    if compared:
        return "No answer: whatever was compared failed in more than a tenth of its blocks"
    return f"No answer: of {plural(len(rows), 'cell')} {statuses(rows)}"
