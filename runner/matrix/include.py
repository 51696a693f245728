"""`include` → [Block]: further cells, whose axes are the top level's unless they are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..child.models.table import MODELS
from ..experiment.declared import Model
from ..experiment.document import Keys
from ..experiment.kinds import PLAIN_MODELS, model_of_kind
from ..experiment.messages import Mistake, did_you_mean, quoted
from ..experiment.schema import Experiment, Include
from .axes import Amount, ModelAxis, PythonAxis, Work, model_axis, workers_of
from .product import Block


@dataclass(frozen=True, slots=True)
class Includer:
    """What blocks refer to: the experiment and the top level's axes. Mistakes are added to `mistakes`."""

    experiment: Experiment
    top: Block
    mistakes: list[Mistake]

    def blocks(self) -> list[Block]:
        """A block for each `include`."""
        taken: dict[str, Keys] = {model.name: ("models", index) for index, model in enumerate(self.experiment.models)}
        return [self._block(block, ("include", number), taken) for number, block in enumerate(self.experiment.include)]

    def _block(self, block: Include, at: Keys, taken: dict[str, Keys]) -> Block:
        workloads = self._workloads(block, at)
        if block.tasks is not None:
            workloads = [_with_tasks(workload, block.tasks) for workload in workloads]
        models = self._models(block, at, taken)
        if block.workers is not None:
            models = [replace(model, workers=block.workers, workers_at=(*at, "workers")) for model in models]
        return Block(workloads, self.top.environments, models, self._pythons(block))

    def _workloads(self, block: Include, at: Keys) -> Sequence[tuple[Work, ...]]:
        if block.workload is None:
            return self.top.workloads
        names = list(self.experiment.workloads)
        by_name = dict(zip(names, self.top.workloads, strict=True))
        for index, name in enumerate(block.workload):
            if name not in by_name:
                text = f"there is no workload {quoted(name)}"
                self.mistakes.append(Mistake((*at, "workload", index), text, did_you_mean(name, names)))
        return [by_name[name] for name in dict.fromkeys(block.workload) if name in by_name]

    def _models(self, block: Include, at: Keys, taken: dict[str, Keys]) -> Sequence[ModelAxis]:
        if block.model is None:
            return self.top.models
        found = [self._model(one, (*at, "model", index), taken) for index, one in enumerate(block.model)]
        return [model for model in found if model is not None]

    def _model(self, one: str | Model, at: Keys, taken: dict[str, Keys]) -> ModelAxis | None:
        if isinstance(one, str):
            declared = next((model for model in self.top.models if model.name == one), None)
            if declared is not None:
                return declared
            if one not in PLAIN_MODELS:
                self.mistakes.append(self._unknown(one, at))
                return None
            one = model_of_kind(one)
        elif one.name in taken and taken[one.name] != at:
            text = f"the label {quoted(one.name)} is taken by {_path(taken[one.name])}"
            self.mistakes.append(Mistake(at, f"{text}: every model needs its own", "add `label: …`"))
        taken.setdefault(one.name, at)
        return model_axis(one, workers_of(self.experiment, one, at))

    def _unknown(self, name: str, at: Keys) -> Mistake:
        if name in MODELS:
            return Mistake(at, f"{quoted(name)} is a kind that needs options", f"write `{{kind: {name}, …}}`")
        hint = did_you_mean(name, [*(model.name for model in self.top.models), *MODELS])
        return Mistake(at, f"{quoted(name)} is no model's label and no kind", hint)

    def _pythons(self, block: Include) -> Sequence[PythonAxis]:
        if block.python is None:
            return self.top.pythons
        declared = {python.python: python for python in reversed(self.top.pythons)}
        declared |= {python.label: python for python in self.top.pythons}
        return [declared.get(python) or PythonAxis(python, python) for python in dict.fromkeys(block.python)]


def _with_tasks(workload: tuple[Work, ...], tasks: Sequence[int]) -> tuple[Work, ...]:
    amounts = tuple(Amount(number, None, False) for number in dict.fromkeys(tasks))
    return tuple(replace(work, amounts=amounts) for work in workload)


def _path(keys: Keys) -> str:
    return ".".join(str(key) for key in keys)
