"""Work → Pool: Dask's distributed scheduler with worker processes, of its own or of a cluster that runs already."""

from __future__ import annotations

import os
import shutil
from threading import Barrier

from .. import worker
from ..failure import CellError
from .anywhere import ON_ANOTHER_MACHINE, Task, beyond, by_our_clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ..failure import Failure
    from ..work import Work
    from .contract import Census, Outcome

CONNECT_S = 10.0
"""How long a scheduler that is said to run may take to answer."""

MEETINGS: dict[str, Barrier] = {}
"""Of a worker process: where its threads wait for each other, by the name of what they wait for."""


class Together:
    """Called in all threads of a worker process that are taken, each of which waits for the others."""

    __slots__ = ("_call", "_name", "_threads")

    def __init__(self, call: Any, threads: int) -> None:
        self._call = call
        self._threads = threads
        self._name = f"{os.getpid()}-{worker.clock()}"

    def __call__(self) -> Any:
        answer = self._call()
        MEETINGS.setdefault(self._name, Barrier(self._threads)).wait()
        MEETINGS.pop(self._name, None)
        return answer


class DaskPool:
    """A client, and the workers of its scheduler that are taken: address → threads."""

    def __init__(self, client: Any, cluster: Any, work: Work, workers: int) -> None:
        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._client = client
        self._cluster = cluster
        self._task = Task(work)
        self._workers = workers
        self._taken: dict[str, int] = {}

    def prepare(self) -> list[Failure | None]:
        if self._cluster is not None:
            self._client.wait_for_workers(self._workers)
        self._taken = taken(self._client.nthreads(), self._workers)
        if self._cluster is None:
            self.notes.append(beyond(self._on_each(self._task.where)))
        return self._on_each(self._task.take_up)

    def run(self, items: Sequence[object]) -> list[Outcome]:
        from distributed import KilledWorker

        begin = worker.clock()
        only = None if self._cluster is not None else list(self._taken)
        try:
            outcomes: list[Outcome] = self._client.gather(self._client.map(self._task, items, workers=only, pure=False))
        except KilledWorker as error:
            raise CellError("crashed", "a task ended every worker process that it was given to") from error
        self._refuse_losses()
        return by_our_clock(begin, outcomes) if ON_ANOTHER_MACHINE in self.notes else outcomes

    def _refuse_losses(self) -> None:
        """Dask has the tasks of a lost worker done by others, and starts a new one: right, and no measurement."""
        there = self._client.nthreads()
        lost = sum(address not in there for address in self._taken)
        if lost:
            raise CellError(
                "invalid",
                f"{lost} of {len(self._taken)} worker processes ended on the way; Dask had their tasks done again",
            )

    def _on_each(self, call: Any) -> list[Any]:
        """Once in every thread that is taken, all of those of a process at once."""
        asked = [
            self._client.submit(together, workers=[address], pure=False)
            for address, threads in self._taken.items()
            for together in [Together(call, threads)] * threads
        ]
        answers: list[Any] = self._client.gather(asked)
        return answers

    def census(self) -> list[Census]:
        return self._on_each(self._task.report)

    def stop(self) -> None:
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def taken(there: Mapping[str, int], workers: int) -> dict[str, int]:
    """Of worker processes (address → threads) those that have as many threads in all as there are to be workers.
    Raises CellError where no first ones of them have."""
    found: dict[str, int] = {}
    for address, threads in sorted(there.items()):
        if sum(found.values()) + threads <= workers:
            found[address] = threads
    if sum(found.values()) != workers:
        have = f"{len(there)} worker processes with {sum(there.values())} threads"
        raise CellError("unsupported", f"the scheduler has {have}, of which no {workers} threads can be taken")
    return found


def imports(options: Mapping[str, object]) -> None:
    """Its client and its cluster."""
    import distributed  # noqa: F401


def start(work: Work, workers: int, options: Mapping[str, object]) -> DaskPool:
    """A cluster on this machine, or a client of one that runs, which is given the code of this package."""
    from distributed import Client, LocalCluster

    if options.get("address"):
        client = Client(str(options["address"]), set_as_default=False, timeout=CONNECT_S)
        client.upload_file(packed(work.scratch))
        return DaskPool(client, None, work, workers)
    cluster = LocalCluster(
        host="127.0.0.1",
        n_workers=workers,
        threads_per_worker=1,
        dashboard_address=None,
        memory_limit=0,
        local_directory=work.scratch,
    )
    return DaskPool(Client(cluster, set_as_default=False), cluster, work, workers)


def packed(folder: str) -> str:
    """A zip archive of this package, from which Python can import it."""
    package = __name__.partition(".")[0]
    root = __file__.rpartition(f"/{package}/")[0]
    return shutil.make_archive(f"{folder}/{package}", "zip", root, package)
