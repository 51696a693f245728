"""Evidence → Decision: what kind of work it is (MEASURING, What kind of work is it), or why that can't be told.

Every bound on batches is held against an interval: what crosses it decides nothing. What the preflight saw of one task
has none: there it takes so many ticks, and others that leave the cores alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

from ...summary.numbers import percent
from .evidence import Evidence, Gain, HeldUp
from .words import lateness, loop_held_up

WAITING_AT_MOST, COMPUTING_AT_LEAST = 0.2, 0.8
NO_GAIN, GAIN = 1.15, 1.3
INFLATED = 1.2
DISPATCH_AT_LEAST = 0.5
BUSY = 0.05
NEVER_YIELDS = 0.8
HOLDS_UP = 0.2
SEEN_FROM_S = 0.005
"""A loop that was watched for less says too little."""

SHORTEST_SWITCH_S = 0.0005
"""Below that a GIL that is held is no later than a sleeper that wakes late by itself."""

LATE_FROM, IN_TIME_FROM = 3, 10
"""Ticks beside a task that there must be, of those that were due, to speak of a GIL, and to speak of none: where it is
held a task of 20 ms leaves a sleeper three or four."""
TICK_S = 0.001

SERIALISED = f"threads at most {NO_GAIN}× while processes at least {GAIN}×"
ONE_CORE = "can't separate what holds it up: this machine has one usable core"
CANT_TELL = "can't tell"


@dataclass(frozen=True, slots=True)
class Decision:
    """The kind in words, the rules that decided, and what stays open."""

    kind: str
    rules: tuple[str, ...] = ()
    open: str = ""
    figures: tuple[str, ...] = ()  # those that decided beside what several workers gain


def decide_kind(evidence: Evidence) -> Decision:
    """What the work does with its time, and what several workers gain from it."""
    use = evidence.use
    if use is None:
        return Decision(CANT_TELL, open="there is no serial cell with CPU times to hold it against")
    if use.low is None or use.high is None:
        return Decision(CANT_TELL, open="too few blocks carry no interval")
    nature = _nature(use.low, use.high)
    shared = _sharing(evidence, nature.kind)
    return Decision(
        ", ".join(part for part in (nature.kind, shared.kind) if part),
        (*nature.rules, *shared.rules),
        "; ".join(part for part in (nature.open, shared.open) if part),
        shared.figures,
    )


def _nature(low: float, high: float) -> Decision:
    """By the share of its time that serial computes."""
    if high <= WAITING_AT_MOST:
        return Decision("waiting", (f"waiting where at most {percent(WAITING_AT_MOST)} of the time computes",))
    if low >= COMPUTING_AT_LEAST:
        return Decision("computing", (f"computing where at least {percent(COMPUTING_AT_LEAST)} of the time computes",))
    between = f"mixed where between {percent(WAITING_AT_MOST)} and {percent(COMPUTING_AT_LEAST)} of the time computes"
    kinds = [
        *["waiting"] * (low <= WAITING_AT_MOST),
        *["mixed"] * (high > WAITING_AT_MOST and low < COMPUTING_AT_LEAST),
        *["computing"] * (high >= COMPUTING_AT_LEAST),
    ]
    unsure = "can't tell which: the interval crosses a bound" if len(kinds) > 1 else ""
    return Decision(" or ".join(kinds), (between,), unsure)


Reach = Literal["none", "gains", "unsure"]


def reach(gain: Gain | None) -> Reach:
    """Whether several workers gain, by the interval."""
    if gain is None or gain.speedup.low is None or gain.speedup.high is None:
        return "unsure"
    return "none" if gain.speedup.high <= NO_GAIN else "gains" if gain.speedup.low >= GAIN else "unsure"


def _sharing(evidence: Evidence, nature: str) -> Decision:
    """What several workers gain, and why no more. Too little work a task is looked for before any lock is blamed."""
    threads, apart = reach(evidence.threads), reach(evidence.apart)
    if threads == "none" and apart == "gains":
        return _lost_in_dispatch(evidence.threads) or _serialised(evidence)
    if nature == "waiting":
        return Decision("")
    if threads == "gains":
        return _gaining(evidence, nature)
    missing = _missing(evidence)
    if missing:
        return Decision("", open=missing)
    lost = _lost_in_dispatch(evidence.apart if apart != "gains" else evidence.threads)
    if lost:
        return lost
    if threads == apart == "none":
        return _no_gain(evidence)
    return Decision("", open="can't tell what several workers gain: an interval crosses a bound")


def _gaining(evidence: Evidence, nature: str) -> Decision:
    """Threads gain: by overlapping what waits, or beyond that by computing at the same time."""
    gain, use = evidence.threads, evidence.use
    assert gain is not None
    assert use is not None
    most_under_gil = 1 / use.low if use.low else inf
    if (gain.speedup.low or 0) <= most_under_gil:
        allowed = f"{most_under_gil:.2g}×" if use.low else "any speedup"
        rule = f"one thread computing at a time already allows {allowed}"
        open_ = "can't tell whether its computing releases the GIL: that takes more workers"
        return Decision("its waiting overlapped by threads", (rule,), open_)
    beyond = f", and more than the {most_under_gil:.2g}× that one thread computing at a time allows"
    rule = f"threads at least {GAIN}×" + ("" if nature == "computing" else beyond)
    if evidence.gil == "off":
        return Decision("with no GIL to hold it up", (rule,))
    return Decision("releasing the GIL", (rule,))


def _missing(evidence: Evidence) -> str:
    """Why the machine or the cells can't separate what they should."""
    if evidence.cpus == 1:
        return ONE_CORE
    names = [
        *["threads"] * (evidence.threads is None),
        *["processes"] * (evidence.apart is None),
    ]
    if not names:
        return ""
    return f"can't separate what holds it up: no cell of {' or '.join(names)} has several workers with a core each"


