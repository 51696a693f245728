"""Pictures: what they show, that they are legible, and that they change only with what they show."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from records import FACTS, SERIAL, THREADS, WAIT, StandIn, cell, changed, journal, swept

from runner import plots
from runner.matrix import Cell
from runner.plots import Bars, Lanes, Lines, Picture, pictures
from runner.plots.chart import Bar, Lane, Line, Panel, Point, Traced, file_name
from runner.plots.draw import figure
from runner.plots.style import COLOURS, DARK, FAINT, LIGHT, TEXT
from runner.plots.svg import digest_in
from runner.summary import Summary, summarise
from runner.verdict import Verdicts, decide

SVG = "{http://www.w3.org/2000/svg}"


def decided(cells: Sequence[Cell], *lines: Any) -> tuple[Summary, Verdicts]:
    known = journal([*StandIn(share=0.1, facts={**FACTS, "usable_cpus": 8}).run(cells, 10), *lines])
    summary = summarise(cells, known, "mine", "Does it pay?")
    return summary, decide(summary, 0.05, [])


def shown(cells: Sequence[Cell], *lines: Any) -> dict[str, Picture]:
    return {picture.file: picture for picture in pictures(*decided(cells, *lines))}


MANY = [cell(), *(cell(THREADS, workers) for workers in (1, 2, 4, 8))]


def test_speedup_over_workers_has_a_point_for_each_number_of_workers() -> None:
    chart = shown(MANY)["scaling-wait.svg"].chart
    assert isinstance(chart, Lines)
    assert [point.x for point in chart.panels[0].lines[0].points] == [1, 2, 4, 8]


def test_speedup_over_workers_has_the_law_that_fits() -> None:
    chart = shown(MANY)["scaling-wait.svg"].chart
    assert isinstance(chart, Lines)
    law = dict(chart.panels[0].lines[0].law)
    assert [round(law[workers], 3) for workers in (1, 2, 8)] == [1.0, round(2 / 1.1, 3), round(8 / 1.7, 3)]


def test_two_numbers_of_workers_are_no_picture() -> None:
    assert shown([cell(), cell(THREADS, 1), cell(THREADS, 2)]) == {}


def test_what_is_swept_is_a_panel_of_its_own() -> None:
    sizes = [swept(WAIT, "size", size) for size in (1, 64)]
    cells = [replace(cell(model, workers, size), key=f"{size.values['size']}/{model.name}/{workers}",
                     baseline=f"{size.values['size']}/serial/1")
             for size in sizes for model, workers in ((SERIAL, 1), (THREADS, 1), (THREADS, 2), (THREADS, 4))]  # fmt: skip
    chart = shown(cells)["scaling-wait.svg"].chart
    assert isinstance(chart, Lines)
    assert [panel.title for panel in chart.panels] == ["size = 1", "size = 64"]


def test_a_swept_number_of_three_values_is_shown_as_speedup_over_it() -> None:
    sizes = [swept(WAIT, "size", size) for size in (1, 10, 100)]
    cells = [replace(cell(model, workers, size), key=f"{size.values['size']}/{model.name}",
                     baseline=f"{size.values['size']}/serial")
             for size in sizes for model, workers in ((SERIAL, 1), (THREADS, 2))]  # fmt: skip
    picture = shown(cells)["break-even-size-wait.svg"]
    assert isinstance(picture.chart, Lines)
    assert (picture.chart.log_x, [point.x for point in picture.chart.panels[0].lines[0].points]) == (True, [1, 10, 100])


FINGERPRINT: dict[str, Any] = {}


def traced(key: str, **changes: Any) -> dict[str, Any]:
    line = {
        "type": "trace", "session": "s", "key": key, "machine": "m-here", "fingerprint": FINGERPRINT, "pid": 7,
        "phases": {"startup": [0, 10**9], "cold": [10**9, 3 * 10**9], "stop": [3 * 10**9, 3 * 10**9 + 1]},
        "workers": [[7, "MainProcess", 8, "ThreadPoolExecutor-0_10", None], [7, "MainProcess", 9, "ThreadPoolExecutor-0_2", None]],
        "tasks": [[0, 10**9, 2 * 10**9], [1, 10**9, 3 * 10**9]],
    }  # fmt: skip
    return {**line, **changes}


def test_a_trace_is_shown_with_a_lane_for_each_worker_in_their_order() -> None:
    chart = shown(MANY, traced("wait/threads/2"))["trace-wait.svg"].chart
    assert isinstance(chart, Lanes)
    assert [(lane.name, lane.tasks) for lane in chart.cells[0].lanes] == [
        ("ThreadPoolExecutor-0_2", ((1.0, 3.0),)),
        ("ThreadPoolExecutor-0_10", ((1.0, 2.0),)),
    ]


def test_workers_in_processes_are_named_with_their_ids() -> None:
    workers = [[12, "ForkProcess-1", 12, "MainThread", None]]
    chart = shown(MANY, traced("wait/threads/2", workers=workers, tasks=[[0, 0, 1]]))["trace-wait.svg"].chart
    assert isinstance(chart, Lanes)
    assert [lane.name for lane in chart.cells[0].lanes] == ["ForkProcess-1 12"]


def test_the_page_names_no_process_of_a_trace_since_each_run_has_others() -> None:
    assert "process" not in shown(MANY, traced("wait/threads/2"))["trace-wait.svg"].alt


def test_threads_that_come_and_go_share_their_workers_lane() -> None:
    workers = [[7, "MainProcess", tid, f"Thread-{tid}", 0] for tid in (1, 2)]
    chart = shown(MANY, traced("wait/threads/2", workers=workers))["trace-wait.svg"].chart
    assert isinstance(chart, Lanes)
    assert [(lane.name, len(lane.tasks)) for lane in chart.cells[0].lanes] == [("worker 1", 2)]


def starting(startup_s: float) -> dict[str, Any]:
    return {"phases": {"startup_ns": round(startup_s * 1e9), "cold_ns": 10**9, "stop_ns": 1}}


def test_of_many_makespans_those_are_shown_of_which_the_startup_is_to_be_seen_and_baselines() -> None:
    cells = [cell(), *(cell(THREADS, workers) for workers in range(2, 14))]
    lines = StandIn().run(cells, 6)
    for each in cells:
        lines = changed(lines, each.key, range(1, 7), starting(1.0 if each.workers == 9 else 0.0))
    summary = summarise(cells, journal(lines), "mine", "Does it pay?")
    (picture,) = [one for one in pictures(summary, decide(summary, 0.05, [])) if isinstance(one.chart, Bars)]
    assert isinstance(picture.chart, Bars)
    assert [bar.name for bar in picture.chart.bars] == ["serial", "threads with 9 workers"]
    assert picture.alt == (
        "wait: makespan of 2 cells as startup, first batch and stop; of 13 cells those with a visible startup or stop, "
        "and baselines"
    )


# drawing


LINES = Picture("scaling-x.svg", "x", "x: a & b", Lines("workers", "workers", "speedup (×)", False, True, 2, (
    Panel("size = <1>", (Line("threads", (Point(1, 1.0, None, None), Point(2, 1.8, 1.7, 1.9), Point(4, 3.0, 2.9, 3.2)),
                              ((1.0, 1.0), (4.0, 3.0))),)),
    Panel("size = 64", (Line("processes", (Point(1, 0.1, 0.09, 0.11), Point(2, 1.8, 1.7, 1.9), Point(4, 30.0, 29, 32))),)),
)))  # fmt: skip
BARS = Picture(
    "phases-x.svg",
    "x",
    "bars",
    Bars((Bar("serial", (0.0, 1.0, 0.0), 1.0), Bar("ラベル & <b> $x$", (0.1, 0.5, 0.2), 0.8))),
)
LANES = Picture("trace-x.svg", "x", "lanes", Lanes((
    Traced("threads with 2 workers", (("startup", 0, 0.1), ("cold", 0.1, 1), ("stop", 1, 1.1)),
           (Lane("a", ((0.1, 0.5), (0.5, 1.0))), Lane("b", ()))),)))  # fmt: skip
ALL = (LINES, BARS, LANES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all three kinds of pictures were drawn."""
    made = tmp_path_factory.mktemp("pictures")
    plots.write(ALL, made)
    return made


