"""Data → Experiment: what may be written, and what it becomes."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from runner.child.models.table import MODELS
from runner.child.parameters import REQUIRED, Kind
from runner.child.workloads.table import WORKLOADS
from runner.errors import ExperimentError
from runner.experiment import Experiment, checked
from runner.experiment.kinds import PLAIN_MODELS
from runner.experiment.text import parse
from runner.experiment.values import type_of
from runner.matrix import expand

EXAMPLE = """\
# yaml-language-server: $schema=../experiment.schema.json
$schema: ../experiment.schema.json
question: Which concurrency model pays for waiting, and which for computing?
x-anchor: &quick {seconds: 0.01}

workloads:
  wait:    {kind: sleep, seconds: 0.05}
  nap:     {<<: *quick, kind: sleep, same: any}
  compute: {kind: crunch, iterations: 200_000}
  resize:  {kind: function, call: "images:resize", args: {quality: 80}, sweep: {size: [64, 512]}}
  fetch:
    {kind: function, call: "client:fetch", async_call: "client:afetch", inputs: "client:urls", worker_setup: "client:o"}
  gzip:
    {kind: command, argv: [gzip, "-{level}", -c, "{input}"], inputs: {glob: "data/*.bin"}, sweep: {level: [1, 9]}}

models:
  [serial, threads, {kind: processes, start_method: spawn, label: spawned}, {kind: asyncio, workers: [10, 100, tasks]}]
workers: [1, 2, 4, cpus, 2*cpus]
pythons: [current, "3.14t", {python: /opt/python/bin/python, label: mine}]
tasks: 64
include:
  - {workload: wait, model: threads, workers: [100, 200]}
  - {model: {kind: threads, switch_interval: 1 ms, label: quick}}
exclude: [{model: spawned, workers: 1}, {workload.size: 512, model: [serial]}]
baseline: {model: serial}
expect: [{workload: wait, model: [threads, asyncio], workers: 4, speedup: ">= 3.5"}]
require: {3.14t: {gil: off}}
measure:
  {blocks: {min: 5}, precision: 3%, batches: 2, timeout: 60 s, budget: 2 h, verdict_on: steady, margin: 4%, drop: 3x,
   seed: 7, trace: true}
