"""Every input that is refused: where, what is wrong, and what would be right."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from runner.errors import ExperimentError
from runner.experiment import load
from runner.matrix import expand

CPUS = 2


class Case(NamedTuple):
    """A file's text, the place of its mistake, and a phrase of what is said of it and of the remedy."""

    text: str
    place: str
    phrase: str
    remedy: str


def whole(**keys: str) -> str:
    """A right experiment but for the keys that are given; theirs come last, from line 4 on."""
    lines = {"workloads": "{wait: {kind: sleep}}", "models": "[serial, threads]", "tasks": "8"} | keys
    return "".join(f"{key}: {value}\n" for key, value in lines.items() if value)


def workload(text: str) -> str:
    return whole(workloads=f"{{wait: {text}}}")


CASES = {
    "unknown top-level key": Case(whole(worker="[1]"), "4:1", "unknown key `worker`", "did you mean `workers`?"),
    "unknown key without a likeness": Case(whole(zzz="1"), "4:1", "unknown key `zzz`", "known: question, workloads"),
    "unknown option of a workload": Case(
        workload("{kind: sleep, second: 1}"),
        "1:33",
        "unknown option `second` of workload kind `sleep`",
        "did you mean `seconds`?",
    ),
    "unknown option of a model": Case(
        whole(models="[{kind: threads, switch: 1}]"),
        "2:26",
        "unknown option `switch` of model kind `threads`",
        "`switch_interval`?",
    ),
    "unknown key of measure": Case(
        whole(measure="{block: 3}"), "4:11", "unknown key `block` of `measure`", "`blocks`?"
    ),
    "unknown key of limits": Case(whole(limits="{memry: 3}"), "4:10", "unknown key `memry` of `limits`", "`memory`?"),
    "unknown key of include": Case(
        whole(include="[{modl: serial}]"), "4:12", "unknown key `modl` of `include`", "`model`?"
    ),
    "unknown key of exclude": Case(whole(exclude="[{worker: 1}]"), "4:12", "unknown key `worker`", "`workers`?"),
    "unknown workload kind": Case(
        workload("{kind: slep}"), "1:26", "unknown workload kind `slep`", "did you mean `sleep`?"
    ),
    "unknown model kind": Case(whole(models="[serial, thread]"), "2:18", "unknown model kind `thread`", "`threads`?"),
    "unknown kind in a mapping": Case(
        whole(models="[{kind: thread}]"), "2:17", "unknown model kind `thread`", "`threads`?"
    ),
    "no kind": Case(workload("{seconds: 1}"), "1:20", "`kind` is missing in `wait`", "add one of noop, sleep"),
    "unknown choice": Case(
        whole(models="[{kind: processes, start_method: frok}]"),
        "2:42",
        "`frok` is none of fork, spawn, forkserver",
        "`fork`?",
    ),
    "no workloads": Case("models: [serial]\ntasks: 1\n", "1:1", "`workloads` is missing", "add it"),
    "no models": Case("workloads: {wait: {kind: sleep}}\ntasks: 1\n", "1:1", "`models` is missing", "add it"),
    "empty workloads": Case(whole(workloads="{}"), "1:12", "`workloads` is empty", "at least one"),
    "empty models": Case(whole(models="[]"), "2:9", "`models` is empty", "at least one"),
    "empty workers": Case(whole(workers="[]"), "4:10", "`workers` is empty", "at least one"),
    "empty sweep": Case(
        workload("{kind: sleep, sweep: {seconds: []}}"), "1:40", "is no sweep", "write {name: [values]}"
    ),
    "a list for a mapping": Case(whole(workloads="[wait]"), "1:12", "`workloads` takes a mapping, not a list", ""),
    "a text for a list": Case(whole(models="serial"), "2:9", "`models` takes a list, not `serial`", ""),
    "a list for the whole": Case("- 1\n", "1:1", "an experiment takes a mapping", "not a list"),
    "true for seconds": Case(workload("{kind: sleep, seconds: true}"), "1:42", "`true` is not a duration", '"60 s"'),
    "nothing for seconds": Case(workload("{kind: sleep, seconds: ~}"), "1:42", "`null` is not a duration", '"60 s"'),
    "negative seconds": Case(workload("{kind: sleep, seconds: -1}"), "1:42", "`-1` is negative", "write 0 or more"),
    "not a number": Case(workload("{kind: sleep, seconds: .nan}"), "1:42", "`.nan` is not finite", "write seconds"),
    "infinity": Case(workload("{kind: sleep, seconds: .inf}"), "1:42", "`.inf` is not finite", "write seconds"),
    "a number too large to be finite": Case(
        workload("{kind: sleep, seconds: 1e999}"), "1:42", "`.inf` is not finite", ""
    ),
    "infinity deep in arguments": Case(
        workload('{kind: function, call: "a:b", args: {x: [1, .inf]}}'), "1:63", "`.inf` is not finite", "or quote it"
    ),
    "unit of another quantity": Case(
        workload("{kind: sleep, seconds: 5 KiB}"), "1:42", "`KiB` is no unit", "known: ns, us, ms"
    ),
    "unit misspelt": Case(workload("{kind: noop, payload: 5 kib}"), "1:41", "`kib` is no unit", "did you mean `KiB`?"),
    "half a byte": Case(workload("{kind: noop, payload: 0.5}"), "1:41", "`0.5` is no whole number of bytes", ""),
    "share above the whole": Case(workload("{kind: mixed, share: 50}"), "1:40", "more than the whole", "0 to 1"),
    "zero workers": Case(whole(workers="[1, 0]"), "4:14", "`0` is too small", "1 or more"),
    "negative workers": Case(whole(workers="[-3]"), "4:11", "`-3` is too small", "1 or more"),
    "true workers": Case(whole(workers="[true]"), "4:11", "`true` is no count", "write a whole number"),
    "unknown symbol for workers": Case(
        whole(workers="[cpu]"), "4:11", "`cpu` is no number of workers", "cpus, 2*cpus or tasks"
    ),
    "a symbol for workers misspelt": Case(
        whole(workers="[1, cpu]"), "4:14", "`cpu` is no number of workers", "did you mean `cpus`?"
    ),
    "a swept name without where it is": Case(
        whole(exclude="[{size: 1}]"), "4:12", "unknown key `size`", "what is swept is `workload.size`"
    ),
    "workers for serial": Case(
        whole(models="[{kind: serial, workers: [2]}]"), "2:25", "serial always has one worker", "leave `workers` out"
    ),
    "zero tasks": Case(whole(tasks="0"), "3:8", "`0` is too small", "1 or more"),
    "both of tasks": Case(whole(tasks_per_worker="4"), "4:1", "exclude each other", "keep the first"),
    "neither of tasks": Case(whole(tasks=""), "1:13", "the number of tasks is missing", "write `tasks: 64`"),
    "tasks of nothing": Case(whole(tasks="~"), "1:13", "the number of tasks is missing", "write `tasks: 64`"),
    "tasks as workers with tasks_per_worker": Case(
        whole(tasks="", tasks_per_worker="4", workers="[tasks]"), "4:11", "`tasks_per_worker` is given", "write numbers"
    ),
    "tasks as workers where a function gives inputs": Case(
        whole(tasks="", workloads='{f: {kind: function, call: "a:b", inputs: "a:c"}}', workers="[tasks]"),
        "3:11",
        "a function gives the inputs",
        "write numbers",
    ),
    "workers repeated": Case(
        whole(workers="[1, 2, 1]"), "4:17", "`1` stands here twice: the first is at 4:11", "take one"
    ),
    "tasks repeated": Case(whole(tasks="[8, 8]"), "3:12", "`8` stands here twice: the first is at 3:9", "take one"),
    "equal workloads": Case(
        whole(workloads="{a: {kind: sleep}, b: {kind: sleep, seconds: 1}}"),
        "1:31",
        "makes the same cells as what stands at 1:13",
        "take one",
    ),
    "equal models": Case(
        whole(models="[threads, {kind: threads, label: other}]"),
        "2:19",
        "makes the same cells as what stands at 2:10",
        "a label is only",
    ),
    "equal pythons": Case(
        whole(pythons="[current, {python: current, label: other}]"),
        "4:20",
        "makes the same cells as what stands at 4:11",
        "take one",
    ),
    "equal rows of a sweep": Case(
        workload("{kind: sleep, sweep: {seconds: [1, 1.0]}}"),
        "1:33",
        "two rows of this sweep make the same cells",
        "take one",
    ),
    "a label twice": Case(
        whole(models="[threads, {kind: threads, switch_interval: 1 ms}]"),
        "2:19",
        "the label `threads` is taken by models[0]",
        "add `label",
    ),
    "a swept name that is no parameter": Case(
        workload("{kind: sleep, sweep: {second: [1, 2]}}"),
        "1:41",
        "`second` is no parameter of workload kind `sleep`",
        "`seconds`?",
    ),
    "a swept name that is no option": Case(
        whole(models="[{kind: processes, sweep: {chunk: [1, 2]}}]"),
        "2:36",
        "`chunk` is no option of model kind `processes`",
        "`chunksize`?",
    ),
    "a swept value of the wrong type": Case(
        workload("{kind: sleep, sweep: {seconds: [1, true]}}"), "1:54", "`true` is not a duration", "write seconds"
    ),
    "set and swept": Case(
        workload("{kind: sleep, seconds: 1, sweep: {seconds: [2]}}"),
        "1:53",
        "`seconds` is set and swept as well",
        "leave one",
    ),
    "an argument set and swept": Case(
        workload('{kind: function, call: "a:b", args: {x: 1}, sweep: {x: [2]}}'),
        "1:71",
        "`x` is among `args`",
        "leave one",
    ),
    "a function without a body": Case(
        workload("{kind: function}"), "1:20", "function needs `call` or `async_call`", "such as `call:"
    ),
    "no function's name": Case(
        workload("{kind: function, call: images}"), "1:42", "`images` names no function", '"module:function"'
    ),
    "a command without argv": Case(workload("{kind: command}"), "1:20", "command needs `argv`", "such as `argv: ["),
    "an unknown placeholder": Case(
        workload('{kind: command, argv: [a, "{levl}"], sweep: {level: [1]}}'),
        "1:45",
        "nothing gives a value for `{levl}`",
        "`level`?",
    ),
    "a placeholder not used": Case(
        workload("{kind: command, argv: [a], sweep: {level: [1]}}"),
        "1:54",
        "`{level}` does not stand in `argv`",
        "write it where",
    ),
    "input without inputs": Case(
        workload('{kind: command, argv: [a, "{input}"]}'), "1:45", "has nothing to be filled with", "give `inputs`"
    ),
    "other braces": Case(
        workload('{kind: command, argv: [awk, "{print $1}"]}'), "1:47", "can't be filled in", "write `{{`"
    ),
    "true in a command": Case(workload("{kind: command, argv: [a, true]}"), "1:45", "`true` is no text", "quote it"),
    "inputs of another form": Case(
        workload('{kind: function, call: "a:b", inputs: {globs: x}}'), "1:57", "gives no inputs", '{glob: "data/*.bin"}'
    ),
    "a glob that matches nothing": Case(
        workload('{kind: function, call: "a:b", inputs: {glob: "none/*"}}').replace("tasks: 8\n", ""),
        "1:57",
        "the glob `none/*` matches nothing",
        "relative to the YAML's folder",
    ),
    "lines of no file": Case(
        workload('{kind: function, call: "a:b", inputs: {lines: none}}').replace("tasks: 8\n", ""),
        "1:57",
        "can't be read",
        "relative to",
    ),
    "unknown sameness": Case(
        workload("{kind: sleep, same: equals}"), "1:39", "`equals` is none of equal, unordered, any", "close"
    ),
    "an unquoted version": Case(whole(pythons="[3.10]"), "4:11", "a number is no Python", 'quote it: "3.10"'),
    "a version that is too old": Case(
        whole(pythons='[current, "3.9"]'), "4:20", "Python 3.9 is too old", "measures on 3.11 and later"
    ),
    "a version that is too old, of a further block": Case(
        whole(include='[{python: "2.7"}]'), "4:20", "Python 2.7 is too old", "measures on 3.11 and later"
    ),
    "another Python called current": Case(
        whole(pythons='[{python: "3.14", label: current}]'), "4:11", "no label of another", "another label"
    ),
    "off, which is a text": Case(
        whole(measure="{trace: off}"), "4:18", "`trace` takes true or false, not `off`", "did you mean `false`?"
    ),
    "on, which is a text": Case(
        whole(measure="{trace: on}"), "4:18", "`trace` takes true or false, not `on`", "did you mean `true`?"
    ),
    "a list as a variable": Case(
        whole(env="{A: [x, y]}"), "4:10", "is no text", "write `sweep: {A: [a, b]}` in `env` for an axis"
    ),
    "true as a variable": Case(whole(env="{A: true}"), "4:10", "`true` is no text", "quote it"),
    "a variable twice": Case(whole(env="{A: x}", pass_env="[A]"), "5:12", "`A` is set by `env` as well", "leave one"),
    "a variable set and swept": Case(
        whole(env="{A: x, sweep: {A: [y]}}"), "4:21", "`A` is set and swept as well", "leave one"
    ),
    "a name with a comma": Case(
        whole(workloads='{"a,b": {kind: sleep}}'), "1:13", "can't be a name", "without `,` and `=`"
    ),
    "blocks the wrong way round": Case(
        whole(measure="{blocks: {min: 5, max: 3}}"), "4:19", "max 3 is below min 5", "not below it"
    ),
    "no time": Case(whole(measure="{timeout: 0}"), "4:20", "too small", "more than 0"),
    "verdicts on batches that are none": Case(
        whole(measure="{verdict_on: steady, batches: 0}"), "4:40", "here are none", "write 1 or more"
    ),
    "the quickest of unlike numbers": Case(
        whole(measure="{verdict_on: quickest}"), "4:23", "must have the same number", "write `batches: 20`"
    ),
    "a drop that drops all": Case(whole(measure="{drop: 1x}"), "4:17", "would drop the best", "such as 3x"),
    "batches below zero": Case(whole(measure="{batches: -1}"), "4:20", "`-1` is no number of batches", "or auto"),
    "an expectation that claims nothing": Case(
        whole(expect="[{model: threads}]"), "4:10", "claims nothing", "speedup:"
    ),
    "an expectation that can't be read": Case(
        whole(expect="[{model: threads, speedup: 3}]"), "4:36", "`3` claims nothing", "write a comparison"
    ),
    "a requirement for no Python": Case(
        whole(require="{3.14t: {gil: off}}"), "4:11", "`3.14t` is none of the pythons", "known: current"
    ),
    "a GIL that is off in a build that has it": Case(
        whole(pythons='[{python: "3.14", label: new}]', require="{new: {gil: off}}"),
        "5:22",
        "Python 3.14 always has the GIL",
        'name "3.14t"',
    ),
    "an exclude that matches nothing": Case(
        whole(exclude="[{workload: wait, workers: 8}]", workers="[1, 2, 4]"),
        "4:12",
        "this exclude matches no cell: `workers: 8` is not among 1, 2, 4",
        "(line 5)",
    ),
    "an exclude of a model's own workers": Case(
        whole(exclude="[{model: asyncio, workers: 2}]", models="[serial, {kind: asyncio, workers: [10, 20]}]"),
        "4:12",
        "`workers: 2` is not among 10, 20",
        "(line 2)",
    ),
    "an exclude with one unknown name": Case(
        whole(exclude="[{model: [serial, thread]}]"),
        "4:12",
        "in this exclude: `model: thread` is not among serial, threads",
        "`threads`?",
    ),
    "an exclude by what is not swept": Case(
        whole(exclude="[{workload.second: 1}]", workloads="{wait: {kind: sleep, sweep: {seconds: [1, 2]}}}"),
        "4:12",
        "`workload.second: 1` is not swept",
        "did you mean `workload.seconds`?",
    ),
    "a baseline that matches nothing": Case(
        whole(baseline="{model: seriel}"),
        "4:12",
        "this baseline matches no cell: `model: seriel` is not among",
        "`serial`?",
    ),
    "a baseline that is several": Case(
        whole(baseline="{model: [serial, threads]}", workers="[1]"),
        "4:12",
        "leaves 2 candidates",
        "name `model` (serial, threads) too",
    ),
    "an expectation about nothing": Case(
        whole(expect='[{model: asyncio, speedup: "> 1"}]'),
        "4:11",
        "this expectation matches no cell: `model: asyncio`",
        "(line 2)",
    ),
    "an include of what is there": Case(
        whole(include="[{model: threads, workers: 2}]"),
        "4:12",
        "this block adds what is there already: wait",
        "name only what is new",
    ),
    "an include of an unknown workload": Case(
        whole(include="[{workload: wat, workers: 9}]"), "4:22", "there is no workload `wat`", "did you mean `wait`?"
    ),
    "an include of an unknown model": Case(
        whole(include="[{model: thread, workers: 9}]"), "4:19", "`thread` is no model's label and no kind", "`threads`?"
    ),
    "a pool of one's own that is not named": Case(
        whole(models="[serial, own]"), "2:18", "own needs `call`", 'such as `call: "my_pool:run"`'
    ),
    "an address that is none": Case(
        whole(models="[{kind: dask, address: here}]"), "2:32", "`here` is no address", "tcp://10.0.0.5:8786"
    ),
    "an include of a model that needs options": Case(
        whole(include="[{model: own, workers: 9}]"),
        "4:19",
        "`own` is a kind that needs options",
        "write `{kind: own, …}`",
    ),
    "an include whose label is taken": Case(
        whole(include="[{model: {kind: threads, switch_interval: 1}}]"),
        "4:19",
        "the label `threads` is taken",
        "add `label",
    ),
    "an empty matrix": Case(whole(exclude="[{workload: wait}]"), "4:1", "nothing is left to measure", "exclude less"),
    "too many cells": Case(
        whole(tasks=str(list(range(1, 401))), workers=str(list(range(1, 401)))),
        "1:1",
        "160,400 cells, more than 100,000",
        "shorten",
    ),
    "too many rows": Case(
        workload(f"{{kind: function, call: 'a:b', sweep: {{{', '.join(f'x{i}: [1, 2]' for i in range(60))}}}}}"),
        "1:1",
        "more than 100,000",
        "shorten",
    ),
    "a duplicate key": Case(
        whole() + "tasks: 9\n", "4:1", "the key `tasks` stands here a second time: the first is in line 3", "take one"
    ),
    "a duplicate key, deep": Case(
        workload('{kind: function, call: "a:b", args: {x: {y: 1, y: 2}}}'),
        "1:66",
        "the key `y` stands here a second time",
        "take one",
    ),
    "a key that is a list": Case("? [a]\n: 1\n", "1:3", "a key must be a text", "not a list"),
    "two documents": Case(whole() + "---\n" + whole(), "4:1", "a second document begins here", "take the `---` out"),
    "an empty file": Case("", "1:1", "this file is empty", "needs `workloads` and `models`"),
    "nothing but a comment": Case("# nothing\n", "1:1", "this file is empty", "needs `workloads` and `models`"),
    "nothing but null": Case("~\n", "1:1", "this file is empty", "needs `workloads` and `models`"),
    "a tag that builds an object": Case(
        "a: !!python/object/apply:os.system [id]\n",
        "1:4",
        "the tag `!!python/object/apply:os.system` is not allowed",
        "leave the tag out",
    ),
    "a tag of one's own": Case("a: !mine x\n", "1:4", "the tag `!mine` is not allowed", "leave the tag out"),
    "a tag for another form": Case("a: !!map [x]\n", "1:4", "the tag `!!map` is not allowed", "leave the tag out"),
    "a tag that does not fit": Case("a: !!int x\n", "1:4", "`x` is not what `!!int` says", ""),
    "an alias of nothing": Case("a: &one 1\nb: *on\n", "2:4", "`*on` repeats nothing", "did you mean `one`?"),
    "an alias inside itself": Case("a: &a [*a]\n", "1:8", "`*a` stands inside what it repeats", "never end"),
    "nested too deep": Case("a: " + "[" * 64 + "]" * 64, "1:67", "nested more than 64 deep", "less than ten"),
    "nested far too deep": Case("[" * 100_000, "1:65", "nested more than 64 deep", "less than ten"),
    "nested too deep by aliases": Case(
        f"a: &a {'[' * 40}{']' * 40}\nb: {'[' * 30}*a{']' * 30}\n", "2:34", "nested more than 64 deep", ""
    ),
    "an endless number": Case(f"a: {'9' * 5000}\n", "1:4", "a number of 5000 characters is too long", "quote it"),
    "an unclosed list": Case("a: [1, 2\nb: 3\n", "2:2", "this is no YAML", ""),
    "an unclosed quote": Case("a: 'x\n", "2:1", "this is no YAML", "from line 1 on"),
    "a colon in a text": Case(
        "question: who: me\n", "1:14", "this is no YAML: mapping values are not allowed", "quote a text"
    ),
    "a tab as indent": Case("a:\n\tb: 1\n", "2:1", "this is no YAML", "indent with blanks"),
    "a control character": Case("a: \x07\n", "1:4", "the character U+0007 is not allowed", "take it out"),
    "a merge of no mapping": Case("a: {<<: 3}\n", "1:9", "`<<` merges a mapping", "such as `<<: *name`"),
}


