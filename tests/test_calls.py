"""Functions that a file names: found as a child would find them, by reading alone, and called as they can be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from test_command import runmatrix
from test_refused import Case, whole

from runner.calls import mistakes
from runner.errors import ExperimentError
from runner.experiment import load
from runner.opening import open_experiment, open_to_measure

REPOSITORY = Path(__file__).parent.parent
SQUEEZE = """\
raise SystemExit("imported")
import functools
import zlib

def squeeze(data, level=6):
    return zlib.compress(data, level)

async def asqueeze(data, /, *, level):
    pass

def opened():
    return None

def anything(*values, **named):
    return values, named

@functools.cache
def decorated(data):
    return data

try:
    import fast
except ImportError:
    fast = None
else:
    def quick(data):
        return data

for name in ():
    loop = name

def start(workers):
    return None

def run(pool, function):
    return []

class Klass:
    def method(self):
        return self
"""


def function(rest: str, tasks: str = "8", **keys: str) -> str:
    return whole(workloads=f"{{f: {{kind: function, {rest}}}}}", tasks=tasks, **keys)


CASES = {
    "a module that is nowhere": Case(
        function('call: "sqeeze:squeeze"'),
        "1:39",
        "no module `sqeeze` beside the file or installed",
        "did you mean `squeeze`?",
    ),
    "a module that is nowhere, and like none": Case(
        function('call: "zzz:f"'), "1:39", "no module `zzz` beside the file or installed", "write zzz.py beside the file"
    ),
    "a module that lies in the folder above": Case(
        function('call: "above:f"'), "1:39", "no module `above`", "../above.py is not where it is looked for"
    ),
    "a module that a package lacks": Case(
        function('call: "pack.modul:f"'), "1:39", "package `pack` has no `modul`", "did you mean `module`?"
    ),
    "a function that is not there": Case(
        function('call: "squeeze:squeese", inputs: [a]'), "1:39", "module `squeeze` has no `squeese`", "`squeeze`?"
    ),
    "a function that is not there, and like none": Case(
        function('call: "pack.module:zzz"'), "1:39", "module `pack.module` has no `zzz`", "it has inner"
    ),
    "a function of the standard library that is not there": Case(
        function('call: "json:dumpz", inputs: [a]'), "1:39", "module `json` has no `dumpz`", "did you mean `dump`?"
    ),
    "a setup that is not there": Case(
        function('call: "squeeze:opened", setup: "squeeze:opend"'), "1:64", "has no `opend`", "`opened`?"
    ),
    "inputs that are not there": Case(
        function('call: "squeeze:squeeze", inputs: "squeeze:input"'), "1:66", "module `squeeze` has no `input`", "it has"
    ),
    "a swept function that is not there": Case(
        function('sweep: {call: ["squeeze:opened", "squeeze:opend"]}'), "1:66", "has no `opend`", "`opened`?"
    ),
    "a comparison that is not there": Case(
        whole(workloads='{f: {kind: sleep, same: "squeeze:sam"}}'), "1:36", "module `squeeze` has no `sam`", "it has"
    ),
    "an argument that it does not take": Case(
        function('call: "squeeze:squeeze", args: {levl: 6}, inputs: [a]'),
        "1:65",
        "`squeeze` takes no argument `levl`",
        "did you mean `level`?",
    ),
    "a swept argument that it does not take": Case(
        function('call: "squeeze:squeeze", sweep: {zzz: [1, 2]}, inputs: [a]'),
        "1:66",
        "`squeeze` takes no argument `zzz`",
        "it takes level",
    ),
    "an argument that nothing gives": Case(
        function('async_call: "squeeze:asqueeze", inputs: [a]'),
        "1:45",
        "`asqueeze` needs `level`, and nothing gives it",
        "write `args: {level: …}`",
    ),
    "an input that nothing gives": Case(
        function('call: "squeeze:squeeze"'), "1:39", "`squeeze` needs `data`, and nothing gives it", "or `inputs`"
    ),
    "an input that it does not take": Case(
        function('call: "squeeze:opened", inputs: [a]'), "1:39", "`opened` takes no input", "or leave `inputs` out"
    ),
    "an argument that is the input already": Case(
        function('call: "squeeze:squeeze", args: {data: x}, inputs: [a]'),
        "1:65",
        "`data` of `squeeze` is given the input already",
        "leave it out here",
    ),
    "a worker that it does not take": Case(
        function('call: "squeeze:squeeze", worker_setup: "squeeze:opened", inputs: [a]'),
        "1:72",
        "`squeeze` takes no `worker`",
        "add the parameter",
    ),
    "a setup that needs something": Case(
        function('call: "squeeze:opened", setup: "squeeze:squeeze"'),
        "1:64",
        "`squeeze` needs `data`, and is given nothing as `setup`",
        "",
    ),
    "a pool that lacks a function": Case(
        whole(models='[serial, {kind: own, call: "halfpool:run"}]'), "2:36", "module `halfpool` has no `stop`", "a pool is"
    ),
    "a pool whose run takes too little": Case(
        whole(models='[serial, {kind: own, call: "pool:short"}]'), "2:36", "is given 3 values as `run`, and takes 2", ""
    ),
    "a pool of a further block that is not there": Case(
        whole(include='[{model: {kind: own, call: "poll:run"}}]'), "4:37", "no module `poll`", "did you mean `pool`?"
    ),
    "a module that can't be parsed": Case(
        function('call: "broken:f"'), "1:39", "broken.py:2 can't be imported", ""
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of experiments, with modules that end whoever imports them."""
    made = tmp_path / "experiments"
    (made / "pack").mkdir(parents=True)
    files = {
        "squeeze": SQUEEZE,
        "pack/__init__": "raise SystemExit('imported')\n",
        "pack/module": "def inner(): pass\n",
        "halfpool": "def start(workers): pass\ndef run(pool, function, items): pass\n",
        "pool": "def start(workers): pass\ndef stop(pool): pass\ndef short(pool, function): pass\n",
        "broken": "def f():\n    return (\n",
        "lazy": "def __getattr__(name): return print\n",
        "starred": "from os.path import *\n",
        "tricky": "globals().update(f=print)\n",
        "twice": "def f(x): pass\ndef f(): pass\n",
        "json": "def mine(): pass\n",
        "../above": "def f(): pass\n",
    }
    for name, text in files.items():
        (made / f"{name}.py").write_text(text)
    return made


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_is_refused_where_it_stands_with_what_is_wrong_and_what_would_be_right(case: Case, folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_text(case.text, "utf-8")
    with pytest.raises(ExperimentError) as refused:
        open_to_measure(path)
    found = refused.value.mistakes
    assert len(found) == 1, "\n".join(found)
    assert found[0].startswith(f"{path}:{case.place}: "), found[0]
    assert case.phrase in found[0].splitlines()[0], found[0]
    assert case.remedy in found[0], found[0]


RIGHT = [
    *('call: "squeeze:squeeze", args: {level: 1}, inputs: [a]', 'call: "squeeze:squeeze", args: {data: x}'),
    *('call: "squeeze:decorated", args: {zzz: 1}', 'call: "squeeze:Klass"', 'call: "squeeze:Klass.method"'),
    *('call: "squeeze:fast"', 'call: "squeeze:quick", inputs: [a]', 'call: "squeeze:loop"', 'call: "squeeze:zlib.crc32"'),
    *('call: "squeeze:anything", args: {zzz: 1}, inputs: [a]', 'call: "lazy:zzz"', 'call: "starred:join"'),
    *('call: "tricky:f"', 'call: "twice:f"', 'call: "pack:module.inner"', 'call: "pack.module:inner"'),
    *('call: "hashlib:sha256", inputs: [a]', 'call: "os.path:join", inputs: [a]', 'call: "json:dumps", inputs: [a]'),
    *('call: "time:sleep", inputs: [1]', 'call: "math:sqrt", inputs: [1]', 'call: "ssl:Options"', 'call: "sys:intern"'),
    *('call: "concurrent.futures:ThreadPoolExecutor"', 'call: "yaml:safe_load", inputs: [a]', 'call: "numpy.dtypes:VoidDType"'),
    *('call: "distutils.sysconfig:pass_none"', 'call: "xml.etree.ElementTree:fromstring", inputs: [a]'),
]  # fmt: skip


@pytest.mark.parametrize("rest", RIGHT)
def test_what_is_right_or_can_not_be_told_is_passed_over(rest: str, folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_text(function(rest))
    assert list(mistakes(load(path))) == []


@pytest.mark.parametrize("path", sorted((REPOSITORY / "experiments").rglob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_is_wrong_with_the_functions_of_committed_experiments(path: Path) -> None:
    assert list(mistakes(load(path))) == []


def test_what_another_python_may_have_is_passed_over_but_not_what_lies_beside(folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_text(function('call: "zzz:f", setup: "squeeze:zzz", teardown: "broken:f"', pythons='[current, "3.14"]'))
    assert [mistake.text for mistake in mistakes(load(path))] == ["module `squeeze` has no `zzz`"]


def test_in_a_hook_of_pre_commit_what_is_installed_for_cells_is_not_known(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "x.yaml"
    path.write_text(function('call: "zzz:f"'))
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert list(mistakes(load(path))) == []


def test_a_module_beside_that_leads_imports_elsewhere_may_have_led_to_it(folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_text(function('call: "zzz:f"'))
    (folder / "paths.py").write_text("import sys\nsys.path.append('../src')\n")
    assert list(mistakes(load(path))) == []


def test_a_variable_may_lead_python_elsewhere(folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_text(function('call: "zzz:f"', env="{PYTHONUSERBASE: /opt/ours}"))
    assert list(mistakes(load(path))) == []


def test_an_import_hook_of_the_old_kind_is_passed_over_as_python_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "x.yaml"
    path.write_text(function('call: "zzz:f"'))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, object()])
    assert len(list(mistakes(load(path)))) == 1


def test_nothing_is_imported(folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_text(function('call: "pack.module:inner", setup: "squeeze:opened"'))
    assert len(open_to_measure(path).matrix.cells) > 0
    assert not {"pack", "squeeze"} & set(sys.modules)


def test_they_are_found_beside_what_else_is_wrong(folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_text(function('call: "sqeeze:f"', exclude="[{model: thread}]", measure="{block: 3}"))
    with pytest.raises(ExperimentError) as refused:
        open_to_measure(path)
    assert [mistake.split(":")[1] for mistake in refused.value.mistakes] == ["1", "4", "5"]


def test_who_only_reads_results_needs_no_function_to_be_there(folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_text(function('call: "gone:f"'))
    assert len(open_experiment(path).matrix.cells) > 0


@pytest.mark.parametrize("command", ["check", "plan", "run"])
def test_check_plan_and_run_say_the_same(command: str, folder: Path) -> None:
    (folder / "x.yaml").write_text(function('call: "sqeeze:squeeze"'))
    done = runmatrix(folder.parent, command, "experiments/x.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("experiments/x.yaml:1:39: no module `sqeeze` beside the file or installed\n")


def test_a_file_that_names_no_function_takes_no_parser_of_python(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(whole())
    sys.modules.pop("runner.calls.judge", None)
    open_to_measure(path)
    assert "runner.calls.judge" not in sys.modules
