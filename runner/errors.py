"""A mistake → what to tell the user, and the exit code.

    RunmatrixError
    ├── ExperimentError    2   the experiment is wrong; carries every mistake of the stage
    ├── CommandError       2   the command line asks for what cannot be
    ├── ResultsError       4   results can't be read or written
    │   └── LockedError    4   somebody else is measuring into them
    └── Interrupted      130 / 143

A failing cell is data, not an error; a bug keeps its traceback.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence


class RunmatrixError(Exception):
    """Says where, what, and what instead; `exit_code` is what the command ends with."""

    exit_code = 1


class ExperimentError(RunmatrixError):
    """An experiment can't be used. `mistakes` holds one rendered text for each mistake."""

    exit_code = 2

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class CommandError(RunmatrixError):
    """The command line asks for something that does not exist or can't be done."""

    exit_code = 2


class ResultsError(RunmatrixError):
    """Results can't be read or written; what was written before stays."""

    exit_code = 4


class LockedError(ResultsError):
    """Another process is measuring into the same results."""


class Interrupted(RunmatrixError):
    """A signal asked the run to stop; `consequence` is what becomes of its results."""

    def __init__(self, signum: int, consequence: str = "what was measured is kept, run it again to go on") -> None:
        super().__init__(f"stopped by {signal.Signals(signum).name}; {consequence}")
        self.signum = signum
        self.exit_code = 128 + signum
