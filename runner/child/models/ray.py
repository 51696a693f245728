"""Work → Pool: Ray actors, one for each worker, of its own or of a cluster that runs already."""

from __future__ import annotations

import os
import socket
import sys

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


ONLY_HERE = "127.0.0.1"
"""Where a cluster that is started for a cell listens: nobody else has business with it."""


CONNECT_S = 10.0
"""How long a cluster that is said to run may take to be found: Ray itself tries for minutes."""


class Worker:
    """What an actor is."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def take_up(self) -> Failure | None:
        return self._task.take_up()

    def run(self, item: object) -> Outcome:
        return self._task(item)

    def report(self) -> Census:
        return self._task.report()

    def where(self) -> str:
        return self._task.where()


class RayPool:
    """Actors that each do one task at a time, in a cluster of the cell's own unless `is_away`."""

    def __init__(self, work: Work, workers: int, is_away: bool = False) -> None:
        import ray

        self.notes: list[str] = []
        self.resolved: dict[str, object] = {}
        self._is_away = is_away
        actor = ray.remote(num_cpus=1)(Worker)
        self._actors = [actor.remote(Task(work)) for _ in range(workers)]

    def prepare(self) -> list[Failure | None]:
        if self._is_away:
            self.notes.append(beyond(self._on_each("where")))
        return self._on_each("take_up")

    def census(self) -> list[Census]:
        return self._on_each("report")

    def _on_each(self, method: str) -> list[Any]:
        return self._answered(lambda ray: ray.get([getattr(actor, method).remote() for actor in self._actors]))

    def run(self, items: Sequence[object]) -> list[Outcome]:
        from ray.util import ActorPool

        begin = worker.clock()
        pool = ActorPool(self._actors)
        done = self._answered(lambda ray: list(pool.map(lambda actor, item: actor.run.remote(item), items)))
        return by_our_clock(begin, done) if ON_ANOTHER_MACHINE in self.notes else done

    def _answered(self, ask: Any) -> list[Any]:
        """What Ray answers. Raises CellError where an actor has died."""
        import ray

        try:
            answers: list[Any] = ask(ray)
        except ray.exceptions.RayActorError as error:
            print(error, file=sys.stderr)
            raise CellError("crashed", "a worker process ended before its task was done") from error
        return answers

    def stop(self) -> None:
        import ray

        ray.shutdown()


def imports(options: Mapping[str, object]) -> None:
    """Ray, which is to tell nobody that it was used, and to lay down no key of its own in the user's home."""
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0")
    if not options.get("address"):
        from secrets import token_hex

        os.environ.setdefault("RAY_AUTH_TOKEN", token_hex(32))
    import ray.util  # noqa: F401


def start(work: Work, workers: int, options: Mapping[str, object]) -> RayPool:
    """A cluster on this machine with a core for each worker, or one that runs, which is given the code of this package."""
    import ray

    if options.get("address"):
        package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        look_for(str(options["address"]))
        ray.init(address=str(options["address"]), runtime_env={"py_modules": [package]})
        refuse_too_many(workers, ray.cluster_resources().get("CPU", 0))
        return RayPool(work, workers, is_away=True)
    ray.init(
        address="local",
        num_cpus=workers,
        include_dashboard=False,
        _temp_dir=short_way(work.scratch),
        _node_ip_address=ONLY_HERE,
    )
    return RayPool(work, workers)


def look_for(address: str) -> None:
    """Raises CellError where nobody listens at HOST:PORT; other words, such as `auto`, are Ray's own."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), CONNECT_S).close()
    except OSError as error:
        raise CellError("failed", f"no cluster of Ray was found at {address}: {error.strerror or error}") from error


def refuse_too_many(workers: int, cores: float) -> None:
    """Raises CellError where actors would wait for cores that the cluster has not got, for ever."""
    if cores < workers:
        raise CellError("unsupported", f"the cluster has {cores:g} cores, and {workers} workers need one each")


def short_way(scratch: str) -> str | None:
    """A name for a folder of the child's own, which the parent removes: a socket's path is 107 bytes at most, and Ray
    needs most of them. Where the system has no such name Ray's files lie where it puts them by itself."""
    if not os.path.isdir("/proc/self/fd"):
        return None
    folder = f"{scratch}/ray"
    os.makedirs(folder, exist_ok=True)
    return f"/proc/{os.getpid()}/fd/{os.open(folder, os.O_RDONLY | os.O_DIRECTORY)}"
