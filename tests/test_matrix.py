"""Experiment → Matrix: which cells there are, what their keys depend on, and what each is compared with."""

from __future__ import annotations

import itertools
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.errors import CommandError, ExperimentError
from runner.experiment import checked
from runner.experiment.text import parse
from runner.matrix import Cell, Matrix, Selector, expand, specification
from runner.matrix.cells import canonical, key_of

KINDS = ["serial", "threads", "processes", "asyncio"]


def matrix(text: str, cpus: int = 2, folder: Path = Path()) -> Matrix:
    return expand(checked(parse(folder / "x.yaml", text)), cpus)


def cells(
    workloads: str = "{wait: {kind: sleep}}",
    models: str = "[serial, threads]",
    rest: str = "workers: [1, 2]\ntasks: 8\n",
) -> tuple[Cell, ...]:
    return matrix(f"workloads: {workloads}\nmodels: {models}\n{rest}").cells


def titles(found: tuple[Cell, ...]) -> list[str]:
    return [str(cell) for cell in found]


def test_cells_are_in_the_order_of_the_file() -> None:
    found = cells("{b: {kind: sleep}, a: {kind: noop}}", "[threads, serial]")
    assert titles(found) == [
        "b · threads · 1 worker",
        "b · threads · 2 workers",
        "b · serial · 1 worker",
        "a · threads · 1 worker",
        "a · threads · 2 workers",
        "a · serial · 1 worker",
    ]


def test_a_key_is_sixteen_hexadecimal_digits_of_the_specification() -> None:
    text = "env: {A: x, sweep: {B: [1, 2]}}\nworkers: [1, 2]\npythons: [current, '3.14t']\n"
    weak = cells(
        "{f: {kind: function, call: 'a:ä', args: {x: [1.5, null]}}}",
        "[serial, asyncio]",
        text + "tasks_per_worker: 3\n",
    )
    counted = cells("{f: {kind: function, call: 'a:b', inputs: [1, 2], sweep: {y: [1, 2]}}}", "[serial, threads]", text)
    strong = cells("{h: {kind: hash, size: 3}}", "[serial, {kind: processes, chunksize: 2}]", text + "tasks: [1, 2]\n")
    for cell in weak + counted + strong:
        assert cell.key == key_of(canonical(specification(cell)))
        assert re.fullmatch("[0-9a-f]{16}", cell.key)


def test_keys_stay_what_they_are() -> None:
    (serial, *_) = cells("{wait: {kind: sleep, seconds: 0.5}}")
    assert canonical(specification(serial)) == (
        '{"env":{},"model":{"kind":"serial","options":{}},"python":"current","tasks":8,"workers":1,'
        '"workload":{"kind":"sleep","parameters":{"seconds":0.5}}}'
    )
    assert serial.key == "822b081ed97aead3"


def test_a_key_does_not_depend_on_labels() -> None:
    one = cells(
        "{wait: {kind: sleep}}",
        "[serial, {kind: threads, label: a}]",
        "tasks: 8\npythons: [{python: current, label: p}]\n",
    )
    two = cells("{nap: {kind: sleep}}", "[serial, {kind: threads, label: b}]", "tasks: 8\n")
    assert [cell.key for cell in one] == [cell.key for cell in two]


def test_a_key_does_not_depend_on_what_is_said_or_how_it_is_measured() -> None:
    plain = cells()
    other = cells(
        rest="workers: [1, 2]\ntasks: 8\nquestion: Why?\n"
        "measure: {blocks: 3, seed: 9, timeout: 1 s}\nlimits: {memory: 1 GiB}\n"
    )
    same = cells("{wait: {kind: sleep, same: any}}")
    assert [cell.key for cell in plain] == [cell.key for cell in other] == [cell.key for cell in same]


def test_a_key_does_not_depend_on_a_default_being_written() -> None:
    assert [cell.key for cell in cells("{wait: {kind: sleep, seconds: 1000 ms}}")] == [cell.key for cell in cells()]


def test_a_key_is_the_same_however_a_quantity_is_written() -> None:
    texts = ["0.05", "50 ms", "5e-2", "'0.05'", "50000us"]
    assert len({cells(f"{{wait: {{kind: sleep, seconds: {text}}}}}")[0].key for text in texts}) == 1


