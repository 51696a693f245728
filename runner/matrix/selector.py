"""Axis → values: which cells are meant by `exclude`, `baseline`, `expect` and `--only`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import CommandError
from ..experiment import quantity, scalars
from ..experiment.messages import did_you_mean, listed, suggestion
from ..experiment.selection import AXES, DOTTED, Selection, dotted
from .cells import Cell

_ABSENT = object()
_BY_NAME = ("workload", "model", "python")


@dataclass(frozen=True, slots=True)
class Misfit:
    """The axis on which a selector asks for what is not there, and that in words."""

    axis: str
    text: str
    hint: str
    among: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Selector:
    """Axis → the values any of which is meant; a cell matches that matches on every axis named."""

    wanted: Mapping[str, tuple[object, ...]]

    @classmethod
    def of(cls, selection: Selection, cpus: int) -> Selector:
        """From what the YAML says; `cpus` is what that word stands for."""
        return cls(
            {axis: tuple(_resolved(axis, value, cpus) for value in values) for axis, values in selection.items()}
        )

    @classmethod
    def parse(cls, text: str, cells: Sequence[Cell]) -> Selector:
        """From a command line: "workload=wait,model=threads,asyncio,workers=4"; what is
        swept may be named without where it is, "kib=4" for "workload.kib=4". Raises CommandError, too when it
        asks for what none of the cells has."""
        wanted: dict[str, tuple[object, ...]] = {}
        axis = ""
        for part in text.split(","):
            name, equals, value = part.partition("=")
            if equals:
                axis = _known_axis(name.strip(), cells)
            value = (value if equals else name).strip()
            if not axis or not value:
                raise CommandError(f"`{part}` selects nothing: write name=value, such as workload=wait,model=threads")
            wanted[axis] = (*wanted.get(axis, ()), _typed(axis, value))
        selector = cls(wanted)
        misfit = selector.misfit(cells)
        if misfit is not None:
            raise CommandError(f"`{text}` matches no cell: {misfit.text}" + (f"; {misfit.hint}" if misfit.hint else ""))
        return selector

    def matches(self, cell: Cell) -> bool:
        """Whether a cell is meant."""
        return all(_fits(cell, axis, values) for axis, values in self.wanted.items())

    def misfit(self, cells: Sequence[Cell]) -> Misfit | None:
        """What it asks for that no cell has: why it matches nothing, or a name that does not exist."""
        return self._unknown_name(cells) or self._nothing(cells)

    def _unknown_name(self, cells: Sequence[Cell]) -> Misfit | None:
        for axis in self.wanted:
            if axis not in _BY_NAME:
                continue
            for value in self.wanted[axis]:
                if not any(_fits(cell, axis, (value,)) for cell in cells):
                    return _misfit(axis, (value,), cells, ())
        return None

    def _nothing(self, cells: Sequence[Cell]) -> Misfit | None:
        left = list(cells)
        done: list[str] = []
        for axis in sorted(self.wanted, key=_rank):
            fitting = [cell for cell in left if _fits(cell, axis, self.wanted[axis])]
            if not fitting:
                existed = any(_fits(cell, axis, self.wanted[axis]) for cell in cells)
                return _misfit(axis, self.wanted[axis], left, done if existed else ())
            left = fitting
            done.append(f"`{axis}: {_listed(self.wanted[axis])}`")
        return None


def value_on(cell: Cell, axis: str) -> object:
    """A cell's value on an axis; None where it has none."""
    value = _value_on(cell, axis)
    return None if value is _ABSENT else value


def axes_of(cell: Cell) -> list[str]:
    """The axes that a cell has values on."""
    swept = [f"workload.{name}" for name in cell.workload.swept] + [f"model.{name}" for name in cell.model.swept]
    return [*AXES, *swept, *(f"env.{name}" for name in cell.swept_env)]


