"""Data → Experiment: the file format, every key with what it means; each kind comes from its row in a table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StrictBool,
    Tag,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)

from . import quantity
from .declared import Shape
from .environment import Env, Passed
from .kinds import AnyModel, AnyWorkload, ModelMapping
from .messages import quoted
from .selection import Expected, Selected
from .values import (
    ONE_OR_MORE,
    Bytes,
    Count,
    Factor,
    Json,
    Name,
    Seconds,
    Share,
    Short,
    Workers,
    WrongValue,
    positive,
)

Counts = Annotated[tuple[Count, ...], ONE_OR_MORE]


def _free_schema(schema: Json) -> None:
    schema["patternProperties"] = {"^x-": {}}
    schema["properties"]["$schema"] = {
        "type": "string",
        "description": "where an editor finds this schema",
        "examples": ["../experiment.schema.json"],
    }


class PythonChoice(Shape):
    """An interpreter that cells run on."""

    python: str = Field(min_length=1, description='"3.14", "3.14t", a path, or current', examples=["3.14t"])
    label: Name | None = Field(
        default=None, description="the name in tables; unless given, what `python` says", examples=["ours"]
    )
    debug: StrictBool = Field(
        default=False,
        description="whether a debug build will do, whose times say nothing of others",
        examples=[True],
    )

    @property
    def name(self) -> str:
        """What tables and selectors call it."""
        return self.label or self.python


class Blocks(Shape):
    """How many blocks are measured."""

    min: Count = Field(default=10, description="at least so many", examples=[10])
    max: Count = Field(default=30, description="at most so many; between them until the claims hold", examples=[30])

    @model_validator(mode="before")
    @classmethod
    def _follow(cls, value: object) -> object:
        """The bound that is not given moves with the one that is."""
        if not isinstance(value, dict) or len(value.keys() & {"min", "max"}) != 1:
            return value
        least, most = value.get("min"), value.get("max")
        if type(least) is int:
            return value | {"max": max(least, 30)}
        return value | {"min": min(most, 10)} if type(most) is int else value

    @model_validator(mode="after")
    def _ordered(self) -> Blocks:
        if self.max < self.min:
            raise WrongValue(f"max {self.max} is below min {self.min}: write min 1 or more and max not below it")
        return self


def _same_number(value: object) -> object:
    return {"min": value, "max": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


def _by_python(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise WrongValue("a number is no Python: a version is a text", 'quote it: "{written}"')
    return {"python": value} if isinstance(value, str) else value


def _batches(value: object) -> object:
    if value == "auto" or (type(value) is int and value >= 0):
        return value
    raise WrongValue(f"{quoted(value)} is no number of batches: write 0 or more, or auto")


def _timeout(value: object) -> object:
    return value if value == "auto" else positive(quantity.seconds(value))


def _unless_none(value: object, check: ValidatorFunctionWrapHandler) -> object:
    return None if value is None or value == "none" else check(value)


def _factor_above_one(value: float) -> float:
    if value <= 1:
        raise WrongValue(f"{quoted(value)} would drop the best cell too: write more than 1, such as 3x")
    return value


_AUTO: Json = {"const": "auto"}
_OPTIONAL = WrapValidator(_unless_none)


class Measure(Shape):
    """How numbers are taken. None of it is part of a cell's key."""

    blocks: Annotated[Blocks, Short(_same_number, lambda _: {"type": "integer", "minimum": 1})] = Field(
        default=Blocks(), description="how many blocks: a number, or {min, max}", examples=[{"min": 10, "max": 30}, 15]
    )
    precision: Annotated[Share, AfterValidator(positive)] = Field(
        default=0.02, description="blocks are added until intervals are so narrow", examples=["2%"]
    )
    batches: Annotated[
        int | str, PlainValidator(_batches), WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, _AUTO]})
    ] = Field(
        default="auto", description="further batches on warm workers; auto: for about a second in all", examples=[5]
    )
    timeout: Annotated[float | str, PlainValidator(_timeout), WithJsonSchema({"type": ["number", "string"]})] = Field(
        default="auto",
        description="when an invocation is given up; auto: ten times the preflight's figure, at least 30 s",
        examples=["60 s"],
    )
    budget: Annotated[Annotated[Seconds, AfterValidator(positive)], _OPTIONAL] | None = Field(
        default=None, description="how long a session may take", examples=["2 h"]
    )
    verdict_on: Literal["makespan", "steady", "quickest"] = Field(
        default="makespan",
        description="which time verdicts compare: all that a script waits for, or of the further batches the mean or the least",
        examples=["steady"],
    )
    margin: Share = Field(default=0.05, description="differences below it are called the same", examples=["5%"])
    drop: Annotated[Annotated[Factor, AfterValidator(_factor_above_one)], _OPTIONAL] | None = Field(
        default=None,
        description="cells so much slower than the best after two blocks are left out, and said",
        examples=["3x"],
    )
    seed: int = Field(default=1, strict=True, description="of the random order of cells", examples=[7])
    trace: StrictBool = Field(
        default=False,
        description="do each cell once more, beside the numbers, and write when every task ran where",
        examples=[True],
    )


