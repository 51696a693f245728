"""rows → Kind: what kind of work each piece is, with the figures and the rules that decided it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...matrix import work_of
from ...summary import Row
from ...summary.words import axes, by_workload, capital, place
from .evidence import awaited, evidence_of
from .rules import CANT_TELL, Decision, decide_kind, decide_loop
from .words import figures_of

__all__ = ["CANT_TELL", "Kind", "kinds", "kinds_in_words"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of work a piece of it is, in plain text."""

    workload: str
    place: str  # where it lies on what is swept, empty where nothing is
    kind: str
    figures: tuple[str, ...]
    rules: tuple[str, ...]
    open: str  # what can't be told, and why
    holding: frozenset[str] = frozenset()  # keys of the cells whose coroutine holds up its event loop

    @property
    def reasons(self) -> str:
        """Figures, rules, and what stays open."""
        parts = ["; ".join(self.figures), _sentence("The rule: ", "; ".join(self.rules)), _sentence("", self.open)]
        return " ".join(f"{part}." for part in parts if part)


def kinds(rows: Sequence[Row], cpus: int | None) -> tuple[Kind, ...]:
    """One for each piece of work of which something was measured, in the order of the rows."""
    return tuple(kind for own in by_workload(rows).values() for kind in _of_workload(own, cpus))


def kinds_in_words(found: Sequence[Kind]) -> list[str]:
    """Those of one workload: a text for each, or one where all are of a kind."""
    if len(found) > 1 and len({(kind.kind, kind.open) for kind in found}) == 1:
        first = found[0]
        return [f"Kind of work, all {len(found)} alike: {first.kind}. For {first.place}: {first.reasons}"]
    return [
        f"Kind of work{f', {kind.place}' if kind.place else ''}: {kind.kind}. {capital(kind.reasons)}" for kind in found
    ]


def _of_workload(rows: Sequence[Row], cpus: int | None) -> list[Kind]:
    among = axes(rows)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(work_of(row.cell), []).append(row)
    return [_kind(group, among, cpus) for group in groups.values() if any(row.counted for row in group)]


def _kind(rows: Sequence[Row], among: Sequence[str], cpus: int | None) -> Kind:
    evidence = evidence_of(rows, cpus)
    decided = decide_kind(evidence)
    loop = decide_loop(evidence.in_loop) or Decision("")
    return Kind(
        workload=rows[0].cell.workload.name,
        place=place(rows[0], among).removeprefix(", "),
        kind="; ".join(part for part in (decided.kind, loop.kind) if part),
        figures=(*figures_of(evidence), *decided.figures, *loop.figures),
        rules=(*decided.rules, *loop.rules),
        open=decided.open,
        holding=frozenset(row.cell.key for row in awaited(rows)) if loop.kind else frozenset(),
    )


def _sentence(lead: str, text: str) -> str:
    return lead + text if lead and text else capital(text)
