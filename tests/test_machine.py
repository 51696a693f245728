"""Who measures: the same machine by the same id, another number of usable cores by another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from records import FACTS
from test_command import QUICK, ROOT, measured, runmatrix, written

from runner.machine import Machine, this_machine

ON_ONE_CORE = """\
import os, runpy, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
sys.argv[0] = "runmatrix"
runpy.run_module("runner", run_name="__main__")
"""
SEVERAL_CORES = pytest.mark.skipif(this_machine().usable_cpus == 1, reason="one core alone may be used here")


def on_one_core(folder: Path, *arguments: str) -> str:
    """What the command says where one core alone may be used."""
    done = subprocess.run(
        [sys.executable, "-c", ON_ONE_CORE, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def lines(said: str) -> list[str]:
    """Without what puts columns below each other."""
    return [" ".join(line.split()) for line in said.splitlines()]


def test_a_machine_is_itself() -> None:
    here = this_machine()
    assert (here.machine, here.limited_to(here.usable_cpus)) == (this_machine().machine, here.machine)


def test_with_other_usable_cores_it_is_another() -> None:
    machine = Machine("", "", FACTS)
    assert len({machine.limited_to(cpus) for cpus in (1, 2, 3, 4)}) == 4


def test_a_new_kernel_makes_no_other_machine() -> None:
    old, new = (Machine("", "", {**FACTS, "system": system}) for system in ("Linux 6.1", "Linux 6.18"))
    assert old.limited_to(4) == new.limited_to(4)


@SEVERAL_CORES
def test_with_fewer_usable_cores_cells_are_measured_anew_and_plan_says_why(tmp_path: Path) -> None:
    cpus = this_machine().usable_cpus
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    said = lines(on_one_core(tmp_path, "plan", "experiments/quick.yaml"))
    assert f"stale 3 wait: all; measured here with {cpus} usable cores, now 1" in said
    assert not any(line.startswith("stand") for line in said)
    on_one_core(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert measured(tmp_path) == 12


@SEVERAL_CORES
def test_what_was_measured_with_all_cores_stands_once_they_may_be_used_again(tmp_path: Path) -> None:
    written(tmp_path, QUICK)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    on_one_core(tmp_path, "run", "-q", "experiments/quick.yaml")
    said = lines(runmatrix(tmp_path, "plan", "experiments/quick.yaml").stdout)
    assert "stand 3 wait: all, 2 blocks, measured on this machine" in said
