"""Cells on other Pythons: the child's code runs unchanged on each, and what stands is held against its own Python."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import venv
from dataclasses import replace
from pathlib import Path

import pytest
from children import function, launched, order
from interpreters import VERSIONS, another, program, stand_in
from test_command import QUICK, begun, journal_of, rows_of, runmatrix, wait_for, written

from runner.child.models.table import MODELS
from runner.invoke import Order
from runner.probe import Python

KINDS = sorted(MODELS)


def on(python: Python, asked: Order) -> Order:
    return replace(asked, python=python.executable, folders=python.facts.folders)


WARNED = frozenset(["ray"])
"""Kinds whose package is itself warned of what it does, on 3.14."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
def test_each_model_gives_on_each_python_what_serial_gives_and_is_warned_of_nothing(
    version: str, kind: str, tmp_path: Path
) -> None:
    python = another(version)
    workers = 1 if MODELS[kind].ignores_workers else 2
    code = "def task(item):\n    return [item, {'half': item / 2}]\ndef items():\n    return list(range(8))\n"
    inputs = {"inputs": "mine:items"}
    env = {} if kind in WARNED else {"PYTHONWARNINGS": "error"}  # what is to go in a later Python is found in this one
    asked = function(tmp_path, code, kind, workers=workers, tasks=None, batches=1, parameters=inputs, env=env)
    reply = launched(on(python, asked))
    if reply.status == "unsupported":
        pytest.skip(reply.reason)
    expected = launched(function(tmp_path, code, "serial", tasks=None, parameters=inputs)).said["results"]
    assert (reply.status, reply.reason, reply.said["workers_ready"]) == ("ok", "", workers)
    assert reply.said["results"] == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_the_gil_is_on_or_off_as_the_build_says(version: str, tmp_path: Path) -> None:
    reply = launched(on(another(version), order(tmp_path, "noop", {}, "threads", workers=2)))
    assert reply.said["gil"] == ("off" if version.endswith("t") else "shared")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_hung_task_leaves_its_stacks_on_each_python(version: str, tmp_path: Path) -> None:
    asked = function(tmp_path, "import time\ndef task():\n    time.sleep(60)\n", timeout_s=3.0)
    reply = launched(on(another(version), asked))
    assert (reply.status, "in task" in reply.stacks) == ("timeout", True)


def test_folders_of_another_python_have_names_in_what_is_kept(tmp_path: Path) -> None:
    python = another()
    code = "import json, sys\ndef task():\n    print(sys.prefix, json.__file__)\n    raise OSError(sys.prefix)\n"
    reply = launched(on(python, function(tmp_path, code)))
    assert reply.reason == "4 of 4 tasks failed: OSError: <python> (mine.py:4)"
    assert python.facts.folders[0] not in reply.output


def experiment(folder: Path, pythons: str, rest: str = "") -> Path:
    return written(folder, f"{QUICK}pythons: {pythons}\n{rest}")


def test_one_experiment_runs_on_several_pythons_in_the_same_blocks(tmp_path: Path) -> None:
    python = another()
    experiment(tmp_path, f"[current, {{python: {python.executable}, label: other}}]")
    done = runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert done.returncode == 0, done.stderr
    here = sys.version.split()[0] + ("t" if "t" in sys.abiflags else "")
    assert {row["python"]: row["status"] for row in rows_of(tmp_path)} == {here: "ok", "other": "ok"}
    assert "nothing was to be measured" in runmatrix(tmp_path, "run", "experiments/quick.yaml").stdout


def test_a_session_says_what_each_python_is_and_no_path_of_it(tmp_path: Path) -> None:
    python = another()
    experiment(tmp_path, f"[{{python: {python.executable}, label: other}}]")
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    session = json.loads(journal_of(tmp_path).read_text().partition("\n")[0])
    facts = {"implementation", "version", "build", "free_threaded", "gil", "debug", "jit"}
    assert {label: set(said) for label, said in session["pythons"].items()} == {"current": facts, "other": facts}
    assert session["pythons"]["other"]["version"] == python.facts.version


def test_the_parents_python_need_not_be_among_them_and_the_anchor_runs_on_it(tmp_path: Path) -> None:
    python = another()
    experiment(tmp_path, f"[{python.executable}]")
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    lines = [json.loads(line) for line in journal_of(tmp_path).read_text().splitlines()]
    builds = {line["key"] == "anchor": line["fingerprint"]["python"] for line in lines if line["type"] == "invocation"}
    assert builds[False] == python.facts.build
    assert builds[True].split()[1] == sys.version.split()[0]


def test_a_package_that_changes_makes_cells_of_its_own_python_stale_alone(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)
    (site,) = (tmp_path / ".venv").glob("lib/python*/site-packages")
    (site / "spam.py").write_text("eggs = 1\n")
    distribution(site, "1.0")
    text = QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "mine:task"')
    written(tmp_path, f"{text}pythons: [current, ../.venv]\n")
    code = "try:\n    import spam\nexcept ImportError:\n    spam = None\ndef task():\n    return 1\n"
    (tmp_path / "experiments" / "mine.py").write_text(code)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    shutil.rmtree(site / "spam-1.0.dist-info")
    distribution(site, "2.0")
    planned = runmatrix(tmp_path, "plan", "experiments/quick.yaml").stdout
    assert re.search(r"^  stale +3 ", planned, re.MULTILINE)
    assert "spam 1.0 → 2.0" in planned


