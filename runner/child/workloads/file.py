"""size → so many bytes written to a file, forced to the disk and read back."""

from __future__ import annotations

import os
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .contract import Body, Parameters


def setup(parameters: Parameters, scratch: str) -> tuple[Parameters, Callable[[], int]]:
    """Files lie in the child's own folder, which the parent removes."""
    return {**parameters, "folder": scratch}, lambda: 0


def body(parameters: Parameters) -> Body:
    """Each worker has a file of its own, written anew by each of its tasks."""
    size = parameters["size"]
    assert isinstance(size, int)
    content = os.urandom(1024) * (size // 1024 + 1)
    content = content[:size]
    path = f"{parameters['folder']}/{os.getpid()}-{get_ident()}.bin"

    def write_and_read(item: object) -> int:
        with open(path, "wb", buffering=0) as file:
            file.write(content)
            os.fsync(file.fileno())
        with open(path, "rb", buffering=0) as file:
            back = file.read()
        if back != content:
            raise OSError(f"{len(back)} of {size} bytes came back, or others than were written")
        return len(back)

    return write_and_read
