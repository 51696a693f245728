"""Opened, Journal → what a session does: from its plan over every invocation to the last look."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import __version__, git, run
from .child.protocol import METHOD
from .forecast import widest_in_words
from .installed import Pythons
from .interpreters import refuse
from .interrupt import Interrupt
from .invoke import Launcher, Reply
from .journal import Journal, JournalWriter, Record
from .looks import Stopping, wanted_blocks
from .matrix import Cell, Selector, inputs
from .matrix.cells import canonical
from .opening import Opened
from .options import Options
from .orders import Reference, Rehearsed, Surroundings, measurement
from .places import project_root
from .plan import Plan, Wanted, comparisons, make_plan, measured_afresh, timed
from .stale import stale
from .standing import Stand, standing
from .stats import needed_blocks
from .trace import trace, untraced

PATIENCE_S = 24 * 3600.0
"""How long a cell may take that somebody looks at, where the file does not say."""
MADE_UP_WITHIN_S = 3600.0
"""How old a block may be that is made up: later on the machine may be another than it was."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a session may do to the world: be interrupted, append to its journal, say how far it is."""

    interrupt: Interrupt | None
    writer: JournalWriter
    step: Callable[[run.Step], None]


def carry_out(opened: Opened, journal: Journal, options: Options, pythons: Pythons, effects: Effects) -> run.Outcome:
    """Measure what is missing or stale; `journal` takes in what is written. Raises as `possible_plan`."""
    plan = possible_plan(opened, journal, options, pythons)
    if not plan.blocks and not _untraced(opened, journal, options):
        return run.NOTHING
    later = replace(options, fresh=False, retry=False)

    when, widest = stopping(opened, options), ""

    def look() -> Plan:
        nonlocal widest
        found = make_plan_of(opened, journal, later, pythons)
        widest = widest_in_words(found, when) if found.blocks else ""
        return found

    def step(made: run.Step) -> None:
        effects.step(replace(made, widest=widest))

    with Launcher(effects.interrupt) as launcher:
        task = _task(opened, plan, journal, options, (pythons, launcher.scratch))
        done = run.run(plan, journal, task, launcher, effects.writer.append, step, look)
        if not _traces(opened, options) or done.changing:
            return done
        write = run.recording(journal, effects.writer.append)
        cells = _untraced(opened, journal, options)
        failed = trace(cells, task, launcher, write, effects.step)
        return replace(done, traced=len(cells) - len(failed), untraced=failed)


def _traces(opened: Opened, options: Options) -> bool:
    return options.trace or opened.experiment.measure.trace


def _untraced(opened: Opened, journal: Journal, options: Options) -> list[tuple[Cell, Record]]:
    """Cells that are still to be traced, where that is wanted."""
    if not _traces(opened, options):
        return []
    only = chosen(opened.matrix.cells, options.only)
    cells = (cell for cell in opened.matrix.cells if only is None or cell.key in only)
    return untraced(cells, journal, opened.machine.machine)


def to_trace(plan: Plan, opened: Opened, journal: Journal, options: Options) -> int:
    """How many cells a run would trace, if all that it measures ends well."""
    planned = plan.keys if _traces(opened, options) else ()
    return len({cell.key for cell, _ in _untraced(opened, journal, options)}.union(planned))


def once(opened: Opened, cell: Cell, pythons: Pythons, interrupt: Interrupt | None) -> Reply:
    """One cell, once, printing where this process does; nothing is kept. Raises as `possible_plan`."""
    refuse(opened.loaded, pythons, [cell.python])
    with Launcher(interrupt, foreground=True) as launcher:
        alone = Reference(launcher.scratch / "once", cell.key, cell.key)
        rehearsed = Rehearsed(PATIENCE_S, cell.tasks, {})
        return launcher(
            measurement(cell, alone, surroundings(opened, pythons), opened.experiment.measure.seed, rehearsed)
        )


def possible_plan(opened: Opened, journal: Journal, options: Options, pythons: Pythons) -> Plan:
    """The plan of a session that can begin. Raises ExperimentError where a Python that it needs is not to be had, unless
    the options say to go on without, or can't meet what is required of it."""
    plan = make_plan_of(opened, journal, options, pythons)
    refuse(opened.loaded, pythons, () if options.skip_missing else _needed(plan))
    return plan


def _needed(plan: Plan) -> set[str]:
    """Pythons without which something is left undone. That one was gone on without before does not mean it still may."""
    only = plan.cells if plan.wanted.only is None else plan.wanted.only
    waiting = {key for key in plan.stands if key in only and plan.stands[key].lacks_python}
    return {plan.cells[key].python for key in waiting.union(plan.keys)}


def make_plan_of(opened: Opened, journal: Journal, options: Options, pythons: Pythons) -> Plan:
    """What stands, what is missing or stale, and what is to be measured by the next look."""
    machine, cells = opened.machine, opened.matrix.cells
    stands, only = standing(journal, machine.machine), chosen(cells, options.only)
    kept = _kept(cells, stands, pythons) if options.skip_missing else set()
    if kept:
        only = {cell.key for cell in cells if only is None or cell.key in only} - kept
    changed = stale_cells(opened, stands, pythons)
    when, batches = stopping(opened, options), opened.experiment.measure.batches
    wanted = Wanted(
        when.least,
        fresh=options.fresh,
        retry=options.retry,
        only=only,
        on=when.on,
        batches=batches if when.on == "quickest" and isinstance(batches, int) else None,
        since=run.now(-MADE_UP_WITHIN_S),
        kept=kept,
    )
    anew = {*changed, *measured_afresh(cells, wanted)}
    usable = {key: stand for key, stand in timed(stands, wanted).items() if key not in anew}
    of = wanted_blocks(cells, usable, when, only)
    return make_plan(cells, journal, machine.machine, machine.boot, replace(wanted, of=of), changed)


