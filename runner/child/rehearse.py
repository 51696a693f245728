"""Request → findings: one task of every variant of a workload under a model, for the preflight."""

from __future__ import annotations

from time import perf_counter_ns as clock

from .failure import CellError, caught
from .measure import load_model, open_work
from .same import described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .models.contract import HeldUp, Outcome, Pool


def rehearse(request: dict[str, object]) -> dict[str, object]:
    """Every variant by itself: one that fails does not stop the others."""
    variants = request["variants"]
    assert isinstance(variants, list)
    return {"status": "ok", "reason": "", "findings": [_rehearse_variant(request, variant) for variant in variants]}


def _rehearse_variant(request: dict[str, object], variant: dict[str, object]) -> dict[str, object]:
    finding: dict[str, object] = {"status": "ok", "reason": "", "notes": []}
    workload = request["workload"]
    assert isinstance(workload, dict)
    one = {**request, "workload": {**workload, "parameters": variant["parameters"]}, "reference": variant["reference"]}
    _, failure = caught(_one_task, one, finding)
    if failure:
        finding["status"], finding["reason"] = failure
    return finding


def _one_task(request: dict[str, object], finding: dict[str, object]) -> None:
    """Start one worker, do one task, stop."""
    work, items, take_down = open_work(request)
    finding["tasks"] = len(items)
    try:
        begin = clock()
        pool = load_model(request)(work, 1, request["model"]["options"])  # type: ignore[index]
        failures = pool.prepare()
        started = clock()
        if failures[0]:
            raise CellError(*failures[0])
        _, done, _, result, failure = _done_once(pool, items, finding)
        answered = clock()
        pool.stop()
        finding.update(startup_ns=started - begin, task_ns=done - started, stop_ns=clock() - answered)
    finally:
        take_down()
    finding["notes"] = pool.notes
    if failure:
        raise CellError(*failure)
    finding["results"] = described([result], request["same"], request.get("reference"))  # type: ignore[arg-type]


def _done_once(pool: Pool, items: Sequence[object], finding: dict[str, object]) -> Outcome:
    """What comes of the first task, and how others were held up beside it, where the model can look on."""
    (item,) = items[:1]
    watched: Callable[[object], tuple[Outcome, HeldUp]] | None = getattr(pool, "watched", None)
    if watched is None:
        (outcome,) = pool.run([item])
    else:
        outcome, finding["held_up"] = watched(item)
    return outcome
