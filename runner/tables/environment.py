"""Summary, Verdicts → environment.json: what stands behind the rows. An allow-list, never the whole environment."""

from __future__ import annotations

import json

from ..summary import Machine, Summary
from ..verdict import Verdicts


def environment(summary: Summary, verdicts: Verdicts) -> str:
    """The content of environment.json; also all that the index of results is made from."""
    behind = summary.provenance
    known = {
        "experiment": summary.experiment,
        "question": summary.question,
        "answers": {answer.workload: answer.claims for answer in verdicts.answers},
        "measured": behind.last_date,
        "machine": summary.machine.name if summary.machine else "",
        "machines": {m.name: _machine(m) for m in _machines(summary)},
        "pythons": list(behind.pythons),
        "distributions": {name: list(versions) for name, versions in behind.distributions.items()},
        "commits": [{"commit": commit, "dirty": dirty} for commit, dirty in behind.commits],
    }
    return json.dumps(known, ensure_ascii=False, indent=2) + "\n"


def _machines(summary: Summary) -> list[Machine]:
    here = [summary.machine] if summary.machine else []
    return [*here, *(other.machine for other in summary.elsewhere)]


def _machine(machine: Machine) -> dict[str, object]:
    return {
        "cpu": machine.cpu,
        "cpus": machine.cpus,
        "usable_cpus": machine.usable_cpus,
        "memory_bytes": machine.memory_bytes,
        "system": machine.system,
    }
