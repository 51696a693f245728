"""Finding interpreters: what `pythons` says, where it is looked for, and why it can't be used."""

from __future__ import annotations

import os
import sys
import venv
from pathlib import Path
from typing import Any

import psutil
import pytest
from interpreters import VERSIONS, another, places, program, stand_in
from test_command import wait_for

from runner.probe import NoAnswer, NoPython, ask, everything, find, probe
from runner.pythons import Places, Version, at

FREE: dict[str, Any] = {"free_threaded": True, "gil": False}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("asked", "version", "free_threaded", "expected"),
    [
        ("3.14", "3.14.0", False, True),
        ("3.14", "3.14.0", True, False),
        ("3.14t", "3.14.0", True, True),
        ("3.14t", "3.14.0", False, False),
        ("3.1", "3.14.0", False, False),
        ("3.14.1", "3.14.0", False, False),
        ("3.15", "3.15.0a1+", False, True),
    ],
)
def test_a_version_means_builds_with_the_gil_unless_it_ends_in_t(
    asked: str, version: str, free_threaded: bool, expected: bool
) -> None:
    wanted = Version.parse(asked)
    assert wanted is not None
    assert wanted.fits(version, free_threaded) is expected


@pytest.mark.parametrize(
    "text", ["current", "python3.14", "../.venv", ".venv/bin/python", "3", "3.014", "3.14rc1", "3.14-t"]
)
def test_what_is_no_version_is_a_path(text: str) -> None:
    assert Version.parse(text) is None


def test_the_name_that_tells_the_version_comes_before_others_wherever_it_lies(tmp_path: Path) -> None:
    stand_in(tmp_path / "a" / "python3")
    second = stand_in(tmp_path / "b" / "python3.14")
    assert find("3.14", tmp_path, places(tmp_path, "a", "b")).executable == str(second)


def test_a_plain_python_will_do_if_it_is_of_that_version(tmp_path: Path) -> None:
    stand_in(tmp_path / "a" / "python3", "3.12.9")
    plain = stand_in(tmp_path / "b" / "python")
    assert find("3.14", tmp_path, places(tmp_path, "a", "b")).executable == str(plain)


def test_a_free_threaded_build_is_passed_over_where_its_t_was_not_asked_for(tmp_path: Path) -> None:
    stand_in(tmp_path / "a" / "python3.14", **FREE)
    with_gil = stand_in(tmp_path / "b" / "python3.14")
    assert find("3.14", tmp_path, places(tmp_path, "a", "b")).executable == str(with_gil)


def test_a_free_threaded_build_is_found_by_its_t(tmp_path: Path) -> None:
    stand_in(tmp_path / "a" / "python3.14")
    without_gil = stand_in(tmp_path / "a" / "python3.14t", **FREE)
    assert find("3.14t", tmp_path, places(tmp_path, "a")).executable == str(without_gil)


def test_pyenv_is_asked_after_path_and_its_newest_comes_first(tmp_path: Path) -> None:
    for version in ("3.14.2", "3.14.10"):
        stand_in(tmp_path / "pyenv" / "versions" / version / "bin" / "python3.14", version)
    found = find("3.14", tmp_path, places(tmp_path, "empty", pyenv="pyenv"))
    assert (found.facts.version, found.by) == ("3.14.10", "pyenv")


def test_pyenvs_shims_on_path_stand_for_what_it_has_and_are_not_started(tmp_path: Path) -> None:
    shim = counting(tmp_path / "pyenv" / "shims" / "python3.14", Path("/bin/false"))
    behind = stand_in(tmp_path / "pyenv" / "versions" / "3.14.2" / "bin" / "python3.14", "3.14.2")
    stand_in(tmp_path / "b" / "python3.14")
    found = find("3.14", tmp_path, places(tmp_path, "pyenv/shims", "b", pyenv="pyenv"))
    assert (found.executable, found.by) == (str(behind), "pyenv")
    assert not Path(f"{shim}.count").exists()


def test_a_shim_of_pyenv_is_no_interpreter_by_its_path(tmp_path: Path) -> None:
    """In the folder of the probe it starts another one than in that of the experiment, where `.python-version` lies."""
    stand_in(tmp_path / "pyenv" / "shims" / "python")
    with pytest.raises(
        NoPython, match="is a shim of pyenv, which starts one Python in this folder and another in that"
    ):
        find("pyenv/shims/python", tmp_path, places(tmp_path, pyenv="pyenv"))


