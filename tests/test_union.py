"""Two branches that both measured are merged by git, and their results are of both."""

from __future__ import annotations

from pathlib import Path
from subprocess import CalledProcessError

import pytest
from records import StandIn
from reports import FIRST, SECOND, THIRD, WAITING, experiment, hold, session
from test_command import rows_of, runmatrix
from test_origin import git

from runner import api
from runner.journal import read
from runner.journal.lines import render
from runner.opening import Opened
from runner.template import write_experiment

ELSEWHERE = StandIn(share=0.5, machine="m-there")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """As `init` makes it, with a session on the main branch, and two branches that each add another."""
    git(tmp_path, "init", "-q", "-b", "main")
    write_experiment(tmp_path, "waiting")
    opened = experiment(tmp_path)
    hold(opened, session(opened))
    commit(opened, "main")
    git(tmp_path, "branch", "theirs")
    measure(opened, session(opened, SECOND), "ours")
    git(tmp_path, "checkout", "-q", "theirs")
    measure(opened, session(opened, THIRD, ELSEWHERE, blocks=9), "theirs")
    git(tmp_path, "checkout", "-q", "main")
    return tmp_path


def measure(opened: Opened, lines: list[dict[str, object]], message: str) -> None:
    with opened.journal.open("ab") as file:
        file.write(b"".join(map(render, lines)))
    commit(opened, message)


def commit(opened: Opened, message: str) -> None:
    api.report(opened)
    git(opened.results.parent, "add", "-A")
    git(opened.results.parent, "commit", "-q", "-m", message)


def merged(repository: Path) -> Opened:
    """Both branches' journals, by git; which tables are right is not for git to say."""
    git(repository, "merge", "-q", "-X", "ours", "--no-edit", "theirs")
    return api.open_experiment(repository / "experiments" / "waiting.yaml")


def test_journals_merge_without_a_conflict(repository: Path) -> None:
    opened = merged(repository)
    assert set(read(opened.journal).sessions) == {FIRST, SECOND, THIRD}
    assert b"<<<<<<<" not in opened.journal.read_bytes()


def test_no_line_of_either_branch_is_lost_or_said_twice(repository: Path) -> None:
    both = {line for name in ("main", "theirs") for line in git(repository, "show", f"{name}:{JOURNAL}").splitlines()}
    lines = merged(repository).journal.read_text().splitlines()
    assert sorted(lines) == sorted(both)


JOURNAL = "results/waiting/journal.jsonl"


def test_tables_that_git_merged_by_their_lines_do_not_pass_the_check(repository: Path) -> None:
    assert api.check_report([merged(repository)]).faults


def test_a_report_is_of_both_branches(repository: Path) -> None:
    opened = merged(repository)
    summary = api.report(opened).known
    assert {row.blocks for row in summary.rows} == {12}
    assert [(other.machine.name, other.cells) for other in summary.elsewhere] == [("m-there", 3)]
    assert not api.check_report([opened]).faults


def test_a_report_resolves_whatever_conflicts_git_leaves_in_tables(repository: Path) -> None:
    with pytest.raises(CalledProcessError):
        git(repository, "merge", "-q", "--no-edit", "theirs")
    conflicts = git(repository, "diff", "--name-only", "--diff-filter=U").splitlines()
    assert JOURNAL not in conflicts
    opened = api.open_experiment(repository / "experiments" / "waiting.yaml")
    api.report(opened)
    assert conflicts
    assert not any("<<<<<<<" in (repository / name).read_text() for name in conflicts)


def test_two_branches_that_really_measured_are_merged(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    write_experiment(tmp_path, "mine")
    opened = experiment(tmp_path, WAITING + "measure: {blocks: 2, batches: 0}\n", "quick")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "nothing measured")
    for branch, model in (("one", "serial"), ("two", "threads")):
        git(tmp_path, "checkout", "-q", "-b", branch, "main")
        assert runmatrix(tmp_path, "run", "-q", "--only", f"model={model}", "experiments/quick.yaml").returncode == 0
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", branch)
    git(tmp_path, "merge", "-q", "-X", "ours", "--no-edit", "one")
    assert runmatrix(tmp_path, "report", "experiments/quick.yaml").returncode == 0
    assert {row["status"] for row in rows_of(tmp_path)} == {"ok"}
    assert opened.journal.read_text().count('"type":"session"') == 2
