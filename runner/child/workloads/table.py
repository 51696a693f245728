"""Kind → what can be set on it: the table of workloads, plain data.

A workload is one file beside this, named after its kind, that keeps the contract of `contract.py`, and one row below.
Whose tasks do something that stays, once they are done, `has_effects`: the preflight does no such task twice.
"""

from __future__ import annotations

from ..parameters import Kind, Parameter

WORKLOADS: dict[str, Kind] = {
    "noop": Kind(
        "nothing at all: what a model itself costs",
        {"payload": Parameter("bytes", "how many bytes go to a worker and come back with each task", "64 KiB", 0)},
    ),
    "sleep": Kind("waiting, and nothing else", {"seconds": Parameter("seconds", "how long a task waits", 0.05, 1.0)}),
    "crunch": Kind(
        "counting in pure Python",
        {"iterations": Parameter("count", "how far a task counts", 200_000, 10_000_000)},
    ),
    "hash": Kind(
        "SHA-256 of a buffer, which gives up the GIL",
        {"size": Parameter("bytes", "how large the buffer is", "1 MiB", 1024 * 1024)},
    ),
    "mixed": Kind(
        "computing for a share of the time, waiting for the rest",
        {
            "seconds": Parameter("seconds", "how long a task takes when it is alone", 0.05, 0.05),
            "share": Parameter("share", "the part of it that computes", "50%", 0.5),
        },
    ),
    "mandelbrot": Kind(
        "a row of a picture of the Mandelbrot set, in pure Python; from the middle outwards, tasks take long to short ones",
        {
            "size": Parameter("count", "how many pixels the picture has on each side", 768, 256),
            "max_iterations": Parameter(
                "count", "after how many iterations a point counts as one of the set", 4096, 200
            ),
        },
    ),
    "sqrt": Kind(
        "a loop of square roots: work in any size",
        {"count": Parameter("count", "how many roots a task takes", 1_000_000, 1_000)},
    ),
    "convoy": Kind(
        "short waits without the GIL, as I/O has them, beside a thread that wants it",
        {
            "waits": Parameter("count", "how many waits a task has, one after the other", 100, 20),
            "seconds": Parameter("seconds", "how long each takes when it is alone", "1.5 ms", 0.001),
            "spinner": Parameter(
                ("none", "thread"), "whether a thread computes as long as the task lasts", "none", "thread"
            ),
        },
    ),
    "heartbeat": Kind(
        "a beat that is due after a period, beside a call that may hold up its event loop: asyncio, trio and serial only",
        {
            "period": Parameter(
                "seconds", "after how long the beat is due; a task takes longer by what it is late", "10 ms", 0.01
            ),
            "offender": Parameter(
                ("time.sleep", "asyncio.sleep", "to_thread"),
                "what is called in the same loop: a sleep that blocks, the loop's own (under Trio `trio.sleep`), or one "
                "that blocks a thread apart",
                "to_thread",
                "time.sleep",
            ),
            "seconds": Parameter("seconds", "how long the offender takes", "50 ms", 0.05),
        },
    ),
    "file": Kind(
        "writing a file, forcing it to the disk, reading it back",
        {"size": Parameter("bytes", "how large the file is", "64 KiB", 65_536)},
        descriptors=1,
    ),
    "http": Kind(
        "a GET from a server on this machine, over a connection that each worker keeps open",
        {
            "delay": Parameter("seconds", "how long the server waits before it answers", 0.05, 0.05),
            "payload": Parameter("bytes", "how large an answer's body is", "10 KiB", 1024),
        },
        descriptors=1,
    ),
    "function": Kind(
        "a function of yours",
        {
            "call": Parameter(
                "call",
                "the body for all models but asyncio and trio, which take it if they have no other",
                "images:resize",
                None,
            ),
            "async_call": Parameter(
                "call", "the body for asyncio or trio: a coroutine function", "client:afetch", None
            ),
            "args": Parameter("arguments", "keyword arguments of every call", {"quality": 80}, {}),
            "inputs": Parameter(
                "inputs",
                "what the tasks are given, one each: a callable that gives a list, {glob: …}, {lines: …} or a list",
                {"glob": "data/*.bin"},
                None,
            ),
            "worker_setup": Parameter(
                "call", "called once in every worker; its value is passed as `worker=`", "client:open_session", None
            ),
            "setup": Parameter("call", "called once in the child before the clocks start", "database:create", None),
            "teardown": Parameter(
                "call", "called once in the child after the clocks have stopped", "database:drop", None
            ),
        },
        has_effects=True,
    ),
    "command": Kind(
        "a program of yours, once a task",
        {
            "argv": Parameter(
                "argv",
                "the program and its arguments; {input} and swept names are filled in",
                ["gzip", "-{level}", "-c", "{input}"],
            ),
            "inputs": Parameter(
                "inputs",
                "what the tasks are given, one each: a callable that gives a list, {glob: …}, {lines: …} or a list",
                {"glob": "data/*.bin"},
                None,
            ),
        },
        has_effects=True,
        descriptors=2,  # what a program writes to standard output and standard error
    ),
}