def test_uv_is_asked_for_just_that_version(tmp_path: Path) -> None:
    managed = stand_in(tmp_path / "managed" / "bin" / "python3.14")
    uv = program(tmp_path / "uv", f'#!/bin/sh\n[ "$*" = "python find 3.14" ] && echo {managed}\n')
    found = find("3.14", tmp_path, places(tmp_path, "empty", uv=uv))
    assert (found.executable, found.by) == (str(managed), "uv")


def test_uv_downloads_nothing_and_looks_at_no_project(tmp_path: Path) -> None:
    said = tmp_path / "said"
    uv = program(tmp_path / "uv", f'#!/bin/sh\necho "$UV_PYTHON_DOWNLOADS $UV_SYSTEM_PYTHON $PWD" > {said}\nexit 2\n')
    with pytest.raises(NoPython):
        find("3.41", tmp_path, places(tmp_path, "empty", uv=uv))
    assert said.read_text() == "never 1 /\n"


def test_a_shim_that_has_nothing_behind_it_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "shims" / "python3.14", "#!/bin/sh\necho 'pyenv: python3.14: command not found' >&2\nexit 127\n")
    behind = stand_in(tmp_path / "b" / "python3.14")
    assert find("3.14", tmp_path, places(tmp_path, "shims", "b")).executable == str(behind)


def test_a_shim_is_asked_once_and_what_is_behind_it_is_started(tmp_path: Path) -> None:
    behind = stand_in(tmp_path / "real" / "python3.14")
    program(tmp_path / "shims" / "python3.14", f'#!/bin/sh\nexec {behind} "$@"\n')
    assert find("3.14", tmp_path, places(tmp_path, "shims")).executable == str(behind)


def test_the_interpreter_of_the_tests_is_found_where_no_other_is(tmp_path: Path) -> None:
    version = "{}.{}".format(*sys.version_info[:2]) + ("t" if "t" in sys.abiflags else "")
    assert find(version, tmp_path, places(tmp_path, "empty")).by == "Runmatrix runs in it"


def test_a_version_that_is_not_there_says_where_it_was_looked_for(tmp_path: Path) -> None:
    uv = program(tmp_path / "uv", "#!/bin/sh\nexit 2\n")
    (tmp_path / "pyenv" / "versions").mkdir(parents=True)
    with pytest.raises(NoPython) as refused:
        find("3.41t", tmp_path, places(tmp_path, "empty", pyenv="pyenv", uv=uv))
    expected = "there is no Python 3.41t: looked for on PATH as python3.41t, python3, python, by uv, in pyenv"
    assert str(refused.value) == expected


@pytest.mark.parametrize(
    ("facts", "phrase"),
    [
        ({"version": "3.10.13"}, "is CPython 3.10.13: Runmatrix measures on 3.11 and later"),
        ({"implementation": "PyPy", "version": "3.11.13"}, "is PyPy 3.11.13: Runmatrix measures on CPython"),
        ({"debug": True}, "is a debug build of CPython 3.14.0, whose times say nothing of others"),
    ],
)
def test_an_interpreter_that_is_not_fit_says_what_it_is(facts: dict[str, str], phrase: str, tmp_path: Path) -> None:
    stand_in(tmp_path / "python", **facts)
    with pytest.raises(NoPython, match=phrase):
        find("python", tmp_path, places(tmp_path))


def test_a_debug_build_is_taken_where_it_is_asked_for(tmp_path: Path) -> None:
    build = stand_in(tmp_path / "a" / "python3.14", debug=True)
    assert find("3.14", tmp_path, places(tmp_path, "a"), debug=True).executable == str(build)


def test_a_version_below_the_oldest_is_refused_without_being_looked_for(tmp_path: Path) -> None:
    with pytest.raises(NoPython, match=r"Python 3\.10 is too old: Runmatrix measures on 3\.11"):
        find("3.10", tmp_path, places(tmp_path))


