"""Kind → what can be set on it and what it needs: the table of concurrency models, plain data, the simplest first.

A model is one file beside this, named after its kind, that keeps the contract of `contract.py`, and one row below. Of
models that do equally well the first is advised: the order is by what a model asks of a program.
"""

from __future__ import annotations

from ..parameters import MAIN_THREAD, ModelKind, Needs, Parameter

START_METHOD = Parameter(
    ("fork", "spawn", "forkserver"),
    "how worker processes are started; unless given, what that Python starts them by",
    "spawn",
    None,
)
CHUNKSIZE = Parameter("count", "how many tasks travel to a worker at a time", 16, 1)
SUB_INTERPRETERS = (3, 14)

MODELS: dict[str, ModelKind] = {
    "serial": ModelKind("one task after the other, in the main thread", worker=MAIN_THREAD),
    "asyncio": ModelKind(
        "coroutines that drain one queue in one event loop",
        {
            "loop": Parameter(("uvloop",), "an event loop other than asyncio's own", "uvloop", None),
            "loop_scope": Parameter(
                ("batch", "task"),
                "a new loop for each batch, or asyncio.run for each task, in as many threads as there are workers; "
                "unless given, one loop for all",
                "batch",
                None,
            ),
            "offload": Parameter(
                ("threads", "processes", "interpreters"),
                "where plain functions run, so that they do not block the loop",
                "threads",
                None,
            ),
        },
        worker="coroutine",
        worker_with={
            ("loop_scope", "task"): "thread",
            ("offload", "threads"): "thread",
            ("offload", "processes"): "process",
            ("offload", "interpreters"): "interpreter",
        },
        needs=(
            Needs(package="uvloop", extra="uvloop", option=("loop", "uvloop")),
            Needs(python=SUB_INTERPRETERS, option=("offload", "interpreters")),
        ),
    ),
    "trio": ModelKind(
        "Trio tasks that drain one channel in one event loop",
        worker="coroutine",
        needs=(Needs(package="trio", extra="trio"),),
    ),
    "threads": ModelKind(
        "a ThreadPoolExecutor",
        {
            "switch_interval": Parameter(
                "seconds", "how long a thread may hold the GIL before it is asked for it", "0.5 ms", None
            )
        },
        worker="thread",
    ),
    "bare_threads": ModelKind("a new thread for each task, as many at once as there are workers", worker="thread"),
    "gevent": ModelKind(
        "greenlets that drain one queue, with the standard library patched before anything else is imported",
        worker="coroutine",
        needs=(Needs(package="gevent", extra="gevent"),),
    ),
    "interpreters": ModelKind(
        "an InterpreterPoolExecutor: threads with an interpreter each",
        worker="interpreter",
        needs=(Needs(python=SUB_INTERPRETERS),),
    ),
    "processes": ModelKind(
        "a ProcessPoolExecutor",
        {"start_method": START_METHOD, "chunksize": CHUNKSIZE},
        worker="process",
        descriptors=2,
    ),
    "multiprocessing": ModelKind(
        "a multiprocessing.Pool with imap",
        {
            "start_method": START_METHOD,
            "chunksize": CHUNKSIZE,
            "maxtasksperchild": Parameter(
                "count", "after how many chunks a worker gives way to a new one; unless given, never", 100, None
            ),
        },
        worker="process",
        descriptors=2,
    ),
    "loky": ModelKind(
        "loky's ProcessPoolExecutor",
        {"chunksize": CHUNKSIZE},
        worker="process",
        needs=(Needs(package="loky", extra="loky"),),
        descriptors=2,
    ),
    "own": ModelKind(
        "a pool of yours: `run(pool, function, items)`, with `start(workers)` and `stop(pool)` in the same module",
        {"call": Parameter("call", "the function that runs a batch", "my_pool:run")},
        worker="other",
    ),
    "dask": ModelKind(
        "Dask: a scheduler and worker processes of one thread each",
        {
            "address": Parameter(
                "address", "of a running scheduler; unless given, one is started", "tcp://10.0.0.5:8786", None
            )
        },
        worker="process",
        needs=(Needs(package="distributed", extra="dask"),),
        descriptors=4,
    ),
    "ray": ModelKind(
        "Ray: an actor for each worker",
        {"address": Parameter("address", "of a running cluster; unless given, one is started", "10.0.0.5:6379", None)},
        worker="process",
        needs=(Needs(package="ray", extra="ray"),),
    ),
}
