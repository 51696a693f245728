"""argv, inputs → the program's standard output, once a task."""

from __future__ import annotations

import subprocess

from .inputs import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .contract import AsyncBody, Body, Parameters


def items(parameters: Parameters, tasks: int | None) -> Sequence[object]:
    """Inputs as declared, or as many Nones as there are tasks."""
    if parameters["inputs"] is None:
        return [None] * (tasks or 1)
    return read(parameters["inputs"], tasks)


def filled(parameters: Parameters, item: object) -> list[str]:
    """argv with {input} filled in; swept names came filled in."""
    argv = parameters["argv"]
    assert isinstance(argv, list)
    return [part.format(input=item) for part in argv]


def checked(argv: list[str], code: int | None, output: bytes, complaint: bytes) -> bytes:
    """The output of a program that did what it should."""
    if code != 0:
        said = complaint.decode(errors="replace").strip().splitlines()
        raise OSError(f"`{argv[0]}` exited with {code}" + (f": {said[-1]}" if said else ""))
    return output


def body(parameters: Parameters) -> Body:
    """Run the program and wait for it."""

    def run(item: object) -> bytes:
        argv = filled(parameters, item)
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return checked(argv, done.returncode, done.stdout, done.stderr)

    return run


def async_body(parameters: Parameters, library: str) -> AsyncBody | None:
    """Run the program while asyncio's loop goes on."""
    if library != "asyncio":
        return None
    import asyncio

    async def run(item: object) -> bytes:
        argv = filled(parameters, item)
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        output, complaint = await process.communicate()
        return checked(argv, process.returncode, output, complaint)

    return run
