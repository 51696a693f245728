"""Compared → JSON: the same for programs, numbers as they are, no paths.

{"version": 1, "a": NAME, "b": NAME, "only_in_a": [EXPERIMENT…], "only_in_b": […], "experiments": [
  {"experiment", "relation", "machine_a", "machine_b", "margin",
   "verdict_on": "makespan" | "steady" | "quickest",      which time is compared
   "anchor": INTERVAL,                      its time in B over that in A
   "outcomes": {OUTCOME: COUNT},
   "cells": [                               worst first; unchanged ones are counted only
     {"key", "workload", "model", "workers", "python", "tasks", "tasks_per_worker",
      "swept": {"workload.NAME" | "model.NAME" | "env.NAME": VALUE},
      "outcome", "reason", "code": [TEXT…], "notes": [TEXT…],
      "a": SIDE, "b": SIDE, "time": DIFFERENCE, "speedup": DIFFERENCE}]}]}

SIDE        {"status", "reason", "blocks", "time_s": INTERVAL, "speedup": INTERVAL} or null
DIFFERENCE  {"ratio": INTERVAL of B over A, "adjusted_p", "claim", "smallest_effect": a share, or null} or null
INTERVAL    {"estimate", "low", "high"}, the ends null where there are too few blocks; or null
"""

from __future__ import annotations

import json
from collections import Counter
from math import expm1

from ..compare import Change, Compared, Comparison, Difference
from ..compare.words import changed
from ..stats import Interval
from ..summary import Row
from ..summary.sweeps import swept

VERSION = 1

Json = dict[str, object]


def changes_json(compared: Compared) -> str:
    """The comparison of all experiments, as JSON."""
    known = {
        "version": VERSION,
        "a": compared.before,
        "b": compared.after,
        "only_in_a": list(compared.only_before),
        "only_in_b": list(compared.only_after),
        "experiments": [_experiment(comparison) for comparison in compared.experiments],
    }
    return json.dumps(known, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _experiment(comparison: Comparison) -> Json:
    return {
        "experiment": comparison.experiment,
        "relation": comparison.relation,
        "machine_a": comparison.before and comparison.before.name,
        "machine_b": comparison.after and comparison.after.name,
        "margin": comparison.margin,
        "verdict_on": comparison.on,
        "anchor": _interval(comparison.anchor),
        "outcomes": dict(Counter(change.outcome for change in comparison.changes)),
        "cells": [_cell(change) for change in changed(comparison)],
    }


def _cell(change: Change) -> Json:
    pair, cell = change.pair, change.cell
    row = pair.row
    return {
        "key": cell.key,
        "workload": cell.workload.name,
        "model": cell.model.name,
        "workers": cell.workers,
        "python": cell.python_label,
        "tasks": row.tasks,
        "tasks_per_worker": cell.tasks_per_worker,
        "swept": swept(row),
        "outcome": change.outcome,
        "reason": pair.reason,
        "code": list(pair.code),
        "notes": list(pair.notes),
        "a": _side(pair.before),
        "b": _side(pair.after),
        "time": _difference(change.time),
        "speedup": _difference(change.speedup),
    }


def _side(row: Row | None) -> Json | None:
    if row is None:
        return None
    return {
        "status": row.status,
        "reason": row.reason,
        "blocks": len(row.counted),
        "time_s": _interval(row.figures.compared_s if row.figures else None),
        "speedup": _interval(row.speedup),
    }


def _difference(difference: Difference | None) -> Json | None:
    if difference is None:
        return None
    effect = difference.smallest_effect
    return {
        "ratio": _interval(difference.ratio),
        "adjusted_p": difference.adjusted_p,
        "claim": difference.claim,
        "smallest_effect": None if effect is None else expm1(effect),
    }


def _interval(interval: Interval | None) -> Json | None:
    if interval is None:
        return None
    return {"estimate": interval.estimate, "low": interval.low, "high": interval.high}
