"""From Python and notebooks: what `runner.api` gives, as its docstring and README say."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.figure
import pytest

from runner import api
from runner.api import Results, run_experiment

MINE = """\
question: Does it work?
workloads:
  wait: {kind: sleep, seconds: 0.005}
models: [serial, threads, processes]
workers: [1, 2]
tasks: 4
measure: {blocks: 1, batches: 0}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """An experiment, run from Python."""
    path = tmp_path_factory.mktemp("notebook") / "experiments" / "mine.yaml"
    path.parent.mkdir()
    path.write_text(MINE)
    return run_experiment(str(path))


def test_the_summary_is_a_frame_with_a_row_for_each_cell(results: Results) -> None:
    rows = results.summary[["workload", "model", "workers"]].to_dict("records")
    assert rows[0] == {"workload": "wait", "model": "serial", "workers": 1}
    assert len(rows) == 5


def test_each_picture_is_a_figure_of_matplotlib(results: Results) -> None:
    assert {name: type(figure) for name, figure in results.figures.items()} == {"phases-wait": matplotlib.figure.Figure}


def test_a_notebook_shows_the_page_with_its_pictures_inside(results: Results) -> None:
    html = results._repr_html_()
    assert "<h1>Does it work?</h1>" in html
    assert "<table>" in html
    assert re.findall(r'<img src="([^,]*),', html) == ["data:image/svg+xml;base64"]


def test_the_example_in_the_docstring_works(results: Results, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    example = (api.__doc__ or "").partition("\n\n")[2]
    code = example.replace(
        '"experiments/quickstart.yaml"', repr(str(results.folder.parent.parent / "experiments" / "mine.yaml"))
    )
    exec(compile(code, "example", "exec"), {})
    assert (tmp_path / "phases.png").read_bytes().startswith(b"\x89PNG")
