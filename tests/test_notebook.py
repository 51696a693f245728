"""From Python and notebooks: what `runner.api` gives, as its docstring and README say."""

from __future__ import annotations

import asyncio
import inspect
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


def test_a_column_of_texts_is_one_also_where_all_are_empty(results: Results) -> None:
    assert results.summary["reason"].str.contains("timeout").sum() == 0


def test_a_name_that_looks_like_a_number_or_like_nothing_stays_a_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE.replace("wait:", '"null":').replace("threads,", '{kind: threads, label: "10"},'))
    rows = run_experiment(path).summary
    assert (set(rows["workload"]), rows["model"][1]) == ({"null"}, "10")


def test_results_are_told_in_a_line(results: Results) -> None:
    assert repr(results) == "<Results of mine: 5 cells, 5 invocations measured, 0 failed>"


@pytest.fixture
def beside(results: Results, monkeypatch: pytest.MonkeyPatch) -> str:
    """The experiment's file from where one is, as text."""
    monkeypatch.chdir(results.folder.parent.parent)
    return "experiments/mine.yaml"


def test_paths_may_be_texts_everywhere(results: Results, beside: str, tmp_path: Path) -> None:
    opened, cell = api.find_cell([beside, "model=serial"])
    assert api.show(opened, cell).row is not None
    assert api.report(api.open_experiment(beside, "results")).written == ()
    assert [one.experiment for one in api.compare("results", "./results").experiments] == ["mine"]


def test_a_run_may_be_asked_for_from_an_event_loop_and_from_another_thread(beside: str) -> None:
    async def here() -> int:
        return run_experiment(beside, api.Options(only=("model=serial",), fresh=True)).measured

    async def elsewhere() -> int:
        return (await asyncio.to_thread(run_experiment, beside, api.Options(only=("model=serial",)))).measured

    assert asyncio.run(here()) == 5
    assert asyncio.run(elsewhere()) == 0


@pytest.mark.parametrize("name", api.__all__)
def test_all_that_is_public_says_what_it_is_for(name: str) -> None:
    assert len(inspect.getdoc(getattr(api, name)) or "") > 30


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
