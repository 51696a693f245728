"""Experiment's file → Results: the public door. Each stage of the pipeline can also be entered by itself.

from pathlib import Path
from runner.api import run_experiment
results = run_experiment(Path("experiments/quickstart.yaml"))
print(results.frame()[["workload", "model", "workers", "speedup"]])
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import __version__, git, run
from .child.protocol import METHOD
from .compare import Compared, compare_results
from .errors import ResultsError
from .installed import installed, this_python
from .interrupt import Interrupt
from .invoke import Launcher
from .journal import Journal, JournalWriter, read
from .looks import Stopping, dropped, wanted_blocks
from .matrix import Cell, Selector, expand, inputs
from .opening import Opened, open_experiment, refuse_what_is_not_yet
from .options import Options
from .orders import Surroundings
from .origin import current, origin
from .places import project_root
from .plan import Plan, Wanted, comparisons, make_plan, measured_afresh
from .stale import changed_code, stale
from .standing import Stand, main_machine, standing
from .stats import needed_blocks
from .summary import Summary
from .verdict import Verdicts

if TYPE_CHECKING:
    import pandas  # twenty bare starts: whoever asks for a frame pays for it

__all__ = ["Opened", "Options", "Results", "compare", "open_experiment", "plan_experiment", "report", "run_experiment"]


@dataclass(frozen=True, slots=True)
class Results:
    """What is known after a run or a report. `written` are the files that changed."""

    summary: Summary
    verdicts: Verdicts
    folder: Path
    written: tuple[Path, ...]
    measured: int = 0
    failed: int = 0  # cells of which some invocation did not end well, or gave other results than the baseline
    out_of_budget: int = 0

    def frame(self) -> pandas.DataFrame:
        """The rows of summary.csv as a DataFrame."""
        from .tables.frame import frame

        return frame(self.summary, self.verdicts)


def plan_experiment(opened: Opened, options: Options, journal: Journal | None = None) -> Plan:
    """What stands, what is missing or stale, and what a run would do. Starts nothing."""
    journal = journal or read(opened.journal)
    machine, cells = opened.machine, opened.matrix.cells
    stands, only = standing(journal, machine.machine), chosen(cells, options.only)
    changed = _stale(opened, stands)
    when = stopping(opened, options.blocks)
    wanted = Wanted(when.least, fresh=options.fresh, retry=options.retry, only=only, on=when.on)
    anew = {*changed, *measured_afresh(cells, wanted)}
    usable = {key: stand for key, stand in stands.items() if key not in anew}
    of = wanted_blocks(cells, usable, when, only)
    return make_plan(cells, journal, machine.machine, machine.boot, replace(wanted, of=of), changed)


def _stale(opened: Opened, stands: Mapping[str, Stand]) -> dict[str, str]:
    """Key → reason, each cell held against the files of its own checkout."""
    now = installed()
    reasons: dict[str, str] = {}
    for project, cells in opened.by_project():
        reasons |= stale({key: stands[key] for key in stands.keys() & cells.keys()}, cells, project, now)
    return {key: reasons[key] for key in stands if key in reasons}


def stopping(opened: Opened, blocks: int | None = None) -> Stopping:
    """When enough is measured: the experiment's least number of blocks is raised to what its claims need, as far as
    its largest number allows. `blocks` takes the place of both."""
    measure = opened.experiment.measure
    needed = max(measure.blocks.min, needed_blocks(comparisons(opened.matrix.cells)))
    least, most = (blocks, blocks) if blocks else (min(needed, measure.blocks.max), measure.blocks.max)
    return Stopping(least, most, measure.precision, measure.drop, measure.verdict_on)


def chosen(cells: Iterable[Cell], only: Iterable[str]) -> set[str] | None:
    """Keys of the cells that any of the selections matches; None where there are none. Raises CommandError."""
    cells = list(cells)
    selectors = [Selector.parse(text, cells) for text in only]
    return {cell.key for cell in cells if any(selector.matches(cell) for selector in selectors)} if selectors else None


def run_experiment(
    path: Path,
    options: Options | None = None,
    interrupt: Interrupt | None = None,
    step: Callable[[run.Step], None] | None = None,
) -> Results:
    """Measure what is missing or stale, write the journal as it goes and the tables in the end.

    Raises ExperimentError, ResultsError, and Interrupted after the tables have been written from what is there.
    """
    options = options or Options()
    opened = open_experiment(path, options.results)
    refuse_what_is_not_yet(opened.loaded)
    with JournalWriter(opened.journal) as writer:
        journal = read(opened.journal)
        plan = plan_experiment(opened, options, journal)
        outcome = run.NOTHING
        if plan.blocks:
            outcome = _measure(opened, plan, journal, options, (interrupt, writer, step or _silent))
        return _results(report(opened, journal), plan, outcome)


def _silent(step: run.Step) -> None:
    """Nobody wants to know how far a run is."""


def _measure(
    opened: Opened,
    plan: Plan,
    journal: Journal,
    options: Options,
    effects: tuple[Interrupt | None, JournalWriter, Callable[[run.Step], None]],
) -> run.Outcome:
    """Carry out a plan. Whatever stops it, tables are written from what is there."""
    interrupt, writer, step = effects
    try:
        with Launcher(interrupt) as launcher:
            task = _task(opened, plan, journal, options, launcher.scratch)
            later = replace(options, fresh=False, retry=False)
            return run.run(
                plan, journal, task, launcher, writer.append, step, lambda: plan_experiment(opened, later, journal)
            )
    except BaseException:
        _write_what_is_there(opened, journal)
        raise


def _write_what_is_there(opened: Opened, journal: Journal) -> None:
    """After a stop, tables of what was measured. That they can't be written hides nothing of why it stopped."""
    try:
        report(opened, journal)
    except ResultsError:
        pass


