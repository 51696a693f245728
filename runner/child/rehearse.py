"""Request → findings: one task of every variant of a workload under a model, for the preflight."""

from __future__ import annotations

from time import perf_counter_ns as clock

from . import heartbeat
from .failure import CellError, caught
from .measure import MANY, gil, open_work, set_up
from .same import described
from .work import load
from .workloads.table import WORKLOADS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .models.contract import Outcome, Pool, Watchful


def rehearse(request: dict[str, object]) -> dict[str, object]:
    """Every variant by itself: one that fails does not stop the others."""
    variants = request["variants"]
    assert isinstance(variants, list)
    findings = [_rehearse_variant(request, variant) for variant in variants]
    return {"status": "ok", "reason": "", "findings": findings, "too_many": _too_many(request)}


def _rehearse_variant(request: dict[str, object], variant: dict[str, object]) -> dict[str, object]:
    finding: dict[str, object] = {"status": "ok", "reason": "", "notes": []}
    workload = request["workload"]
    assert isinstance(workload, dict)
    one = {**request, "workload": {**workload, "parameters": variant["parameters"]}, "reference": variant["reference"]}
    _, failure = caught(_one_task, one, finding)
    if failure:
        finding["status"], finding["reason"] = failure
    return finding


def _too_many(request: dict[str, object]) -> dict[str, str]:
    """Of the numbers of workers that will be asked for those that this system does not carry, and why."""
    many = [count for count in request.get("asked", ()) if count >= MANY]  # type: ignore[attr-defined]
    if not many:
        return {}
    model, workload = request["model"]["kind"], request["workload"]["kind"]  # type: ignore[index]
    found: dict[str, str] = load(f"{__package__}.limits").too_many(model, workload, many)
    return found


def _one_task(request: dict[str, object], finding: dict[str, object]) -> None:
    """Start one worker, do one task, stop."""
    work, start = open_work(request)
    items, take_down = set_up(work, request)
    finding["tasks"] = len(items)
    try:
        begin = clock()
        pool = start(work, 1, request["model"]["options"])  # type: ignore[index]
        failures = pool.prepare()
        started = clock()
        if failures[0]:
            raise CellError(*failures[0])
        _, done, _, result, failure = _first_done(pool, work.kind, items[0], finding)
        finding["gil"] = gil(pool.census())
        answered = clock()
        pool.stop()
        finding.update(startup_ns=started - begin, task_ns=done - started, stop_ns=clock() - answered)
    finally:
        take_down()
    finding["notes"] = pool.notes
    if failure:
        raise CellError(*failure)
    finding["results"] = described([result], request["same"], request.get("reference"))  # type: ignore[arg-type]


def _first_done(pool: Pool, kind: str, item: object, finding: dict[str, object]) -> Outcome:
    """What comes of the first task, and how others were held up beside it, where the model can look on. Only tasks that
    have no effects are done again to see more."""
    if not hasattr(pool, "watched"):
        (outcome,) = pool.run([item])
        return outcome
    watchful: Watchful = pool  # type: ignore[assignment]
    if WORKLOADS[kind].has_effects:
        (outcome,), finding["held_up"] = watchful.watched([item])
    else:
        outcome, finding["held_up"] = heartbeat.in_batches(watchful.watched, item)
    return outcome