def shown(value: object) -> str:
    """A value as a message and a selector have it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value_on(cell: Cell, axis: str) -> object:
    match axis:
        case "workload":
            return cell.workload.name
        case "model":
            return cell.model.name
        case "workers":
            return cell.workers
        case "python":
            return cell.python_label
        case "tasks":
            return cell.tasks
    part, _, name = axis.partition(".")
    swept = {"workload": cell.workload.swept, "model": cell.model.swept, "env": cell.swept_env}[part]
    return swept.get(name, _ABSENT)


def _fits(cell: Cell, axis: str, values: tuple[object, ...]) -> bool:
    value = _value_on(cell, axis)
    if axis in ("workload", "model"):
        return value in values
    if axis == "python":
        return value in values or cell.python in values
    if axis == "workers":
        return value in values or ("tasks" in values and value == cell.tasks)
    return value is not _ABSENT and any(_same(value, wanted) for wanted in values)


def _same(value: object, wanted: object) -> bool:
    """A swept value is meant by itself, by its text, or by a quantity in another unit."""
    if isinstance(value, bool) == isinstance(wanted, bool) and value == wanted:
        return True
    if isinstance(value, str):
        return not isinstance(wanted, str) and scalars.plain(value) == wanted
    if not isinstance(wanted, str):
        return False
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return wanted == shown(value) or (is_number and quantity.same_number(wanted, float(str(value))))


def _misfit(axis: str, values: tuple[object, ...], left: Sequence[Cell], where: Iterable[str]) -> Misfit:
    there = list(dict.fromkeys(shown(value_on(cell, axis)) for cell in left if _value_on(cell, axis) is not _ABSENT))
    hint = suggestion(shown(values[0]), there) if axis in _BY_NAME else ""
    condition = f" where {' and '.join(where)}" if where else ""
    among = f"is not among {listed(there)}" if there else "is not swept"
    if not there and left:
        swept = dict.fromkeys(name for cell in left for name in axes_of(cell) if name not in AXES)
        hint = did_you_mean(axis, swept) if swept else "nothing is swept here"
    return Misfit(axis, f"`{axis}: {_listed(values)}` {among}{condition}", hint, tuple(left))


def _listed(values: tuple[object, ...]) -> str:
    return shown(values[0]) if len(values) == 1 else f"[{listed(shown(value) for value in values)}]"


def _rank(axis: str) -> int:
    """Workers last: which numbers there are depends on the model."""
    order = ("workload", "model", "python", "tasks")
    return order.index(axis) if axis in order else len(order) + (axis == "workers")


def _known_axis(name: str, cells: Sequence[Cell]) -> str:
    """What is swept under one name only needs no more than that."""
    if name in AXES or DOTTED.fullmatch(name):
        return name
    known = list(dict.fromkeys([*AXES, *(axis for cell in cells for axis in axes_of(cell))]))
    whole = [axis for axis in known if axis in dotted(name)]
    if len(whole) == 1:
        return whole[0]
    if whole:
        raise CommandError(f"`{name}` is swept more than once: write {' or '.join(whole)}")
    short = [axis.partition(".")[2] or axis for axis in known]
    raise CommandError(f"`{name}` is nothing to select by: {did_you_mean(name, dict.fromkeys([*short, *known]))}")


def _typed(axis: str, value: str) -> object:
    if axis not in ("workers", "tasks") or (axis == "workers" and value == "tasks"):
        return value
    try:
        return quantity.count(scalars.plain(value))
    except (quantity.QuantityError, scalars.ScalarError) as error:
        raise CommandError(f"{axis}: {error}") from error


def _resolved(axis: str, value: object, cpus: int) -> object:
    return times_cpus(value, cpus) if axis == "workers" and isinstance(value, str) and value != "tasks" else value


def times_cpus(symbol: str, cpus: int) -> int:
    """What `cpus` and `2*cpus` stand for."""
    factor, star, _ = symbol.partition("*")
    return int(factor) * cpus if star else cpus
