"""A cell that failed is measured again once what it failed of has changed, and not before, unless it is retried."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from children import function, launched
from records import PYTHON, THREADS, StandIn, cell, failed, journal, variant
from test_command import QUICK, journal_of, runmatrix, written

from runner.child.protocol import METHOD
from runner.installed import Installed
from runner.journal import read
from runner.journal.lines import fingerprint_of
from runner.stale import changed_code, stale
from runner.standing import standing

UNREAD = "pass_env: [PYTHONHOME]\n"
"""Where children look for modules, only they know then: what is not found here is no mistake of the file."""
MINE = QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "mine:task", args: {x: 1}') + UNREAD
SPAWNED = MINE.replace("threads]", "{kind: processes, start_method: spawn}]").replace("[1, 2]", "[1]")
HANGS = MINE.replace("batches: 0", "batches: 0, timeout: 1 s").replace("[serial, threads]", "[serial]")
GOOD = "def task(x):\n    return x\n"
HELPED = "import helper\n" + GOOD
UNTOLD = "globals()\n"
"""What names a module has reading can't tell then."""
LATE = "def task(x):\n    import helper\n    return helper.VALUE\n"


def experiment(folder: Path, files: Mapping[str, str], text: str = MINE) -> None:
    """The experiment, and modules beside it."""
    path = written(folder, text)
    for name, code in files.items():
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_text(code)


def plan(folder: Path) -> str:
    """What `plan` says, without what puts its columns below each other."""
    said = runmatrix(folder, "plan", "experiments/quick.yaml").stdout
    return "\n".join(" ".join(line.split()) for line in said.splitlines()) + "\n"


NOTHING = "will run nothing: all that can be measured stands\n"


FAILURES = {
    "a module that was not there": ({}, {"mine.py": GOOD}, "failed before; mine is here now"),
    "a syntax error": ({"mine.py": "def task(:\n"}, {"mine.py": GOOD}, "failed before; mine.py has changed"),
    "a module that raises": ({"mine.py": "1 / 0\n" + GOOD}, {"mine.py": GOOD}, "failed before; mine.py has changed"),
    "an import of what is not there": (
        {"mine.py": "import nosuchpackage\n" + GOOD},
        {"mine.py": GOOD},
        "failed before; mine.py has changed",
    ),
    "a helper that was not there": ({"mine.py": HELPED}, {"helper.py": ""}, "failed before; helper is here now"),
    "a helper that raises": (
        {"mine.py": HELPED, "helper.py": "1 / 0\n"},
        {"helper.py": ""},
        "failed before; helper.py has changed",
    ),
    "an error that hides another": (
        {
            "mine.py": "try:\n    import helper\nexcept ImportError:\n    raise ValueError('no helper') from None\n"
            + GOOD
        },
        {"mine.py": GOOD},
        "failed before; mine.py has changed",
    ),
    "a name that a package has not": (
        {"mine.py": "from help import ful\n" + GOOD, "help/__init__.py": ""},
        {"help/ful.py": ""},
        "failed before; help.ful is here now",
    ),
    "another name of the function": (
        {"mine.py": UNTOLD + GOOD.replace("task", "work")},
        {"mine.py": GOOD},
        "failed before; mine.py has changed",
    ),
    "another name of its argument": (
        {"mine.py": UNTOLD + GOOD.replace("x", "y")},
        {"mine.py": GOOD},
        "failed before; mine.py has changed",
    ),
    "an interpreter that ends": (
        {"mine.py": "import os\nos._exit(3)\n" + GOOD},
        {"mine.py": GOOD},
        "crashed before; mine.py has changed",
    ),
}


@pytest.mark.parametrize("why", FAILURES)
def test_what_failed_is_measured_once_what_it_failed_of_is_mended(why: str, tmp_path: Path) -> None:
    before, after, reason = FAILURES[why]
    experiment(tmp_path, before)
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").returncode == 1
    assert NOTHING in plan(tmp_path)
    experiment(tmp_path, after)
    assert f"stale 3 wait: all; {reason}\n" in plan(tmp_path)
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").returncode == 0


