"""size → SHA-256 of a buffer of so many bytes, computed without the GIL."""

from __future__ import annotations

import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .contract import Body, Parameters


def body(parameters: Parameters) -> Body:
    """Hash the worker's own buffer. hashlib gives up the GIL above 2047 bytes."""
    size = parameters["size"]
    assert isinstance(size, int)
    buffer = bytes(size)
    return lambda item: hashlib.sha256(buffer).hexdigest()
