"""Scaling of a workload's models → the law of each in a sentence, points beside bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, isfinite, log

from ..matrix import shares_a_thread
from ..stats import AMDAHL, Interval
from ..summary import Row
from ..summary.numbers import brief_digits, digits
from ..summary.words import Axes, axes, place, plural
from ..verdict import Fit, Point, Scaling, Verdicts
from .markdown import Alignment, code, escaped, table
from .speedups import LINES_AT_MOST, SEE_SHEET

FINEST = 9
"""Decimals of a share that are shown at most."""
BEYOND = "‡"

COLUMNS: dict[str, Alignment] = {
    "model": "left",
    "workers": "right",
    "speedup (×)": "right",
    "efficiency": "right",
    "e(N)": "right",
    "bound (×)": "right",
}
SCALING_METHOD = (
    "Scaling is of batches on warm workers, without startup, over the same model with 1 worker unless another is "
    "named; with tasks per worker it is of tasks a second. e(N) is the serial share that N workers met (Karp & Flatt); "
    "bound is what CPU time, usable cores and the GIL or the event loop allow at most (Denning & Buzen); laws are "
    "fitted to ln speedup, their intervals are from refits to resampled blocks."
)


def scaling_of(rows: Sequence[Row], verdicts: Verdicts) -> tuple[list[str], str]:
    """What is said of how these rows' models scale, and the table of points with its footnotes; nothing where no model
    was measured with one worker and with more."""
    keys = {row.cell.key for row in rows}
    found = [one for one in verdicts.scaling if one.row.cell.key in keys]
    if not found:
        return [], ""
    among = axes(rows)
    return _laws(found, among), _points(found, among)


def _laws(found: Sequence[Scaling], among: Axes) -> list[str]:
    lines = [f"{_name(one, among)} {law_in_words(one, one.fit)}." for one in found if one.fit]
    lines += [f"{_name(one, among)}: {_above(one)}." for one in found if any(point.exceeds for point in one.points)]
    shown = lines[:LINES_AT_MOST]
    more = [f"{len(lines) - len(shown):,} more are left out here"] if len(lines) > len(shown) else []
    return [*shown, *more]


def _name(one: Scaling, among: Axes) -> str:
    return code(one.row.cell.model.name) + escaped(place(one.row, among))


def law_in_words(one: Scaling, fit: Fit) -> str:
    """The law with its parameters and what it means for those who choose a number of workers."""
    if fit.off:
        worst = max(fit.off, key=lambda at: abs(log(at.measured / at.law)))
        there = f"with {plural(worst.workers, 'worker')} it has {digits(worst.law)}×, measured were {digits(worst.measured)}×"
        law = fit.law if fit.law == "Universal Scalability Law" else f"{fit.law}'s law"
        return f"scales by no law that was tried: {law} does not hold ({there}), so no parameters are given"
    parameters = ", ".join(f"{name} {_said(interval)}" for name, interval in fit.parameters.items())
    few = "" if all(interval.low is not None for interval in fit.parameters.values()) else _few(fit)
    owner = "the Universal Scalability Law" if fit.law == "Universal Scalability Law" else f"{fit.law}'s law"
    return f"scales by {owner}, {parameters}{few}{_meaning(one, fit)}"


def _few(fit: Fit) -> str:
    return f" ({plural(fit.blocks, 'block')}, too few for an interval)"


def _meaning(one: Scaling, fit: Fit) -> str:
    far = 2 * fit.most_workers
    if fit.law == "Amdahl":
        return _limit(fit.parameters["serial share"], one, far)
    return f": {_peak(fit.peak, far)}" if fit.peak else ""


def _limit(share: Interval, one: Scaling, far: int) -> str:
    """The speedup of twice the most workers that were measured, unless the bound forbids it; no law is known beyond."""
    there = _falling(share, lambda value: AMDAHL.speedup((value,), far))
    bound = one.capacity.bound(far)
    if bound is None or there.estimate <= bound:
        return f": {far} workers, twice the most that it was fitted to, would give {_times(there)}"
    if any(point.exceeds for point in one.points):
        return ""
    return f": {far} workers, twice the most that it was fitted to, can't pass the bound of {digits(bound)}×"


def _falling(interval: Interval, falling: Callable[[float], float]) -> Interval:
    """The same statement about a falling function of the number."""
    if interval.low is None or interval.high is None:
        return Interval(falling(interval.estimate))
    return Interval(falling(interval.estimate), falling(interval.high), falling(interval.low))


def _peak(peak: Interval, far: int) -> str:
    """N*, never past twice the largest count."""
    if not isfinite(peak.estimate) or peak.estimate > far or (peak.low or 0) > far:
        least = peak.low
        return f"no peak up to {far} workers" if least is None or least > far else _at_least(least)
    if peak.low is None or peak.high is None:
        return f"the peak lies at about {plural(round(peak.estimate), 'worker')}"
    if peak.high > far:
        return _at_least(peak.low)
    return f"the peak lies at {plural(round(peak.estimate), 'worker')} ({int(peak.low)}–{ceil(peak.high)})"


def _at_least(workers: float) -> str:
    return f"the peak lies at {plural(int(workers), 'worker')} at least"


def _above(one: Scaling) -> str:
    """What lies above its bound by its whole interval, and what that means."""
    where = ", ".join(str(point.workers) for point in one.points if point.exceeds)
    return f"above the bound with {where} workers by the whole interval, so the bound's assumption does not hold: {_assumption(one)}"


def _assumption(one: Scaling) -> str:
    if shares_a_thread(one.row.cell.model):
        return "not all CPU time is spent in the event loop's thread, or a task takes less of it among others"
    if one.row.gil in ("shared", "re-enabled"):
        return "not all CPU time is spent holding the GIL, or a task takes less of it among others"
    return "a task takes less CPU time among others"


def _silent(found: Sequence[Scaling]) -> list[str]:
    """Which models have no law, and why, in one line."""
    silent = list(dict.fromkeys(code(one.row.cell.model.name) for one in found if one.fit is None))
    why = "a law takes 3 worker counts that cores and tasks can carry, in the same blocks"
    return [f"No law for {', '.join(silent)}: {why}."] if silent else []


def _beyond(found: Sequence[Scaling]) -> list[str]:
    beyond = any(not point.carried for one in found for point in one.points)
    return [f"{BEYOND} more workers than cores or tasks can carry: no part of a law."] if beyond else []


def _points(found: Sequence[Scaling], among: Axes) -> str:
    lines = [_line(one, point, among) for one in found for point in one.points]
    shown = lines[:LINES_AT_MOST]
    if len(lines) > len(shown):
        shown.append([f"{len(lines) - len(shown):,} more {SEE_SHEET}", *("" for _ in list(COLUMNS)[1:])])
    rendered = table(list(COLUMNS), shown, list(COLUMNS.values()))
    footnotes = "\n".join(f"- {line}" for line in [*_silent(found), *_beyond(found)])
    return "\n\n".join(part for part in (rendered, footnotes) if part)


def _line(one: Scaling, point: Point, among: Axes) -> list[str]:
    efficiency = point.speedup.mapped(lambda factor: factor / point.workers)
    return [
        _model(one, among),
        str(point.workers) + ("" if point.carried else f" {BEYOND}"),
        _figure(point.speedup),
        brief_digits(efficiency)[0],
        _figure(point.karp_flatt) if point.karp_flatt else "",
        digits(point.bound),
    ]


def _model(one: Scaling, among: Axes) -> str:
    other = one.over.cell.model.name if one.over.cell.model != one.row.cell.model else ""
    notes = [f"over {code(other)}"] * bool(other) + ["first batches"] * (one.batch == "cold")
    return _name(one, among) + (f" <sub>{', '.join(notes)}</sub>" if notes else "")


def _figure(interval: Interval) -> str:
    estimate, low, high = brief_digits(_rounded(interval))
    return f"{estimate} <sub>{low}–{high}</sub>" if low else estimate


def _said(interval: Interval) -> str:
    estimate, low, high = brief_digits(_rounded(interval))
    return f"{estimate} ({low}–{high})" if low else estimate


def _times(interval: Interval) -> str:
    estimate, low, high = brief_digits(_rounded(interval))
    return f"{estimate}× ({low}–{high})" if low else f"{estimate}×"


def _rounded(interval: Interval) -> Interval:
    """What is left of nothing after arithmetic is nothing."""
    return interval.mapped(lambda value: round(value, FINEST))
