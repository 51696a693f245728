"""Results → digest: equal for equal values of equal type, whatever process or model they came through.

Pickle bytes differ for equal objects (shared parts, order of sets and dicts), so values are encoded here by type
and value, each with its length in front.
"""

from __future__ import annotations

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL as well: 4 ms
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

DIGEST_BYTES = 16


def digest(results: Sequence[object]) -> str:
    """Digest of results in their order, as 32 hex digits. Raises RecursionError for values nested too deeply."""
    return hashed(Encoder().encode(list(results))).hex()


def unordered_digest(results: Iterable[object]) -> str:
    """Digest of results whatever their order."""
    return hashed(b"".join(sorted(hashed(Encoder().encode(result)) for result in results))).hex()


def hashed(data: bytes) -> bytes:
    """A digest of bytes."""
    return blake2b(data, digest_size=DIGEST_BYTES).digest()


class Encoder:
    """Encodes values, each container once however often it is shared."""

    def __init__(self) -> None:
        self._open: dict[int, int] = {}  # containers being encoded → their depth, so that a cycle refers back
        self._known: dict[int, bytes] = {}
        self._kept: list[object] = []  # an id is a value's own for as long as the value lives
        self._cycles = 0

    def encode(self, value: object) -> bytes:
        """Type and value as bytes; of anything that holds other values, type and digest."""
        if value is None or isinstance(value, (bool, float, complex, str)):
            return tagged(value, str(value).encode("utf-8", "surrogatepass"))
        if isinstance(value, int):
            return tagged(value, b"%x" % value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return tagged(value, bytes(value))
        if id(value) in self._known:
            return self._known[id(value)]
        if id(value) in self._open:
            self._cycles += 1
            return b"^%d;" % (len(self._open) - self._open[id(value)])
        return self._holder(value)

    def _holder(self, value: object) -> bytes:
        cycles = self._cycles
        self._open[id(value)] = len(self._open)
        try:
            encoded = tagged(value, hashed(self._content(value)))
        finally:
            del self._open[id(value)]
        if cycles == self._cycles:  # what refers back means something else in another place
            self._known[id(value)] = encoded
            self._kept.append(value)
        return encoded

    def _content(self, value: object) -> bytes:
        if isinstance(value, (list, tuple)):
            return b"".join([self.encode(item) for item in value])
        if isinstance(value, (set, frozenset)):
            return b"".join(sorted(self.encode(item) for item in value))
        if isinstance(value, dict):
            return b"".join(sorted(self.encode(key) + self.encode(item) for key, item in value.items()))
        if hasattr(value, "tobytes") and hasattr(value, "tolist"):
            return self._array(value)
        if hasattr(value, "__qualname__"):  # a class or a function is its name
            return f"{value.__module__}.{value.__qualname__}".encode()
        return self._reduced(value)

    def _array(self, value: Any) -> bytes:
        """Shape, type and bytes; an array of objects holds pointers, so its values instead."""
        kind = getattr(value, "dtype", "")
        content = self.encode(value.tolist()) if getattr(kind, "hasobject", False) else value.tobytes()
        return f"{getattr(value, 'shape', '')}{kind}".encode() + bytes(content)

    def _reduced(self, value: object) -> bytes:
        """An object of a class: what pickling would rebuild it from."""
        reduced = value.__reduce_ex__(4)
        if isinstance(reduced, str):
            return reduced.encode()
        parts = [list(part) if hasattr(part, "__next__") else part for part in reduced]
        self._kept.append(parts)
        return self.encode(parts)


def tagged(value: object, content: bytes) -> bytes:
    """Content with its type and length in front."""
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return b"%s:%d:%s" % (name.encode(), len(content), content)