def texts(path: Path) -> str:
    return " ".join("".join(node.itertext()) for node in ElementTree.parse(path).iter(f"{SVG}text"))


@pytest.mark.parametrize("picture", ALL, ids=lambda picture: picture.file)
def test_a_picture_is_well_formed_and_has_its_words_for_those_who_cannot_see_it(picture: Picture, folder: Path) -> None:
    root = ElementTree.parse(folder / picture.file).getroot()
    titles = [node.text for node in root.iter("{http://purl.org/dc/elements/1.1/}title")]
    assert (root.tag, titles[0]) == (f"{SVG}svg", picture.alt)


def test_a_traced_picture_says_which_phase_has_which_colour(folder: Path) -> None:
    assert all(text in texts(folder / LANES.file) for text in ("startup", "first batch", "stop", "a task", "(s)"))


def test_a_bar_tells_its_makespan(folder: Path) -> None:
    assert "800 ms" in texts(folder / BARS.file)


def drawn_lines(*names: str) -> Figure:
    """A narrow picture in which these lines are the same."""
    lines = tuple(Line(name, (Point(1, 1.0, None, None), Point(2, 2.0, 1.9, 2.1))) for name in names)
    made = figure(replace(LINES, chart=Lines("n", "n", "speedup (×)", False, False, None, (Panel("", lines),))))
    made.canvas.draw()
    return made