def _kept(cells: Iterable[Cell], stands: Mapping[str, Stand], pythons: Pythons) -> set[str]:
    """What was measured while its Python was there stays as it is until that is there again."""
    return {cell.key for cell in cells if cell.python in pythons.absent and cell.key in stands}


def stale_cells(opened: Opened, stands: Mapping[str, Stand], pythons: Pythons) -> dict[str, str]:
    """Key → reason, each cell held against the files of its own checkout and against its own Python."""
    found = {python: one for python, one in pythons.found.items() if python not in pythons.absent}
    reasons: dict[str, str] = {}
    for project, cells in opened.by_project():
        reasons |= stale({key: stands[key] for key in stands.keys() & cells.keys()}, cells, project, found)
    return {key: reasons[key] for key in stands if key in reasons}


def stopping(opened: Opened, options: Options) -> Stopping:
    """When enough is measured: the experiment's least number of blocks is raised to what its claims need, as far as
    its largest number allows; what the options say of blocks and precision takes the file's place."""
    measure, blocks = opened.experiment.measure, options.blocks
    needed = max(measure.blocks.min, needed_blocks(comparisons(opened.matrix.cells)))
    least, most = (blocks, blocks) if blocks else (min(needed, measure.blocks.max), measure.blocks.max)
    drop = None if opened.elsewhere else measure.drop  # a cell that became much slower is what is looked for there
    return Stopping(least, most, options.precision or measure.precision, drop, measure.verdict_on)


def chosen(cells: Iterable[Cell], only: Iterable[str]) -> set[str] | None:
    """Keys of the cells that any of the selections matches; None where there are none. Raises CommandError."""
    cells = list(cells)
    selectors = [Selector.parse(text, cells) for text in only]
    return {cell.key for cell in cells if any(selector.matches(cell) for selector in selectors)} if selectors else None


def surroundings(opened: Opened, pythons: Pythons) -> Surroundings:
    """What the file says of how its cells run."""
    measure = opened.experiment.measure
    return Surroundings(
        project=opened.project,
        root=project_root(opened.project),
        batches=measure.batches if measure.verdict_on == "makespan" or measure.batches != "auto" else "warm",
        timeout_s=None if isinstance(measure.timeout, str) else measure.timeout,
        memory_limit_bytes=opened.experiment.limits.memory,
        pass_env=opened.experiment.pass_env,
        elsewhere=opened.elsewhere,
        pythons=pythons,
    )


def _task(opened: Opened, plan: Plan, journal: Journal, options: Options, where: tuple[Pythons, Path]) -> run.Task:
    """The run's own settings, and the line that opens its session. `where` it runs: on these Pythons, and the folder for
    what its children share."""
    measure, (pythons, scratch) = opened.experiment.measure, where
    session = run.new_session_id(journal.sessions)
    around = replace(surroundings(opened, pythons), untracked=git.untracked(project_root(opened.project)))
    budget_s = options.budget_s if options.budget_s is not None else measure.budget
    header = _session_line(opened, session, plan, around)

    def digests(cells: Iterable[Cell]) -> dict[str, str]:
        keys = {cell.key for cell in cells}
        found: dict[str, str] = {}
        for project, there in opened.by_project():
            found |= inputs.digests([there[key] for key in keys & there.keys()], project)
        return found

    return run.Task(session, opened.machine.machine, measure.seed, around, budget_s, scratch, header, digests)


def _git_state(opened: Opened, untracked: Collection[Path]) -> dict[str, object] | None:
    """Dirty too where git does not have the experiment's file or its inputs: that commit can't measure it again."""
    state = git.state(project_root(opened.project), opened.results)
    declared = {
        canonical(given): given for cell in opened.matrix.cells if (given := cell.workload.values.get("inputs"))
    }
    names = [opened.path.name, *(name for given in declared.values() for name in inputs.files(given, opened.project))]
    lost = any(Path(os.path.abspath(opened.project / name)) in untracked for name in names)
    return {**state, "dirty": True} if state and lost else state


def _session_line(opened: Opened, session: str, plan: Plan, around: Surroundings) -> Mapping[str, Any]:
    labels = {"current": "current"} | {cell.python: cell.python_label for cell in opened.matrix.cells}
    return {
        "type": "session",
        "session": session,
        "time": run.now(),
        "tool": __version__,
        "method": METHOD,
        "machine": opened.machine.machine,
        "machine_facts": dict(opened.machine.facts),
        "boot": opened.machine.boot,
        "pythons": {labels[python]: dict(one.facts) for python, one in around.pythons.found.items()},
        "git": _git_state(opened, around.untracked),
        "seed": opened.experiment.measure.seed,
        "fresh": plan.afresh,
        "retried": plan.retried,
        "experiment": json.loads(opened.experiment.model_dump_json(exclude_unset=True)),
    }
