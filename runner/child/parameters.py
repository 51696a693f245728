"""Table row → Kind: how models and workloads say, as plain data, what can be set on them and what they need."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REQUIRED = object()
"""The default of a parameter that has none."""

MAIN_THREAD = "main thread"
"""The `worker` of a model that has one only, however many are asked for."""


class Parameter:
    """One settable value of a model or a workload.

    `type` is a word that the schema knows: `seconds`, `bytes`, `count` (1 or more), `share` (0 to 1), `call`
    ("module:function"), `address` (of a server), `argv` (a list of texts), `arguments` (a mapping), `inputs`, or a
    tuple of the texts that may be chosen from.
    """

    __slots__ = ("default", "description", "example", "type")

    def __init__(
        self, type: str | tuple[str, ...], description: str, example: object, default: object = REQUIRED
    ) -> None:
        self.type = type
        self.description = description
        self.example = example
        self.default = default


class Kind:
    """A row of the table of workloads: the kind's summary and its parameters.

    `descriptors` says how many file descriptors a worker holds on its account. Tasks of a workload that `has_effects`
    may change something that outlives the child, such as rows of a database: they are done no more often than is said.
    """

    __slots__ = ("descriptors", "has_effects", "parameters", "summary")

    def __init__(
        self,
        summary: str,
        parameters: Mapping[str, Parameter] | None = None,
        *,
        has_effects: bool = False,
        descriptors: int = 0,
    ) -> None:
        self.summary = summary
        self.parameters = parameters or {}
        self.has_effects = has_effects
        self.descriptors = descriptors


class Needs:
    """What not every Python has: a version from which on, or a package and the extra of Runmatrix that brings it.

    With `option` (name, value) it is needed for that choice alone.
    """

    __slots__ = ("extra", "option", "package", "python")

    def __init__(
        self,
        *,
        python: tuple[int, int] | None = None,
        package: str = "",
        extra: str = "",
        option: tuple[str, str] | None = None,
    ) -> None:
        self.python = python
        self.package = package
        self.extra = extra
        self.option = option


class ModelKind(Kind):
    """A row of the table of models.

    `worker` says what one worker is: the `main thread`, a `coroutine`, `thread`, `interpreter` or `process`, or
    `other` where only its author knows. `worker_with` says what it is with an option (name, value) instead.
    """

    __slots__ = ("needs", "worker", "worker_with")

    def __init__(
        self,
        summary: str,
        parameters: Mapping[str, Parameter] | None = None,
        *,
        worker: str,
        worker_with: Mapping[tuple[str, str], str] | None = None,
        needs: Sequence[Needs] = (),
        descriptors: int = 0,
    ) -> None:
        super().__init__(summary, parameters, descriptors=descriptors)
        self.worker = worker
        self.worker_with = worker_with or {}
        self.needs = needs

    @property
    def ignores_workers(self) -> bool:
        """Whether there is one worker, however many are asked for."""
        return self.worker == MAIN_THREAD
