"""rows → Judgement: what may be claimed of each cell against its baseline (MEASURING, Claims)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import expm1

from ..stats import Claim, claim, hodges_lehmann_of_each, holm, signed_rank_p, smallest_effect
from ..summary import Row
from ..summary.numbers import digits
from ..validity import FAILED_AT_MOST


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim, and the least ln speedup that as many blocks would probably have seen, None where they could see none."""

    claim: Claim
    smallest_effect: float | None

    @property
    def words(self) -> str:
        """For a table."""
        return worded(self.claim, self.smallest_effect)


def worded(claimed: Claim, smallest_effect: float | None) -> str:
    """A claim; where none can be made, what would have been seen."""
    if claimed != "can't tell" or smallest_effect is None:
        return claimed
    percent = 100 * expm1(smallest_effect)
    return f"can't tell (a difference of {digits(percent, percent)} % would probably show)"


def judgements(rows: Sequence[Row], margin: float) -> dict[str, Judgement]:
    """Key → judgement of each cell that is compared with another. The Holm family is one workload."""
    by_key = {row.cell.key: row for row in rows}
    families: dict[str, list[Row]] = {}
    for row in comparable(rows, by_key):
        families.setdefault(row.cell.workload.name, []).append(row)
    return {key: judgement for family in families.values() for key, judgement in _family(family, margin).items()}


def comparable(rows: Sequence[Row], by_key: Mapping[str, Row]) -> list[Row]:
    """Those that are compared with another."""
    return [row for row in rows if gets_ratio(row, by_key) and row.log_speedups and not row.is_baseline]


def is_shown_faster(row: Row, cells: Mapping[str, Judgement]) -> bool:
    """Whether that is claimed of the row, over its own baseline."""
    return row.cell.key in cells and cells[row.cell.key].claim == "faster"


def gets_verdict(row: Row) -> bool:
    """Whether a row's figures speak of what is there now, and of nearly all its blocks."""
    return row.status == "ok" and row.failed_share <= FAILED_AT_MOST


def gets_ratio(row: Row, by_key: Mapping[str, Row]) -> bool:
    """Whether both a row's figures and those of its baseline do."""
    baseline = by_key.get(row.cell.baseline or "")
    return gets_verdict(row) and baseline is not None and gets_verdict(baseline)


def _family(rows: Sequence[Row], margin: float) -> dict[str, Judgement]:
    judged = judge_family([list(row.log_speedups.values()) for row in rows], margin)
    return {row.cell.key: judgement for row, judgement in zip(rows, judged, strict=True)}


def judge_family(differences: Sequence[Sequence[float]], margin: float) -> list[Judgement]:
    """What may be claimed of each of several comparisons, by its paired ln ratios, all corrected for their number."""
    p_values = holm([signed_rank_p(values) for values in differences])
    return [
        _judged(values, p_value, len(differences), margin)
        for values, p_value in zip(differences, p_values, strict=True)
    ]


def _judged(values: Sequence[float], p_value: float, comparisons: int, margin: float) -> Judgement:
    interval, shared = hodges_lehmann_of_each(values, 1, comparisons)
    effect = smallest_effect(shared, comparisons)
    return Judgement(claim(interval, p_value, margin, effect), effect)