def test_a_swept_cell_has_the_key_of_the_one_written_out() -> None:
    swept = cells("{f: {kind: function, call: 'a:b', args: {x: 1}, sweep: {y: [2, 3]}}}")
    written = cells("{f: {kind: function, call: 'a:b', args: {x: 1, y: 3}}}")
    assert [cell.key for cell in swept[3:]] == [cell.key for cell in written]
    command = cells("{c: {kind: command, argv: [a, '-{n}'], sweep: {n: [1, 9]}}}")
    assert command[3].key == cells("{c: {kind: command, argv: [a, '-9']}}")[0].key


@pytest.mark.parametrize(
    "other",
    [
        cells("{wait: {kind: sleep, seconds: 2}}"),
        cells("{wait: {kind: mixed}}"),
        cells(models="[{kind: threads, switch_interval: 1 ms}]"),
        cells(models="[processes]"),
        cells(models="[threads]", rest="workers: [3, 4]\ntasks: 8\n"),
        cells(rest="workers: [1, 2]\ntasks: 9\n"),
        cells(rest="workers: [1, 2]\ntasks_per_worker: 8\n"),
        cells(rest="workers: [1, 2]\ntasks: 8\npythons: ['3.14']\n"),
        cells(rest="workers: [1, 2]\ntasks: 8\nenv: {A: x}\n"),
    ],
)
def test_a_key_depends_on_everything_that_is_declared(other: tuple[Cell, ...]) -> None:
    assert not {cell.key for cell in cells()} & {cell.key for cell in other}


def test_a_model_that_ignores_workers_has_one_cell() -> None:
    assert [cell.workers for cell in cells(models="[serial]")] == [1]


def test_a_models_own_workers_replace_those_of_the_top_level() -> None:
    found = cells(models="[threads, {kind: asyncio, workers: [10, tasks]}]")
    assert [(cell.model.name, cell.workers) for cell in found] == [
        ("threads", 1),
        ("threads", 2),
        ("asyncio", 10),
        ("asyncio", 8),
    ]


def test_symbols_that_coincide_are_merged() -> None:
    found = matrix(
        "workloads: {w: {kind: sleep}}\nmodels: [threads]\nworkers: [cpus, 2, 2*cpus, 1*cpus, tasks]\ntasks: 4\n"
    )
    assert [cell.workers for cell in found.cells] == [2, 4]


def test_symbols_stand_for_numbers() -> None:
    found = matrix(
        "workloads: {w: {kind: sleep}}\nmodels: [threads]\nworkers: [1, cpus, 2*cpus, tasks]\ntasks: 64\n", cpus=3
    )
    assert [cell.workers for cell in found.cells] == [1, 3, 6, 64]


def test_weak_scaling_gives_every_worker_as_many_tasks() -> None:
    found = cells(models="[serial, threads]", rest="workers: [1, 2, 4]\ntasks_per_worker: [3]\n")
    assert [(cell.workers, cell.tasks, cell.tasks_per_worker) for cell in found] == [
        (1, 3, 3),
        (1, 3, 3),
        (2, 6, 3),
        (4, 12, 3),
    ]
    assert {cell.baseline for cell in found} == {found[0].key}


def test_tasks_may_be_an_axis() -> None:
    found = cells(models="[serial, threads]", rest="workers: [2]\ntasks: [8, 16]\n")
    assert [(cell.model.name, cell.tasks) for cell in found] == [
        ("serial", 8),
        ("serial", 16),
        ("threads", 8),
        ("threads", 16),
    ]
    assert [cell.baseline for cell in found] == [found[0].key, found[1].key] * 2


@pytest.mark.parametrize(
    ("inputs", "tasks"),
    [
        ("[a, b, c]", 3),
        ('{glob: "data/*.bin"}', 2),
        ('{glob: "**/*.bin"}', 3),
        ("{lines: urls.txt}", 4),
        ('"a:b"', None),
    ],
)
def test_inputs_decide_how_many_tasks_there_are(inputs: str, tasks: int | None, tmp_path: Path) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    for name in ("data/a.bin", "data/b.bin", "data/deep/c.bin"):
        (tmp_path / name).touch()
    (tmp_path / "urls.txt").write_text("a\nb\n\nc\n")
    text = f"workloads: {{f: {{kind: function, call: 'a:b', inputs: {inputs}}}}}\nmodels: [serial]\n"
    (cell,) = matrix(text, folder=tmp_path).cells
    assert cell.tasks == tasks
    assert specification(cell)["tasks"] == "inputs"