limits: {memory: 4 GiB}
env: {OMP_NUM_THREADS: 1, PORT: 010, sweep: {MODE: [a, 1e6]}}
pass_env: [API_TOKEN]
"""
LEAST = "workloads: {wait: {kind: sleep}}\nmodels: [serial]\ntasks: 8\n"


def experiment(text: str) -> Experiment:
    return checked(parse(Path("x.yaml"), text)).experiment


def measured(text: str) -> Any:
    return experiment(LEAST + f"measure: {{{text}}}\n").measure


def test_the_whole_format_is_read() -> None:
    found = experiment(EXAMPLE)
    assert list(found.workloads) == ["wait", "nap", "compute", "resize", "fetch", "gzip"]
    assert [model.name for model in found.models] == ["serial", "threads", "spawned", "asyncio"]
    assert found.models[3].workers == (10, 100, "tasks")
    assert found.workers == (1, 2, 4, "cpus", "2*cpus")
    assert [choice.name for choice in found.pythons] == ["current", "3.14t", "mine"]
    assert found.tasks == (64,)
    assert found.measure.model_dump() == {
        "blocks": {"min": 5, "max": 30},
        "precision": 0.03,
        "batches": 2,
        "timeout": 60.0,
        "budget": 7200.0,
        "verdict_on": "steady",
        "margin": 0.04,
        "drop": 3.0,
        "seed": 7,
        "trace": True,
    }
    assert found.limits.memory == 4 * 1024**3
    assert found.baseline == {"model": ["serial"]}
    assert found.exclude == ({"model": ["spawned"], "workers": [1]}, {"workload.size": [512], "model": ["serial"]})


def test_what_is_not_given_has_the_defaults_of_the_design() -> None:
    found = experiment(LEAST)
    assert found.workers == (1, 2, 4, "cpus")
    assert [choice.python for choice in found.pythons] == ["current"]
    assert found.workloads["wait"].same == "equal"
    assert found.measure.model_dump() == {
        "blocks": {"min": 10, "max": 30},
        "precision": 0.02,
        "batches": "auto",
        "timeout": "auto",
        "budget": None,
        "verdict_on": "makespan",
        "margin": 0.05,
        "drop": None,
        "seed": 1,
        "trace": False,
    }


def test_a_merged_anchor_gives_its_keys() -> None:
    assert experiment(EXAMPLE).workloads["nap"].settings() == {"seconds": 0.01}


def test_variables_and_commands_have_numbers_as_they_were_written() -> None:
    found = experiment(EXAMPLE)
    assert found.env == {"OMP_NUM_THREADS": "1", "PORT": "010", "sweep": {"MODE": ["a", "1e6"]}}
    text = LEAST.replace("{kind: sleep}", "{kind: command, argv: [head, -c, 0x10, '{n}'], sweep: {n: [010, 1.50]}}")
    command = experiment(text).workloads["wait"]
    assert command.settings()["argv"] == ["head", "-c", "0x10", "{n}"]
    assert command.sweep == {"n": ["010", "1.50"]}


def test_an_experiment_survives_json() -> None:
    found = experiment(EXAMPLE)
    assert Experiment.model_validate(json.loads(found.model_dump_json())) == found
    assert Experiment.model_validate(json.loads(found.model_dump_json(exclude_unset=True))) == found


def test_an_experiment_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        experiment(LEAST).question = "another"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("blocks: 7", 7, 7),
        ("blocks: {min: 40}", 40, 40),
        ("blocks: {max: 3}", 3, 3),
        ("blocks: {min: 2, max: 4}", 2, 4),
    ],
)
def test_the_bound_of_blocks_that_is_not_given_follows(text: str, least: int, most: int) -> None:
    assert measured(text).blocks.model_dump() == {"min": least, "max": most}


@pytest.mark.parametrize("none", ["none", "null", "~"])
def test_no_budget_may_be_said(none: str) -> None:
    assert measured(f"budget: {none}, drop: {none}").budget is None


@pytest.mark.parametrize("text", ["equal", "unordered", "any", "checks:same", "{close: 1e-6}"])
def test_sameness_has_five_forms(text: str) -> None:
    found = experiment(LEAST.replace("{kind: sleep}", f"{{kind: sleep, same: {text}}}")).workloads["wait"].same
    assert found == ({"close": 1e-6} if "close" in text else text)


@pytest.mark.parametrize("text", ['"client:urls"', '{glob: "*.bin"}', "{lines: urls.txt}", "[1, {a: b}, text]"])
def test_inputs_have_four_forms_and_stand_for_the_number_of_tasks(text: str) -> None:
    workload = f"{{kind: function, call: 'a:b', inputs: {text}}}"
    assert experiment(f"workloads: {{f: {workload}}}\nmodels: [serial]\n").tasks is None


def test_a_needed_parameter_may_be_swept() -> None:
    text = LEAST.replace("{kind: sleep}", "{kind: command, sweep: {argv: [[a], [b, c]]}}")
    assert experiment(text).workloads["wait"].sweep == {"argv": [["a"], ["b", "c"]]}
    text = LEAST.replace("{kind: sleep}", "{kind: function, sweep: [{call: 'a:b'}, {call: 'a:c', x: 1}]}")
    assert experiment(text).workloads["wait"].sweep == [{"call": "a:b"}, {"call": "a:c", "x": 1}]


def test_swept_values_are_checked_by_their_parameter() -> None:
    text = LEAST.replace("{kind: sleep}", "{kind: sleep, sweep: {seconds: [50 ms, 1]}}")
    assert experiment(text).workloads["wait"].sweep == {"seconds": [0.05, 1.0]}


def test_a_lone_value_is_a_list_of_one() -> None:
    found = experiment(LEAST + "workers: 4\n")
    assert (found.workers, found.tasks) == ((4,), (8,))


SURPRISES: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        1e300,
        10**30,
        "",
        "x",
        "a:b",
        "{",
        "{input}",
        "cpus",
        "\0",
        "3x",
        "auto",
        [],
        [[]],
        [1, 1],
        ["x"],
        [None],
        {},
        {"x": 1},
        {"kind": "sleep"},
        {"kind": []},
        {"sweep": {}},
        {"sweep": [{}]},
    ]
)


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(item, (*path, key))


DATA: Any = parse(Path("x.yaml"), EXAMPLE).data
PATHS = sorted((path for path in paths(DATA) if path), key=str)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(PATHS), SURPRISES, min_size=1, max_size=3), st.integers(1, 3))
def test_whatever_stands_anywhere_is_taken_or_refused(changes: dict[tuple[str | int, ...], object], cpus: int) -> None:
    data = copy.deepcopy(DATA)
    for path, value in changes.items():
        change(data, path, copy.deepcopy(value))
    try:
        expand(checked(parse(Path("x.yaml"), json.dumps(data))), cpus)
    except ExperimentError as error:
        found = error.mistakes
    else:
        found = ()
    assert all(mistake.startswith("x.yaml:1:") for mistake in found)


def change(data: Any, path: tuple[str | int, ...], value: object) -> None:
    """Put a value there, unless an earlier change took away what it would stand in."""
    try:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value
    except (LookupError, TypeError):
        return


def rows() -> list[tuple[str, Kind]]:
    return [*WORKLOADS.items(), *MODELS.items()]


def test_every_default_and_example_of_the_tables_is_of_its_own_type() -> None:
    for _, row in rows():
        for parameter in row.parameters.values():
            checked_type = TypeAdapter[object](type_of(parameter.type))
            checked_type.validate_python(parameter.example)
            if parameter.default is not REQUIRED and parameter.default is not None:
                assert checked_type.validate_python(parameter.default) == parameter.default


@pytest.mark.parametrize("kind", [kind for kind in WORKLOADS if kind not in ("function", "command")])
def test_every_kind_of_workload_may_be_declared_by_its_kind_alone(kind: str) -> None:
    settings = experiment(LEAST.replace("sleep", kind)).workloads["wait"].settings()
    assert settings == {name: parameter.default for name, parameter in WORKLOADS[kind].parameters.items()}


@pytest.mark.parametrize("kind", PLAIN_MODELS)
def test_every_kind_of_model_that_needs_no_options_may_be_declared_by_its_kind_alone(kind: str) -> None:
    assert experiment(LEAST.replace("serial", kind)).models[0].name == kind


def test_the_json_schema_takes_what_the_format_takes() -> None:
    schema = Experiment.model_json_schema()
    validator = jsonschema.Draft202012Validator(schema)
    data = parse(Path("x.yaml"), EXAMPLE).data
    assert [error.message for error in validator.iter_errors(data)] == []
    wrong = parse(Path("x.yaml"), LEAST + "worker: 1\n").data
    assert list(validator.iter_errors(wrong))


def keys_of_the_json_schema() -> Iterator[tuple[str, str, dict[str, object]]]:
    """Shape, key, and what is said of it."""
    schema = Experiment.model_json_schema()
    for shape in [schema, *(shape for shape in schema["$defs"].values() if shape.get("type") == "object")]:
        for key, about in shape["properties"].items():
            yield shape["title"], key, about


def test_every_key_of_the_json_schema_has_a_description_and_an_example() -> None:
    said = [
        (shape, key, about.get("description") and about.get("examples"))
        for shape, key, about in keys_of_the_json_schema()
    ]
    assert [one for one in said if not one[2]] == []


def test_every_example_in_the_json_schema_is_right_itself() -> None:
    definitions = Experiment.model_json_schema()["$defs"]
    wrong = [
        (shape, key, example)
        for shape, key, about in keys_of_the_json_schema()
        for example in cast(list[object], about["examples"])
        if not jsonschema.Draft202012Validator({**about, "$defs": definitions}).is_valid(example)
    ]
    assert wrong == []


def test_a_refusal_names_a_file_once_for_each_mistake() -> None:
    with pytest.raises(ExperimentError) as refused:
        experiment("workloads: 3\nmodels: 4\ntasks: 0\n")
    assert [mistake.split(": ")[0] for mistake in refused.value.mistakes] == ["x.yaml:1:12", "x.yaml:2:9", "x.yaml:3:8"]


def test_reading_an_experiment_imports_neither_pandas_nor_a_workload() -> None:
    code = (
        "import sys, runner.experiment, runner.matrix\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('pandas', 'numpy', 'scipy', 'matplotlib')"
        " or name.startswith(('runner.child.models.', 'runner.child.workloads.')) and not name.endswith('.table')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