class Limits(Shape):
    """What a child may use."""

    memory: Annotated[Annotated[Bytes, AfterValidator(positive)], _OPTIONAL] | None = Field(
        default=None, description="memory of a child's whole process tree", examples=["4 GiB"]
    )


class Requirement(Shape):
    """What must hold for a Python; rows that break it fail."""

    gil: Literal["on", "off"] = Field(description="whether the GIL must be on or off", examples=["off"])


def _label_or_mapping(value: object) -> str:
    return "a label" if isinstance(value, str) else "a mapping"


LabelOrModel = Annotated[
    Annotated[str, Tag("a label")] | Annotated[ModelMapping, Tag("a mapping")], Discriminator(_label_or_mapping)
]


class Include(Shape):
    """A block of cells besides the product; an axis that is not named is the top level's."""

    workload: Annotated[tuple[Name, ...], ONE_OR_MORE] | None = Field(
        default=None, min_length=1, description="names of workloads", examples=["wait"]
    )
    model: Annotated[tuple[LabelOrModel, ...], ONE_OR_MORE] | None = Field(
        default=None, min_length=1, description="labels of declared models, or further models", examples=["threads"]
    )
    workers: Annotated[tuple[Workers, ...], ONE_OR_MORE] | None = Field(
        default=None, min_length=1, description="numbers of workers", examples=[100]
    )
    python: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], ONE_OR_MORE] | None = Field(
        default=None, min_length=1, description="labels of declared Pythons, or further ones", examples=["3.14t"]
    )
    tasks: Counts | None = Field(default=None, min_length=1, description="numbers of tasks", examples=[64])


class Experiment(Shape):
    """A question, and the run matrix that answers it."""

    model_config = ConfigDict(title="Runmatrix experiment", json_schema_extra=_free_schema)

    question: str = Field(
        default="", description="what the table is to answer", examples=["Which concurrency model pays for waiting?"]
    )
    workloads: dict[Name, AnyWorkload] = Field(
        min_length=1,
        description="name → kind and its parameters, sweep, same",
        examples=[{"wait": {"kind": "sleep", "seconds": 0.05}}],
    )
    models: tuple[AnyModel, ...] = Field(
        min_length=1,
        description="concurrency models: a kind, or {kind, label, workers, sweep, …options}",
        examples=[["serial", "threads"]],
    )
    workers: Annotated[tuple[Workers, ...], ONE_OR_MORE] = Field(
        default=(1, 2, 4, "cpus"),
        min_length=1,
        description="numbers of workers; cpus are the usable ones, tasks is one worker a task",
        examples=[[1, 2, 4, "cpus"]],
    )
    pythons: tuple[Annotated[PythonChoice, Short(_by_python, lambda _: {"type": "string"})], ...] = Field(
        default=(PythonChoice(python="current"),),
        min_length=1,
        description='current, "3.14", "3.14t", a path, or {python, label, debug}',
        examples=[["current", "3.14t"]],
    )
    tasks: Counts | None = Field(
        default=None,
        min_length=1,
        description="strong scaling: so many tasks, whatever the workers; a list is an axis",
        examples=[64],
    )
    tasks_per_worker: Counts | None = Field(
        default=None,
        min_length=1,
        description="weak scaling: so many tasks for each worker; a list is an axis",
        examples=[16],
    )
    include: tuple[Include, ...] = Field(
        default=(), description="blocks of further cells", examples=[[{"workload": "wait", "workers": 100}]]
    )
    exclude: tuple[Selected, ...] = Field(
        default=(),
        description="cells to leave out; a list matches any of its values",
        examples=[[{"model": "processes", "workers": [1, 2]}]],
    )
    baseline: Selected | None = Field(
        default=None,
        description="what speedups are taken against; axes that are not named are the cell's own",
        examples=[{"model": "serial"}],
    )
    expect: tuple[Expected, ...] = Field(
        default=(),
        description="claims about ratios",
        examples=[[{"workload": "wait", "model": "threads", "workers": 4, "speedup": ">= 3.5"}]],
    )
    require: dict[str, Requirement] = Field(
        default={}, description="what must hold for a Python, by its label", examples=[{"3.14t": {"gil": "off"}}]
    )
    measure: Measure = Field(default=Measure(), description="how numbers are taken", examples=[{"blocks": 15}])
    limits: Limits = Field(default=Limits(), description="what a child may use", examples=[{"memory": "4 GiB"}])
    env: Env = Field(
        default={},
        description="variables set in every child; `sweep` in it makes an axis",
        examples=[{"OMP_NUM_THREADS": "1"}],
    )
    pass_env: tuple[Passed, ...] = Field(
        default=(), description="variables passed through without storing their values", examples=[["API_TOKEN"]]
    )
