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

DIGEST_BYTES = 16


def digest(results: Sequence[object]) -> str:
    """Digest of results in their order, as 32 hex digits. Raises RecursionError for values nested too deeply."""
    return hashed(encode(list(results), {})).hex()


def unordered_digest(results: Iterable[object]) -> str:
    """Digest of results whatever their order."""
    return hashed(b"".join(sorted(hashed(encode(result, {})) for result in results))).hex()


def hashed(data: bytes) -> bytes:
    """A digest of bytes."""
    return blake2b(data, digest_size=DIGEST_BYTES).digest()


def encode(value: object, seen: dict[int, int]) -> bytes:
    """Type and value as bytes. `seen` numbers the containers being encoded, so that a cycle refers back."""
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return _tagged(value, str(value).encode("utf-8", "surrogatepass"))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _tagged(value, bytes(value))
    if id(value) in seen:
        return b"^%d;" % seen[id(value)]
    seen[id(value)] = len(seen)
    try:
        return _tagged(value, _content(value, seen))
    finally:
        del seen[id(value)]


def _tagged(value: object, content: bytes) -> bytes:
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return b"%s:%d:%s" % (name.encode(), len(content), content)


def _content(value: object, seen: dict[int, int]) -> bytes:
    if isinstance(value, (list, tuple)):
        return b"".join([encode(item, seen) for item in value])
    if isinstance(value, (set, frozenset)):
        return b"".join(sorted(encode(item, seen) for item in value))
    if isinstance(value, dict):
        return b"".join(sorted(encode(key, seen) + encode(item, seen) for key, item in value.items()))
    if hasattr(value, "tobytes") and hasattr(value, "shape"):  # an array
        return f"{value.shape}{getattr(value, 'dtype', '')}".encode() + bytes(value.tobytes())
    if isinstance(value, type) or not hasattr(value, "__reduce_ex__") or callable(value):
        return str(getattr(value, "__qualname__", value)).encode()
    return _reduced(value, seen)


def _reduced(value: object, seen: dict[int, int]) -> bytes:
    """An object of a class: what pickling would rebuild it from."""
    reduced = value.__reduce_ex__(4)
    if isinstance(reduced, str):
        return reduced.encode()
    function, arguments, *rest = reduced
    parts = [list(part) if hasattr(part, "__next__") else part for part in rest]
    return encode([function, *arguments, parts], seen)