def distribution(site: Path, version: str) -> None:
    folder = site / f"spam-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: spam\nVersion: {version}\n")
    (folder / "RECORD").write_text(f"spam.py,,\nspam-{version}.dist-info/METADATA,,\n")


def test_a_python_that_is_not_there_is_refused_with_its_place_before_anything_runs(tmp_path: Path) -> None:
    experiment(tmp_path, '[current, "3.41"]')
    for command in ("run", "plan"):
        refused = runmatrix(tmp_path, command, "experiments/quick.yaml")
        assert refused.returncode == 2
        assert (
            "experiments/quick.yaml:8:20: there is no Python 3.41: looked for on PATH as python3.41" in refused.stderr
        )
        assert "here are current" in refused.stderr
    assert not (tmp_path / "results").exists()


def test_a_python_of_a_further_block_is_refused_at_its_own_place(tmp_path: Path) -> None:
    experiment(tmp_path, "[current]", 'include: [{model: threads, workers: 4, python: "3.41"}]\n')
    refused = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert (refused.returncode, "quick.yaml:9:" in refused.stderr) == (2, True)


def test_check_says_what_run_would_refuse_but_finds_nothing_wrong_with_the_file(tmp_path: Path) -> None:
    experiment(tmp_path, '["3.41"]')
    done = runmatrix(tmp_path, "check", "experiments/quick.yaml")
    assert (done.returncode, "nothing wrong" in done.stdout) == (0, True)
    assert "`run` would refuse this here: experiments/quick.yaml:8:11: there is no Python 3.41" in done.stderr


def test_check_starts_no_program_that_the_file_names(tmp_path: Path) -> None:
    program(tmp_path / "it", f"#!/bin/sh\ntouch {tmp_path}/started\nexit 3\n")
    experiment(tmp_path, "[../it]")
    done = runmatrix(tmp_path, "check", "experiments/quick.yaml")
    assert (done.returncode, done.stderr, (tmp_path / "started").exists()) == (0, "", False)
    assert runmatrix(tmp_path, "plan", "experiments/quick.yaml").returncode == 2


def test_check_says_of_a_path_what_is_known_already(tmp_path: Path) -> None:
    stand_in(tmp_path / "python", "3.10.1")
    experiment(tmp_path, "[../python]")
    runmatrix(tmp_path, "plan", "experiments/quick.yaml")
    assert "`../python` is CPython 3.10.1" in runmatrix(tmp_path, "check", "experiments/quick.yaml").stderr


def test_cells_of_a_missing_python_are_rows_where_it_is_skipped(tmp_path: Path) -> None:
    experiment(tmp_path, '[current, "3.41"]')
    done = runmatrix(tmp_path, "run", "-q", "--skip-missing", "experiments/quick.yaml")
    assert done.returncode == 0, done.stderr
    rows = rows_of(tmp_path)
    missing = [row for row in rows if row["python"] == "3.41"]
    assert {row["status"] for row in rows if row not in missing} == {"ok"}
    assert {(row["status"], row["reason"].partition(":")[0]) for row in missing} == {
        ("unsupported", "there is no Python 3.41")
    }


def test_a_run_says_which_python_it_went_on_without(tmp_path: Path) -> None:
    experiment(tmp_path, '[current, "3.41"]')
    run = "run", "-q", "--skip-missing", "experiments/quick.yaml"
    said = "gone on without a Python: there is no Python 3.41: looked for on PATH as"
    assert [said in runmatrix(tmp_path, *run).stdout for _ in range(2)] == [True, True]
    assert said not in runmatrix(tmp_path, *run, "--only", "python=current").stdout


def test_a_python_that_was_gone_on_without_once_is_refused_again_by_a_run_that_does_not_skip(tmp_path: Path) -> None:
    experiment(tmp_path, '[current, "3.41"]')
    runmatrix(tmp_path, "run", "-q", "--skip-missing", "experiments/quick.yaml")
    refused = runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert (refused.returncode, "there is no Python 3.41" in refused.stderr) == (2, True)
    done = runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml", "--only", "python=current")
    assert (done.returncode, "nothing was to be measured" in done.stdout) == (0, True)


def test_a_page_of_pythons_none_of_which_was_there_names_none(tmp_path: Path) -> None:
    experiment(tmp_path, '["3.41"]')
    runmatrix(tmp_path, "run", "-q", "--skip-missing", "experiments/quick.yaml")
    assert "with none of its Pythons: 0 blocks" in (tmp_path / "results" / "quick" / "summary.md").read_text()


