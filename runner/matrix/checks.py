"""[Cell] → the cells that stay, with a mistake for what is there twice or selects nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..experiment import Loaded
from ..experiment.document import Keys
from ..experiment.messages import Mistake
from ..experiment.selection import Selection
from .cells import Cell
from .selector import Misfit, Selector


@dataclass(frozen=True, slots=True)
class Checks:
    """What cells are checked against: the file, which says where things stand. Mistakes are added to `mistakes`."""

    loaded: Loaded
    cpus: int
    mistakes: list[Mistake]

    def distinct(self, cells: Iterable[Cell]) -> list[Cell]:
        """The cells, each once; what makes the same ones twice is a mistake, once for each pair of declarations."""
        found: dict[str, Cell] = {}
        same: dict[tuple[Keys, Keys], None] = {}
        for cell in cells:
            first = found.setdefault(cell.key, cell)
            if first is not cell:
                same[self._difference(first, cell)] = None
        self.mistakes.extend(self._twice(first_at, at) for first_at, at in same)
        return list(found.values())

    def without_excluded(self, cells: list[Cell]) -> list[Cell]:
        """The cells that no `exclude` matches; one that matches none is a mistake."""
        excluded: set[str] = set()
        for index, selection in enumerate(self.loaded.experiment.exclude):
            selector = self._checked(selection, ("exclude", index), "exclude", cells)
            excluded.update(cell.key for cell in cells if selector.matches(cell))
        return [cell for cell in cells if cell.key not in excluded]

    def with_included(self, cells: list[Cell], blocks: Sequence[Iterable[Cell]]) -> list[Cell]:
        """The cells and those of the blocks; a block that adds one that is there already is a mistake."""
        found = {cell.key: cell for cell in cells}
        for number, block in enumerate(blocks):
            repeated = [cell for cell in block if found.setdefault(cell.key, cell) is not cell]
            if repeated:
                text = f"this block adds what is there already: {repeated[0]}"
                more = f", and {len(repeated) - 1} more" if len(repeated) > 1 else ""
                self.mistakes.append(Mistake(("include", number), text + more, "name only what is new", "first"))
        return list(found.values())

    def baseline(self, cells: list[Cell]) -> Selector | None:
        """What `baseline` selects, None where it is not given; one that matches no cell is a mistake."""
        selection = self.loaded.experiment.baseline
        return None if selection is None else self._checked(selection, ("baseline",), "baseline", cells)

    def expectations(self, cells: list[Cell]) -> None:
        """Every expectation is about some cell; one that is not is a mistake."""
        for index, expected in enumerate(self.loaded.experiment.expect):
            selection = {axis: values for axis, values in expected.items() if isinstance(values, list)}
            self._checked(selection, ("expect", index), "expectation", cells)

    def _checked(self, selection: Selection, at: Keys, word: str, cells: list[Cell]) -> Selector:
        selector = Selector.of(selection, self.cpus)
        misfit = selector.misfit(cells)
        if misfit is not None:
            lead = f"this {word} matches no cell" if not any(map(selector.matches, cells)) else f"in this {word}"
            text = f"{lead}: {misfit.text}{self._line(misfit)}"
            self.mistakes.append(Mistake(at, text, misfit.hint, "first"))
        return selector

    def _line(self, misfit: Misfit) -> str:
        """Where the axis that has no such value is declared."""
        keys: Keys = {"workload": ("workloads",), "model": ("models",), "python": ("pythons",)}.get(
            misfit.axis, (misfit.axis,)
        )
        if misfit.axis == "workers":
            own = {self._workers_at(cell) for cell in misfit.among}
            keys = own.pop() if len(own) == 1 else ("workers",)
        node = self.loaded.document.node(keys)
        return f" (line {node.place.line})" if node else ""

    def _workers_at(self, cell: Cell) -> Keys:
        index = self._model_index(cell.model.name)
        own = index is not None and self.loaded.experiment.models[index].workers is not None
        return ("models", index, "workers") if own and index is not None else ("workers",)

    def _model_index(self, name: str) -> int | None:
        names = [model.name for model in self.loaded.experiment.models]
        return names.index(name) if name in names else None

    def _difference(self, first: Cell, second: Cell) -> tuple[Keys, Keys]:
        """Where the two declarations stand that make the same cell."""
        if first.workload.name != second.workload.name:
            return ("workloads", first.workload.name), ("workloads", second.workload.name)
        if first.model.name != second.model.name:
            return self._model_at(first), self._model_at(second)
        if first.python_label != second.python_label:
            return self._python_at(first), self._python_at(second)
        if first.workload is not second.workload:
            return ("workloads", first.workload.name), ("workloads", first.workload.name, "sweep")
        if first.model is not second.model:
            return self._model_at(first), (*self._model_at(first), "sweep")
        return ("env",), ("env", "sweep")

    def _model_at(self, cell: Cell) -> Keys:
        return ("models", self._model_index(cell.model.name) or 0)

    def _python_at(self, cell: Cell) -> Keys:
        names = [choice.name for choice in self.loaded.experiment.pythons]
        return ("pythons", names.index(cell.python_label))

    def _twice(self, first_at: Keys, at: Keys) -> Mistake:
        if at[-1] == "sweep":
            return Mistake(at, "two rows of this sweep make the same cells: take one of them out", at="key")
        first = self.loaded.document.place(first_at, key=True)
        text = f"this makes the same cells as what stands at {first.line}:{first.column}"
        return Mistake(at, text, "take one of them out, or change what it does: a label is only a name", "key")
