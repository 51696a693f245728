"""Held → Measured: what stands of the declared cells on the machine that has most, with every block; no YAML is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..recorded import Held, recorded
from ..standing import Block, main_machine, standing
from ..summary import Summary, summarise
from ..summary.rows import Standing
from ..validity import Judged
from ..verdict import Verdicts, decide


@dataclass(frozen=True, slots=True)
class Measured:
    """An experiment's figures and claims; key → the cell's blocks in the order of measuring, those too that don't
    count."""

    name: str
    summary: Summary
    verdicts: Verdicts
    blocks: Mapping[str, Mapping[Block, Judged]]


def measured(name: str, held: Held) -> Measured:
    """All declared cells of which the journal knows on that machine. Whether they are stale only their project could
    say."""
    journal = held.journal
    machine = main_machine(journal)
    known = recorded(held, machine)
    summary = summarise(known.cells, journal, name, known.question, machine=machine, on=known.verdict_on)
    by_key = {cell.key: cell for cell in known.cells}
    stands = {key: stand for key, stand in standing(journal, machine).items() if key in by_key}
    judged = {cell.key: Standing(by_key, stands, {}, None).judged(cell) for cell in known.cells}
    return Measured(
        name,
        summary,
        decide(summary, known.margin, known.expect),
        {key: dict(sorted(blocks.items(), key=lambda item: item[1].record.order)) for key, blocks in judged.items()},
    )
