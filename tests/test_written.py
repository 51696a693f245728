"""What lies on the disk afterwards: environment.json, the index, files whole or as they were."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pages import CELLS, COMMAND, LINES, rendered, summary_of
from records import FACTS, StandIn

from runner import atomic
from runner.errors import ResultsError
from runner.summary import Summary
from runner.tables import index, render, write, write_index
from runner.verdict import decide


def written(summary: Summary, folder: Path, command: str) -> tuple[Path, ...]:
    files = render(summary, decide(summary, 0.05), command)
    return write({folder / name: text for name, text in files.items()})


def test_the_environment_is_an_allow_list() -> None:
    secret = {**FACTS, "hostname": "alices-laptop", "user": "alice"}
    known = json.loads(rendered(summary_of(StandIn(facts=secret).run(CELLS, 6)))["environment.json"])
    assert known["machines"] == {
        "m-here": {"cpu": "Xeon", "cpus": 4, "usable_cpus": 4, "memory_bytes": 8 * 2**30, "system": "Linux 6.18"}
    }
    assert set(known) == {"experiment", "question", "answers", "measured", "machine", "machines", "pythons",
                          "distributions", "commits"}  # fmt: skip


def test_the_index_names_every_experiment_with_its_answer(tmp_path: Path) -> None:
    written(summary_of(), tmp_path / "b c", COMMAND)
    written(summary_of(question="a|b"), tmp_path / "a", COMMAND)
    assert write_index(tmp_path)
    answer = "  - `wait`: asyncio with 8 workers, 8.00× faster than serial"
    assert (tmp_path / "README.md").read_text(encoding="utf-8").splitlines()[4:] == [
        "- [`a`](a/summary.md): a&#124;b <sub>2026-11-22, m-here</sub>",
        answer,
        "- [`b c`](b%20c/summary.md): What pays? <sub>2026-11-22, m-here</sub>",
        answer,
    ]


def test_the_index_says_of_each_piece_of_work_what_to_take(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    known = {"question": "Which?", "answers": {"wait": ["size = 1: serial", "size = 2: threads"]}}
    (tmp_path / "a" / "environment.json").write_text(json.dumps(known))
    assert index(tmp_path).endswith("- [`a`](a/summary.md): Which?\n  - `wait`: size = 1: serial; size = 2: threads\n")


@pytest.mark.parametrize("content", ["<<<<<<< ours\n", "[]", "\xff", '{"answers": 3}'])
def test_an_environment_that_cannot_be_read_is_said_in_the_index(tmp_path: Path, content: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "environment.json").write_text(content, encoding="latin-1")
    assert "can't be read" in index(tmp_path)


def test_a_readme_of_the_users_own_stays(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Mine\n")
    assert not write_index(tmp_path)
    assert (tmp_path / "README.md").read_text() == "# Mine\n"


def test_the_same_journal_gives_the_same_bytes() -> None:
    assert rendered(summary_of(LINES)) == rendered(summary_of(LINES[::-1]))


def test_what_did_not_change_is_not_touched(tmp_path: Path) -> None:
    names = {path.name for path in written(summary_of(), tmp_path, COMMAND)}
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert names == {path.name for path in before} == {"summary.csv", "summary.md", "environment.json"}
    assert written(summary_of(), tmp_path, COMMAND) == ()
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    written(summary_of(), tmp_path, COMMAND)
    assert written(summary_of(), tmp_path, "runmatrix run other.yaml") == (tmp_path / "summary.md",)


def test_a_folder_that_cannot_be_made_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(ResultsError, match=r"results/waiting/summary\.csv: can't be written"):
        written(summary_of(), tmp_path / "results" / "waiting", COMMAND)


def test_a_full_disk_leaves_the_former_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    atomic.write(path, "former\n")
    program = (
        "import pathlib, resource, sys; from runner import atomic, errors\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try: atomic.write(pathlib.Path(sys.argv[1]), 'x' * 1000)\n"
        "except errors.ResultsError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout == f"{path}: can't be written: File too large; what was there before stays\n"
    assert (path.read_text(), list(tmp_path.iterdir())) == ("former\n", [path])


def test_half_of_a_surrogate_pair_is_written_as_its_number(tmp_path: Path) -> None:
    atomic.write(tmp_path / "file", "a\ud800")
    assert (tmp_path / "file").read_bytes() == b"a\\ud800"


def test_importing_the_tables_imports_neither_pandas_nor_tabulate() -> None:
    program = "import sys, runner.tables; print({'pandas', 'tabulate', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
