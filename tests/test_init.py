"""`init`: a commented experiment, what editors and git need beside it, and nothing overwritten."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from test_command import ROOT

from runner.errors import CommandError
from runner.opening import open_experiment
from runner.template import ATTRIBUTES, write_experiment


@pytest.mark.parametrize("name", ["mine", "mine.yaml", "mine.yml", "experiments/mine", "experiments/mine.yml"])
def test_a_name_may_be_given_as_the_path_of_the_file(name: str, tmp_path: Path) -> None:
    assert write_experiment(tmp_path, name)[0] == tmp_path / "experiments" / "mine.yaml"


def test_what_is_written_in_a_folder_below_is_right_and_names_the_schema_from_there(tmp_path: Path) -> None:
    path = write_experiment(tmp_path, "io/v1.2/read-all")[0]
    assert len(open_experiment(path).matrix.cells) == 14
    first = path.read_text().splitlines()[0]
    assert (path.parent / first.rpartition("$schema=")[2]).resolve() == tmp_path / "experiment.schema.json"


def test_what_is_commented_out_in_it_is_right_as_well(tmp_path: Path) -> None:
    path = write_experiment(tmp_path, "mine")[0]
    text, count = re.subn(r"^( *)# (- \{|\w+: [\[{])", r"\1\2", path.read_text(), flags=re.MULTILINE)
    path.write_text(text)
    assert (count, len(open_experiment(path).matrix.cells)) == (4, 2 * 4 * (1 + 4 * 2))


@pytest.mark.parametrize("name", ["", "with space", "ünï", ".hidden", "a/", "a//b", "/abs", "../up", "-x"])
def test_what_would_not_do_as_a_name_everywhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be a name: letters, digits"):
        write_experiment(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", ATTRIBUTES.encode()),
        (b"*.png binary", b"*.png binary\n" + ATTRIBUTES.encode()),
        (b"\xff\n", b"\xff\n" + ATTRIBUTES.encode()),
        (ATTRIBUTES.encode(), ATTRIBUTES.encode()),
        (b"results/**/journal.jsonl -diff\n", b"results/**/journal.jsonl -diff\n"),
    ],
)
def test_what_git_was_told_before_stays(before: bytes, after: bytes, tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_bytes(before)
    write_experiment(tmp_path, "mine")
    assert (tmp_path / ".gitattributes").read_bytes() == after


def test_on_a_full_disk_what_was_there_stays_and_the_file_that_did_not_fit_is_named(tmp_path: Path) -> None:
    """To a process that may write no byte, every disk is full."""
    (tmp_path / ".gitattributes").write_text("*.png binary")
    command = [sys.executable, "-m", "runner", "init", "mine"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert (done.returncode, (tmp_path / ".gitattributes").read_text()) == (4, "*.png binary")
    assert done.stderr.startswith(f"{tmp_path / '.gitattributes'}: can't be written: File too large")


@pytest.mark.parametrize("name", ["experiments", ".gitattributes", "experiment.schema.json"])
def test_what_is_in_the_way_is_named_and_no_experiment_is_written(name: str, tmp_path: Path) -> None:
    in_the_way = tmp_path / name
    if name == ".gitattributes":
        in_the_way.mkdir()
    else:
        in_the_way.write_text('{"mine": 1}')
    with pytest.raises(CommandError, match=name.replace(".", "[.]")):
        write_experiment(tmp_path, "mine")
    assert not (tmp_path / "experiments" / "mine.yaml").exists()


def test_a_schema_of_another_version_is_brought_up_to_date(tmp_path: Path) -> None:
    schema = tmp_path / "experiment.schema.json"
    schema.write_text('{"title": "Runmatrix experiment"}')
    write_experiment(tmp_path, "mine")
    assert len(schema.read_bytes()) > 10_000


def test_all_that_was_written_is_named_and_what_was_there_already_is_not(tmp_path: Path) -> None:
    first, second = write_experiment(tmp_path, "mine"), write_experiment(tmp_path, "other")
    assert [path.name for path in first] == ["mine.yaml", ".gitattributes", ".gitignore", "experiment.schema.json"]
    assert [path.name for path in second] == ["other.yaml"]


def test_what_git_is_to_ignore_already_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("**/__pycache__/")
    write_experiment(tmp_path, "mine")
    assert (tmp_path / ".gitignore").read_text() == "**/__pycache__/"