def _lost_in_dispatch(gain: Gain | None) -> Decision | None:
    """Whether handing out the tasks takes longer than doing them."""
    if gain is None or gain.dispatch is None or (gain.dispatch.low or 0) < DISPATCH_AT_LEAST:
        return None
    rule = f"at least {percent(DISPATCH_AT_LEAST)} of the workers' time goes into handing out the tasks"
    return Decision("too little work a task to share out", (rule,))


def _serialised(evidence: Evidence) -> Decision:
    """One at a time in a process: by the GIL where it is held beside a task, else by something like a lock."""
    if evidence.gil == "off":
        return Decision("serialised by a lock", (f"{SERIALISED}, with no GIL",))
    beside, interval_s = evidence.beside_thread, evidence.switch_interval_s
    if beside is not None and interval_s >= SHORTEST_SWITCH_S:
        if _is_late(beside, interval_s):
            rule = f"later by {_half(interval_s)} or more is a GIL that is held"
            return Decision("serialised by the GIL", (SERIALISED, rule), figures=(lateness(beside),))
        if _is_in_time(beside, interval_s):
            rule = f"later by less than {_half(interval_s)} is a lock, or a GIL that is given up and wanted back all the time"
            return Decision("serialised by a lock", (SERIALISED, rule), figures=(lateness(beside),))
    seen = (lateness(beside),) if beside and beside.ticks else ()
    return Decision("serialised in one process", (SERIALISED,), _not_told_apart(beside), figures=seen)


def _is_late(beside: HeldUp, interval_s: float) -> bool:
    """Whether ticks are as late as a GIL that is held makes them, by more than the sleeper's queueing for a core."""
    return beside.ticks >= LATE_FROM and beside.typical_s - beside.queued_s / beside.ticks >= interval_s / 2


def _is_in_time(beside: HeldUp, interval_s: float) -> bool:
    """Whether ticks are in time, and more of them than may have been so because the task had no core."""
    return beside.typical_s < interval_s / 2 and beside.ticks - beside.task_queued_s / TICK_S >= IN_TIME_FROM


def _not_told_apart(beside: HeldUp | None) -> str:
    either = "by the GIL or a lock, which was not told apart"
    if beside is not None and beside.queued_s + beside.task_queued_s >= BUSY * beside.span_s:
        return f"{either}: others had the cores"
    if beside is not None and beside.ticks < IN_TIME_FROM:
        return f"{either}: a task is too short to be seen"
    return either


def _half(interval_s: float) -> str:
    return f"half the switch interval ({interval_s * 500:.2g} ms)"


def _no_gain(evidence: Evidence) -> Decision:
    """Neither threads nor processes gain, though the tasks are large enough to be handed out."""
    assert evidence.apart is not None
    if evidence.queueing >= BUSY:
        return Decision("", open="can't tell what several workers gain: others had the cores")
    neither = f"threads and processes at most {NO_GAIN}×"
    cpu = evidence.apart.cpu
    if cpu is not None and (cpu.low or 0) >= INFLATED:
        rule = f"{neither}, and at least {INFLATED}× the CPU time a task"
        return Decision("limited by a resource that its workers share", (rule,))
    return Decision(
        "gaining nothing from several workers",
        (neither,),
        "can't tell a serial section from cores that others use",
    )


def decide_loop(seen: HeldUp | None) -> Decision | None:
    """What the work does to an event loop that awaits it; None where it does nothing, or nothing is known."""
    if seen is None or seen.span_s - seen.queued_s < SEEN_FROM_S:
        return None
    stood_still_s = seen.longest_s - seen.queued_s  # what others may have held up is not the coroutine's doing
    if stood_still_s >= NEVER_YIELDS * (seen.span_s - seen.queued_s):
        rule = f"a loop held up for at least {percent(NEVER_YIELDS)} of the time is never given back"
        return Decision("its coroutine never yields", (rule,), figures=(loop_held_up(seen),))
    if stood_still_s >= max(SEEN_FROM_S, HOLDS_UP * seen.span_s):
        rule = f"a loop held up for at least {percent(HOLDS_UP)} of a task's time at once"
        return Decision("its coroutine holds up the loop", (rule,), figures=(loop_held_up(seen),))
    return None