def test_a_helper_that_hung_is_known_by_the_stacks(tmp_path: Path) -> None:
    experiment(tmp_path, {"mine.py": HELPED, "helper.py": "import time\ntime.sleep(60)\n"}, HANGS)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    experiment(tmp_path, {"helper.py": ""}, HANGS)
    assert "wait: all; timeout before; helper.py has changed\n" in plan(tmp_path)


@pytest.mark.parametrize(
    ("helper", "reason"), [(None, "helper is here now"), ("VALUE = 1 / 0\n", "helper.py has changed")]
)
def test_what_a_worker_process_alone_imports_counts_too(helper: str | None, reason: str, tmp_path: Path) -> None:
    experiment(tmp_path, {"mine.py": LATE} | ({"helper.py": helper} if helper else {}), SPAWNED)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    experiment(tmp_path, {"helper.py": "VALUE = 1\n"}, SPAWNED)
    assert f"wait: all; failed before; {reason}\n" in plan(tmp_path)


def test_a_crash_that_no_preflight_sees_is_measured_again_once_its_code_has_changed(tmp_path: Path) -> None:
    code = "import os, threading\ndef task(x):\n    if threading.active_count() > 2: os.abort()\n"
    experiment(tmp_path, {"mine.py": code})
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert {record.stage for record in read(journal_of(tmp_path)).records if record.status == "crashed"} == {"block"}
    assert NOTHING in plan(tmp_path)
    experiment(tmp_path, {"mine.py": GOOD})
    assert "stale 3 wait: all; mine.py has changed\n" in plan(tmp_path)


def test_what_failed_and_is_as_it_was_stands_and_nothing_is_written(tmp_path: Path) -> None:
    experiment(tmp_path, {"mine.py": "import nosuchpackage\n" + GOOD})
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    before = {path: path.read_bytes() for path in (tmp_path / "results").rglob("*") if path.is_file()}
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").returncode == 1
    assert {path: path.read_bytes() for path in (tmp_path / "results").rglob("*") if path.is_file()} == before


def test_results_that_differed_are_judged_again_once_same_is_another(tmp_path: Path) -> None:
    experiment(tmp_path, {"mine.py": "import os, random\ndef task(x):\n    return random.random()\n"})
    done = runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert "`same` says when two are" in done.stdout
    path = tmp_path / "experiments" / "quick.yaml"
    path.write_text(path.read_text().replace('"mine:task"', '"mine:task", same: any'))
    assert "; invalid before; `same` is another\n" in plan(tmp_path)
    assert runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").returncode == 0


def test_plan_and_run_name_retry_where_failures_stand(tmp_path: Path) -> None:
    experiment(tmp_path, {"mine.py": "def task(x):\n    raise ValueError\n"})
    first = runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").stdout
    again = runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").stdout
    for said in (first, again):
        assert "  what failed is measured again once what is behind it has changed, or with `--retry`\n" in said
    assert "failed 3 wait: all; ValueError: (mine.py:2); `--retry` measures them again\n" in plan(tmp_path)


def test_where_nothing_failed_nobody_speaks_of_retry(tmp_path: Path) -> None:
    experiment(tmp_path, {"mine.py": GOOD})
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert "retry" not in plan(tmp_path) + runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml").stdout


def test_a_module_that_is_gone_is_tried_once_and_stands_as_failed(tmp_path: Path) -> None:
    experiment(tmp_path, {"mine.py": GOOD})
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    (tmp_path / "experiments" / "mine.py").unlink()
    assert "stale 3 wait: all; mine.py is gone\n" in plan(tmp_path)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert NOTHING in plan(tmp_path)


def test_tables_mark_what_failed_for_a_module_that_is_there_now(tmp_path: Path) -> None:
    experiment(tmp_path, {})
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    experiment(tmp_path, {"mine.py": GOOD})
    runmatrix(tmp_path, "report", "experiments/quick.yaml")
    assert "mine is here now; before that failed: Module" in (tmp_path / "results/quick/summary.csv").read_text()