def _results(results: Results, plan: Plan, outcome: run.Outcome) -> Results:
    """What a run did. That results differ from the baseline's is known only now."""
    measured = set(plan.keys) if outcome.measured else set()
    invalid = {row.cell.key for row in results.summary.rows if row.status == "invalid" and row.cell.key in measured}
    failed = len(outcome.failed | invalid)
    return replace(results, measured=outcome.measured, failed=failed, out_of_budget=outcome.out_of_budget)


def _task(opened: Opened, plan: Plan, journal: Journal, options: Options, scratch: Path) -> run.Task:
    """The run's own settings, and the line that opens its session."""
    measure = opened.experiment.measure
    session = run.new_session_id(journal.sessions)
    around = Surroundings(
        project=opened.project,
        root=project_root(opened.project),
        batches="warm" if (measure.verdict_on, measure.batches) == ("steady", "auto") else measure.batches,
        timeout_s=None if isinstance(measure.timeout, str) else measure.timeout,
        memory_limit_bytes=opened.experiment.limits.memory,
        pass_env=opened.experiment.pass_env,
        elsewhere=opened.elsewhere,
    )
    budget_s = options.budget_s if options.budget_s is not None else measure.budget
    header = _session_line(opened, session, plan)
    data: dict[str, str] = {}
    for project, cells in opened.by_project():
        data |= inputs.digests([cells[key] for key in plan.keys if key in cells], project)
    return run.Task(session, opened.machine.machine, measure.seed, around, budget_s, scratch, header, data)


def _session_line(opened: Opened, session: str, plan: Plan) -> Mapping[str, Any]:
    return {
        "type": "session",
        "session": session,
        "time": run.now(),
        "tool": __version__,
        "method": METHOD,
        "machine": opened.machine.machine,
        "machine_facts": dict(opened.machine.facts),
        "boot": opened.machine.boot,
        "pythons": {"current": this_python()},
        "git": git.state(opened.project),
        "seed": opened.experiment.measure.seed,
        "fresh": plan.afresh,
        "retried": plan.retried,
        "experiment": json.loads(opened.experiment.model_dump_json(exclude_unset=True)),
    }


def report(opened: Opened, journal: Journal | None = None) -> Results:
    """Write the tables again, of the machine that has most. The same journal gives the same bytes.

    `journal` is what was read of it already, where that is up to date.
    """
    from .summary import summarise
    from .tables import write, write_index
    from .verdict import decide

    journal = journal or read(opened.journal)
    machine = main_machine(journal)
    if machine is None:
        raise ResultsError(f"{opened.journal}: nothing has been measured yet; run `runmatrix run {opened.path}` first")
    cells = _cells_of(opened, journal, machine)
    stands = standing(journal, machine)
    changed = changed_code(stands, opened.project)
    summary = summarise(
        cells,
        journal,
        opened.name,
        opened.experiment.question,
        stale=changed,
        machine=machine,
        on=opened.experiment.measure.verdict_on,
        dropped=_why_dropped(cells, stands, stopping(opened)),
    )
    verdicts = decide(summary, opened.experiment.measure.margin, opened.experiment.expect)
    written = write(summary, verdicts, opened.folder, _command(opened))
    index = (opened.results / "README.md",) if write_index(opened.results) else ()
    return Results(summary, verdicts, opened.folder, written + index)


def _why_dropped(cells: Sequence[Cell], stands: Mapping[str, Stand], when: Stopping) -> dict[str, str]:
    """Key → why a cell has no more blocks. One that has as many as were asked for was not left out."""
    return {
        key: f"left out after {len(stands[key].blocks)} blocks: {factor:.1f} times as slow as the best, or more"
        for key, factor in dropped(cells, stands, when).items()
        if len(stands[key].blocks) < when.least
    }


def compare(named: str, other: str | None, here: Path) -> Compared:
    """Compare two folders of results, or revisions of the repository that `here` is in; without a second one, with the
    results that lie in `here`. Starts nothing but git. Raises CommandError, ResultsError.
    """
    before, after = origin(named, here), current(here) if other is None else origin(other, here)
    return compare_results((before.name, before.journals), (after.name, after.journals))


def _cells_of(opened: Opened, journal: Journal, machine: str) -> tuple[Cell, ...]:
    """The matrix as it is on the machine that the tables speak of: `cpus` may be another number here."""
    sessions = [session for session in journal.sessions.values() if session.machine == machine]
    latest = max(sessions, key=lambda session: session.session, default=None)
    known = latest.machine_facts.get("usable_cpus") if latest else None
    cpus = known if isinstance(known, int) else opened.machine.usable_cpus
    return opened.matrix.cells if cpus == opened.machine.usable_cpus else expand(opened.loaded, cpus).cells


def _command(opened: Opened) -> str:
    """How to measure it again, from the folder that holds the experiments."""
    parents = opened.path.absolute().parents
    home = next((parent.parent for parent in parents if parent.name == "experiments"), opened.project)
    return shlex.join(["runmatrix", "run", opened.path.absolute().relative_to(home).as_posix()])
