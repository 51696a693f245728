"""What `plan` says, from lines of a journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from records import Line, StandIn, changed, failed, journal
from reports import measured
from test_command import written
from test_looks import noisy

from runner import api
from runner.api import plan_experiment
from runner.describe import plan_in_words, report_in_words, results_in_words
from runner.journal.lines import render
from runner.looks import Stopping, wanted_blocks
from runner.opening import Opened, open_experiment
from runner.options import Options
from runner.plan import Wanted, make_plan
from runner.session import stopping
from runner.standing import standing

MANY = """\
workloads: {wait: {kind: sleep, seconds: 0.001}}
models: [serial, threads]
workers: [1, 2]
tasks: 4
"""


def opened(folder: Path, text: str = MANY) -> Opened:
    return open_experiment(written(folder, text, "mine"))


def line(said: str, name: str) -> str:
    """The line of a plan that begins so, with one blank where there are several."""
    (found,) = [" ".join(one.split()) for one in said.splitlines() if one.strip().startswith(name)]
    return found


def planned(experiment: Opened, blocks: int, when: Stopping, noise: float = 0.0) -> str:
    """What is said after so many blocks."""
    cells, here = experiment.matrix.cells, experiment.machine
    lines = StandIn(machine=here.machine).run(cells, blocks)
    held = journal(noisy(lines, cells[-1].key, noise) if noise else lines)
    of = wanted_blocks(cells, standing(held, here.machine), when)
    return plan_in_words(make_plan(cells, held, here.machine, here.boot, Wanted(when.least, of), {}), experiment, when)


def test_blocks_that_are_too_few_can_not_carry_the_claims(tmp_path: Path) -> None:
    few = opened(tmp_path, f"{MANY}measure: {{blocks: 3}}\n")
    said = plan_in_words(plan_experiment(few, Options()), few, stopping(few, Options()))
    assert line(said, "claims") == "claims 2 comparisons of a workload need 7 blocks: 3 can't carry them"


def test_blocks_that_are_enough_can_carry_the_claims(tmp_path: Path) -> None:
    enough = opened(tmp_path)
    said = plan_in_words(plan_experiment(enough, Options()), enough, stopping(enough, Options()))
    assert line(said, "claims").endswith("10 can carry them")


def test_the_time_is_said_to_be_that_until_the_next_look_where_more_may_follow(tmp_path: Path) -> None:
    assert line(planned(opened(tmp_path), 1, Stopping(10, 30, 0.02)), "time").endswith(
        " until the next look; more may follow, up to 30 blocks in all"
    )


def test_where_no_more_may_follow_the_time_is_all_of_it(tmp_path: Path) -> None:
    assert "look" not in line(planned(opened(tmp_path), 1, Stopping(10, 10, 0.02)), "time")


def test_the_time_to_the_last_look_is_all_of_it(tmp_path: Path) -> None:
    assert "look" not in line(planned(opened(tmp_path), 20, Stopping(10, 30, 0.02), noise=0.5), "time")


# what was edited in the file since


def edited(folder: Path, before: str, after: str) -> str:
    """What `plan` says of a file that was measured before it was edited."""
    first = opened(folder, before)
    cells, here = first.matrix.cells, first.machine.machine
    first.journal.parent.mkdir(parents=True)
    lines = StandIn(machine=here).declared(cells, 10, "20261122T100000Z-000000")
    first.journal.write_bytes(b"".join(map(render, lines)))
    second = opened(folder, after)
    return plan_in_words(plan_experiment(second, Options()), second, stopping(second, Options()))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("seconds: 0.001", "seconds: 0.002", "seconds 0.001 → 0.002 (line 1)"),
        ("{kind: sleep, seconds: 0.001}", "{kind: sleep}", "seconds 0.001 → 1.0"),
        ("tasks: 4", "tasks: 4_000", "tasks 4 → 4,000 (line 4)"),
    ],
)
def test_cells_that_were_edited_are_stale_with_what_was_edited_and_where(
    old: str, new: str, why: str, tmp_path: Path
) -> None:
    assert line(edited(tmp_path, MANY, MANY.replace(old, new)), "stale") == f"stale 3 wait: all; {why}"


def test_an_edited_cell_is_compared_with_the_one_that_it_differs_from_least(tmp_path: Path) -> None:
    swept = MANY.replace("seconds: 0.001", "sweep: {seconds: [0.001, 0.5]}")
    said = " ".join(edited(tmp_path, swept, swept.replace("0.001, 0.5", "0.002, 0.6")).split())
    assert "seconds 0.001 → 0.002" in said
    assert "seconds 0.5 → 0.6" in said


def test_where_all_cells_of_a_swept_value_are_meant_the_value_is_named(tmp_path: Path) -> None:
    swept = MANY.replace("seconds: 0.001", "sweep: {seconds: [0.001, 0.004]}")
    experiment = opened(tmp_path, swept)
    lines = StandIn(machine=experiment.machine.machine).declared(experiment.matrix.cells[:3], 10, "s")
    assert "missing 3 wait: all of seconds=0.004" in " ".join(known(experiment, lines, Wanted(10)).split())


def test_cells_that_were_edited_are_reckoned_to_take_what_they_took(tmp_path: Path) -> None:
    said = line(edited(tmp_path, MANY, MANY.replace("seconds: 0.001", "seconds: 0.002")), "time")
    assert ", if edited cells take what they took before" in said


def test_of_an_edited_model_its_cells_alone_are_stale(tmp_path: Path) -> None:
    new = MANY.replace("threads]", "{kind: threads, switch_interval: 1 ms}]")
    said = edited(tmp_path, MANY, new)
    assert "stale 2 wait: threads (2); switch_interval null → 0.001" in " ".join(said.split())


def test_cells_that_differ_in_more_than_one_part_are_missing(tmp_path: Path) -> None:
    said = edited(tmp_path, MANY, MANY.replace("0.001", "0.002").replace("tasks: 4", "tasks: 5"))
    assert line(said, "missing") == "missing 3 wait: all"


def test_what_speedups_are_over_is_said_where_there_is_no_serial(tmp_path: Path) -> None:
    first, second = opened(tmp_path, MANY), opened(tmp_path, MANY.replace("serial, ", ""))
    assert "\n  over " not in planned(first, 1, Stopping(10, 10, 0.02))
    assert line(planned(second, 1, Stopping(10, 10, 0.02)), "over") == "over wait threads × 1"


def test_a_matrix_that_is_a_product_is_said_as_one(tmp_path: Path) -> None:
    experiment = opened(tmp_path)
    assert planned(experiment, 1, Stopping(10, 10, 0.02)).startswith(
        "3 cells = 1 workload × (serial + 1 model × 2 worker counts); "
    )


def test_a_matrix_that_is_no_product_is_not_said_as_one(tmp_path: Path) -> None:
    experiment = opened(tmp_path, MANY + "include: [{model: asyncio, workers: 3}]\n")
    assert planned(experiment, 1, Stopping(10, 10, 0.02)).partition(";")[0].endswith("cells of 1 workload")


def test_the_cell_that_takes_most_is_named(tmp_path: Path) -> None:
    assert "(slowest: wait serial × 1, " in line(planned(opened(tmp_path), 1, Stopping(10, 10, 0.02)), "time")


# what was written


def test_a_picture_that_is_no_more_is_said_to_be_removed(tmp_path: Path) -> None:
    reported = api.report(measured(tmp_path))
    there = tmp_path / "there.svg"
    there.write_text("")
    said = results_in_words(replace(reported, written=(there, tmp_path / "gone.svg")), tmp_path, "done")
    assert said.splitlines()[-2:] == [f"  wrote {there}", f"  removed {tmp_path / 'gone.svg'}"]


def test_what_was_written_into_one_folder_shares_a_line(tmp_path: Path) -> None:
    reported = api.report(measured(tmp_path))
    for name in ("a.csv", "b.svg"):
        (tmp_path / name).write_text("")
    written = (tmp_path / "a.csv", tmp_path / "b.svg")
    said = results_in_words(replace(reported, written=written), tmp_path, "done")
    assert said.splitlines()[-1] == f"  wrote {tmp_path / 'a.csv'}, b.svg"


def test_a_report_that_changes_nothing_says_so_in_a_line(tmp_path: Path) -> None:
    reported = api.report(measured(tmp_path))
    said = report_in_words(replace(reported, written=()), tmp_path)
    assert said == f"{tmp_path}: tables of 3 cells, as they were"


def test_of_cells_that_failed_each_reason_is_told_once_with_its_last_line(tmp_path: Path) -> None:
    reported = api.report(measured(tmp_path))
    known = reported.known
    broken = [replace(row, status="failed", reason="Traceback\nTypeError: no such thing") for row in known.rows]
    said = results_in_words(replace(reported, known=replace(known, rows=tuple(broken))), tmp_path, "done")
    assert said.count("TypeError: no such thing") == 1
    assert f"  {broken[0].cell} and 2 more cells: failed: TypeError: no such thing" in said.splitlines()


def test_what_was_measured_in_noise_is_told_beside_the_answer(tmp_path: Path) -> None:
    reported = api.report(measured(tmp_path))
    noise = replace(reported.known.noise, warning="Measured in noise.")
    said = results_in_words(replace(reported, known=replace(reported.known, noise=noise)), tmp_path, "done")
    assert "  Measured in noise." in said.splitlines()


def test_that_tables_are_not_of_all_cells_is_told_beside_the_answer(tmp_path: Path) -> None:
    reported = api.report(measured(tmp_path))
    first, *others = reported.known.rows
    known = replace(reported.known, rows=(first, *(replace(row, status="stale") for row in others)))
    said = results_in_words(replace(reported, known=known), tmp_path, "done")
    assert "  of 3 cells: 1 ok, 2 stale; `runmatrix run` measures what is missing or stale" in said.splitlines()


def test_figures_of_another_machine_are_said_to_be(tmp_path: Path) -> None:
    reported = api.report(measured(tmp_path))
    said = results_in_words(reported, tmp_path, "done").splitlines()[1]
    assert said == f"  the figures are of m-here, which has most; on this machine, {reported.here}, 0 cells stand"
    assert results_in_words(replace(reported, here="m-here"), tmp_path, "done").splitlines()[1] != said


# what stands, and how


def known(experiment: Opened, lines: Sequence[Line], wanted: Wanted) -> str:
    """What is said of cells of which these lines are known."""
    here = experiment.machine
    plan = make_plan(experiment.matrix.cells, journal(lines), here.machine, here.boot, wanted, {})
    return plan_in_words(plan, experiment, Stopping(wanted.blocks, wanted.blocks, 0.02))


def stood(experiment: Opened, changes: Mapping[str, object] | None = None) -> list[Line]:
    """The lines of ten blocks, with changes to the last cell's invocations."""
    cells = experiment.matrix.cells
    lines = StandIn(machine=experiment.machine.machine).run(cells, 10)
    return lines if changes is None else changed(lines, cells[-1].key, range(1, 11), changes)