ONE = cell()
GEVENT = cell(variant("gevent"), 2)


def found(line: Mapping[str, object], project: Path, *paths: Path) -> dict[str, str]:
    """Why a cell of the preflight's finding is stale, where modules are installed in these folders."""
    fingerprint = {"python": PYTHON, "method": METHOD, "files": {}, "distributions": {}}
    finding = {
        **StandIn().invocation(GEVENT, "s1", 0),
        "stage": "preflight",
        "gil": "",
        "fingerprint": fingerprint,
        **line,
    }
    stands = standing(journal([*StandIn().run([ONE], 3), finding]), StandIn().machine)
    here = {"current": Installed(PYTHON, lambda distribution: None, paths=tuple(map(str, paths)))}
    return stale(stands, {ONE.key: ONE, GEVENT.key: GEVENT}, project, here)


def lacking(name: str) -> dict[str, object]:
    fingerprint = {"python": PYTHON, "method": METHOD, "files": {}, "distributions": {}, "lacks": [name]}
    return {**failed("failed", "ModuleNotFoundError"), "fingerprint": fingerprint}


@pytest.mark.parametrize("file", ["spam.py", "spam/__init__.py", "spam.cpython-314-x86_64-linux-gnu.so"])
def test_a_package_that_is_installed_since_makes_stale_what_failed_for_it(file: str, tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    assert found(lacking("spam"), tmp_path, site) == {}
    (site / file).parent.mkdir(parents=True)
    (site / file).touch()
    assert found(lacking("spam"), tmp_path, site) == {GEVENT.key: "spam is here now"}


def test_a_file_that_is_no_module_brings_none(tmp_path: Path) -> None:
    (tmp_path / "spam.yaml").touch()
    assert found(lacking("spam"), tmp_path) == {}


def test_what_a_model_needs_and_is_installed_since_makes_its_cells_stale(tmp_path: Path) -> None:
    reason = failed("unsupported", "needs gevent, which this Python does not have: pip install gevent")
    assert found(reason, tmp_path, tmp_path) == {}
    (tmp_path / "gevent").mkdir()
    assert found(reason, tmp_path / "project", tmp_path) == {GEVENT.key: "gevent is here now"}


def test_a_journal_that_knows_nothing_of_missing_modules_is_read_as_before(tmp_path: Path) -> None:
    assert fingerprint_of({"python": PYTHON, "method": METHOD}).lacks == ()
    assert found(failed("failed", "ModuleNotFoundError: No module named 'spam'"), tmp_path) == {}


def test_tables_know_of_missing_modules_in_the_project_alone(tmp_path: Path) -> None:
    other = cell(THREADS, 2)
    lines = [StandIn().session("s1"), {**StandIn().invocation(other, "s1", 0), "stage": "preflight", **lacking("spam")}]
    stands = standing(journal(lines), StandIn().machine)
    assert changed_code(stands, tmp_path) == {}
    (tmp_path / "spam.py").touch()
    assert changed_code(stands, tmp_path) == {other.key: "spam is here now"}


def test_what_raises_that_a_module_is_missing_which_is_there_stays_failed(tmp_path: Path) -> None:
    experiment(tmp_path, {"mine.py": "raise ModuleNotFoundError(\"No module named 'mine'\")\n" + GOOD})
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert NOTHING in plan(tmp_path)


def test_tracebacks_name_files_of_the_project_and_no_others(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages" / "spam.py").write_text("1 / 0\n")
    code = (
        f"import sys\nsys.path.append({str(tmp_path / '.venv/lib/python3.11/site-packages')!r})\n"
        "import json\ndef task():\n    try:\n        json.loads('{')\n    except ValueError:\n        import spam\n"
    )
    assert list(launched(function(tmp_path, code)).named.files) == ["mine.py"]


def test_what_ends_well_names_nothing(tmp_path: Path) -> None:
    code = "import traceback\ndef task():\n    traceback.print_stack()\n    return 1\n"
    assert launched(function(tmp_path, code)).named.files == {}
