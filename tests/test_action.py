"""The action and the pre-commit hooks, by what their steps do in a repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from actions import EXPRESSION, REPOSITORY, Job, action, runmatrix_in, without_runmatrix
from reports import WAITING, experiment, measured
from test_command import QUICK, runmatrix, written
from test_origin import git

CHECK, TABLES, MEASURE = (
    "Check the experiments that have changed",
    "Hold the tables against their journals",
    "Measure beside the base",
)
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A commit of an experiment with results."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    measured(folder)
    return commit(folder)


def commit(folder: Path) -> Path:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "more")
    return folder


def test_no_input_is_written_into_a_script() -> None:
    assert not [step["name"] for step in action()["runs"]["steps"] if EXPRESSION.search(step["run"])]


def hold_against(schema: str, file: Path) -> None:
    """Fails where GitHub would not take the file."""
    if find_spec("check_jsonschema") is None:
        pytest.skip("check-jsonschema, which brings GitHub's schema, is not installed")
    subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file], check=True)


def in_readme(begin: str) -> str:
    """The one block of YAML that begins so."""
    (block,) = re.findall(rf"```yaml\n({begin}.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    return str(block)


def test_the_action_is_what_github_expects_of_one() -> None:
    hold_against("vendor.github-actions", REPOSITORY / "action.yml")


def test_the_workflow_of_the_readme_is_what_github_expects_of_one(tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_text(in_readme("name:"))
    hold_against("vendor.github-workflows", tmp_path / "workflow.yml")


def test_what_is_right_passes(repository: Path) -> None:
    job = Job(repository).run()
    assert set(job.codes.values()) == {0}
    assert "experiments/waiting.yaml: 3 cells, nothing wrong" in job.summary
    assert "# What pays?" in job.summary


def test_where_there_is_no_runmatrix_that_of_the_action_is_installed(repository: Path) -> None:
    job = Job(repository, env=without_runmatrix(repository.parent)).run()
    assert set(job.codes.values()) == {0}, job.said
    assert (repository.parent / "venv" / "bin" / "runmatrix").is_file()
    assert "experiments/waiting.yaml: 3 cells, nothing wrong" in job.summary


def test_where_there_is_a_runmatrix_none_is_installed(repository: Path) -> None:
    job = Job(repository, {"tables": "false"})
    (repository.parent / "bin").mkdir()
    (repository.parent / "bin" / "python3").write_text("#!/bin/sh\nexit 1\n")
    (repository.parent / "bin" / "python3").chmod(0o755)
    assert set(job.run().codes.values()) == {0}


def test_a_mistake_fails_the_job_and_stands_in_its_summary(repository: Path) -> None:
    written(repository, WAITING.replace("seconds", "second"), "wrong")
    job = Job(commit(repository), {"tables": "false"}).run()
    assert job.codes[CHECK] == 2
    assert "did you mean `seconds`?" in job.summary


def test_only_experiments_that_have_changed_are_checked(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    experiment(repository, name="deep/er")
    (repository / "experiments" / "data.csv").write_text("1\n")
    job = Job(commit(repository), {"tables": "false"}, base).run()
    assert job.codes[CHECK] == 0
    assert "experiments/deep/er.yaml" in job.summary
    assert "experiments/waiting.yaml" not in job.summary


def test_where_no_experiment_has_changed_none_is_checked(repository: Path) -> None:
    job = Job(repository, {"tables": "false"}, git(repository, "rev-parse", "HEAD")).run()
    assert "no experiment has changed" in job.said


def test_an_experiment_that_is_gone_is_not_checked(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    (repository / "experiments" / "waiting.yaml").unlink()
    assert Job(commit(repository), {"tables": "false"}, base).run().codes[CHECK] == 0


def test_a_base_that_a_shallow_checkout_lacks_is_fetched(repository: Path, tmp_path: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    experiment(repository, name="new")
    commit(repository)
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "checkout")
    job = Job(tmp_path / "checkout", {"tables": "false"}, base).run()
    assert job.outputs == {"commit": base}
    assert "experiments/new.yaml" in job.summary


def test_tables_that_are_out_of_date_fail_the_job(repository: Path) -> None:
    (repository / "results" / "waiting" / "summary.md").write_text("old\n")
    job = Job(repository).run()
    assert job.codes[TABLES] == 3
    assert "results/waiting/summary.md differs" in job.summary


def test_pages_can_be_held_against_the_journals_too(repository: Path) -> None:
    (repository / "a page.md").write_text("<!-- runmatrix: waiting/wait -->\n<!-- /runmatrix -->\n")
    (repository / "a page.md").rename(repository / "PAGE.md")
    job = Job(repository, {"pages": "PAGE.md"}).run()
    assert job.codes[TABLES] == 3
    assert "PAGE.md differs" in job.summary


def test_what_is_named_in_an_input_is_no_command(repository: Path) -> None:
    Job(repository, {"experiments": '"$(touch escaped)"; touch escaped', "pages": "`touch escaped`"}).run()
    assert not (repository / "escaped").exists()


def test_an_experiment_is_measured_beside_the_base(repository: Path) -> None:
    written(repository, QUICK)
    base = git(commit(repository), "rev-parse", "HEAD")
    job = Job(repository, {"measure": "experiments/quick.yaml"}, base).run()
    assert job.codes[MEASURE] == 0
    assert f"# From `{base}" in job.summary


def test_nothing_is_measured_without_a_base(repository: Path) -> None:
    assert "nothing to measure beside" in Job(repository, {"measure": "experiments/waiting.yaml"}).run().said


def test_readme_has_a_whole_workflow_that_uses_inputs_of_the_action() -> None:
    steps = yaml.safe_load(in_readme("name:"))["jobs"]["runmatrix"]["steps"]
    (step,) = [one for one in steps if "runmatrix" in one.get("uses", "")]
    assert step["with"].keys() <= action()["inputs"].keys()


def test_readme_has_a_configuration_of_pre_commit_with_every_hook() -> None:
    (repository,) = yaml.safe_load(in_readme("repos:"))["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in HOOKS]


def wrong(folder: Path) -> None:
    written(folder, WAITING.replace("seconds", "second"), "wrong")


def old(folder: Path) -> None:
    (folder / "results" / "waiting" / "summary.md").write_text("old\n")


@pytest.mark.parametrize(("identity", "spoil", "code"), [("runmatrix-check", wrong, 2), ("runmatrix-report", old, 3)])
def test_the_entry_of_a_hook_stops_what_is_not_right(
    identity: str, spoil: Callable[[Path], None], code: int, repository: Path
) -> None:
    (hook,) = [hook for hook in HOOKS if hook["id"] == identity]
    words = [*hook["entry"].split()[1:], *hook.get("args", ["experiments"])]
    assert runmatrix(repository, *words).returncode == 0
    spoil(repository)
    assert runmatrix(repository, *words).returncode == code


def pre_commit(folder: Path, words: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = shutil.which("pre-commit", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if command is None:
        pytest.skip("pre-commit is not installed")
    return subprocess.run(
        [command, *words, "--all-files"], cwd=folder, env={**os.environ, **env}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("spoil", "failed"), [(None, []), (wrong, ["runmatrix-check"]), (old, ["runmatrix-report"])])
def test_pre_commit_runs_the_hooks(spoil: Callable[[Path], None] | None, failed: list[str], repository: Path) -> None:
    config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"} for hook in HOOKS]}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    if spoil:
        spoil(repository)
    git(repository, "add", "-A")
    done = pre_commit(repository, ["run"], {"PATH": f"{runmatrix_in(repository.parent)}:{os.environ['PATH']}"})
    assert set(failed) <= set(re.findall(r"^- hook id: (.*)$", done.stdout, re.MULTILINE))
    assert done.returncode == bool(failed)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A repository with all of this one that is installed from it."""
    folder = tmp_path / "source"
    shutil.copytree(REPOSITORY / "runner", folder / "runner", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(REPOSITORY / name, folder)
    git(folder, "init", "-q", "-b", "main")
    return commit(folder)


def test_pre_commit_installs_the_hooks_from_a_repository_and_they_find_what_is_wrong(
    source: Path, repository: Path, tmp_path: Path
) -> None:
    env = {**without_runmatrix(tmp_path), "PRE_COMMIT_HOME": str(tmp_path / "home")}
    right = pre_commit(repository, ["try-repo", str(source), "--verbose"], env)
    assert right.returncode == 0, right.stdout
    assert "experiments/waiting.yaml: 3 cells, nothing wrong" in right.stdout
    wrong(repository)
    git(repository, "add", "-A")
    assert "did you mean `seconds`?" in pre_commit(repository, ["try-repo", str(source)], env).stdout