def test_a_number_of_tasks_beside_inputs_decides() -> None:
    (cell,) = cells("{f: {kind: function, call: 'a:b', inputs: [a, b]}}", "[serial]", "tasks: 5\n")
    assert (cell.tasks, specification(cell)["tasks"]) == (5, 5)


def test_a_mapping_is_swept_as_a_product_and_a_list_row_by_row() -> None:
    product = cells("{f: {kind: function, call: 'a:b', sweep: {x: [1, 2], y: [a, b]}}}", "[serial]")
    assert [cell.workload.swept for cell in product] == [
        {"x": 1, "y": "a"},
        {"x": 1, "y": "b"},
        {"x": 2, "y": "a"},
        {"x": 2, "y": "b"},
    ]
    listed = cells("{f: {kind: function, call: 'a:b', sweep: [{x: 1}, {x: 2, y: b}]}}", "[serial]")
    assert [cell.workload.values["args"] for cell in listed] == [{"x": 1}, {"x": 2, "y": "b"}]


def test_a_variant_has_every_value_with_defaults_filled_in() -> None:
    found = cells(
        "{m: {kind: mixed, sweep: {share: [10%, 0.9]}}}", "[{kind: processes, sweep: {start_method: [fork, spawn]}}]"
    )
    assert found[0].workload.values == {"seconds": 0.05, "share": 0.1}
    assert found[0].model.values == {"start_method": "fork", "chunksize": 1}
    assert [cell.model.swept for cell in found[::2]] == [{"start_method": "fork"}, {"start_method": "spawn"}] * 2


def test_a_command_is_filled_in_but_for_its_input() -> None:
    (cell, *_) = cells("{c: {kind: command, argv: [a, '-{n}', '{input}', '{{x}}'], inputs: [1], sweep: {n: ['{']}}}")
    command = cell.workload.values["argv"]
    assert command == ["a", "-{{", "{input}", "{{x}}"]
    assert [part.format(input="file") for part in command] == ["a", "-{", "file", "{x}"]


def test_variables_may_be_swept() -> None:
    found = cells(models="[serial]", rest="tasks: 8\nenv: {A: x, sweep: {B: [1, 2]}}\n")
    assert [cell.env for cell in found] == [{"A": "x", "B": "1"}, {"A": "x", "B": "2"}]
    assert [cell.swept_env for cell in found] == [{"B": "1"}, {"B": "2"}]
    assert [cell.baseline for cell in found] == [cell.key for cell in found]


def test_what_is_excluded_is_not_there() -> None:
    found = cells(
        models="[serial, threads, asyncio]",
        rest="workers: [1, 2]\ntasks: 8\nexclude: [{model: [threads, serial], workers: 1}]\n",
    )
    assert titles(found) == ["wait · threads · 2 workers", "wait · asyncio · 1 worker", "wait · asyncio · 2 workers"]


def test_an_exclude_may_name_symbols_and_swept_quantities() -> None:
    swept = "{n: {kind: noop, sweep: {payload: [1 KiB, 2 KiB]}}}"
    found = cells(swept, rest="workers: [1, 2]\ntasks: 8\nexclude: [{workload.payload: 1024}, {workers: cpus}]\n")
    assert titles(found) == ["n (payload=2048) · serial · 1 worker", "n (payload=2048) · threads · 1 worker"]


def test_blocks_are_included_after_the_exclusion() -> None:
    rest = (
        "workers: [1, 2]\ntasks: 8\nexclude: [{model: threads}]\ninclude:\n"
        "  - {model: threads, workers: [2, 100]}\n"
        "  - {model: {kind: processes, start_method: spawn, label: spawned}, tasks: 16}\n"
        "  - {model: asyncio, workers: tasks, python: '3.14'}\n"
    )
    found = cells(rest=rest)
    assert titles(found) == [
        "wait · serial · 1 worker",
        "wait · threads · 2 workers",
        "wait · threads · 100 workers",
        "wait · spawned · 1 worker",
        "wait · spawned · 2 workers",
        "wait · asyncio · 8 workers · 3.14",
    ]
    assert [cell.tasks for cell in found] == [8, 8, 8, 16, 16, 8]
    assert [cell.baseline == found[0].key for cell in found] == [True, True, True, False, False, False]


