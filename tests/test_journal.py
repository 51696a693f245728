"""The journal: what is written is there, whatever kills the writer, and means the same in any order."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runner
from runner.errors import LockedError, ResultsError
from runner.journal import Journal, JournalWriter, read

ROOT = Path(runner.__file__).parent.parent
"""Where what is tested was imported from: the installed package, or the checkout."""


def invocation(key: str, block: int = 1, attempt: int = 1, **changes: object) -> dict[str, object]:
    """A line as `run` writes it."""
    return {
        "type": "invocation",
        "session": "s1",
        "block": block,
        "position": 1,
        "attempt": attempt,
        "key": key,
        "run": "s1",
        "stage": "block",
        "time": "2026-01-01T00:00:00Z",
        "machine": "m-1",
        "status": "ok",
        "reason": "",
        "notes": [],
        "fingerprint": {"python": "CPython 3.11", "method": 1, "files": {"é.py": "00"}, "distributions": {}},
        "phases": {"imports_ns": 1, "startup_ns": 10, "cold_ns": 20, "steady_ns": [3, 5], "stop_ns": 30},
        "tasks": 4,
        "service": {"7": 3, "12": 1},
        **changes,
    }


def written(path: Path, *lines: dict[str, object]) -> Path:
    with JournalWriter(path) as writer:
        for line in lines:
            writer.append(line)
    return path


def keys(journal: Journal) -> list[tuple[int, str]]:
    return sorted((record.block, record.key) for record in journal.records)


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    (record,) = read(written(tmp_path / "journal.jsonl", invocation("a"))).records
    assert (record.key, record.makespan_ns, record.steady_ns, list(record.service)) == ("a", 60, 4.0, [7, 3, 12, 1])


def test_a_journal_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "journal.jsonl").records == []


LINES = [json.dumps(invocation(key, block), ensure_ascii=False) for block in (1, 2) for key in ("a", "b")]
WHOLE = "".join(line + "\n" for line in LINES).encode()


@pytest.mark.parametrize("cut", range(len(WHOLE) + 1))
def test_a_journal_cut_at_any_byte_loses_at_most_the_line_in_flight(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(WHOLE[:cut])
    ends = [sum(len(line.encode()) + 1 for line in LINES[: index + 1]) for index in range(len(LINES))]
    expected = sum(end - 1 <= cut for end in ends)
    assert len(read(path).records) == expected
    with JournalWriter(path) as writer:
        writer.append(invocation("resumed", 3))
    assert len(read(path).records) == expected + 1
    assert path.read_bytes().endswith(b"\n")


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_order_and_repeats_of_lines_do_not_matter(randomness: random.Random, repeats: int) -> None:
    lines = [invocation(key, block, attempt) for key in "ab" for block in (1, 2) for attempt in (1, 2)]
    shuffled = lines * (1 + repeats)
    randomness.shuffle(shuffled)
    first, second = Journal(), Journal()
    for line in lines:
        first.add(line)
    for line in shuffled:
        second.add(line)
    assert first.invocations == second.invocations


def test_unknown_types_and_fields_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl", {"type": "weather", "rain": True}, invocation("a", mood="good"))
    assert keys(read(path)) == [(1, "a")]


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("nonsense", "delete this line"),
        ("<<<<<<< ours", "a merge left its marks"),
        ("[1]", "delete this line"),
        ('{"type": "invocation"}', "delete this line"),
    ],
)
def test_a_line_that_is_none_is_named_with_its_number(line: str, remedy: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(f"{LINES[0]}\n{line}\n{LINES[1]}\n")
    with pytest.raises(ResultsError, match=remedy) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:2: ")


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    code = f"from pathlib import Path\nfrom runner.journal import JournalWriter\nwith JournalWriter(Path({str(path)!r})): print('held', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    holder.stdout.readline()
    with pytest.raises(LockedError, match=f"process {holder.pid} is measuring into it"), JournalWriter(path):
        pass
    holder.communicate(b"\n")
    written(path, invocation("a"))


def test_a_lock_is_gone_with_a_killed_holder(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    code = f"import os\nfrom pathlib import Path\nfrom runner.journal import JournalWriter\nwith JournalWriter(Path({str(path)!r})): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert keys(read(written(path, invocation("a")))) == [(1, "a")]


def test_a_line_for_which_there_is_no_room_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl", invocation("a"))
    before = path.read_bytes()
    code = (
        "import resource, signal\nfrom pathlib import Path\nfrom runner.journal import JournalWriter\n"
        "from runner.errors import ResultsError\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 100}, {resource.RLIM_INFINITY}))\n"
        f"with JournalWriter(Path({str(path)!r})) as writer:\n"
        "    try: writer.append({'type': 'x', 'long': 'y' * 1000})\n"
        "    except ResultsError as error: print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "can't be written: File too large; what was measured before is kept" in said.stdout
    assert path.read_bytes() == before


def test_the_lock_lies_outside_the_results(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "journal.jsonl"):
        assert [entry.name for entry in tmp_path.iterdir()] == ["journal.jsonl"]
