"""rows of a workload, what was decided of them → one answer in plain text, with its figures, its price and what else
would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from statistics import median

from ..matrix import same_work, work_of
from ..stats import LEAST
from ..summary import Row
from ..summary.numbers import brief_digits, digits
from ..summary.words import axes, baseline_of, by_workload, contestant, place, plural, statuses
from .claims import FAILED_AT_MOST, Judgement, gets_verdict
from .contest import Contest

NAMED_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What the figures of a workload say, in plain text."""

    workload: str
    parts: tuple[tuple[str, str], ...]
    """For each piece of work: what to take and what it gains; what else would do, what comes next, and the price."""

    @property
    def lead(self) -> str:
        """What to take, and no more."""
        return " ".join(lead for lead, _ in self.parts)

    @property
    def texts(self) -> list[str]:
        """All of it, a text for each piece of work."""
        return [" ".join(part).strip() for part in self.parts]

    @property
    def sentence(self) -> str:
        """All of it."""
        return " ".join(self.texts)


def answers(rows: Sequence[Row], contests: Sequence[Contest], cells: Mapping[str, Judgement]) -> tuple[Answer, ...]:
    """One for each workload, in the order of the YAML. Where nothing could be decided it says what was measured."""
    by_key = {row.cell.key: row for row in rows}
    of_workload: dict[str, list[Contest]] = {}
    for contest in contests:
        of_workload.setdefault(contest.rows[0].cell.workload.name, []).append(contest)
    known = Known(by_key, cells)
    return tuple(Answer(name, _parts(own, of_workload[name], known)) for name, own in by_workload(rows).items())


@dataclass(frozen=True, slots=True)
class Known:
    """All rows, and what may be claimed of them."""

    rows: Mapping[str, Row]
    cells: Mapping[str, Judgement]


def _parts(rows: Sequence[Row], contests: Sequence[Contest], known: Known) -> tuple[tuple[str, str], ...]:
    """One for each piece of work; where nothing was decided of any, one for them all."""
    among = axes(rows)
    if not any(contest.answer for contest in contests):
        return ((_measured(rows, known.rows, among), ""),)
    return tuple(
        (_lead(known.rows[contest.answer], known, among), _rest(known.rows[contest.answer], contest, known.rows, among))
        if contest.answer
        else (_measured(contest.rows, known.rows, among), "")
        for contest in contests
    )


def _rest(row: Row, contest: Contest, by_key: Mapping[str, Row], among: Sequence[str]) -> str:
    parts = [_alike(row, contest, among), _next(row, contest, among), _price(row, by_key)]
    return " ".join(part for part in parts if part)


def _lead(row: Row, known: Known, among: Sequence[str]) -> str:
    """What to take, and how much it gains."""
    who = contestant(row, among)
    if row.is_baseline:
        return f"{who}: nothing can be told to be faster than its {_rate(row)}."
    if row.cell.key not in known.cells:
        return f"{who}: the quickest of what was measured, {_rate(row)}, with nothing to compare it with."
    figure = brief_digits(row.speedup)[0]
    over = _over(row, known.rows)
    claim = known.cells[row.cell.key].claim
    gain = {
        "faster": f"{figure}× faster than {over}",
        "slower": f"best of what was measured, but {figure}× the speed of {over}",
        "equivalent": f"as fast as {over} within the margin, {figure}×",
    }.get(claim, f"{figure}× over {over}, which may be chance")
    return f"{who}: {gain} ({_evidence(row)}){_times(row, known.rows)}."


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
    named = [contestant(other, among) for other in others[:NAMED_AT_MOST]]
    rest = [f"{len(others) - NAMED_AT_MOST} more"] if len(others) > NAMED_AT_MOST else []
    return f"As good, as far as can be told: {', '.join([*named, *rest])}."


def _next(row: Row, contest: Contest, among: Sequence[str]) -> str:
    """The best of another kind, where none of another kind is among the best."""
    kinds = {other.cell.model.kind for other in contest.rows if other.cell.key in contest.best}
    others = [r for r in contest.rows if r.cell.model.kind not in kinds and gets_verdict(r) and not r.is_baseline]
    if len(kinds) > 1 or not others:
        return ""
    second = max(others, key=_speedup)
    return f"Next: {contestant(second, among)}, {brief_digits(second.speedup)[0]}×." if second.speedup else ""


