"""an experiment as it is held in A, in B → Comparison: of what stands in each on the machine that they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..journal import Journal
from ..recorded import Held, recorded
from ..standing import main_machine
from ..summary import summarise
from .shape import Compared, Comparison
from .summaries import compare

Results = tuple[str, Mapping[str, Held]]
"""What they are called, and experiment → what its folder holds."""


def compare_held(before: Held, after: Held, experiment: str) -> Comparison:
    """Of the cells that each side declares. Margin and the time that is compared are those of B's newest session. Without
    a machine in common each side's own, which are then two."""
    shared = _shared_machine(before.journal, after.journal)
    old_machine, new_machine = (shared or main_machine(side.journal) for side in (before, after))
    old, new = recorded(before, old_machine), recorded(after, new_machine)
    return compare(
        summarise(old.cells, before.journal, experiment, old.question, machine=old_machine, on=new.verdict_on),
        summarise(new.cells, after.journal, experiment, new.question, machine=new_machine, on=new.verdict_on),
        new.margin,
        (old.declared, new.declared),
    )


def compare_results(before: Results, after: Results) -> Compared:
    """All experiments of two origins, matched by name; one on each side is the same, whatever its folder is called."""
    (old_name, old), (new_name, new) = before, after
    if len(old) == len(new) == 1:
        old = dict(zip(new, old.values(), strict=True))
    both = [name for name in new if name in old]
    return Compared(
        old_name,
        new_name,
        tuple(compare_held(old[name], new[name], name) for name in both),
        tuple(name for name in old if name not in new),
        tuple(name for name in new if name not in old),
    )


def _shared_machine(before: Journal, after: Journal) -> str | None:
    """Of the machines that measured for both, the one with most invocations in B; of equals the first by name."""
    counts = Counter(record.machine for record in after.records if record.stage == "block")
    shared = {record.machine for record in before.records if record.stage == "block"} & counts.keys()
    return min(shared, key=lambda machine: (-counts[machine], machine), default=None)
