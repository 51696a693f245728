"""Kind → what can be set on it: the table of concurrency models, plain data.

A model is one file beside this, named after its kind, that keeps the contract of `contract.py`, and one row below.
"""

from __future__ import annotations

from ..parameters import Kind, Parameter

MODELS: dict[str, Kind] = {
    "serial": Kind("one task after the other, in the main thread", ignores_workers=True),
    "threads": Kind(
        "a ThreadPoolExecutor",
        {
            "switch_interval": Parameter(
                "seconds", "how long a thread may hold the GIL before it is asked for it", "0.5 ms", None
            )
        },
    ),
    "processes": Kind(
        "a ProcessPoolExecutor",
        {
            "start_method": Parameter(
                ("fork", "spawn", "forkserver"),
                "how worker processes are started; unless given, what that Python starts them by",
                "spawn",
                None,
            ),
            "chunksize": Parameter("count", "how many tasks travel to a worker at a time", 16, 1),
        },
    ),
    "asyncio": Kind(
        "coroutines that drain one queue in one event loop",
        {
            "offload": Parameter(
                ("threads",), "where plain functions run, so that they do not block the loop", "threads", None
            )
        },
    ),
}