def test_the_baseline_is_the_serial_model() -> None:
    found = cells("{a: {kind: sleep}, b: {kind: noop}}", "[threads, {kind: serial, label: one}]")
    by_name = {(cell.workload.name, cell.model.name): cell.key for cell in found}
    assert [cell.baseline for cell in found] == [by_name[cell.workload.name, "one"] for cell in found]


def test_without_a_serial_model_the_first_one_with_its_least_workers_is_the_baseline() -> None:
    found = cells(models="[threads, asyncio]", rest="workers: [4, 2, 8]\ntasks: 8\n")
    assert {cell.baseline for cell in found} == {found[1].key}


def test_axes_that_a_baseline_does_not_name_are_the_cells_own() -> None:
    found = cells(models="[threads, asyncio]", rest="workers: [1, 2]\ntasks: 8\nbaseline: {model: threads}\n")
    assert [cell.baseline for cell in found] == [found[0].key, found[1].key] * 2


def test_a_baseline_that_names_workers_alone_is_of_the_cells_own_model() -> None:
    found = cells(models="[threads, asyncio]", rest="workers: [1, 2]\ntasks: 8\nbaseline: {workers: 1}\n")
    assert [cell.baseline for cell in found] == [found[0].key, found[0].key, found[2].key, found[2].key]


def test_a_baseline_may_be_another_python_or_another_setting() -> None:
    found = cells(models="[threads]", rest="workers: [1, 2]\ntasks: 8\npythons: [a, b]\nbaseline: {python: a}\n")
    assert [cell.baseline for cell in found] == [found[0].key, found[1].key] * 2
    swept = "[{kind: processes, sweep: {start_method: [fork, spawn]}}]"
    found = cells(models=swept, rest="workers: [1]\ntasks: 8\nbaseline: {model.start_method: fork}\n")
    assert [cell.baseline for cell in found] == [found[0].key] * 2


def test_a_cell_that_has_no_candidate_has_no_baseline() -> None:
    found = cells(
        "{a: {kind: sleep}, b: {kind: noop}}", rest="workers: [2]\ntasks: 8\nexclude: [{workload: a, model: serial}]\n"
    )
    assert [cell.baseline for cell in found] == [None, found[1].key, found[1].key]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("workload=a", 3),
        ("workload=a,model=threads", 2),
        ("workload=a,b", 6),
        ("model=threads,workers=2", 2),
        ("workers=1,workers=2", 6),
        ("workers=2, model=threads , workload=b", 1),
        ("python=current", 6),
        ("tasks=8", 6),
        ("workload.seconds=50 ms", 3),
        ("workload.seconds=0.05", 3),
        ("seconds=0.05", 3),
        ("seconds=50 ms,model=threads", 2),
    ],
)
def test_a_selection_of_the_command_line_matches(text: str, count: int) -> None:
    found = cells("{a: {kind: sleep, sweep: {seconds: [0.05]}}, b: {kind: noop}}")
    selector = Selector.parse(text, found)
    assert sum(selector.matches(cell) for cell in found) == count


def test_an_option_and_a_variable_are_selected_by_their_names_alone() -> None:
    models = "[serial, {kind: processes, sweep: {chunksize: [1, 2]}}]"
    found = cells("{w: {kind: noop}}", models, "workers: [2]\ntasks: 8\nenv: {sweep: {MODE: [a, b]}}\n")
    selector = Selector.parse("chunksize=2,MODE=a", found)
    assert [selector.matches(cell) for cell in found].count(True) == 1


def test_a_name_that_two_axes_have_is_refused_with_both_in_full() -> None:
    models = "[serial, {kind: processes, sweep: {chunksize: [1, 2]}}]"
    found = cells('{f: {kind: function, call: "a:b", sweep: {chunksize: [3]}}}', models)
    with pytest.raises(CommandError, match=r"write workload\.chunksize or model\.chunksize"):
        Selector.parse("chunksize=2", found)


def test_a_swept_name_that_is_misspelt_is_refused_with_what_was_meant() -> None:
    with pytest.raises(CommandError, match="did you mean `seconds`"):
        Selector.parse("secnds=1", cells("{a: {kind: sleep, sweep: {seconds: [1, 2]}}}"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write name=value"),
        ("serial", "write name=value"),
        ("model=", "write name=value"),
        ("modl=serial", "did you mean `model`?"),
        ("model=seriel", "`model: seriel` is not among serial, threads; did you mean `serial`?"),
        ("workers=3", "`workers: 3` is not among 1, 2"),
        ("workers=0", "1 or more"),
        ("workers=cpus", "write a whole number"),
        ("tasks=x", "write a whole number"),
        ("model=serial,workers=2", "`workers: 2` is not among 1 where `model: serial`"),
        ("env.X=1", "`env.X: 1` is not swept"),
    ],
)
def test_a_selection_that_selects_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        Selector.parse(text, cells())
    assert said in str(refused.value)