@pytest.mark.parametrize(
    ("script", "text", "hint"),
    [
        ("#!/bin/sh\necho no idea\nexit 3\n", "`it` is no Python that works: it exited with 3", "it printed: no idea"),
        ("#!/bin/sh\nkill -SEGV $$\n", "`it` is no Python that works: it was ended by SIGSEGV", ""),
        ("no program\n", "`it` can't be started: Exec format error", ""),
        ("#!/nowhere/python\n", "`it` can't be started: No such file or directory", ""),
    ],
)
def test_what_is_no_python_is_told_with_what_it_printed(script: str, text: str, hint: str, tmp_path: Path) -> None:
    program(tmp_path / "it", script)
    with pytest.raises(NoPython) as refused:
        find("it", tmp_path, places(tmp_path))
    assert (str(refused.value), refused.value.hint) == (text, hint)


def test_one_that_hangs_is_given_up_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "PATIENCE_S", 0.5)
    script = program(tmp_path / "it", f"#!/bin/sh\nsleep 4711 &\necho $! > {tmp_path}/pid\necho waiting\nwait\n")
    with pytest.raises(NoAnswer, match=r"gave no answer within 0\.5 s") as refused:
        probe(script)
    assert refused.value.printed == "waiting"
    wait_for(lambda: not psutil.pid_exists(int((tmp_path / "pid").read_text())))


def test_one_that_prints_without_end_is_ended_and_its_last_line_told(tmp_path: Path) -> None:
    script = program(tmp_path / "it", f"#!/bin/sh\nexec yes {'x' * 1_000}\n")
    with pytest.raises(NoAnswer, match="it was ended by SIGXFSZ") as refused:
        probe(script)
    assert refused.value.printed == "x" * ask.PRINTED_AT_MOST


def test_a_path_is_relative_to_the_folder_of_the_file(tmp_path: Path) -> None:
    python = stand_in(tmp_path / "other" / "python")
    found = find("../other/python", tmp_path / "experiments", places(tmp_path))
    assert (found.executable, found.by) == (str(python), "its path")


def test_a_path_with_nothing_there_says_what_it_is_relative_to(tmp_path: Path) -> None:
    with pytest.raises(NoPython) as refused:
        find("../.venv", tmp_path, places(tmp_path))
    assert str(refused.value) == "nothing lies at `../.venv`"
    assert "relative to the folder of the file" in refused.value.hint


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("gone", "the Python of `gone` is a link to nothing"),
        ("gone/bin/python", "`gone/bin/python` is a link to nothing"),
        ("loop", "`loop` is a link to nothing"),
        ("gone/bin", "`gone/bin` is a folder without bin/python"),
        ("~nobody-is-called-so/python", "nothing lies at `~nobody-is-called-so/python`"),
    ],
)
def test_a_path_that_leads_to_no_interpreter_says_what_there_is(asked: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "gone" / "bin").mkdir(parents=True)
    (tmp_path / "gone" / "bin" / "python").symlink_to("/nowhere/python")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(NoPython) as refused:
        find(asked, tmp_path, places(tmp_path))
    assert str(refused.value) == expected


@pytest.mark.skipif(os.getuid() == 0, reason="no folder is closed to root")
def test_folders_that_are_closed_to_us_hold_no_interpreter(tmp_path: Path) -> None:
    closed = stand_in(tmp_path / "closed" / "python3.14").parent
    behind = stand_in(tmp_path / "b" / "python3.14")
    closed.chmod(0)
    assert find("3.14", tmp_path, places(tmp_path, "closed", "b", pyenv="closed")).executable == str(behind)


def test_a_folder_that_is_an_environment_means_its_python(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)
    found = find(".venv", tmp_path, places(tmp_path))
    assert found.executable == str(tmp_path / ".venv" / "bin" / "python")
    assert found.facts.folders[0] == str(tmp_path / ".venv")


def test_a_link_to_a_python_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    assert at("bin/python", tmp_path) == tmp_path / "bin" / "python"


def test_a_python_says_what_it_is_and_what_is_installed_for_it(tmp_path: Path) -> None:
    facts = probe(Path(sys.executable))
    assert facts.build.split()[:2] == ["CPython", sys.version.split()[0]]
    assert "pytest" in (facts.distributions or {})


