"""Results, declared sameness → what the reply says of them, so that invocations of a block can be compared."""

from __future__ import annotations

import os

from .digest import digest, unordered_digest
from .failure import CellError, caught

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def described(results: Sequence[object], same: object, reference: Mapping[str, str] | None) -> dict[str, object]:
    """Count, and a digest where that decides; else with whose results, of those to compare with, they agree."""
    said: dict[str, object] = {"count": len(results)}
    if same == "equal":
        said["digest"] = digest(results)
    elif same == "unordered":
        said["digest"] = unordered_digest(results)
    elif same != "any" and reference is not None:
        said["agrees"] = _compared(list(results), same, reference)
    return said


def _compared(results: list[object], same: object, reference: Mapping[str, str]) -> dict[str, bool]:
    """Leave the results for others; compare them with the baseline's or, being the baseline's, with all that are there.

    So whichever of a cell and its baseline comes later compares the two.
    """
    import pickle

    if not _agree(results, results, same):  # where it is at fault, and not where others are compared with it
        raise CellError("failed", f"by `same: {same}` its results are not the same as themselves")
    folder, own, baseline = reference["folder"], reference["own"], reference["baseline"]
    os.makedirs(folder, exist_ok=True)
    agrees = {}
    for name in sorted(os.listdir(folder)):
        if own == baseline or name == baseline:
            with open(f"{folder}/{name}", "rb") as held:
                agrees[name] = _agree(pickle.load(held), results, same)
    with open(f"{folder}/{own}", "wb") as file:
        pickle.dump(results, file)
    return agrees


def alike(first: list[object], later: list[object], same: object) -> bool:
    """Whether a later batch gave the same results as the first one of the same workers."""
    if same in ("equal", "unordered", "any"):
        return described(first, same, None) == described(later, same, None)
    return _agree(first, later, same)


def _agree(expected: list[object], results: list[object], same: object) -> bool:
    """Whether as many tasks gave results that are the same, each as the experiment has it."""
    alike = _by_tolerance(float(same["close"])) if isinstance(same, dict) else _by_function(str(same))
    return len(expected) == len(results) and all(alike(a, b) for a, b in zip(expected, results, strict=True))


def _by_tolerance(tolerance: float) -> Callable[[object, object], bool]:
    return lambda left, right: close(left, right, tolerance)


def _by_function(name: str) -> Callable[[object, object], bool]:
    """The user's own function of two results of one task."""
    from .workloads.inputs import imported

    def alike(left: object, right: object) -> bool:
        said, failure = caught(lambda: imported(name)(left, right))
        if failure:
            raise CellError("failed", f"`same: {name}` failed: {failure[1]}")
        return bool(said)

    return alike


def close(left: object, right: object, tolerance: float) -> bool:
    """Numbers within the tolerance, relative or absolute, anywhere in equal structures."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)) and not isinstance(left, bool):
        import math

        return math.isclose(left, right, rel_tol=tolerance, abs_tol=tolerance)
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(close(left[key], right[key], tolerance) for key in left)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(close(a, b, tolerance) for a, b in zip(left, right, strict=True))
    if hasattr(left, "tolist") and hasattr(right, "tolist"):  # an array
        return close(left.tolist(), right.tolist(), tolerance)
    return bool(left == right)