def mistakes(path: Path) -> tuple[str, ...]:
    with pytest.raises(ExperimentError) as refused:
        expand(load(path), CPUS)
    return refused.value.mistakes


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_is_refused_where_it_stands_with_what_is_wrong_and_what_would_be_right(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(case.text, "utf-8")
    found = mistakes(path)
    assert len(found) == 1, "\n".join(found)
    assert found[0].startswith(f"{path}:{case.place}: "), found[0]
    assert case.phrase in found[0].splitlines()[0], found[0]
    assert case.remedy in found[0], found[0]


def test_a_message_has_place_text_line_and_hint(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("question: Why?\nworkloads:\n  wait: {kind: sleep, second: 1}\nmodels: [serial]\ntasks: 1\n")
    assert mistakes(path) == (
        f"{path}:3:23: unknown option `second` of workload kind `sleep`\n"
        "  3 |   wait: {kind: sleep, second: 1}     did you mean `seconds`?",
    )


def test_an_exclude_that_matches_nothing_says_which_value_is_not_among_which(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(
        "question: Why?\nworkloads:\n  wait: {kind: sleep}\nmodels: [serial, threads]\ntasks: 1\nworkers: [1, 2, 4]\n"
        "exclude: [{workload: wait, workers: 8}]\n"
    )
    assert mistakes(path) == (
        f"{path}:7:12: this exclude matches no cell: `workers: 8` is not among 1, 2, 4 (line 6)\n"
        "  7 | exclude: [{workload: wait, workers: 8}]",
    )


def test_all_mistakes_of_a_stage_are_found_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "workloads: {a: {kind: slep}, b: {kind: sleep, second: 1}}\nmodels: [serial, serial]\nworkers: [0]\n"
        "tasks: 1\ntasks_per_worker: 1\n"
    )
    assert places(path) == ["1:23", "1:47", "2:18", "3:11", "5:1"]


def places(path: Path) -> list[str]:
    """Line and column of each mistake."""
    return [mistake.removeprefix(f"{path}:").split(": ")[0] for mistake in mistakes(path)]


def test_what_selects_nothing_is_found_beside_a_parameter_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(
        "question: Why?\nworkloads:\n  wait: {kind: sleep, second: 1}\nmodels: [serial, {kind: threads, switch: 1}]\n"
        "workers: [1, 2]\ntasks: 1\nmeasure: {block: 3}\nlimits: {memory: much}\n"
        'exclude: [{workers: 8}]\nexpect: [{model: thread, speedup: "> 1"}]\n'
    )
    assert places(path) == ["3:23", "4:34", "7:11", "8:18", "9:12", "10:11"]


@pytest.mark.parametrize(
    "wrong", ["worker: [8]", "models: [serial, thread]", "workloads: {wait: {kind: sleep, sweep: {secon: [1]}}}"]
)
def test_selections_are_not_judged_where_it_is_not_known_which_cells_there_are(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    name, _, value = wrong.partition(": ")
    path.write_text(whole(**{name: value, "exclude": "[{model: threads, workers: 8}]"}))
    assert len(mistakes(path)) == 1


def test_cells_are_not_called_the_same_because_of_parameters_that_are_wrong(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        whole(workloads="{a: {kind: sleep, secs: 1}, b: {kind: sleep, secs: 2}}", exclude="[{workload: b}]")
    )
    assert places(path) == ["1:30", "1:57"]


def test_all_mistakes_of_the_matrix_are_found_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(whole(workers="[1, 1]", exclude="[{workers: 7}, {model: x}]", include="[{workload: y}]"))
    assert places(path) == ["4:14", "5:12", "5:26", "6:22"]


def test_expectations_are_judged_beside_what_stands_twice_or_excludes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    expect = '[{model: thread, speedup: "> 1"}]'
    path.write_text(whole(workers="[1, 1]", exclude="[{workers: 7}]", expect=expect, baseline="{model: seril}"))
    assert places(path) == ["4:14", "5:12", "6:11", "7:12"]


def test_expectations_are_not_judged_where_cells_are_missing(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(whole(include="[{model: asynci}]", expect='[{model: asyncio, speedup: "> 1"}]'))
    assert places(path) == ["4:19"]


@pytest.mark.parametrize("said", ["mine", "mine.yml", "experiments/mine", "experiments/mine.yml"])
def test_a_file_that_is_not_there_is_looked_for_where_it_may_be_meant(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "mine.yaml").write_text(whole())
    monkeypatch.chdir(tmp_path)
    (found,) = mistakes(Path(said))
    assert found.endswith("No such file or directory; did you mean experiments/mine.yaml?")


def test_a_thousand_mistakes_are_told_in_fifty(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(whole(workers=str([0] * 1000)))
    found = mistakes(path)
    assert len(found) == 51
    assert found[-1] == f"{path}: and 950 more mistakes"


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert mistakes(tmp_path) == (f"{tmp_path}: this is a directory: name a YAML file in it",)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "none.yaml") == (f"{tmp_path}/none.yaml: can't be read: No such file or directory",)


def test_a_file_that_is_not_utf_8_is_refused_where_it_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("question: ä\nworkloads: caf\N{LATIN SMALL LETTER E WITH ACUTE}\n".encode("latin-1"))
    (found,) = mistakes(path)
    assert found.startswith(f"{path}:1:11: byte 0xe4 is not UTF-8: save the file as UTF-8\n")


def test_a_file_above_four_mebibytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(whole() + "#" * (4 * 1024 * 1024))
    (found,) = mistakes(path)
    assert "larger than 4 MiB" in found


def test_paths_are_said_as_they_were_given(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("")
    relative = Path(os.path.relpath(tmp_path / "x.yaml"))
    assert mistakes(relative)[0].startswith(f"{relative}:1:1: ")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
LIMITED = """
import resource, sys
from pathlib import Path
from runner.errors import ExperimentError
from runner.experiment import load
used = resource.getrusage(resource.RUSAGE_SELF)
resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 2,) * 2)
try:
    load(Path(sys.argv[1]))
except ExperimentError as error:
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime < 1
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    assert int(peak) < 200 * 1024  # not ru_maxrss: that would be the parent's where it is larger
    print(error)
"""


@pytest.mark.parametrize(
    "bomb", [BOMB, BOMB.replace("[", "{<<: [").replace("]", "]}").replace("x, ", "{}, ").replace("x]", "{}]")]
)
def test_nine_levels_of_nine_are_refused_within_a_second_and_200_mebibytes(bomb: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(bomb)
    done = subprocess.run([sys.executable, "-c", LIMITED, path], capture_output=True, text=True, check=True)
    assert "more than 1,000,000 values, counting what aliases repeat" in done.stdout


def test_no_code_of_the_user_runs(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("raise SystemExit('ran')\n")
    path = tmp_path / "x.yaml"
    path.write_text(
        whole(tasks="", workloads='{f: {kind: function, call: "module:f", inputs: "module:g", setup: "module:h"}}')
    )
    assert expand(load(path), CPUS).cells[0].tasks is None
    assert "module" not in sys.modules
