"""Experiment's file → Results: the public door. Each stage of the pipeline can also be entered by itself.

from runner.api import run_experiment
results = run_experiment("experiments/quickstart.yaml")
print(results.summary[["workload", "model", "workers", "speedup"]])   # a DataFrame
results                                                               # in a notebook: the page, with its pictures
results.figures["phases-wait"].savefig("phases.png")                  # each picture is a matplotlib Figure
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import atomic, run
from .against import Revision, beside, find_revision
from .compare import Compared, Limit, compare_results, compare_revisions
from .edited import edited
from .errors import Interrupted, ResultsError
from .installed import Pythons
from .interpreters import interpreters
from .interrupt import Interrupt
from .invoke import Reply
from .journal import Journal, JournalWriter, lines_of, read
from .matrix import Cell
from .opening import Opened, open_experiment, open_to_measure
from .options import Options
from .origin import current, origin
from .plan import Plan, measured_elsewhere
from .results import Checked, Results, Revisions
from .session import Effects, carry_out, chosen, once, possible_plan, stale_cells, stopping, to_trace
from .standing import standing

if TYPE_CHECKING:
    from .shown import Shown  # tables, pictures and verdicts: half of what a `plan` would take

__all__ = [
    "Checked",
    "Opened",
    "Options",
    "Results",
    "Revisions",
    "check_report",
    "compare",
    "find_cell",
    "insert",
    "open_experiment",
    "open_to_measure",
    "plan_experiment",
    "prune",
    "report",
    "run_against",
    "run_experiment",
    "run_once",
    "show",
    "site",
    "stopping",
    "without_place",
]


def plan_experiment(opened: Opened, options: Options) -> Plan:
    """What stands, what is missing or stale, and what a run would do. Starts nothing, but asks each Python that it does
    not know yet what it is. Raises ExperimentError where one that is needed is not to be had."""
    journal = read(opened.journal)
    plan = possible_plan(opened, journal, options, interpreters(opened))
    elsewhere = measured_elsewhere(opened.matrix.cells, journal, opened.machine.machine)
    traced = to_trace(plan, opened, journal, options)
    edits = edited(opened, journal)
    return replace(
        plan,
        edited={key: edit.why for key, edit in edits.items()},
        former_s={key: edit.seconds for key, edit in edits.items() if edit.seconds is not None},
        elsewhere=elsewhere,
        traced=traced,
    )


def find_cell(words: Sequence[str], here: Path | str = ".", results: Path | str | None = None) -> tuple[Opened, Cell]:
    """What is meant by the beginning of a key, looked for in `here`/experiments, or by a file and a selection such as
    ["experiments/mine.yaml", "workload=wait,workers=4"]. Raises CommandError, ExperimentError."""
    from .shown import find_cell

    return find_cell(words, Path(here), results)


def show(opened: Opened, cell: Cell) -> Shown:
    """All that the journal knows of a cell, times in ns. Starts nothing. Raises ResultsError."""
    from .shown import shown

    return shown(opened, cell)


def run_once(opened: Opened, cell: Cell, interrupt: Interrupt | None = None) -> Reply:
    """Run a cell once, its output where this process prints; nothing is kept. Raises ExperimentError, Interrupted."""
    try:
        with _at_once(interrupt):
            pythons = interpreters(opened)
        return once(opened, cell, pythons, interrupt)
    except Interrupted as stopped:
        raise Interrupted(stopped.signum, "nothing is kept") from None


def run_experiment(
    path: Path | str,
    options: Options | None = None,
    interrupt: Interrupt | None = None,
    step: Callable[[run.Step], None] | None = None,
) -> Results:
    """Measure what is missing or stale, write the journal as it goes and the tables in the end.

    `step` is called with where the run is before each child starts: what it does is time in which nothing measures.
    May be called from any thread, and in a running event loop, which it holds up; `interrupt`, which takes signals,
    only where signals can be taken. Raises ExperimentError, CommandError for a selection that matches nothing,
    ResultsError, LockedError where somebody measures into the same results; and Interrupted, or without an
    `interrupt` KeyboardInterrupt, once the tables have been written from what is there.
    """
    options = options or Options()
    opened = open_to_measure(path, options.results)
    cells = _chosen(opened, options)
    with _at_once(interrupt):
        pythons = _pythons_of(opened, options)
    with JournalWriter(opened.journal) as writer:
        journal = read(opened.journal)
        with _telling_in_the_end(lambda: report(opened, journal)):
            outcome = carry_out(opened, journal, options, pythons, Effects(interrupt, writer, step or _silent))
        meant = {cell.key for cell in cells if cell.python not in pythons.absent}
        return replace(_results(report(opened, journal), outcome, meant), without=_without(cells, pythons))


def run_against(
    path: Path | str,
    revision_name: str,
    options: Options | None = None,
    interrupt: Interrupt | None = None,
    step: Callable[[run.Step], None] | None = None,
    limit: Limit | None = None,
) -> Revisions:
    """Measure every cell as it is now and as it was at another revision of the repository, side by side in the same
    blocks. With a limit, differences below it are called the same, and intervals are to be half as wide as it, unless
    the experiment's margin and precision ask for more.

    `interrupt` and `step` as in `run_experiment`. Raises as that, and CommandError where there is no such revision.
    """
    options = options or Options()
    opened = open_to_measure(path, options.results)
    cells = _chosen(opened, options)
    margin, precision = opened.experiment.measure.margin, opened.experiment.measure.precision
    if limit:
        margin = min(margin, limit.slower)
        options = replace(options, precision=min(precision, limit.slower / 2))
    revision = find_revision(opened, revision_name)
    with _at_once(interrupt):
        pythons = interpreters(opened)
    with beside(opened, revision) as both, JournalWriter(both.journal) as writer:
        if interrupt:
            interrupt.check()
        journal = read(both.journal)
        with _telling_in_the_end(lambda: _compare_revisions(both, revision, journal, margin, pythons)):
            outcome = carry_out(both, journal, options, pythons, Effects(interrupt, writer, step or _silent))
        found = _compare_revisions(both, revision, journal, margin, pythons)
        return replace(
            found,
            measured=outcome.measured,
            failed=len(outcome.failed),
            out_of_budget=outcome.out_of_budget,
            changing=tuple(outcome.changing.values()),
            without=_without(cells, pythons),
        )


def _chosen(opened: Opened, options: Options) -> list[Cell]:
    """The cells that a run is about. Raises CommandError for a selection that matches nothing."""
    only = chosen(opened.matrix.cells, options.only)
    return [cell for cell in opened.matrix.cells if only is None or cell.key in only]


def _without(cells: Iterable[Cell], pythons: Pythons) -> tuple[str, ...]:
    """Why those of these cells' Pythons that are not there are not, in the order of the experiment."""
    named = dict.fromkeys(cell.python for cell in cells)
    return tuple(str(pythons.absent[python]) for python in named if python in pythons.absent)


