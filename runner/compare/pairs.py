"""Summary of A, Summary of B → Pairs: cells matched by key, with what of them may be compared, and why no more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..matrix import shares_a_thread
from ..summary import Row, Summary
from ..verdict import gets_verdict
from .code import changed_code
from .evidence import Between, Unpaired
from .linked import NOT_COMPUTING, Side, listed, times, why_no_times
from .shape import Outcome, Pair


@dataclass(frozen=True, slots=True)
class Sides:
    """A and B."""

    before: Side
    after: Side

    @classmethod
    def of(cls, before: Summary, after: Summary, declared: tuple[Collection[str], Collection[str]]) -> Sides:
        """What rows are held against."""
        return cls(Side.of(before, declared[0]), Side.of(after, declared[1]))

    @property
    def two_machines(self) -> bool:
        """Whether they were measured on different ones."""
        return self.before.machine != self.after.machine

    @property
    def fewer_cores(self) -> int | None:
        """The smaller number of usable cores, where they differ."""
        old, new = self.before.usable_cpus, self.after.usable_cpus
        return None if old is None or new is None or old == new else min(old, new)


def pairs(sides: Sides) -> list[Pair]:
    """A pair for each cell that is measured in either: those of B in its order, then those of A alone."""
    old, new = sides.before.rows, sides.after.rows
    there = [_both(old[key], row, sides) if key in old else _only_after(row, sides.before) for key, row in new.items()]
    return there + [_only_before(row, sides.after) for key, row in old.items() if key not in new]


def _only_before(row: Row, after: Side) -> Pair:
    if row.cell.key in after.declared:
        return Pair(row, None, settled="only in A", reason="not measured in B")
    return Pair(row, None, settled="left")


def _only_after(row: Row, before: Side) -> Pair:
    if row.cell.key in before.declared:
        return Pair(None, row, settled="only in B", reason="not measured in A")
    return Pair(None, row, settled="joined")


def _both(before: Row, after: Row, sides: Sides) -> Pair:
    for outcome, reason in (*_settled(before, after), *_incomparable(before, after, sides)):
        return Pair(before, after, settled=outcome, reason=reason)
    no_times = "two machines" if sides.two_machines else why_no_times(before, after, sides.before, sides.after)
    no_speedup = _why_no_speedup(before, after)
    time = None if no_times else times(before, after, sides.before, sides.after)
    speedup = None if no_speedup else _speedups(before, after)
    said = [f"times not compared: {no_times}"] if no_times and not sides.two_machines else []
    said += [f"speedups not compared: {no_speedup}"] if no_speedup and not after.is_baseline else []
    if not time and not speedup:
        return Pair(before, after, settled="not compared", reason="; ".join(said) or "a baseline has no speedup")
    notes = [*said, *([NOT_COMPUTING] if isinstance(time, Between) else [])]
    return Pair(before, after, time, speedup, code=changed_code(before, after), notes=tuple(notes))


def _settled(before: Row, after: Row) -> Iterator[tuple[Outcome, str]]:
    """What is plain without a test."""
    if after.status != "ok" and (before.status, before.reason) == (after.status, after.reason):
        yield "unchanged", f"{ended(after)} in both"
    elif before.status != after.status:
        yield "other status", f"{ended(before)} in A, {ended(after)} in B"
    elif after.status != "ok":
        yield "not compared", f"{ended(before)} in A, {ended(after)} in B"
    elif shared := _invocations(before) & _invocations(after):
        more = {side: len(row.counted) - len(shared) for side, row in (("A", before), ("B", after))}
        yield "unchanged", " and ".join(f"{_further(count)} in {side}" for side, count in more.items() if count)


def _further(blocks: int) -> str:
    return f"{blocks} further block{'' if blocks == 1 else 's'} of the same code"


def ended(row: Row) -> str:
    """How it ended, and why."""
    return f"{row.status} ({row.reason})" if row.reason else row.status


def _invocations(row: Row) -> set[tuple[str, int, str, int]]:
    return {(record.session, record.block, record.run, record.attempt) for record in row.counted.values()}


def _incomparable(before: Row, after: Row, sides: Sides) -> Iterator[tuple[Outcome, str]]:
    """Why neither times nor speedups may be compared."""
    old, new = ({record.fingerprint.method for record in row.counted.values()} for row in (before, after))
    if old != new:
        yield "not compared", f"measured by method {listed(old)} in A and {listed(new)} in B"
    old, new = ({record.batches for record in row.counted.values()} for row in (before, after))
    if after.on == "quickest" and old != new:  # the least of more batches is less
        yield "not compared", f"{listed(old)} further batches in A, {listed(new)} in B"
    if before.tasks != after.tasks:
        yield "not compared", f"other work: {before.tasks} tasks in A, {after.tasks} in B"
    cores, cell = sides.fewer_cores, after.cell
    if cores is not None and cell.workers > cores and not shares_a_thread(cell.model):
        yield "not compared", f"more workers than {cores} usable cores, which is all that one side has"
    yield from (("not compared", reason) for reason in uncounted(before, after))


def uncounted(before: Row, after: Row) -> Iterator[str]:
    """Which side has so many blocks that do not count that nothing is claimed of it."""
    for side, row in (("A", before), ("B", after)):
        if not gets_verdict(row):
            yield f"{row.blocks - len(row.counted)} of {row.blocks} blocks in {side} do not count"


def _why_no_speedup(before: Row, after: Row) -> str:
    if not before.log_speedups or not after.log_speedups or after.is_baseline:
        return "no block in which the baseline counts as well"
    return "" if before.cell.baseline == after.cell.baseline else "they are over another baseline"


def _speedups(before: Row, after: Row) -> Unpaired:
    return Unpaired(tuple(before.log_speedups.values()), tuple(after.log_speedups.values()))
