"""This machine, today → Diagnosis: a few minutes of the same against the same say what can be claimed here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from .. import run
from ..errors import Interrupted
from ..interrupt import Interrupt
from ..invoke import Launcher
from ..machine import this_machine
from ..orders import Surroundings
from .design import Design
from .diagnosis import Diagnosis, diagnose
from .examine import Examination, examine
from .figures import figures
from .neighbours import busiest, cpu_times
from .setting import setting
from .words import in_json, in_words

__all__ = ["Diagnosis", "examine_machine", "in_json", "in_words"]


def examine_machine(minutes: float, interrupt: Interrupt, step: Callable[[run.Step], Any]) -> Diagnosis:
    """Examine this machine for about so many minutes; changes no setting of it. Raises ResultsError where no child
    could be started, and Interrupted."""
    try:
        with Launcher(interrupt) as launch:
            project = launch.scratch / "doctor"
            project.mkdir()
            around = Surroundings(project, project, batches=0, timeout_s=None)
            design = Design(this_machine().usable_cpus, secrets.randbits(32))
            there, before = setting(), cpu_times()
            blocks = examine(design, minutes, Examination(launch, around, step))
            neighbours = busiest(before, cpu_times())
    except Interrupted as stopped:
        raise Interrupted(stopped.signum, "nothing was found out, nothing was changed") from None
    return diagnose(figures(blocks, design), there, neighbours)