def _at_once(interrupt: Interrupt | None) -> AbstractContextManager[None]:
    """Where nothing is measured yet, a signal need not wait until an interpreter has said what it is."""
    return interrupt.at_once() if interrupt else nullcontext()


def _pythons_of(opened: Opened, options: Options) -> Pythons:
    """What the experiment's cells run on; where that may have to be refused, it is before a file is made."""
    pythons = interpreters(opened)
    if pythons.absent or opened.experiment.require:
        possible_plan(opened, read(opened.journal), options, pythons)
    return pythons


def _silent(step: run.Step) -> None:
    """Nobody wants to know how far a run is."""


@contextmanager
def _telling_in_the_end(tell: Callable[[], object]) -> Iterator[None]:
    """Whatever stops a run, its tables are written from what is there. That they can't be hides nothing of why."""
    try:
        yield
    except BaseException:
        try:
            tell()
        except ResultsError:
            pass
        raise


def _compare_revisions(
    both: Opened, revision: Revision, journal: Journal, margin: float, pythons: Pythons
) -> Revisions:
    """Write what became of each cell, beside its journal."""
    from .summary import summarise
    from .tables import write_changes

    measure, machine = both.experiment.measure, both.machine.machine
    question = both.experiment.question
    summary = summarise(
        both.matrix.cells,
        journal,
        both.name,
        question,
        stale=stale_cells(both, standing(journal, machine), pythons),
        machine=machine,
        on=measure.verdict_on,
    )
    found = compare_revisions(summary, margin)
    compared = Compared(revision.short, "now", (found,))
    return Revisions(compared, both.folder, write_changes(compared, both.folder) if found.changes else ())


