"""results/gallery/*/summary.csv → results/gallery/README.md: our figures beside the published ones.

    python tests/bench/gallery.py > results/gallery/README.md

What was published, and what can be shown here, is said below, a section for each experiment of experiments/gallery.
Every figure of ours comes from its results; a folder of other results may be given on the command line.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from runner.stats import Interval
from runner.summary import IN_NOISE, Machine
from runner.summary.numbers import brief_digits
from runner.summary.words import machine_in_words
from runner.tables.markdown import Alignment, code, table

RESULTS = Path(__file__).parent.parent.parent / "results" / "gallery"
MARK = "<!-- Written by tests/bench/gallery.py; what is changed here is lost. -->"
HEAD = """# Published questions, asked again

Each was answered by somebody on a machine of their own; the file of the experiment names the source. Ours are medians, and makespans
and ratios have 95 % intervals. A ratio is a speedup over the row that is marked so: below 1 is slower. Where the published claim is a
ratio, the experiment holds ours against it, and its summary says whether that holds. Figures in another unit, of another machine or of
other work are there to be set beside each other, not to be subtracted."""
NOISE = "† measured while others used the machine: see the summary."

UNITS = ((0, "s"), (3, "ms"), (6, "µs"), (9, "ns"))
"""Powers of ten, largest unit first."""

Record = Mapping[str, str]
"""A row of a summary.csv."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a section's table: what it is called, what was published of it, and which cell of ours it is."""

    name: str
    published: str
    where: Mapping[str, str]

    def of(self, records: Iterable[Record]) -> Record | None:
        """The first record that has all the values; Pythons come in the order of the experiment."""
        return next((each for each in records if all(each.get(k) == v for k, v in self.where.items())), None)


@dataclass(frozen=True, slots=True)
class Section:
    """One experiment of the gallery. `times` are the columns of summary.csv that are shown beside the ratio."""

    experiment: str
    source: str
    times: Sequence[str]
    lines: Sequence[Line]
    shown: str


def line(name: str, published: str = "", **where: str) -> Line:
    """Names of columns are written with `__` for a dot."""
    return Line(name, published, {column.replace("__", "."): value for column, value in where.items()})


