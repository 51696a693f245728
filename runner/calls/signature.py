"""A function's parameters, Call → [Mistake]: arguments that it does not take, or needs and is not given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..experiment.messages import Mistake, listed, suggestion
from .named import TASK, Call


def misfits(call: Call, name: str, takes: ast.arguments) -> Iterator[Mistake]:
    """What Python would raise a TypeError for, all of it."""
    by_position = [*takes.posonlyargs, *takes.args]
    filled, left = by_position[: call.positional], by_position[call.positional :]
    if len(filled) < call.positional and not takes.vararg:
        yield _too_many(call, name, len(filled))
    by_name = [one.arg for one in takes.args if one in left] + [one.arg for one in takes.kwonlyargs]
    taken = {one.arg for one in filled if one in takes.args}
    suggested = set()
    for keyword in call.keywords:
        if keyword in taken:
            yield _twice(call, name, keyword)
        elif keyword not in by_name and not takes.kwarg:
            likely = suggestion(keyword, [one for one in by_name if one not in call.keywords])
            suggested.add(likely)
            yield _unknown(call, name, keyword, likely or _what_it_takes(by_name))
    for needed in _needed(takes, left):
        is_given = needed in call.keywords and needed in by_name
        if not is_given and suggestion(needed, [needed]) not in suggested:
            yield _missing(call, name, needed, bool(left) and left[0].arg == needed)


def _needed(takes: ast.arguments, left: list[ast.arg]) -> list[str]:
    """The parameters without defaults of those that no value by position fills."""
    optional = [*takes.posonlyargs, *takes.args][-len(takes.defaults) :] if takes.defaults else []
    needed = [one.arg for one in left if one not in optional]
    defaults = zip(takes.kwonlyargs, takes.kw_defaults, strict=True)
    return needed + [one.arg for one, default in defaults if default is None]


def _what_it_takes(by_name: list[str]) -> str:
    return f"it takes {listed(by_name)}" if by_name else "leave it out"


def _too_many(call: Call, name: str, most: int) -> Mistake:
    if call.role in TASK:
        return Mistake(
            call.at, f"`{name}` takes no input, and there are `inputs`", "give it a parameter, or leave `inputs` out"
        )
    return Mistake(call.at, f"`{name}` is given {call.positional} values as `{call.role}`, and takes {most or 'none'}")


def _twice(call: Call, name: str, keyword: str) -> Mistake:
    text = f"`{keyword}` of `{name}` is given the input already"
    return Mistake(call.keywords[keyword], text, "leave it out here, or leave `inputs` out", "key")


def _unknown(call: Call, name: str, keyword: str, hint: str) -> Mistake:
    if call.keywords[keyword][-1] != keyword:  # where a `worker_setup` is named
        text = f"`{name}` takes no `worker`, in which it is given what this returns"
        return Mistake(call.keywords[keyword], text, "add the parameter, or leave `worker_setup` out")
    return Mistake(call.keywords[keyword], f"`{name}` takes no argument `{keyword}`", hint, "key")


def _missing(call: Call, name: str, needed: str, is_first: bool) -> Mistake:
    if call.role not in TASK:
        given = f"{call.positional} values" if call.positional else "nothing"
        return Mistake(call.at, f"`{name}` needs `{needed}`, and is given {given} as `{call.role}`")
    text = f"`{name}` needs `{needed}`, and nothing gives it"
    if needed == "worker":
        return Mistake(call.at, text, "write `worker_setup`")
    remedy = f"write `args: {{{needed}: …}}`"
    return Mistake(call.at, text, f"{remedy}, or `inputs`" if is_first and not call.positional else remedy)
