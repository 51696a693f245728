"""Table row → Parameter: how models and workloads say, as plain data, what can be set on them."""

from __future__ import annotations

REQUIRED = object()
"""The default of a parameter that has none."""


class Parameter:
    """One settable value of a model or a workload.

    `type` is a word that the schema knows: `seconds`, `bytes`, `count` (1 or more), `share` (0 to 1), `call`
    ("module:function"), `argv` (a list of texts), `arguments` (a mapping), `inputs`, or a tuple of the texts
    that may be chosen from.
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
    """A row of the table of models or of workloads: the kind's summary, its parameters and what it needs.

    Tasks of a workload that `has_effects` may change something that outlives the child, such as rows of a database:
    they are done no more often than is said.
    """

    __slots__ = ("has_effects", "ignores_workers", "parameters", "summary")

    def __init__(
        self,
        summary: str,
        parameters: dict[str, Parameter] | None = None,
        ignores_workers: bool = False,
        has_effects: bool = False,
    ) -> None:
        self.summary = summary
        self.parameters = parameters or {}
        self.ignores_workers = ignores_workers
        self.has_effects = has_effects