def _price(row: Row, by_key: Mapping[str, Row]) -> str:
    """Memory, and CPU time a task, beside the baseline's; a baseline that does other work has no price to compare."""
    baseline = by_key.get(row.cell.baseline or "")
    if baseline is None or baseline is row or not same_work(row.cell, baseline.cell):
        return ""
    memory = [digits(each.figures.memory_mib) if each.figures else "" for each in (row, baseline)]
    cpu = [digits(_cpu_s_per_task(each)) for each in (row, baseline)]
    if not all(memory) or not all(cpu):
        return ""
    return f"It takes {memory[0]} MiB of memory instead of {memory[1]}, and {cpu[0]} s of CPU time a task instead of {cpu[1]}."


def _cpu_s_per_task(row: Row) -> float | None:
    """Of all batches, over their tasks: the median over blocks."""
    known = [
        record.cpu_batches_ns / (1 + record.batches) / record.tasks / 1e9
        for record in row.counted.values()
        if record.cpu_batches_ns is not None and record.tasks
    ]
    return median(known) if known else None


def _measured(rows: Sequence[Row], by_key: Mapping[str, Row], among: Sequence[str]) -> str:
    """What these rows say where nothing is decided; that nothing can be said, and why, where they say nothing."""
    compared = [row for row in rows if _is_candidate(row)]
    standing = [row for row in compared if row.status == "ok"] or compared
    if not standing:
        return _no_answer(rows, among)
    best = max(standing, key=_speedup)
    baseline = baseline_of([best], by_key)
    lead = "The largest speedup measured is"
    if _speedup(best) <= 1:
        lead = f"Nothing measured took less time than {baseline}; the largest speedup is"
    stale = " (stale)" if best.status == "stale" else ""
    figure = brief_digits(best.speedup)[0]
    who = contestant(best, among)
    doubt = "" if _leaves_one(best) else "; that may be chance"
    return f"{lead} {figure}× over {baseline} ({_evidence(best)}): {who}{_times(best, by_key)}{stale}{doubt}."


def _is_candidate(row: Row) -> bool:
    compared = row.speedup is not None and not row.is_baseline
    return compared and row.status in ("ok", "stale") and row.failed_share <= FAILED_AT_MOST


def _speedup(row: Row) -> float:
    return row.speedup.estimate if row.speedup else 0.0


def _leaves_one(row: Row) -> bool:
    """Whether the interval, or below the blocks that carry one every block, lies on one side of no difference."""
    low, high = (row.speedup.low, row.speedup.high) if row.speedup else (None, None)
    if low is None or high is None:
        low, high = exp(min(row.log_speedups.values())), exp(max(row.log_speedups.values()))
    return low > 1 or high < 1


def _evidence(row: Row) -> str:
    """The interval; below the blocks that carry one the range in words."""
    blocks = len(row.log_speedups)
    if blocks >= LEAST:
        _, low, high = brief_digits(row.speedup)
        return f"95 % interval {low} to {high}, {plural(blocks, 'block')}"
    low, high = digits(exp(min(row.log_speedups.values()))), digits(exp(max(row.log_speedups.values())))
    return f"{blocks} of {plural(row.blocks, 'block')}: {low if low == high else f'{low} to {high}'}×"


def _times(row: Row, by_key: Mapping[str, Row]) -> str:
    """`, 4.00 s → 1.00 s`, or tasks a second where the number of tasks grows with the workers."""
    baseline = by_key.get(row.cell.baseline or "")
    before = _rate(baseline) if baseline else ""
    return f", {before} → {_rate(row)}" if before else ""


def _rate(row: Row) -> str:
    if row.figures is None or row.figures.compared_s is None:
        return ""
    seconds = row.figures.compared_s.estimate
    if row.cell.tasks_per_worker and row.tasks:
        return f"{digits(row.tasks / seconds)} tasks/s"
    return f"{digits(seconds)} s" + ("" if row.on == "makespan" else " a batch")


def _no_answer(rows: Sequence[Row], among: Sequence[str]) -> str:
    """Why, and of what, where it is one of several pieces of work."""
    which = place(rows[0], among).removeprefix(", ") if len({work_of(row.cell) for row in rows}) == 1 else ""
    return f"{which}: {_why_none(rows, among)}" if which else _why_none(rows, among)


def _why_none(rows: Sequence[Row], among: Sequence[str]) -> str:
    measured = [row for row in rows if row.figures]
    if all(row.status == "missing" for row in rows):
        return "Not measured yet."
    if measured and all(row.is_baseline or row.cell.baseline is None for row in rows):
        return f"Nothing to compare with: {contestant(measured[0], among)} takes {_rate(measured[0])}."
    if any(row.speedup and not row.is_baseline and row.status == "ok" for row in rows):
        return "No answer: whatever was compared failed in more than a tenth of its blocks."
    return f"No answer: of {plural(len(rows), 'cell')} {statuses(rows)}."
