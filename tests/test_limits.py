"""What is missing, and what a system does not carry, is found before anything is measured, and in words."""

from __future__ import annotations

import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from children import launched, order, rehearsed

from runner.child import limits
from runner.child.models.table import MODELS
from runner.child.needs import unmet
from runner.child.parameters import MAIN_THREAD, Needs

SOFT, HARD = resource.getrlimit(resource.RLIMIT_NOFILE)


@pytest.fixture
def bare_python(tmp_path: Path) -> str:
    """A Python of this version with nothing installed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    return str(tmp_path / "bare" / "bin" / "python")


PACKAGES = [(kind, needs) for kind, row in MODELS.items() for needs in row.needs if needs.package]


@pytest.mark.parametrize(("kind", "needs"), PACKAGES, ids=[needs.extra for _, needs in PACKAGES])
def test_a_package_that_is_missing_makes_a_cell_unsupported_and_is_named(
    kind: str, needs: Needs, bare_python: str, tmp_path: Path
) -> None:
    options = dict([needs.option]) if needs.option else {}
    asked = replace(order(tmp_path, "noop", {}, kind, options=options), python=bare_python)
    what = f"`{needs.option[0]}: {needs.option[1]}` needs" if needs.option else "needs"
    expected = f"{what} {needs.package}, which this Python does not have: pip install {needs.package}"
    finding = rehearsed(asked)
    assert (finding["status"], finding["reason"]) == ("unsupported", expected)


def test_where_runmatrix_is_installed_its_extra_is_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.child.needs.find_spec", lambda name: None)
    assert unmet("dask", {}) == "needs distributed, which this Python does not have: pip install 'runmatrix[dask]'"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python has them")
@pytest.mark.parametrize(("kind", "options"), [("interpreters", {}), ("asyncio", {"offload": "interpreters"})])
def test_a_python_that_is_too_old_is_told_with_the_version_that_is_needed(
    kind: str, options: dict[str, object], tmp_path: Path
) -> None:
    asked = replace(order(tmp_path, "noop", {}, kind, options=options), python=sys.executable)
    finding = rehearsed(asked)
    assert finding["status"] == "unsupported"
    assert "needs Python 3.14 or later, and this is 3." in finding["reason"]


def test_nothing_is_missing_where_an_option_is_not_asked_for() -> None:
    assert unmet("asyncio", {"loop": None, "offload": "threads"}) == ""


def test_every_kind_of_worker_is_one_that_is_known() -> None:
    words = {row.worker for row in MODELS.values()} | {w for row in MODELS.values() for w in row.worker_with.values()}
    assert words <= {MAIN_THREAD, "coroutine", "thread", "interpreter", "process", "other"}


def test_more_workers_than_the_system_has_descriptors_for_are_refused_by_their_number() -> None:
    hard = limits.hard_limit()
    if hard is None:
        pytest.skip("descriptors are unlimited here")
    assert limits.too_many("asyncio", "http", [50, hard]) == {
        str(hard): f"{hard} workers need about {hard + 64} file descriptors, and the system allows {hard} (ulimit -Hn)"
    }


def test_workers_that_hold_no_descriptors_are_as_many_as_one_likes() -> None:
    assert limits.too_many("asyncio", "sleep", [10_000_000]) == {}


def test_windows_waits_for_sixty_one_processes() -> None:
    refused = [limits.refused(kind, "noop", 62, "win32") != "" for kind in ("processes", "threads")]
    assert (refused, limits.refused("processes", "noop", 61, "win32")) == ([True, False], "")


def test_the_preflight_finds_numbers_of_workers_that_are_too_large(tmp_path: Path) -> None:
    hard = limits.hard_limit()
    if hard is None:
        pytest.skip("descriptors are unlimited here")
    asked = order(tmp_path, "http", {"delay": 0.0, "payload": 1}, "asyncio")
    parameters = asked.request["workload"]["parameters"]
    changes = {
        "purpose": "rehearse",
        "variants": [{"parameters": parameters, "reference": None}],
        "asked": [1, 100, hard],
    }
    said = launched(replace(asked, request={**asked.request, **changes})).said
    assert list(said["too_many"]) == [str(hard)]


def test_a_child_raises_its_soft_limit_of_descriptors_where_many_workers_need_them(tmp_path: Path) -> None:
    if HARD < 400:
        pytest.skip("the hard limit is too low")
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, HARD))
    try:
        reply = launched(order(tmp_path, "http", {"delay": 0.0, "payload": 1}, "asyncio", workers=300, tasks=300))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT, HARD))
    assert (reply.status, reply.reason) == ("ok", "")


def test_threads_of_native_libraries_are_recorded_where_one_is_loaded(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    (tmp_path / "mine.py").write_text("import numpy\ndef task():\n    return int(numpy.arange(3).sum())\n")
    reply = launched(order(tmp_path, "function", {"call": "mine:task"}, env={"OMP_NUM_THREADS": "1"}))
    assert reply.said["native_threads"]["env"] == {"OMP_NUM_THREADS": "1"}


def test_nothing_is_said_of_native_libraries_where_none_is_loaded(tmp_path: Path) -> None:
    assert "native_threads" not in launched(order(tmp_path, env={"OMP_NUM_THREADS": "1"})).said
