"""Evidence → figures with their intervals, as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from ...stats import Interval
from ...summary.numbers import brief_digits, digits, percent
from ...summary.words import contestant
from .evidence import Evidence, Gain, HeldUp

MUCH, SOME = 0.5, 0.05
"""Shares from here on are worth a word: of what is always there, of what should not be."""


def figures_of(evidence: Evidence) -> Iterator[str]:
    """What is always worth telling, each figure by itself; nothing of what was not measured."""
    if evidence.use:
        yield f"serial computes for {_share(evidence.use)} of its time"
    for gain in (evidence.threads, evidence.apart):
        if gain:
            yield _gain(gain, computes=evidence.use is not None and evidence.use.estimate >= SOME)
    if evidence.queueing >= SOME:
        yield f"all without the up to {percent(evidence.queueing, 0)} of their time in which others had the cores"


def _gain(gain: Gain, computes: bool) -> str:
    """`threads with 2 workers 1.02× (0.98 to 1.05)`, and what is worth knowing of how they got there."""
    figure, low, high = brief_digits(gain.speedup)
    parts = [f"{contestant(gain.row, ())} {figure}×" + (f" ({low} to {high})" if low else "")]
    if computes and gain.cpu and (gain.cpu.low or 0) >= 1 + SOME:
        figure, low, high = brief_digits(gain.cpu)
        parts.append(f"with {figure}× ({low} to {high}) the CPU time a task")
    if gain.dispatch and gain.dispatch.estimate >= MUCH:
        parts.append(f"{_share(gain.dispatch)} of its workers' time in no task")
    if gain.startup >= MUCH:
        parts.append(f"{percent(gain.startup, 0)} of its makespan starting")
    return ", ".join(parts)


def lateness(seen: HeldUp) -> str:
    """Of a thread that slept beside one at work."""
    return f"a thread beside a task woke {_ms(seen.typical_s)} late (median of {seen.ticks})"


def loop_held_up(seen: HeldUp) -> str:
    """Of a coroutine that slept beside one at work."""
    return f"beside it the event loop stood still for up to {_ms(seen.longest_s)} of {_ms(seen.span_s)}"


def _share(share: Interval) -> str:
    """With its interval, where that can be seen in per cent."""
    told = percent(share.estimate, 0)
    low, high = ("" if end is None else percent(end, 0) for end in (share.low, share.high))
    return told if low == high else f"{told} ({low} to {high})"


def _ms(seconds: float) -> str:
    return f"{digits(seconds * 1000)} ms"
