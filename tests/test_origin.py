"""What is named on the command line: folders, revisions of a real repository, and what is neither."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from records import Line
from test_command import ROOT, runmatrix
from test_compare import ELSEWHERE, TWO, measured

from runner.errors import CommandError, ResultsError
from runner.origin import current, origin

BEFORE, AFTER = measured("s1"), measured("s2", {TWO.key: 1.2})


def git(folder: Path, *arguments: str) -> str:
    """Git without anyone's settings."""
    settings = ("-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write(folder: Path, lines: Sequence[Line], name: str = "waiting") -> Path:
    path = folder / name / "journal.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit with BEFORE, one that adds AFTER."""
    git(tmp_path, "init", "-q", "-b", "main")
    for lines in (BEFORE, [*BEFORE, *_fresh(AFTER)]):
        write(tmp_path / "results", lines)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", "measured")
    return tmp_path


def _fresh(lines: Sequence[Line]) -> list[Line]:
    """A session that measures everything anew."""
    keys = sorted({str(line["key"]) for line in lines if line["type"] == "cell"})
    return [{**lines[0], "fresh": keys}, *lines[1:]]


def test_a_revision_has_the_journals_of_that_commit(repository: Path) -> None:
    found = origin("HEAD~1", repository)
    assert (found.name, list(found.experiments), list(found.experiments["waiting"].journal.sessions)) == (
        "HEAD~1",
        ["waiting"],
        ["s1"],
    )


def test_a_branch_is_a_revision(repository: Path) -> None:
    assert list(origin("main", repository).experiments["waiting"].journal.sessions) == ["s1", "s2"]


def test_the_current_folder_has_what_is_not_yet_committed(repository: Path) -> None:
    write(repository / "results", BEFORE, "new")
    assert set(current(repository).experiments) == {"waiting", "new"}


def test_what_git_ignores_is_no_result(repository: Path) -> None:
    (repository / ".gitignore").write_text("/copies/\n")
    write(repository / "copies", BEFORE)
    assert set(current(repository).experiments) == {"waiting"}


def test_a_folder_holds_experiments_by_their_paths_in_it(tmp_path: Path) -> None:
    write(tmp_path, BEFORE, "gallery/one")
    write(tmp_path, BEFORE, "two")
    assert set(origin(str(tmp_path), tmp_path).experiments) == {"gallery/one", "two"}


def test_the_folder_of_a_project_holds_its_results(repository: Path) -> None:
    assert set(origin(".", repository).experiments) == {"waiting"}


def test_the_folder_of_one_experiment_holds_it_alone(tmp_path: Path) -> None:
    assert set(origin(str(write(tmp_path, BEFORE).parent), tmp_path).experiments) == {"waiting"}


def test_a_name_that_is_neither_is_refused_with_what_would_be_right(repository: Path) -> None:
    with pytest.raises(CommandError, match=r"`nowhere` is neither a folder nor a revision.*HEAD~1"):
        origin("nowhere", repository)


def test_a_name_that_is_both_is_refused_with_what_would_be_right(repository: Path) -> None:
    git(repository, "branch", "results")
    with pytest.raises(CommandError, match=r"`results` is a folder and a revision: write `\./results` or"):
        origin("results", repository)
    assert set(origin("./results", repository).experiments) == {"waiting"}


def test_an_option_of_git_is_no_revision(repository: Path) -> None:
    with pytest.raises(CommandError, match="neither"):
        origin("--all", repository)


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there are no results in it"):
        origin(".", tmp_path)


def test_a_revision_without_results_is_refused(repository: Path) -> None:
    git(repository, "rm", "-q", "-r", "results")
    git(repository, "commit", "-q", "-m", "gone")
    with pytest.raises(CommandError, match="`HEAD` has no committed results"):
        origin("HEAD", repository)


def test_without_results_here_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there are no results in it"):
        current(tmp_path)


def test_the_current_folder_need_be_in_no_repository(tmp_path: Path) -> None:
    write(tmp_path / "results", BEFORE)
    assert set(current(tmp_path).experiments) == {"waiting"}


def test_a_project_in_a_part_of_a_repository_has_its_own_results(repository: Path) -> None:
    part = repository / "part"
    write(part / "results", BEFORE, "own")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "part")
    assert (set(origin("HEAD", part).experiments), set(current(part).experiments)) == ({"own"}, {"own"})


