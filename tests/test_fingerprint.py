"""What a fingerprint says of code that no installer sees change: files of the project, of editable distributions, and
of what was installed from a folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from children import function, launched
from records import PYTHON, THREADS, StandIn, cell, changed, failed, journal
from test_command import QUICK, journal_of, runmatrix, written

from runner.child.fingerprint import content_digest, editable_roots, place, version_of
from runner.child.protocol import METHOD
from runner.installed import Installed
from runner.stale import changed_code, stale
from runner.standing import standing

ONE, TWO = cell(), cell(THREADS, 2)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/repo/experiments/mine.py", "mine.py"),
        ("/repo/src/spam/_fast.so", "../src/spam/_fast.so"),
        ("/elsewhere/eggs/eggs/_fast.so", "eggs:eggs/_fast.so"),
        ("/elsewhere/other.py", "module"),
    ],
)
def test_a_file_has_a_name_that_means_the_same_on_another_machine(path: str, expected: str) -> None:
    assert place("module", path, ("/repo/experiments", "/repo", {"eggs": "/elsewhere/eggs"})) == expected


def installed(site: Path, source: Mapping[str, object] | None, record: str = "") -> Distribution:
    """A distribution called spam, as an installer leaves it."""
    folder = site / "spam-1.0.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: spam\nVersion: 1.0\n")
    (folder / "RECORD").write_text(record)
    if source:
        (folder / "direct_url.json").write_text(json.dumps(source))
    return Distribution.at(folder)


BUILT = "spam/_fast.so,sha256={},9\nspam-1.0.dist-info/METADATA,sha256=x,1\n../../../bin/spam,sha256=here,1\n"
FOLDER = {"url": "file:///srv/my%20spam", "dir_info": {}}
EDITABLE = {"url": "file:///srv/my%20spam", "dir_info": {"editable": True}}


def test_what_an_index_gave_is_known_by_its_version(tmp_path: Path) -> None:
    assert version_of(installed(tmp_path, None, BUILT)) == "1.0"


def test_what_was_built_again_under_the_same_version_is_another(tmp_path: Path) -> None:
    first, again, second = [version_of(installed(tmp_path, FOLDER, BUILT.format(digest))) for digest in "aab"]
    assert (first == again, first == second, first.partition(" ")[0]) == (True, False, "1.0")


def test_only_files_that_are_the_same_on_every_machine_tell_builds_apart(tmp_path: Path) -> None:
    there = BUILT.replace("here", "there").replace("METADATA,sha256=x", "METADATA,sha256=y")
    assert version_of(installed(tmp_path, FOLDER, BUILT)) == version_of(installed(tmp_path, FOLDER, there))


def test_an_editable_distribution_is_known_by_its_files_and_so_by_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    distribution = installed(tmp_path, EDITABLE, "__editable__.spam-1.0.pth,sha256=here,1\n")
    assert version_of(distribution) == "1.0"
    assert editable_roots()["spam"] == "/srv/my spam"


def stale_of(name: str, digest: str, project: Path, editable: Mapping[str, str]) -> dict[str, str]:
    """Of a cell whose fingerprint has one file."""
    fingerprint = {"python": PYTHON, "method": METHOD, "files": {name: digest}, "distributions": {}}
    lines = changed(StandIn().run([ONE, TWO], 3), TWO.key, [1, 2, 3], {"fingerprint": fingerprint})
    here = {"current": Installed(PYTHON, lambda distribution: None, editable=editable)}
    return stale(standing(journal(lines), StandIn().machine), {ONE.key: ONE, TWO.key: TWO}, project, here)


def test_a_file_of_an_editable_distribution_makes_its_cells_stale_wherever_that_lies(tmp_path: Path) -> None:
    (tmp_path / "spam").mkdir()
    extension = tmp_path / "spam" / "_fast.so"
    extension.write_bytes(b"first")
    before, roots = content_digest(str(extension)), {"spam": str(tmp_path / "spam")}
    project = tmp_path / "project"
    assert stale_of("spam:_fast.so", before, project, roots) == {}
    extension.write_bytes(b"second")
    assert stale_of("spam:_fast.so", before, project, roots) == {TWO.key: "spam:_fast.so has changed"}
    assert stale_of("spam:_fast.so", before, project, {}) == {}


def test_tables_leave_editable_distributions_alone_which_another_machine_may_not_have(tmp_path: Path) -> None:
    fingerprint = {"python": PYTHON, "method": METHOD, "files": {"spam:_fast.so": "0" * 32}, "distributions": {}}
    lines = changed(StandIn().run([ONE, TWO], 3), TWO.key, [1, 2, 3], {"fingerprint": fingerprint})
    assert changed_code(standing(journal(lines), StandIn().machine), tmp_path) == {}


def test_of_a_python_that_is_not_there_only_files_are_known_to_have_changed(tmp_path: Path) -> None:
    fingerprint = {"python": "CPython 3.1", "method": METHOD, "files": {}, "distributions": {"numpy": "1"}}
    lines = changed(StandIn().run([ONE, TWO], 3), TWO.key, [1, 2, 3], {"fingerprint": fingerprint})
    stands = standing(journal(lines), StandIn().machine)
    assert stale(stands, {ONE.key: ONE, TWO.key: TWO}, tmp_path, {}) == {}


@pytest.mark.parametrize(("reason", "expected"), [("unsupported", "its Python is here now"), ("failed", "")])
def test_a_cell_without_its_python_is_stale_once_that_is_there(reason: str, expected: str, tmp_path: Path) -> None:
    nobody = {"python": "", "method": METHOD, "files": {}, "distributions": {}}
    finding = {**failed(reason, "no Python"), "stage": "preflight", "fingerprint": nobody, "gil": ""}
    held = journal([*StandIn().run([ONE], 3), {**StandIn().invocation(TWO, "s1", 0), **finding}])
    here = {"current": Installed(PYTHON, lambda distribution: None)}
    found = stale(standing(held, StandIn().machine), {ONE.key: ONE, TWO.key: TWO}, tmp_path, here)
    assert found.get(TWO.key, "") == expected


def test_a_child_names_files_of_an_editable_distribution_by_it(tmp_path: Path) -> None:
    (tmp_path / "spam" / "src").mkdir(parents=True)
    (tmp_path / "spam" / "src" / "spam.py").write_text("eggs = 1\n")
    (tmp_path / "project").mkdir()
    code = f"import sys\nsys.path.append({str(tmp_path / 'spam' / 'src')!r})\nimport spam\ndef task():\n    return 1\n"
    asked = function(tmp_path / "project", code)
    request = {**asked.request, "editable": {"spam": str(tmp_path / "spam")}}
    reply = launched(type(asked)(sys.executable, request, asked.project, {}, 30.0))
    assert sorted(reply.said["fingerprint"]["files"]) == ["mine.py", "spam:src/spam.py"]


def test_what_workers_imported_that_gave_way_to_others_is_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "late.py").write_text("eggs = 1\n")
    code = "def task():\n    import late\n    return late.eggs\n"
    reply = launched(function(tmp_path, code, "multiprocessing", options={"maxtasksperchild": 1}))
    assert sorted(reply.said["fingerprint"]["files"]) == ["late.py", "mine.py"]


def test_an_extension_that_is_rebuilt_in_place_makes_its_cells_stale(tmp_path: Path) -> None:
    """Any file with that ending will do: the module's own file is what counts."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "fast.so").write_bytes(b"first")
    code = (
        "import sys, types\nfast = types.ModuleType('fast')\n"
        f"fast.__file__ = {str(tmp_path / 'src' / 'fast.so')!r}\nsys.modules['fast'] = fast\n"
        "def task():\n    return 1\n"
    )
    written(tmp_path, QUICK.replace("kind: sleep, seconds: 0.001", 'kind: function, call: "mine:task"'))
    (tmp_path / "experiments" / "mine.py").write_text(code)
    runmatrix(tmp_path, "run", "-q", "experiments/quick.yaml")
    assert '"../src/fast.so"' in journal_of(tmp_path).read_text()
    (tmp_path / "src" / "fast.so").write_bytes(b"second")
    assert "../src/fast.so has changed" in runmatrix(tmp_path, "plan", "experiments/quick.yaml").stdout
