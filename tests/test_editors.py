"""What an editor says with the JSON Schema: the same as `check`, but for what takes more than a shape to see."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from test_calls import CASES as CALLS
from test_refused import CASES

from runner.errors import ExperimentError
from runner.experiment import Experiment
from runner.experiment.text import parse

REFUSED = CASES | CALLS
REPOSITORY = Path(__file__).parent.parent
VALIDATOR = jsonschema.Draft202012Validator(Experiment.model_json_schema())

ONLY_CHECK = {
    "numbers that JSON does not have": {
        "not a number", "infinity", "a number too large to be finite", "infinity deep in arguments",
    },
    "amounts in their units": {"half a byte", "no time", "a drop that drops all"},
    "keys that depend on each other": {
        "both of tasks", "neither of tasks", "tasks of nothing", "tasks as workers with tasks_per_worker",
        "tasks as workers where a function gives inputs", "workers for serial", "a function without a body",
        "a command without argv", "an unknown placeholder", "a placeholder not used", "input without inputs", "other braces",
        "blocks the wrong way round", "verdicts on batches that are none", "the quickest of unlike numbers",
        "an expectation that claims nothing",
    },
    "what stands there twice": {
        "workers repeated", "tasks repeated", "equal workloads", "equal models", "equal pythons", "equal rows of a sweep",
        "a label twice", "a variable twice",
    },
    "names, and what is swept of a kind": {
        "a swept name that is no parameter", "a swept name that is no option", "a swept value of the wrong type", "set and swept",
        "an argument set and swept", "a variable set and swept", "a name with a comma", "a requirement for no Python",
    },
    "the run matrix": {
        "an exclude that matches nothing", "an exclude of a model's own workers", "an exclude with one unknown name",
        "an exclude by what is not swept", "a baseline that matches nothing", "a baseline that is several",
        "an expectation about nothing", "an include of what is there", "an include of an unknown workload",
        "an include of an unknown model", "an include of a model that needs options", "an include whose label is taken",
        "an empty matrix", "too many cells", "too many rows",
    },
    "what Pythons there are": {
        "a version that is too old", "a version that is too old, of a further block", "another Python called current", "a GIL that is off in a build that has it",
    },
    "files beside the experiment": {"a glob that matches nothing", "lines of no file"},
    "functions of the user's": set(CALLS),
}  # fmt: skip
"""Why → inputs that the schema takes and `check` refuses: all of them. What is no YAML an editor's parser refuses."""


def taken(name: str) -> bool:
    """Whether the schema takes a refused input, as an editor reads it; what is no YAML it never sees."""
    try:
        data = parse(Path("x.yaml"), REFUSED[name].text).data
    except ExperimentError:
        return False
    return not list(VALIDATOR.iter_errors(data))


def test_the_schema_refuses_all_that_check_refuses_but_what_only_check_can_see() -> None:
    assert {name for name in REFUSED if taken(name)} == set().union(*ONLY_CHECK.values())


def test_nothing_is_listed_for_two_reasons() -> None:
    assert sum(map(len, ONLY_CHECK.values())) == len(set().union(*ONLY_CHECK.values()))


@pytest.mark.parametrize("path", sorted((REPOSITORY / "experiments").rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_takes_every_committed_experiment(path: Path) -> None:
    data = parse(path, path.read_text(encoding="utf-8")).data
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []


@pytest.mark.parametrize("path", sorted((REPOSITORY / "experiments").rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_committed_experiment_leads_an_editor_to_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / named).resolve() == REPOSITORY / "experiment.schema.json"