def test_a_merge_s_marks_are_named_with_revision_and_path(repository: Path) -> None:
    path = repository / "results" / "waiting" / "journal.jsonl"
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}")
    git(repository, "commit", "-q", "-a", "-m", "merged")
    with pytest.raises(ResultsError, match=r"^HEAD:results/waiting/journal\.jsonl:1: a merge left its marks"):
        origin("HEAD", repository)


def test_a_torn_last_line_is_left_out(repository: Path) -> None:
    path = repository / "results" / "waiting" / "journal.jsonl"
    path.write_text(f'{path.read_text()}{{"type":')
    git(repository, "commit", "-q", "-a", "-m", "torn")
    assert list(origin("HEAD", repository).experiments["waiting"].journal.sessions) == ["s1", "s2"]


def test_compare_alone_holds_a_revision_against_what_lies_here(repository: Path) -> None:
    done = runmatrix(repository, "compare", "HEAD~1")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "A is HEAD~1, B is now")
    assert "waiting: 5 cells: 1 slower, 4 equivalent (within 5 %)" in done.stdout


def test_compare_writes_json(repository: Path) -> None:
    known = json.loads(runmatrix(repository, "compare", "HEAD~1", "HEAD", "--json").stdout)
    assert (known["a"], known["b"], known["experiments"][0]["outcomes"]["slower"]) == ("HEAD~1", "HEAD", 1)


def test_no_path_is_in_the_json(repository: Path) -> None:
    folder = str(repository / "results")
    assert str(repository) not in runmatrix(repository, "compare", folder, folder, "--json").stdout


@pytest.mark.parametrize(("limit", "code"), [("slower:5%", 3), ("slower:50%", 0)])
def test_a_slowdown_that_is_shown_ends_with_exit_code_three(repository: Path, limit: str, code: int) -> None:
    done = runmatrix(repository, "compare", "HEAD~1", "--fail-on", limit)
    assert done.returncode == code
    assert done.stderr.startswith("shown to be slower by more than")


def test_a_cell_that_is_slower_than_it_may_be_is_named(repository: Path) -> None:
    said = runmatrix(repository, "compare", "HEAD~1", "--fail-on", "slower:5%").stderr
    assert said.splitlines()[0] == "shown to be slower by more than 5 %: 1 of 5 cells"
    assert said.splitlines()[1].startswith("  wait · threads · 2 workers: 1.2")


def test_where_nothing_could_trip_it_is_said(tmp_path: Path) -> None:
    write(tmp_path / "a", BEFORE)
    write(tmp_path / "b", measured("s2", machine=ELSEWHERE))
    done = runmatrix(tmp_path, "compare", "a", "b", "--fail-on", "slower:5%")
    assert (done.returncode, done.stderr) == (0, "slower by more than 5 %: can't tell, no times are compared\n")


@pytest.mark.parametrize("arguments", [("nowhere",), ("HEAD", "nowhere"), ("HEAD", "--fail-on", "slow")])
def test_what_can_not_be_ends_with_exit_code_two(repository: Path, arguments: Sequence[str]) -> None:
    assert runmatrix(repository, "compare", *arguments).returncode == 2


def test_results_that_can_not_be_read_end_with_exit_code_four(tmp_path: Path) -> None:
    write(tmp_path, BEFORE).write_text("no line\n")
    assert runmatrix(tmp_path, "compare", ".", ".").returncode == 4


def test_comparing_imports_nothing_that_takes_long() -> None:
    script = "import sys, runner.compare, runner.origin, runner.tables.changes; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {"pandas", "scipy", "numpy"}.isdisjoint(loaded)
