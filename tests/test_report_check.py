"""What `report --check` says of committed tables, and that it writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from records import StandIn
from reports import FIRST, WAITING, experiment, hold, measured, session
from test_command import runmatrix

from runner import api
from runner.differences import Difference, differences
from runner.plots.svg import LABEL


def faults(*arguments: object) -> dict[str, str]:
    """File's name → what is wrong with it."""
    return {fault.path.name: fault.fault for fault in api.check_report(*arguments).faults}  # type: ignore[arg-type]


def contents(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def one_difference(tmp_path: Path, there: str, ought: str, name: str = "file") -> Difference | None:
    (tmp_path / name).write_text(there)
    return next(differences({tmp_path / name: ought}), None)


def test_what_report_wrote_is_as_it_ought_to_be(tmp_path: Path) -> None:
    assert faults([measured(tmp_path)]) == {}


def test_a_table_that_was_edited_differs(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    page = opened.folder / "summary.md"
    page.write_text(page.read_text().replace("What pays?", "What costs?"))
    assert faults([opened]) == {"summary.md": "differs"}


def test_a_journal_that_went_on_makes_tables_differ(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    hold(opened, session(opened, blocks=7))
    assert faults([opened])["summary.csv"] == "differs"


def test_a_table_that_was_not_committed_is_missing(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    (opened.folder / "summary.csv").unlink()
    assert faults([opened]) == {"summary.csv": "is missing"}


def test_a_picture_that_the_journal_does_not_give_is_named(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    (opened.folder / "old.svg").write_text(f"<svg>{LABEL}{16 * 'a'}</svg>")
    (opened.folder / "mine.svg").write_text("<svg/>")  # somebody else's
    assert faults([opened]) == {"old.svg": "is not derived from the journal"}


def test_a_file_of_the_user_s_own_beside_the_tables_is_let_be(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    (opened.folder / "notes.txt").write_text("mine\n")
    assert faults([opened]) == {}


def test_tables_without_a_journal_are_named(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    opened.journal.unlink()
    assert set(faults([opened])) == {"summary.csv", "summary.md", "environment.json"}


def test_an_experiment_that_nobody_has_measured_yet_is_as_it_ought_to_be(tmp_path: Path) -> None:
    assert faults([experiment(tmp_path)]) == {}


def test_the_index_is_checked_as_it_would_be_after_a_report(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    changed = experiment(tmp_path, WAITING.replace("What pays?", "What costs?"))
    assert set(faults([changed])) == {"summary.md", "environment.json", "README.md"}
    assert faults([opened]) == {}


def test_an_index_that_is_not_ours_is_let_be(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    (opened.results / "README.md").write_text("# My own\n")
    assert faults([opened]) == {}


def test_checking_writes_nothing(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    hold(opened, session(opened, blocks=7))
    before = contents(tmp_path)
    faults([opened])
    assert contents(tmp_path) == before


def test_tables_of_a_machine_with_other_cores_are_the_same_here(tmp_path: Path) -> None:
    text = WAITING.replace("[1, 2]", "[1, cpus, 2*cpus]") + "measure: {drop: 3x}\n"
    opened = experiment(tmp_path, text)
    other = StandIn(share=0.2, facts={"usable_cpus": opened.machine.usable_cpus + 3})
    hold(opened, session(opened, FIRST, other))
    api.report(opened)
    assert faults([opened]) == {}


def test_the_first_lines_that_differ_are_shown_with_their_numbers(tmp_path: Path) -> None:
    found = one_difference(tmp_path, "a\nb\nc\nd\n", "a\nb\nx\nd\n")
    assert found
    assert found.diff == ("@@ -2,3 +2,3 @@", " b", "-c", "+x", " d")


def test_what_is_shown_of_a_difference_is_bounded(tmp_path: Path) -> None:
    found = one_difference(tmp_path, "a\n" * 100_000, f"{'b' * 9999}\n" * 100_000)
    assert found
    assert len(found.diff) == 21
    assert max(map(len, found.diff)) <= 301


def test_control_characters_of_a_committed_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    found = one_difference(tmp_path, "\x1b[2J\n", "a\n")
    assert found
    assert "\x1b" not in "".join(found.diff)


def test_a_line_end_that_is_missing_at_the_end_is_a_difference(tmp_path: Path) -> None:
    assert one_difference(tmp_path, "a", "a\n")


@pytest.mark.parametrize(
    ("there", "same"),
    [
        ("<svg><!-- runmatrix picture 00000000000000ab --><old/></svg>", True),
        ("<svg><!-- runmatrix picture 00000000000000ff --></svg>", False),
    ],
)
def test_a_picture_is_compared_by_the_digest_of_its_data(there: str, same: bool, tmp_path: Path) -> None:
    found = one_difference(
        tmp_path, there, "<svg><!-- runmatrix picture 00000000000000ab --><new/></svg>", "speedup.svg"
    )
    assert (found is None) == same


def test_a_picture_that_tells_no_digest_is_compared_whole(tmp_path: Path) -> None:
    assert one_difference(tmp_path, "<svg><a/></svg>", "<svg><b/></svg>", "speedup.svg")


def test_the_command_names_each_file_and_ends_with_3(tmp_path: Path) -> None:
    opened = measured(tmp_path)
    (opened.folder / "summary.md").write_text("old\n")
    done = runmatrix(tmp_path, "report", "--check", "experiments/waiting.yaml")
    assert done.returncode == 3
    assert "results/waiting/summary.md differs" in done.stdout
    assert "  -old" in done.stdout
    assert "`runmatrix report` writes them anew" in done.stdout


def test_the_command_ends_with_0_where_nothing_differs(tmp_path: Path) -> None:
    measured(tmp_path)
    done = runmatrix(tmp_path, "report", "--check", "experiments/waiting.yaml")
    assert (done.returncode, done.stdout) == (0, "4 files as the journals give them\n")


@pytest.mark.parametrize("other", [["--prune"], ["--unsure", "fail"]])
def test_check_is_refused_beside_what_it_could_only_ignore(other: list[str], tmp_path: Path) -> None:
    measured(tmp_path)
    assert runmatrix(tmp_path, "report", "--check", *other, "experiments/waiting.yaml").returncode == 2


def test_of_several_experiments_those_are_reported_that_were_measured(tmp_path: Path) -> None:
    measured(tmp_path)
    experiment(tmp_path, name="new")
    done = runmatrix(tmp_path, "report", "experiments")
    assert done.returncode == 0
    assert done.stderr == "experiments/new.yaml: nothing has been measured yet\n"