def test_cells_of_a_missing_python_are_measured_once_it_is_there(tmp_path: Path) -> None:
    experiment(tmp_path, "[../other]")
    runmatrix(tmp_path, "run", "-q", "--skip-missing", "experiments/quick.yaml")
    venv.create(tmp_path / "other", symlinks=True)
    assert "its Python is here now" in runmatrix(tmp_path, "plan", "experiments/quick.yaml").stdout
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert {row["status"] for row in rows_of(tmp_path)} == {"ok"}


def test_what_stands_of_a_python_that_has_gone_is_kept(tmp_path: Path) -> None:
    experiment(tmp_path, "[../other]")
    venv.create(tmp_path / "other", symlinks=True)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    shutil.rmtree(tmp_path / "other")
    more = runmatrix(tmp_path, "run", "-q", "--skip-missing", "--blocks", "3", "experiments/quick.yaml")
    assert "nothing was to be measured" in more.stdout, more.stderr
    assert {(row["status"], row["blocks"]) for row in rows_of(tmp_path)} == {("ok", "2")}


def test_what_stands_of_a_baseline_whose_python_has_gone_is_kept_when_others_are_measured_again(tmp_path: Path) -> None:
    text = QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "mine:task"')
    written(tmp_path, f"{text}pythons: [current, ../other]\nbaseline: {{model: serial, python: ../other}}\n")
    code = "import os, sys\nif os.path.basename(sys.prefix) != 'other':\n    import late\ndef task():\n    return 1\n"
    (tmp_path / "experiments" / "mine.py").write_text(code)
    (tmp_path / "experiments" / "late.py").write_text("eggs = 1\n")
    venv.create(tmp_path / "other", symlinks=True)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    (tmp_path / "other").rename(tmp_path / "gone")
    (tmp_path / "experiments" / "late.py").write_text("eggs = 2\n")
    done = runmatrix(tmp_path, "run", "-q", "--skip-missing", "experiments/quick.yaml")
    assert (done.returncode, "6 invocations measured" in done.stdout) == (0, True), done.stderr
    assert {(row["status"], row["blocks"]) for row in rows_of(tmp_path)} == {("ok", "2")}


def test_a_run_that_is_interrupted_while_a_python_gives_no_answer_ends_at_once(tmp_path: Path) -> None:
    program(tmp_path / "it", f"#!/bin/sh\ntouch {tmp_path}/started\nexec sleep 15\n")
    experiment(tmp_path, "[../it]")
    with begun(tmp_path, "run", "-q", "experiments/quick.yaml") as running:
        wait_for((tmp_path / "started").exists)
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=10)
    assert (running.returncode, said) == (130, "")


def test_a_build_that_always_has_the_gil_can_not_be_required_to_have_it_off(tmp_path: Path) -> None:
    stand_in(tmp_path / "python")
    experiment(tmp_path, "[{python: ../python, label: mine}]", "require: {mine: {gil: off}}\n")
    refused = runmatrix(tmp_path, "run", "experiments/quick.yaml")
    assert refused.returncode == 2
    assert "experiments/quick.yaml:9:23: `mine` is a build that always has the GIL" in refused.stderr


def test_a_debug_build_is_refused_unless_it_is_asked_for(tmp_path: Path) -> None:
    stand_in(tmp_path / "python", debug=True)
    experiment(tmp_path, "[../python]")
    assert "`../python` is a debug build" in runmatrix(tmp_path, "plan", "experiments/quick.yaml").stderr
    experiment(tmp_path, "[{python: ../python, debug: true}]")
    assert runmatrix(tmp_path, "plan", "experiments/quick.yaml").returncode == 0


def test_a_module_that_current_has_not_is_looked_for_in_environments_nearby(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)
    (site,) = (tmp_path / ".venv").glob("lib/python*/site-packages")
    (site / "spam.py").write_text("def task():\n    return 1\n")
    (tmp_path / ".git").mkdir()
    text = QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "spam:task"')
    advice = "there is ../.venv, which has spam: `pythons: [../.venv/bin/python]` measures with it"
    path = written(tmp_path, text)
    assert advice in runmatrix(tmp_path, "check", "experiments/quick.yaml").stderr
    (path.parent / "mine.py").write_text("from spam import task\n")
    written(tmp_path, text.replace("spam:task", "mine:task"))
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert {row["reason"].partition("; ")[2] for row in rows_of(tmp_path)} == {advice}
    written(tmp_path, f"{text}pythons: [../.venv/bin/python]\n")
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").returncode == 0


def test_the_command_lists_pythons_with_what_to_write(tmp_path: Path) -> None:
    stand_in(tmp_path / "bin" / "python3.77t", "3.77.0", free_threaded=True, gil=False)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    listed = runmatrix(tmp_path, "pythons", PATH=path).stdout.splitlines()
    assert [line.split()[0] for line in listed[:2]] == ["write", "current"]
    (line,) = [line for line in listed if "3.77" in line]
    assert line.split() == ['"3.77t"', "CPython", "3.77.0t", "off", "PATH", str(tmp_path / "bin" / "python3.77t")]