def test_cells_that_stand_are_said_with_their_blocks(tmp_path: Path) -> None:
    experiment = opened(tmp_path)
    said = known(experiment, stood(experiment), Wanted(10))
    assert line(said, "stand") == "stand 3 wait: all, 10 blocks, measured on this machine"
    assert line(said, "will run") == "will run nothing: all that can be measured stands"


def test_cells_that_failed_are_said_by_their_status_with_the_reason_and_what_to_do(tmp_path: Path) -> None:
    experiment = opened(tmp_path)
    said = known(experiment, stood(experiment, failed("failed", "ValueError: no luck")), Wanted(10))
    remedy = "`--retry` measures them again"
    assert line(said, "failed") == f"failed 1 wait: threads; ValueError: no luck; {remedy}"
    assert line(said, "stand").startswith("stand 2 wait: serial, threads, 10 blocks")


def test_a_retry_measures_what_failed_again(tmp_path: Path) -> None:
    experiment = opened(tmp_path)
    said = known(experiment, stood(experiment, failed("timeout", "was not done")), Wanted(10, retry=True))
    assert line(said, "timeout") == "timeout 1 wait: threads; was not done; measured again"


def test_cells_that_can_not_run_here_are_said_with_the_reason(tmp_path: Path) -> None:
    experiment = opened(tmp_path)
    said = known(experiment, stood(experiment, failed("unsupported", "needs Python 3.14")), Wanted(10))
    assert line(said, "unsupported") == "unsupported 1 wait: threads; needs Python 3.14"