def test_a_hundred_thousand_cells_are_expanded_within_two_seconds() -> None:
    seconds = ", ".join(str(number) for number in range(1, 1001))
    text = f"workloads: {{w: {{kind: sleep, sweep: {{seconds: [{seconds}]}}}}}}\nmodels: [threads]\ntasks: 8\n"
    loaded = checked(parse(Path("x.yaml"), text + f"workers: {list(range(1, 101))}\n"))
    before = time.process_time()
    assert len(expand(loaded, 2).cells) == 100_000
    assert time.process_time() - before < 2


def test_a_hundred_thousand_and_one_cells_are_refused_without_being_made() -> None:
    text = (
        f"workloads: {{w: {{kind: sleep}}}}\nmodels: [threads, serial]\ntasks: 8\nworkers: {list(range(1, 100_001))}\n"
    )
    with pytest.raises(ExperimentError, match="this makes 100,001 cells, more than 100,000"):
        matrix(text)


SUBSETS = st.lists(st.sampled_from(KINDS), min_size=1, unique=True)
WORKERS = st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True)
SECONDS = st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True)


@settings(max_examples=50, deadline=None)
@given(SUBSETS, WORKERS, SECONDS, st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True), st.data())
def test_there_are_as_many_cells_as_the_product_less_what_is_excluded(
    models: list[str], workers: list[int], seconds: list[int], tasks: list[int], data: st.DataObject
) -> None:
    text = (
        f"workloads: {{w: {{kind: sleep, sweep: {{seconds: {seconds}}}}}}}\nmodels: {models}\n"
        f"workers: {workers}\ntasks: {tasks}\n"
    )
    expected = {
        (second, model, count, task)
        for second, model, task in itertools.product(seconds, models, tasks)
        for count in ([1] if model == "serial" else workers)
    }
    gone = data.draw(st.sets(st.sampled_from(sorted(expected)), max_size=len(expected) - 1))
    exclude = [
        f"{{workload.seconds: {second}, model: {model}, workers: {count}, tasks: {task}}}"
        for second, model, count, task in sorted(gone)
    ]
    found = matrix(text + f"exclude: [{', '.join(exclude)}]\n").cells
    assert len(found) == len(expected - gone)
    assert len({cell.key for cell in found}) == len(found)
    assert {
        (cell.workload.values["seconds"], cell.model.name, cell.workers, cell.tasks) for cell in found
    } == expected - gone


@settings(max_examples=50, deadline=None)
@given(SUBSETS, WORKERS, SECONDS)
def test_keys_do_not_depend_on_order_or_labels(models: list[str], workers: list[int], seconds: list[int]) -> None:
    def keys(kinds: list[str], name: str, counts: list[int], values: list[int]) -> set[str]:
        labelled = ", ".join(f"{{kind: {kind}, label: {name}{kind}}}" for kind in kinds)
        workload = f"{{{name}: {{kind: sleep, sweep: {{seconds: {values}}}}}}}"
        return {cell.key for cell in cells(workload, f"[{labelled}]", f"workers: {counts}\ntasks: 8\n")}

    shuffled = [list(reversed(axis)) for axis in (workers, seconds)]
    assert keys(models, "a", workers, seconds) == keys(models[::-1], "b", *shuffled)


@settings(max_examples=50, deadline=None)
@given(SUBSETS, WORKERS, SECONDS)
def test_a_baseline_is_a_cell_of_the_same_workload_that_is_its_own_baseline(
    models: list[str], workers: list[int], seconds: list[int]
) -> None:
    found = cells(
        f"{{w: {{kind: sleep, sweep: {{seconds: {seconds}}}}}}}", str(models), f"workers: {workers}\ntasks: 8\n"
    )
    by_key = {cell.key: cell for cell in found}
    for cell in found:
        assert cell.baseline is not None
        baseline = by_key[cell.baseline]
        assert baseline.workload == cell.workload
        assert baseline.baseline == baseline.key