def counting(path: Path, facts_of: Path) -> Path:
    """A stand-in that leaves a line for each time it is started."""
    return program(path, f'#!/bin/sh\necho >> {path}.count\nexec {facts_of} "$@"\n')


def test_an_interpreter_is_asked_once(tmp_path: Path) -> None:
    script = counting(tmp_path / "it", stand_in(tmp_path / "real"))
    assert probe(script) == probe(script)
    assert (tmp_path / "it.count").read_text() == "\n"


@pytest.mark.parametrize("changed", ["it", "real"])
def test_an_interpreter_is_asked_again_when_it_or_what_is_behind_it_has_changed(changed: str, tmp_path: Path) -> None:
    script = counting(tmp_path / "it", stand_in(tmp_path / "real"))
    probe(script)
    os.utime(tmp_path / changed, ns=(1, 1))
    probe(script)
    assert (tmp_path / "it.count").read_text() == "\n\n"


def test_an_interpreter_is_asked_again_when_something_was_installed(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)
    python = tmp_path / ".venv" / "bin" / "python"
    before = probe(python).distributions or {}
    (site,) = (tmp_path / ".venv").glob("lib/python*/site-packages")
    (site / "spam-2.0.dist-info").mkdir()
    (site / "spam-2.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: spam\nVersion: 2.0\n")
    assert ((probe(python).distributions or {}).get("spam"), before.get("spam")) == ("2.0", None)


def test_one_that_gave_no_answer_is_not_asked_again_by_the_same_command(tmp_path: Path) -> None:
    script = counting(tmp_path / "it", Path("/bin/false"))
    for _ in range(2):
        with pytest.raises(NoAnswer):
            probe(script)
    assert (tmp_path / "it.count").read_text() == "\n"


def test_no_answer_is_not_kept(tmp_path: Path) -> None:
    program(tmp_path / "it", "#!/bin/sh\nexit 1\n")
    with pytest.raises(NoAnswer):
        probe(tmp_path / "it")
    stand_in(tmp_path / "it")
    assert probe(tmp_path / "it").version == "3.14.0"


def test_a_python_that_is_too_old_says_so_itself(tmp_path: Path) -> None:
    old = next(iter(sorted(Path.home().glob(".pyenv/versions/[23].[0-9]*/bin/python"))), None)
    if old is None or not (facts := probe(old)).version.startswith(("2.", "3.6.", "3.7.", "3.8.", "3.9.", "3.10.")):
        pytest.skip("no Python below 3.11 is found here")
    with pytest.raises(NoPython, match=f"is CPython {facts.version}: Runmatrix measures on 3.11 and later"):
        find(str(old), tmp_path, places(tmp_path))


def test_every_python_that_is_found_has_something_to_write_that_means_it() -> None:
    here = Places.of(os.environ)
    for one in everything(here):
        if one.facts and one.write and one.write != "current":
            assert find(one.write, Path("/"), here).facts.identity == one.facts.identity


def test_the_list_begins_with_current_and_names_each_python_once(tmp_path: Path) -> None:
    stand_in(tmp_path / "a" / "python3.14")
    (tmp_path / "a" / "python3").symlink_to("python3.14")
    stand_in(tmp_path / "pyenv" / "versions" / "3.12.1" / "bin" / "python3.12", "3.12.1")
    stand_in(tmp_path / "pyenv" / "versions" / "3.10.1" / "bin" / "python3.10", "3.10.1")
    found = everything(places(tmp_path, "a", pyenv="pyenv"))
    assert [(one.written, one.by) for one in found] == [
        ("current", "Runmatrix runs in it"),
        ('"3.14"', "PATH"),
        ('"3.12"', "pyenv"),
        ("", "pyenv"),
    ]


def test_of_two_pythons_of_one_version_the_second_is_written_as_its_path(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        stand_in(tmp_path / folder / "python3.14")
    _, *found = everything(places(tmp_path, "a", "b"))
    assert {one.write for one in found} == {"3.14", str(tmp_path / "b" / "python3.14")}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_real_python_says_what_it_is(version: str) -> None:
    facts = another(version).facts
    assert str(facts) == f"CPython {facts.version}{'t' * version.endswith('t')}"
    assert facts.build.startswith(f"CPython {facts.version} ")
    assert ("free-threading" in facts.build) == version.endswith("t")