MANDELBROT = Section(
    "mandelbrot",
    "julian.ac, 2025-10-08 (free-threaded 3.14, 768², laptop); loremipsumpy's README (Ryzen 5950X)",
    ("makespan_s",),
    [
        line("serial, 3.13t", "12.79 s, 1 thread", model="serial", python="3.13t"),
        line("threads × 2, 3.13t", "6.53 s, 1.96×", model="threads", workers="2", python="3.13t"),
        line("serial, 3.13", "", model="serial", python="3.13"),
        line("threads × 2, 3.13", "0.88× (four threads)", model="threads", workers="2", python="3.13"),
        line("serial, 3.14", "", model="serial", python="3.14"),
        line("threads × 2, 3.14", "", model="threads", workers="2", python="3.14"),
        line("interpreters × 2, 3.14", "3.2× (four)", model="interpreters", workers="2", python="3.14"),
    ],
    "Two cores show the step from one worker to two. What was published beyond it, 3.33×, 5.07× and 5.75× with 4, 8 and 16 threads, can't "
    "be shown here. Nor can the published picture itself: ours is smaller.",
)
TAX = Section(
    "single-thread-tax",
    "CPython's documentation (howto of 3.13, What's New in 3.14: pyperformance); loremipsumpy's README",
    ("quickest_s",),
    [
        *(
            line(f"{name}, {python}", published, workload=name, python=python)
            for name in ("floats", "calls", "integers")
            for python, published in (("3.13", ""), ("3.13t", "0.71× (pyperformance), 0.87× (a loop)"), ("3.14", ""))
        ),
    ],
    "One core is enough. But these are three loops, not pyperformance, and the two builds of 3.13 may come from different compilers: the "
    "ratio is of the builds that a machine has.",
)
STARTUP = Section(
    "startup",
    "REASY's article (Ryzen 9950X, Linux); tonybaloney's blog and thesis-benchmarks",
    ("startup_s", "makespan_s"),
    [
        line("threads", "1.83 ms", model="threads"),
        line("processes, fork", "3.12 ms, 0.59×", model="processes", model__start_method="fork"),
        line("processes, fork-server", "4.47 ms, 0.41×", model="processes", model__start_method="forkserver"),
        line("processes, spawn", "32.85 ms, 0.056×", model="processes", model__start_method="spawn"),
        line("multiprocessing, fork", "", model="multiprocessing"),
        line("loky", "", model="loky"),
        line("bare threads", "", model="bare_threads"),
        line("asyncio", "", model="asyncio"),
        line("trio", "", model="trio"),
        line("gevent", "", model="gevent"),
        line("threads, 3.14", "", model="threads", python="3.14"),
        line("interpreters, 3.14", "some 0.01× (a hundred in turn)", model="interpreters", python="3.14"),
    ],
    "Eight workers start on two cores, where they take turns; sixteen cores start them side by side. A fork-server is started for each "
    "measurement here, and was kept in the article.",
)
WARM = Section(
    "warm-pool",
    "parallel-pandas#23 (eight CPUs)",
    ("steady_s",),
    [
        line("no work, a pool for each batch", "909 ms", workload="nothing", model="anew"),
        line("no work, a pool that is kept", "9 ms, 101×", workload="nothing", model="kept"),
        line("work, a pool for each batch", "", workload="work", model="anew"),
        line("work, a pool that is kept", "", workload="work", model="kept"),
    ],
    "Two workers are forked here and import nothing of their own; eight, with libraries to import, cost more. The direction can be shown, the "
    "published factor can't.",
)
BREAK_EVEN = Section(
    "break-even",
    "joblib#1105 (a million tasks of one root each)",
    ("steady_s",),
    [
        line("1 root a task, serial", "0.46 s a million", model="serial", workload__count="1"),
        line("1 root a task, loky", "39.7 s a million, 0.012×", model="loky", workload__count="1"),
        *(
            line(f"{count:,} root{'s' * (count > 1)} a task, {model}", "", model=model, workload__count=str(count))
            for count in (1, 100, 10_000, 1_000_000)
            for model in ("threads", "processes", "multiprocessing", *(["loky"] if count > 1 else []))
        ),
    ],
    "Two cores bound what is won at the large end by 2; where it begins depends on them little. The table of break-even sizes is in the summary.",
)
CHUNKS = Section(
    "chunk-size",
    "matminer#329 (an estimate); emcee#61 (tasks of 100 ms); Pyevolve#73",
    ("steady_s",),
    [
        line(
            f"{name}, {model}, chunks of {size}",
            published if model == "processes" else "",
            workload=workload,
            model=model,
            model__chunksize=size,
        )
        for workload, name in (("nothing", "no work"), ("short", "short tasks"))
        for model in ("processes", "multiprocessing")
        for size, published in (
            ("1", ""),
            ("20", "about 100×, an estimate" if workload == "nothing" else "some 30 % of the time (100 ms)"),
            ("400", "" if workload == "nothing" else "slower: idle workers"),
        )
    ],
    "Two workers show both ends: tasks that are shorter than their way, and one chunk that leaves a worker idle. On more cores the second "
    "costs more.",
)
LOOPS = Section(
    "loop-per-task",
    "pyperf#121 (Python 3.10)",
    ("task_p50_s", "steady_s"),
    [
        line("one loop", "128 ns", model="one-loop"),
        line("a loop for each batch", "", model="loop-per-batch"),
        line("a loop for each task", "139 µs, 0.001×", model="loop-per-task"),
    ],
    "One core is enough. A task's time has that of taking it in it, some tenths of a µs, so that 128 ns can't be resolved; the price of a loop can.",
)
SWITCH = Section(
    "switch-interval",
    "BeanNetworkTester#74 (throughput at 0.5 ms over 5 ms); rustypot#125 (cycles of a serial bus)",
    ("task_p50_s",),
    [
        line("100 waits alone", "0.17 s (600 a second)", workload="alone", model__switch_interval="0.005"),
        line("beside a spinner, 5 ms", "0.84 s (119 a second)", workload="beside", model__switch_interval="0.005"),
        line("beside a spinner, 0.5 ms", "1.33× to 1.36×", workload="beside", model__switch_interval="0.0005"),
        line("beside it without a GIL, 5 ms", "", workload="beside", model__switch_interval="0.005", python="3.13t"),
        line("beside it without a GIL, 0.5 ms", "", workload="beside", model__switch_interval="0.0005", python="3.13t"),
    ],
    "Two cores are enough: one thread waits, one computes. The waits are of known length where the published ones are a bus's and a "
    "network's, so that the ratio is of this work. What the spinner loses is not measured.",
)
SLEEPERS = Section(
    "sleepers",
    "gevent#1960 (100 sleeps of 10 ms each, at least 1 s; the same for curio: curio#360)",
    ("makespan_s",),
    [
        line(f"{tasks:,} tasks, {model}", seconds.get(tasks, ""), model=model, tasks=str(tasks))
        for tasks in (10, 100, 1_000, 10_000)
        for model, seconds in (
            ("asyncio", {}),
            ("trio", {}),
            ("gevent", {10: "1.15 s", 100: "1.15 s", 1_000: "1.06 s", 10_000: "7.61 s"}),
            *([("threads", {})] if tasks < 10_000 else []),
        )
    ],
    "One core does all of it, but for threads. Each sleeps once, for 0.1 s, where the published ones sleep a hundred times: what can be compared is from "
    "which number on a model leaves the least time behind. Making the sleepers is part of it here. curio is none of the models.",
)
UVLOOP = Section(
    "uvloop",
    "uvloop#566 (vmbench, a server; Ryzen 4800H)",
    ("steady_s",),
    [
        line(f"{size}, {model}", published if model == "uvloop" else "", model=model, workload__payload=payload)
        for size, payload, published in (
            ("1 KiB", "1024", "about 1.13×"),
            ("10 KiB", "10240", "about 1.13×"),
            ("100 KiB", "102400", "below 1×"),
        )
        for model in ("asyncio", "uvloop")
    ],
    "The loop is the client's here and was the server's there. One of two cores is the server's, which bounds what the client can gain.",
)
BLOCKED = Section(
    "blocked-loop",
    "many reports (agno#8157, tasking-manager#7303, web3.py#2233), without a figure that they share",
    ("task_p50_s", "task_p99_s"),
    [
        line(f"{offender}, {model}", "", model=model, workload__offender=offender)
        for offender in ("asyncio.sleep", "to_thread", "time.sleep")
        for model in ("asyncio", "uvloop", "trio")
    ],
    "One core is enough. A beat is due after 10 ms: what a task takes beyond it is how late the beat was. The 99th percentile stands for "
    "the largest lag, which is one beat's.",
)
SECTIONS = (MANDELBROT, TAX, STARTUP, WARM, BREAK_EVEN, CHUNKS, LOOPS, SWITCH, SLEEPERS, UVLOOP, BLOCKED)


