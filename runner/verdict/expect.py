"""expect, rows → Expectation: whether a claimed ratio holds, by its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..experiment.selection import comparison
from ..matrix import Selector
from ..stats import Interval
from ..summary import Row
from ..summary.numbers import brief_digits
from ..summary.words import axes, baseline_of, contestant, listed, plural
from .claims import gets_ratio, gets_verdict

Outcome = Literal["holds", "fails", "unsure"]
SIGNS: Mapping[Outcome, str] = {"holds": "✔", "fails": "✘", "unsure": "?"}
SHOWN_AT_MOST = 3
"""How many cells are named before only those are that decide."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A claim as the experiment has it, what became of it, and the figures that decided, in plain text."""

    claim: str
    outcome: Outcome
    evidence: str


def expectations(expected: Sequence[Mapping[str, object]], rows: Sequence[Row], cpus: int) -> tuple[Expectation, ...]:
    """One for each claim. It holds if every cell's interval lies where it should, and fails if any lies elsewhere;
    an interval that crosses the bound, and a cell that has none, leave it open."""
    return tuple(one for entry in expected for one in _of_entry(entry, rows, cpus))


def _of_entry(entry: Mapping[str, object], rows: Sequence[Row], cpus: int) -> list[Expectation]:
    selection = {axis: values for axis, values in entry.items() if isinstance(values, list)}
    selector = Selector.of(selection, cpus)
    meant = [row for row in rows if selector.matches(row.cell) and ("model" in selection or not row.is_baseline)]
    where = ", ".join(f"{axis} {listed([*map(str, values)], 'or')}" for axis, values in selection.items())
    claims = {name: str(claim) for name, claim in entry.items() if name not in selection}
    by_key = {row.cell.key: row for row in rows}
    return [_checked(name, claim, where, meant, by_key) for name, claim in claims.items()]


def _checked(name: str, claim: str, where: str, rows: Sequence[Row], by_key: Mapping[str, Row]) -> Expectation:
    outcomes = [outcome_of(claim, _ratio(row, name, by_key)) for row in rows]
    worst: Outcome = "fails" if "fails" in outcomes else "unsure" if "unsure" in outcomes or not rows else "holds"
    deciding = _deciding(claim, rows, outcomes, name, by_key) if len(rows) > SHOWN_AT_MOST else list(rows)
    evidence = "; ".join(f"{_named(row, rows)}: {_shown(row, name, by_key)}" for row in deciding[:SHOWN_AT_MOST])
    rest = len(deciding) - SHOWN_AT_MOST
    evidence += f"; {rest} more" if rest > 0 else ""
    if len(deciding) < len(rows):
        which = {"holds": "the nearest", "fails": f"false for {len(deciding)}", "unsure": f"open for {len(deciding)}"}
        evidence = f"{which[worst]} of {len(rows)}: {evidence}"
    return Expectation(f"{name} {claim.strip()}" + (f" for {where}" if where else ""), worst, evidence)


def _deciding(
    claim: str, rows: Sequence[Row], outcomes: Sequence[Outcome], name: str, by_key: Mapping[str, Row]
) -> list[Row]:
    """Those of which it fails, else those that leave it open; if it holds of all, the one nearest the bound."""
    wrong: Outcome = "fails" if "fails" in outcomes else "unsure"
    if wrong in outcomes:
        return [row for row, outcome in zip(rows, outcomes, strict=True) if outcome == wrong]
    sign, _ = comparison(claim)
    ends = [(ratio, row) for row in rows if (ratio := _ratio(row, name, by_key))]
    if sign.startswith(">"):
        return [min(ends, key=lambda end: end[0].low or 0.0)[1]]
    return [max(ends, key=lambda end: end[0].high or 0.0)[1]]


def _named(row: Row, among: Sequence[Row]) -> str:
    """What tells the row from the others, with the workload where there are several."""
    several = len({other.cell.workload.name for other in among}) > 1
    who = contestant(row, axes(among))
    return f"{row.cell.workload.name}, {who}" if several else who


def outcome_of(claim: str, interval: Interval | None) -> Outcome:
    """Whether a ratio is known to be where a comparison has it. Raises ValueError for what is no comparison."""
    sign, bound = comparison(claim)
    if interval is None or interval.low is None or interval.high is None:
        return "unsure"
    above, below = {
        ">=": (interval.low >= bound, interval.high < bound),
        ">": (interval.low > bound, interval.high <= bound),
        "<=": (interval.high <= bound, interval.low > bound),
        "<": (interval.high < bound, interval.low >= bound),
    }[sign]
    return "holds" if above else "fails" if below else "unsure"


def _ratio(row: Row, name: str, by_key: Mapping[str, Row]) -> Interval | None:
    """The row's speedup or efficiency, where it and its baseline get a verdict; the baseline's own speedup is 1 by
    definition."""
    if row.figures is None or not gets_ratio(row, by_key):
        return None
    ratio = row.figures.speedup if name == "speedup" else row.figures.efficiency
    return Interval(ratio.estimate, ratio.estimate, ratio.estimate) if ratio and row.is_baseline else ratio


def _shown(row: Row, name: str, by_key: Mapping[str, Row]) -> str:
    ratio = _ratio(row, name, by_key)
    if ratio is None:
        return _why_none(row, by_key)
    figure, low, high = brief_digits(ratio)
    return f"{figure} ({low} to {high})" if low else figure


def _why_none(row: Row, by_key: Mapping[str, Row]) -> str:
    """Why there is no ratio: the cell's doing, or its baseline's."""
    if not gets_verdict(row):
        return _state(row)
    baseline = by_key.get(row.cell.baseline or "")
    if baseline is not None and not gets_verdict(baseline):
        return f"{baseline_of([row], by_key)} {_state(baseline)}"
    return "not compared"


def _state(row: Row) -> str:
    """The status; where that is well, in how many blocks it was not."""
    if row.status != "ok":
        return row.status
    return f"failed in {row.blocks - len(row.counted)} of {plural(row.blocks, 'block')}"
