"""Standard input → request → reply → a file: the child's whole life."""

from __future__ import annotations

import os
import sys

from .fingerprint import fingerprint, imported_files
from .protocol import PROTOCOL, parse, render
from .work import load

STARTED_WITH = frozenset(sys.modules)


def main() -> None:
    """Answer one request. A failed cell ends at once: what it left running must not hold up its report."""
    request = parse(sys.stdin.read())
    assert request["protocol"] == PROTOCOL, "this child was staged by another version"
    purpose = str(request["purpose"])
    reply = getattr(load(f"{__package__}.{purpose}"), purpose)(request)
    files = {**reply.pop("worker_files", {}), **imported_files()}
    if request.get("instead"):
        refuse_strays(reply, files, request["instead"])
    imported = {name: path for name, path in files.items() if name not in STARTED_WITH}
    places = request["project"], request["root"], request.get("editable") or {}
    reply["fingerprint"] = fingerprint(imported, places, request["distributions"])  # type: ignore[arg-type]
    reply["protocol"] = PROTOCOL
    path = f"{request['scratch']}/reply"
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(render(reply))
    os.replace(path + ".part", path)
    if reply["status"] != "ok" or nothing_to_clear_up(reply["fingerprint"]):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def refuse_strays(reply: dict[str, object], files: dict[str, str], instead: object) -> None:
    """What ran the code of another checkout than it was asked to has measured nothing."""
    stray = load(f"{__package__}.elsewhere").strays(files, instead)
    if stray and reply["status"] == "ok":
        reply["status"] = "invalid"
        reply["reason"] = (
            f"{stray[0]} was imported from the working tree, not from the other revision: an import hook leads there; "
            "install it with `pip install -e . --config-settings editable_mode=compat`, or without -e in an environment for each"
        )


def nothing_to_clear_up(imported: dict[str, object]) -> bool:
    """Whether taking the interpreter down, a tenth of a bare start, would serve nobody."""
    return "atexit" not in sys.modules and not imported["files"] and not imported["distributions"]


main()
