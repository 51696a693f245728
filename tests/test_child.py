"""The child: what it may import, what it costs, and that its plug points keep their contracts."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from children import launched, order

from runner.child.fingerprint import entry_of
from runner.child.models.table import MODELS
from runner.child.protocol import parse, render
from runner.child.workloads.table import WORKLOADS
from runner.staging import SOURCE, stage

SOURCES = sorted(SOURCE.rglob("*.py"))


def imported(tree: ast.AST) -> set[str]:
    """Top-level names of all modules that are imported from outside the package."""
    found = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    found += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0]
    return {name.partition(".")[0] for name in found}


def packages_of(source: Path) -> set[str]:
    """What a model may import inside its functions: the packages that its row names."""
    row = MODELS.get(source.stem) if source.parent.name == "models" else None
    return {needs.package for needs in row.needs if needs.package} if row else set()


ASKED_IF_THERE = {SOURCE / "native_threads.py": {"threadpoolctl"}}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_child_imports_the_standard_library_itself_and_what_a_models_row_names(source: Path) -> None:
    allowed = sys.stdlib_module_names | packages_of(source) | ASKED_IF_THERE.get(source, set())
    assert imported(ast.parse(source.read_text())) <= allowed


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_what_is_not_of_the_standard_library_is_imported_inside_functions_only(source: Path) -> None:
    tree = ast.parse(source.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [ast.Pass()]
    assert imported(tree) <= sys.stdlib_module_names


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_child_is_written_in_the_syntax_of_python_3_11(source: Path) -> None:
    ast.parse(source.read_text(), feature_version=(3, 11))


def test_a_serial_child_imports_none_of_the_modules_that_take_long() -> None:
    staged = stage()
    code = f"import sys; import {staged.package}.measure, {staged.package}.models.serial; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-P", "-S", "-c", code],
        env={"PYTHONPATH": str(staged.folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    dear = {
        "json",
        "typing",
        "dataclasses",
        "threading",
        "asyncio",
        "subprocess",
        "hashlib",
        "collections",
        "re",
        "enum",
    }
    assert dear & set(said.stdout.split()) == set()


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_listed_model_is_a_module(kind: str) -> None:
    assert (SOURCE / "models" / f"{kind}.py").exists()


@pytest.mark.parametrize("kind", sorted(WORKLOADS))
def test_every_listed_workload_is_a_module(kind: str) -> None:
    assert (SOURCE / "workloads" / f"{kind}.py").exists()


def test_plain_data_survives_the_contract_both_ways() -> None:
    value = {
        "text": 'quote " \\ \n é 😀',
        "numbers": [1, -2.5, 1e300, 10**20],
        "nothing": None,
        "yes": [True, False, {}],
    }
    assert parse(render(value)) == value


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": }', "nonsense"])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises((ValueError, StopIteration)):
        parse(text)


def test_a_users_module_called_runner_is_not_shadowed(tmp_path: Path) -> None:
    (tmp_path / "runner.py").write_text("def task():\n    return 'mine'\n")
    reply = launched(order(tmp_path, "function", {"call": "runner:task"}))
    assert (reply.status, reply.said["answered"]) == ("ok", 4)


def test_a_child_sees_the_named_variables_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "look.py").write_text("import os\ndef task():\n    print(sorted(os.environ)); raise ValueError\n")
    reply = launched(order(tmp_path, "function", {"call": "look:task"}, env={"MINE": "1"}))
    seen = set(
        ast.literal_eval(reply.output.splitlines()[-1] if "[" in reply.output.splitlines()[-1] else _list(reply.output))
    )
    assert seen - {"PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE"} == {"MINE", "RUNMATRIX_CHILD", "PYTHONPATH"}


def _list(output: str) -> str:
    return next(line for line in output.splitlines() if line.startswith("["))


def test_the_working_directory_is_the_projects(tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text("found")
    (tmp_path / "look.py").write_text("def task():\n    return open('here.txt').read()\n")
    assert launched(order(tmp_path, "function", {"call": "look:task"})).status == "ok"


def test_the_fingerprint_holds_the_projects_files_that_were_imported(tmp_path: Path) -> None:
    (tmp_path / "used.py").write_text("VALUE = 1\n")
    (tmp_path / "unused.py").write_text("VALUE = 2\n")
    (tmp_path / "look.py").write_text("import used\ndef task():\n    return used.VALUE\n")
    reply = launched(order(tmp_path, "function", {"call": "look:task"}))
    assert sorted(reply.said["fingerprint"]["files"]) == ["look.py", "used.py"]


def test_the_fingerprint_names_the_distributions_that_were_imported(tmp_path: Path) -> None:
    (tmp_path / "look.py").write_text("import yaml\ndef task():\n    return 1\n")
    reply = launched(order(tmp_path, "function", {"call": "look:task"}))
    assert list(reply.said["fingerprint"]["distributions"]) == ["PyYAML"]


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/v/lib/python3.14/site-packages/yaml/loader.py", "yaml"),
        ("/v/lib/python3.14/site-packages/six.py", "six"),
        ("/v/lib/python3.14/site-packages/_cffi_backend.cpython-314-x86_64-linux-gnu.so", "_cffi_backend"),
        ("/v/lib/python3.14/site-packages/ray/thirdparty_files/colorama/ansi.py", "ray"),
        ("/usr/lib/python3/dist-packages/apt/cache.py", "apt"),
    ],
)
def test_a_file_belongs_to_what_was_installed_with_it(path: str, entry: str) -> None:
    assert entry_of(path) == entry