def page(results: Path) -> str:
    """The whole README, for the folder that has a folder for each experiment."""
    parts = [MARK, HEAD, *(_section(section, results / section.experiment) for section in SECTIONS)]
    return "\n\n".join(parts) + "\n"


def _section(section: Section, folder: Path) -> str:
    if not (folder / "summary.csv").exists():
        return f"## {section.experiment}\n\nNot measured yet."
    with open(folder / "summary.csv", encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    known = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    found = [(each, each.of(records)) for each in section.lines]
    heads = ["", "published", *map(_head, section.times), "ratio"]
    rows = [[each.name, each.published or "–", *_ours(record, section.times)] for each, record in found]
    alignments: list[Alignment] = ["left" if index < 2 else "right" for index in range(len(heads))]
    content = table(heads, rows, alignments)
    noise = [NOISE] if any(record and IN_NOISE in record["notes"] for _, record in found) else []
    machine = Machine(known["machine"], **known["machines"].get(known["machine"], {}))
    ours = f"Ours: {machine_in_words(machine)}, {known['measured']}; [all figures]({section.experiment}/summary.md)."
    where = f"Published: {section.source}. {ours}"
    return "\n\n".join([f"## {known['question']}", where, content, *noise, section.shown])


def _head(column: str) -> str:
    """`task p99` for `task_p99_s`."""
    return column.removesuffix("_s").replace("_", " ")


def _ours(record: Record | None, times: Sequence[str]) -> list[str]:
    """Times, then the ratio; the status instead of the first of them where it is not well."""
    if record is None or record["status"] != "ok":
        status = "not measured" if record is None else f"{record['status']}: {code(record['reason'])}"
        return [status, *[""] * len(times)]
    mark = " †" if IN_NOISE in record["notes"] else ""
    return [*(_time(record, column) for column in times), _ratio(record) + mark]


def _ratio(record: Record) -> str:
    """The speedup; a baseline's is 1 by definition."""
    interval = _interval(record, "speedup")
    return "1 (baseline)" if interval == ("1.00", "", "") else _figure(_brief(interval), "×")


def _time(record: Record, column: str) -> str:
    """In the unit that leaves least zeros, as many digits as in the file."""
    interval = _interval(record, column.removesuffix("_s"), "_s")
    estimate = Decimal(interval[0] or 0)
    places, unit = next((unit for unit in UNITS if estimate.scaleb(unit[0]) >= 1), UNITS[-1])
    return _figure(_brief([f"{Decimal(text).scaleb(places):f}" if text else "" for text in interval]), f" {unit}")


def _brief(interval: Sequence[str]) -> Sequence[str]:
    """As in the summaries, where that is shorter than what the file has."""
    brief = brief_digits(Interval(*map(float, interval))) if all(interval) else interval
    return brief if len(brief[0]) < len(interval[0]) else interval


def _interval(record: Record, stem: str, unit: str = "") -> tuple[str, str, str]:
    """Estimate, low and high; empty where summary.csv has none."""
    return record[stem + unit], record.get(f"{stem}_low{unit}", ""), record.get(f"{stem}_high{unit}", "")


def _figure(interval: Sequence[str], unit: str) -> str:
    estimate, low, high = interval
    return (estimate + unit if estimate else "–") + (f" <sub>{low}–{high}</sub>" if low else "")


if __name__ == "__main__":
    print(page(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS), end="")
