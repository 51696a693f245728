"""Loaded → [Mistake]: functions that the file names and that are not there, or can't be called as they would be.

Nothing is imported and nothing started: source is read where it is found, and what can't be told from it is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..experiment import Loaded, environment, sweep
from ..experiment.messages import Mistake
from ..pythons import CURRENT
from .named import calls

__all__ = ["mistakes"]


def mistakes(loaded: Loaded) -> Iterable[Mistake]:
    """What is certain to fail in every child."""
    named = list(calls(loaded))
    if not named:
        return ()
    from .judge import judged  # most files name no function, and need no parser of Python

    return judged(named, loaded.document.path.parent, _runs_on_current_alone(loaded))


def _runs_on_current_alone(loaded: Loaded) -> bool:
    """Whether no cell runs on another Python than Runmatrix, or is told to look elsewhere by a variable: what is
    installed there nobody knows without asking it."""
    env = loaded.experiment.env
    variables = [*environment.fixed(env), *sweep.names(environment.swept(env)), *loaded.experiment.pass_env]
    if any(name.startswith("PYTHON") for name in variables):
        return False
    named = {python for block in loaded.experiment.include for python in block.python or ()}
    top = loaded.experiment.pythons
    return all(one.python == CURRENT for one in top) and named <= {CURRENT, *(one.name for one in top)}