@pytest.mark.parametrize(
    ("wanted", "state"),
    [
        (Wanted(12), "too few 3 wait: all, 10 blocks, measured on this machine"),
        (Wanted(10, fresh=True), "anew 3 wait: all"),
    ],
)
def test_cells_with_too_few_blocks_are_told_from_those_that_are_measured_anew(
    wanted: Wanted, state: str, tmp_path: Path
) -> None:
    experiment = opened(tmp_path)
    assert line(known(experiment, stood(experiment), wanted), state.partition(" 3 ")[0]) == state


def with_one_more(folder: Path) -> str:
    """What is said once a further worker count is declared."""
    lines = stood(opened(folder))
    more = opened(folder, MANY.replace("[1, 2]", "[1, 2, 3]"))
    return known(more, lines, Wanted(10))


def test_what_stands_is_measured_again_beside_cells_that_are_new(tmp_path: Path) -> None:
    assert " measured on this machine; measured again beside the others\n" in with_one_more(tmp_path)


def test_the_time_is_said_of_the_cells_of_which_it_is_known(tmp_path: Path) -> None:
    assert " cells that were measured before (slowest: wait serial × 1, " in line(with_one_more(tmp_path), "time")


def test_what_was_measured_on_another_machine_is_missing_here_and_said(tmp_path: Path) -> None:
    experiment = opened(tmp_path)
    experiment.journal.parent.mkdir(parents=True)
    lines = StandIn(machine="m-other").declared(experiment.matrix.cells, 10, "20261122T100000Z-000000")
    experiment.journal.write_bytes(b"".join(map(render, lines)))
    said = plan_in_words(plan_experiment(experiment, Options()), experiment, stopping(experiment, Options()))
    assert line(said, "missing") == "missing 3 wait: all"
    assert line(said, "elsewhere") == "elsewhere 3 on m-other; a table is of the machine that has most"


@pytest.mark.parametrize(
    ("text", "product"),
    [
        (
            MANY.replace("{kind: sleep, seconds: 0.001}", "{kind: sleep, sweep: {seconds: [0.001, 0.002]}}"),
            "6 cells = 2 variants of 1 workload × (serial + 1 model × 2 worker counts)",
        ),
        (
            MANY.replace("tasks: 4", "tasks: [4, 8]"),
            "6 cells = 1 workload × (serial + 1 model × 2 worker counts) × 2 task counts",
        ),
    ],
)
def test_what_is_swept_is_a_factor_of_the_product(text: str, product: str, tmp_path: Path) -> None:
    experiment = opened(tmp_path, text)
    assert planned(experiment, 1, Stopping(10, 10, 0.02)).partition(";")[0] == product
