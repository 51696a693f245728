"""Pictures of pages: they show what the committed ones show, and tell the figures when pointed at."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import plotly.graph_objects
import pytest
from records import THREADS, cell, swept, variant
from test_plots import BARS, LANES, LINES, MANY, decided, shown, traced

from runner.plots import Lines
from runner.plots.chart import Line, Panel, Picture, Point
from runner.site.graphics import Graphic
from runner.site.pictures import graphic, graphics


def traces_of(found: Graphic, panel: int = 0) -> dict[str, Any]:
    """Name → trace; a fitted law's, which has no name, as `law`."""
    return {trace.get("name", "law"): trace for trace in found.panels[panel].traces}


SCALING = graphic(shown(MANY)["scaling-wait.svg"])
THREE_PICTURES = (LINES, BARS, LANES)


def test_speedups_are_those_of_the_committed_picture() -> None:
    threads = traces_of(SCALING)["threads"]
    assert threads["x"] == [1, 2, 4, 8]
    assert threads["y"] == pytest.approx([1, 2 / 1.1, 4 / 1.3, 8 / 1.7], rel=1e-3)


def test_the_ideal_line_goes_to_the_most_workers() -> None:
    assert traces_of(SCALING)["ideal"]["x"] == traces_of(SCALING)["ideal"]["y"] == (1, 8)


def test_the_fitted_law_is_drawn_instead_of_a_line_between_points() -> None:
    law, threads = (traces_of(SCALING)[name] for name in ("law", "threads"))
    assert dict(zip(law["x"], law["y"], strict=True))[8] == pytest.approx(8 / 1.7, rel=1e-3)
    assert threads["mode"] == "markers"


def test_where_no_law_was_fitted_points_are_joined_and_the_legend_has_none() -> None:
    traces = traces_of(graphic(LINES), 1)
    assert traces["processes"]["mode"] == "lines+markers"
    assert traces.keys() == {"processes", "ideal"}


def test_a_law_is_hidden_with_its_points() -> None:
    assert len({traces_of(SCALING)[name]["legendgroup"] for name in ("law", "threads")}) == 1


def test_whiskers_reach_as_far_as_intervals() -> None:
    whiskers = traces_of(graphic(LINES))["threads"]["error_y"]
    assert (whiskers["arrayminus"], whiskers["array"]) == (pytest.approx([0, 0.1, 0.1]), pytest.approx([0, 0.1, 0.2]))


def test_a_point_over_workers_tells_cell_figure_and_interval() -> None:
    assert traces_of(graphic(LINES))["threads"]["text"][1] == "threads with 2 workers: 1.80× (1.70 to 1.90)"


def test_a_point_over_a_swept_number_tells_the_number() -> None:
    point = Point(10_000, 1.5, 1.4, 1.6)
    lines = Lines("size", "size", "speedup (×)", True, False, None, (Panel("", (Line("threads × 2", (point,)),)),))
    found = graphic(Picture("break-even-size-x.svg", "x", "x: speedup over size", lines))
    assert traces_of(found)["threads × 2"]["text"] == ["threads × 2, size = 10,000: 1.50× (1.40 to 1.60)"]


def test_what_is_a_panel_in_the_file_is_one_on_the_page_with_the_same_colours() -> None:
    found = graphic(replace(LINES, chart=replace(_lines(), panels=(*_lines().panels, _lines().panels[0]))))
    assert [panel.title for panel in found.panels] == ["size = <1>", "size = 64", "size = <1>"]
    assert traces_of(found, 0)["threads"]["marker"] == traces_of(found, 2)["threads"]["marker"]


def _lines() -> Lines:
    assert isinstance(LINES.chart, Lines)
    return LINES.chart


def test_what_lies_far_apart_is_on_a_scale_of_logarithms_as_in_the_file() -> None:
    far = Panel("", (Line("threads", (Point(1, 1.0, None, None), Point(64, 60.0, 59, 61))),))
    layout = graphic(replace(LINES, chart=replace(_lines(), panels=(far,)))).panels[0].layout
    assert (layout["xaxis"]["type"], layout["yaxis"]["type"]) == ("log", "log")
    assert layout["yaxis"]["ticktext"] == ["1", "2", "5", "10", "20", "50", "100", "200", "500"]


def test_the_number_of_cores_is_marked_where_workers_share_them() -> None:
    labels = [shape.get("label", {}).get("text") for shape in graphic(LINES).panels[0].layout["shapes"]]
    assert labels == [None, " 2 cores"]


def test_bars_are_made_of_the_phases_and_tell_each() -> None:
    traces = traces_of(graphic(BARS))
    assert [trace["x"][1] for trace in traces.values()] == [0.1, 0.5, 0.2]
    assert traces["first batch"]["text"][0] == "serial: first batch 1.00 s"


def test_a_page_has_more_bars_than_a_file() -> None:
    cells = [cell(), *(cell(swept(THREADS, "delay", delay), 2) for delay in range(40))]
    cells = [replace(one, key=f"{one.model.values.get('delay')}", baseline="None") for one in cells]
    (found,) = [one for one in graphics(*decided(cells))["wait"] if "Makespan" in one.caption]
    assert len(found.panels[0].traces[0]["y"]) == 41


def test_tasks_lie_where_they_ran_in_time() -> None:
    summary, verdicts = decided(MANY, traced("wait/threads/2"))
    (found,) = [one for one in graphics(summary, verdicts)["wait"] if "When each task ran" in one.caption]
    tasks = traces_of(found)["tasks"]
    assert (tasks["y"], tasks["base"], tasks["x"]) == ([1, 2], [1.0, 1.0], [2.0, 1.0])
    assert tasks["text"][1] == "ThreadPoolExecutor-0_10: 1.00 s to 2.00 s"


def test_traced_cells_share_one_scale_of_time() -> None:
    ranges = {tuple(panel.layout["xaxis"]["range"]) for panel in graphic(LANES).panels}
    assert len(ranges) == 1


def test_a_workload_of_which_a_table_says_as_much_has_no_picture() -> None:
    assert graphics(*decided([cell(), cell(THREADS, 2)])) == {}


@pytest.mark.parametrize("picture", THREE_PICTURES, ids=lambda picture: str(picture.file))
def test_plotly_knows_every_setting(picture: Picture) -> None:
    for panel in graphic(picture).panels:
        plotly.graph_objects.Figure({"data": panel.traces, "layout": panel.layout})


@pytest.mark.parametrize("picture", THREE_PICTURES, ids=lambda picture: str(picture.file))
def test_every_number_is_one_that_json_has(picture: Picture) -> None:
    for panel in graphic(picture).panels:
        json.dumps([panel.traces, panel.layout], allow_nan=False)


def test_no_name_is_markup() -> None:
    nasty = [cell(variant("<b>threads</b>", "threads"), workers) for workers in (1, 2, 4)]
    named = [found for each in graphics(*decided([cell(), *nasty])).values() for found in each]
    drawn = [[panel.traces, panel.layout] for found in named for panel in found.panels]
    assert len(drawn) == 2
    assert "<b>" not in json.dumps(drawn)