LONG = ("threads × 2", "processes × 2", "multiprocessing × 2", "loky × 2")


def test_no_entry_of_a_legend_lies_outside_its_picture() -> None:
    made = drawn_lines(*LONG)
    box = made.legends[0].get_window_extent()
    assert made.bbox.x0 <= box.x0 < box.x1 <= made.bbox.x1


def test_a_legend_is_read_line_by_line() -> None:
    texts_by_column = [text.get_text() for text in drawn_lines(*LONG).legends[0].get_texts()]
    assert texts_by_column == ["threads × 2", "multiprocessing × 2", "processes × 2", "loky × 2"]


def test_equal_marks_of_several_models_lie_beside_each_other() -> None:
    marked = [line for line in drawn_lines("a", "b").axes[0].lines if line.get_marker() in ("o", "s")]
    first, second = (float(np.asarray(line.get_xdata())[0]) for line in marked)
    assert first < 1 < second


def test_text_is_kept_as_text(folder: Path) -> None:
    drawn = texts(folder / LINES.file)
    assert all(text in drawn for text in ("size = <1>", "speedup (×)", "threads", "fitted law", "2 cores"))
    assert "ラベル & <b> $x$" in texts(folder / BARS.file)


@pytest.mark.parametrize("picture", ALL, ids=lambda picture: picture.file)
def test_the_same_picture_is_drawn_in_the_same_bytes(picture: Picture, folder: Path, tmp_path: Path) -> None:
    plots.write((picture,), tmp_path)
    assert (tmp_path / picture.file).read_bytes() == (folder / picture.file).read_bytes()


@pytest.mark.parametrize("picture", ALL, ids=lambda picture: picture.file)
def test_a_picture_holds_no_date_path_or_version(picture: Picture, folder: Path) -> None:
    text = (folder / picture.file).read_text()
    assert not re.search(r"20\d\d-\d\d-\d\d|/root|/tmp|matplotlib v", text)


def test_a_picture_whose_data_are_the_same_is_left_as_it_is(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert plots.write(ALL, folder) == ()
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_picture_that_another_matplotlib_drew_of_the_same_data_stays(folder: Path, tmp_path: Path) -> None:
    text = (folder / BARS.file).read_text().replace('version="1.1"', 'version="1.2"')
    (tmp_path / BARS.file).write_text(text)
    assert plots.write((BARS,), tmp_path) == ()


def test_a_picture_whose_data_changed_is_drawn_again(tmp_path: Path) -> None:
    plots.write((BARS,), tmp_path)
    changed = replace(BARS, chart=Bars((Bar("serial", (0.0, 1.1, 0.0), 1.1),)))
    assert plots.write((changed,), tmp_path) == (tmp_path / BARS.file,)
    assert digest_in(tmp_path / BARS.file) == changed.digest


def test_pictures_that_are_no_more_are_removed_and_those_of_others_stay(tmp_path: Path) -> None:
    plots.write((BARS, LANES), tmp_path)
    (tmp_path / "mine.svg").write_text("<svg/>")
    assert plots.write((BARS,), tmp_path) == (tmp_path / LANES.file,)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.svg", BARS.file]


# colours (WCAG 2.2, 1.4.11: 3 to 1 for what is drawn; 1.4.3: 3 to 1 for large text, 4.5 to 1 for other)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("colour", "page"), [*product((*COLOURS, FAINT), (LIGHT, DARK))])
def test_lines_and_bars_stand_out_from_light_and_dark_pages(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


@pytest.mark.parametrize("page", [LIGHT, DARK])
def test_text_stands_out_from_light_and_dark_pages(page: str) -> None:
    assert contrast(TEXT, page) >= 4.2


# names


def test_files_of_workloads_with_like_names_are_told_apart() -> None:
    names = ["a b", "a-b", "c"]
    assert [file_name("phases", name, names) for name in names] == [
        "phases-a-b-1.svg",
        "phases-a-b-2.svg",
        "phases-c.svg",
    ]


def test_the_digest_is_of_the_words_too() -> None:
    assert BARS.digest != replace(BARS, alt="others").digest