def _results(results: Results, outcome: run.Outcome, meant: Collection[str]) -> Results:
    """What a run did; which of the cells that it is about (`meant`) stand as failed counts, too."""
    standing = {row.cell.key for row in results.known.rows if row.has_failed and row.cell.key in meant}
    return replace(
        results,
        measured=outcome.measured,
        failed=len(outcome.failed | standing),
        out_of_budget=outcome.out_of_budget,
        changing=tuple(outcome.changing.values()),
        traced=outcome.traced,
        untraced=outcome.untraced,
    )


def report(opened: Opened, journal: Journal | None = None) -> Results:
    """Write the tables again, of the machine that has most. The same journal gives the same bytes.

    `journal` is what was read of it already, where that is up to date. Raises ResultsError where nothing was measured
    yet, or results can't be read or written.
    """
    from . import plots
    from .derived import derived
    from .tables import write, write_index

    found = derived(opened, journal or read(opened.journal))
    written = write(found.files) + plots.write(found.pictures, opened.folder)
    index = (opened.results / "README.md",) if write_index(opened.results) else ()
    changed = written + index
    here = opened.machine.machine
    return Results(found.summary, found.verdicts, opened.folder, changed, found.command, page=found.page, here=here)


def check_report(experiments: Sequence[Opened], pages: Sequence[Path] = ()) -> Checked:
    """What of the tables, the index and other people's pages is not as the journals give it. Writes nothing.

    An experiment of which neither anything was measured nor any table lies there is as it ought to be. Raises as
    `report` and `insert`.
    """
    from .derived import derived
    from .differences import differences, extra
    from .inserted import inserted
    from .tables import ENVIRONMENT, index_file

    journals = [(opened, read(opened.journal)) for opened in experiments]
    found = [derived(opened, journal) for opened, journal in journals if journal.invocations]
    files = {path: text for one in found for path, text in one.files.items()}
    environments = {path: text for path, text in files.items() if path.name == ENVIRONMENT}
    for results in dict.fromkeys(one.results for one in found):
        files |= index_file(results, {path: text for path, text in environments.items() if results in path.parents})
    files |= {one.folder / picture.file: picture.mark for one in found for picture in one.pictures}
    files |= {page: inserted(page, found) for page in pages}
    faults = [*differences(files), *(fault for opened in experiments for fault in extra(opened.folder, files))]
    return Checked(tuple(faults), {one.folder: one.page for one in found}, len(files))


def insert(experiments: Sequence[Opened], pages: Sequence[Path]) -> tuple[Path, ...]:
    """Put tables between the markers of markdown files; gives those that this changed.

    Raises CommandError for a file that can't be read or markers that can't be followed, before any is written.
    """
    from .derived import derived
    from .inserted import inserted

    found = [derived(opened, read(opened.journal)) for opened in experiments]
    texts = {page: inserted(page, found) for page in pages}
    return tuple(page for page, text in texts.items() if atomic.write(page.resolve(), text))


def without_place(experiments: Sequence[Opened], pages: Sequence[Path]) -> tuple[Path, ...]:
    """Pages that ask for nothing of these experiments, and so stay as they are. Raises CommandError as `insert`."""
    from .inserted import has_place

    return tuple(page for page in pages if not has_place(page, experiments))


def prune(opened: Opened) -> Mapping[str, int]:
    """Leave out of the journal what nothing standing rests on; gives of what → how many lines went.

    Raises ResultsError, LockedError where somebody measures into it, and CommandError where nothing stands at all.
    """
    from .pruned import pruned

    if not opened.journal.exists():
        raise ResultsError(f"{opened.journal}: nothing has been measured yet; run `runmatrix run {opened.path}` first")
    with JournalWriter(opened.journal) as writer:
        found = pruned(opened, lines_of(opened.journal))
        if found.left_out:
            writer.rewrite(found.lines)
    return found.left_out


def compare(named: str, other: str | None = None, here: Path | str = ".") -> Compared:
    """Compare two folders of results, or revisions of the repository that `here` is in; without a second one, with the
    results that lie in `here`. Starts nothing but git. Raises CommandError, ResultsError.
    """
    here = Path(here)
    before, after = origin(named, here), current(here) if other is None else origin(other, here)
    return compare_results((before.name, before.experiments), (after.name, after.experiments))


def site(named: str, folder: Path | str, here: Path | str = ".") -> tuple[Path, ...]:
    """Write pages of all results of a folder, or a revision of the repository that `here` is in; gives the files that
    this changed. Starts nothing but git. Raises CommandError, ResultsError.
    """
    from .site import write_site

    return write_site(origin(named, Path(here)).experiments, Path(folder))
