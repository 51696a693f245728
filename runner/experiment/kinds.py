"""Table row → Pydantic class: workloads and models as a file may declare them, told apart by `kind`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import Field, GetCoreSchemaHandler, TypeAdapter, ValidatorFunctionWrapHandler, WrapValidator, create_model
from pydantic_core import core_schema

from ..child.models.table import MODELS
from ..child.parameters import REQUIRED, Kind, Parameter
from ..child.workloads.table import WORKLOADS
from .declared import CommandWorkload, Declared, FunctionWorkload, Model, Workload
from .values import Short, type_of

_Of = TypeVar("_Of", bound=Declared)


class _OneOf:
    """Annotation: one of the classes, told by `kind`."""

    def __init__(self, classes: tuple[type[Declared], ...]) -> None:
        self.classes = classes

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        union: Any = self.classes[0]
        for one in self.classes[1:]:
            union = union | one
        return handler.generate_schema(Annotated[union, Field(discriminator="kind")])


def _class(kind: str, row: Kind, base: type[_Of], last: str) -> type[_Of]:
    fields: dict[str, Any] = {name: _field(parameter) for name, parameter in row.parameters.items()}
    fields["kind"] = (cast(Any, Literal)[kind], Field(description=row.summary, examples=[kind]))
    made = create_model(f"{kind.title().replace('_', '')}{last}", __base__=base, __doc__=row.summary, **fields)
    made.row, made.kind_name = row, kind
    return made


def _field(parameter: Parameter) -> tuple[Any, Any]:
    kept = type_of(parameter.type)
    default = None if parameter.default is REQUIRED else parameter.default
    if parameter.default is None:
        kept = Annotated[kept, WrapValidator(_unless_null)]
    return kept, Field(default=default, description=parameter.description, examples=[parameter.example])


def _unless_null(value: object, check: ValidatorFunctionWrapHandler) -> object:
    return None if value is None else check(value)


def _by_kind(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


_SPECIAL: Mapping[str, type[Workload]] = {"function": FunctionWorkload, "command": CommandWorkload}
_WORKLOADS = tuple(_class(kind, row, _SPECIAL.get(kind, Workload), "Workload") for kind, row in WORKLOADS.items())
_MODELS = tuple(_class(kind, row, Model, "Model") for kind, row in MODELS.items())

AnyWorkload = Annotated[Workload, _OneOf(_WORKLOADS)]
ModelMapping = Annotated[Model, _OneOf(_MODELS)]
PLAIN_MODELS = tuple(
    kind
    for kind, row in MODELS.items()
    if all(parameter.default is not REQUIRED for parameter in row.parameters.values())
)
"""Kinds of models that may be declared by their names alone."""

AnyModel = Annotated[ModelMapping, Short(_by_kind, lambda _: {"enum": list(PLAIN_MODELS)})]


def model_of_kind(kind: str) -> Model:
    """A model of a kind, one of PLAIN_MODELS, with every option at its default."""
    return TypeAdapter[Model](AnyModel).validate_python(kind)
