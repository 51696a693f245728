"""The gallery: committed experiments are right, each says where its question comes from, and the page is what its script prints."""

from __future__ import annotations

import csv
import io
import runpy
import sys
from pathlib import Path

import pytest
from records import journal

from runner.experiment import load
from runner.matrix import expand
from runner.summary import summarise
from runner.tables import render
from runner.verdict import decide

REPOSITORY = Path(__file__).parent.parent
SCRIPT = REPOSITORY / "tests" / "bench" / "gallery.py"
RESULTS = REPOSITORY / "results" / "gallery"
EXPERIMENTS = sorted((REPOSITORY / "experiments").rglob("*.yaml"))
GALLERY = [path for path in EXPERIMENTS if path.parent.name == "gallery"]
EDITORS = "# yaml-language-server: $schema={}experiment.schema.json"

script = runpy.run_path(str(SCRIPT))
SECTIONS = {section.experiment: section for section in script["SECTIONS"]}


def named(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", EXPERIMENTS, ids=named)
def test_every_committed_experiment_is_right(path: Path) -> None:
    assert expand(load(path), cpus=2).cells


@pytest.mark.parametrize("path", EXPERIMENTS, ids=named)
def test_every_committed_experiment_tells_editors_its_schema(path: Path) -> None:
    up = "../" * len(path.parent.relative_to(REPOSITORY).parts)
    assert path.read_text(encoding="utf-8").startswith(EDITORS.format(up))


@pytest.mark.parametrize("path", GALLERY, ids=named)
def test_every_experiment_of_the_gallery_begins_with_what_was_published(path: Path) -> None:
    assert path.read_text(encoding="utf-8").splitlines()[1].startswith("# Published: ")


def test_every_experiment_of_the_gallery_has_its_section() -> None:
    assert sorted(SECTIONS) == [path.stem for path in GALLERY]


def records(path: Path) -> list[dict[str, str]]:
    """The rows of summary.csv before anything is measured."""
    loaded = load(path)
    summary = summarise(expand(loaded, cpus=2).cells, journal([]), path.stem, "")
    return list(csv.DictReader(io.StringIO(render(summary, decide(summary, 0.05), "")["summary.csv"])))


@pytest.mark.parametrize("path", GALLERY, ids=named)
def test_every_line_of_the_page_is_of_a_cell_of_its_experiment(path: Path) -> None:
    cells = [line.of(records(path)) for line in SECTIONS[path.stem].lines]
    assert None not in cells
    assert len({cell["key"] for cell in cells}) == len(cells)


def a_result(**columns: str) -> dict[str, str]:
    empty = dict.fromkeys(("speedup", "speedup_low", "speedup_high", "verdict", "notes", "makespan_s", "reason"), "")
    return {**empty, "status": "ok", **columns}


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [("1.50", "1.50 s"), ("0.1200", "120.0 ms"), ("0.000309", "309 µs"), ("0.000000128", "128 ns"), ("", "–")],
)
def test_a_time_has_the_unit_that_leaves_least_zeros_and_the_digits_of_the_file(seconds: str, shown: str) -> None:
    assert script["_ours"](a_result(makespan_s=seconds), ["makespan_s"])[0] == shown


def test_a_figure_has_its_interval_where_the_file_has_one() -> None:
    result = a_result(
        speedup="1.96", speedup_low="1.90", speedup_high="2.00", makespan_s="0.012", makespan_low_s="0.011",
        makespan_high_s="0.013", verdict="faster",
    )  # fmt: skip
    assert script["_ours"](result, ["makespan_s"]) == ["12 ms <sub>11–13</sub>", "1.96× <sub>1.90–2.00</sub>"]


def test_a_cell_that_did_not_end_well_has_its_status_and_no_figures() -> None:
    result = a_result(status="unsupported", reason="needs trio")
    assert script["_ours"](result, ["makespan_s"]) == ["unsupported: `needs trio`", ""]


def test_an_experiment_without_results_is_not_measured_yet(tmp_path: Path) -> None:
    assert script["page"](tmp_path).count("Not measured yet.") == len(GALLERY)


def test_the_page_is_what_the_script_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not RESULTS.exists():
        pytest.skip("no results of the gallery are committed yet: nothing to hold the page against")
    monkeypatch.setattr(sys, "argv", [str(SCRIPT)])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    assert capsys.readouterr().out == (RESULTS / "README.md").read_text(encoding="utf-8")
