"""This machine and interpreter → who measures: ids and facts that a journal's sessions carry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .child import facts


@dataclass(frozen=True, slots=True)
class Machine:
    """Where measuring happens. `machine` and `boot` are digests that tell nobody anything but same or other."""

    machine: str
    boot: str
    facts: Mapping[str, object]

    @property
    def usable_cpus(self) -> int:
        """Cores that may be used: by affinity, and by quota."""
        return int(str(self.facts["usable_cpus"]))

    def limited_to(self, usable_cpus: int) -> str:
        """The id that it has where so many cores may be used."""
        return _identity({**self.facts, "usable_cpus": usable_cpus})


def this_machine() -> Machine:
    """The same machine has the same id after each boot, the same boot the same boot id. With fewer usable cores it is
    another one: what workers gain on two cores they don't on one."""
    known = facts.machine()
    return Machine(_identity(known), _digest(_boot()), known)


def _identity(known: Mapping[str, object]) -> str:
    passing = ("system", *(["usable_cpus"] if known["usable_cpus"] == known["cpus"] else []))
    lasting = {name: value for name, value in known.items() if name not in passing}
    return f"m-{_digest(json.dumps([lasting, _text('/etc/machine-id')], sort_keys=True))}"


def _boot() -> str:
    """The same from start to stop of the system, another each time."""
    boot = _text("/proc/sys/kernel/random/boot_id")
    if boot:
        return boot
    import psutil

    return str(psutil.boot_time())


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _digest(text: str) -> str:
    return hashlib.blake2b(b"runmatrix " + text.encode(), digest_size=4).hexdigest()
