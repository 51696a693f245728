"""call, args, inputs → what the user's function returns."""

from __future__ import annotations

from .inputs import imported, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .contract import AsyncBody, Body, Parameters

CO_COROUTINE = 0x80
"""inspect.CO_COROUTINE; importing inspect takes as long as starting a bare interpreter."""


def imports(parameters: Parameters) -> None:
    """The user's modules; asyncio too where a coroutine function will have to be awaited."""
    named = [imported(str(parameters[name])) for name in ("call", "async_call", "worker_setup") if parameters[name]]
    if any(is_coroutine_function(call) for call in named):
        __import__("asyncio")


def setup(parameters: Parameters, scratch: str) -> tuple[Parameters, Callable[[], int]]:
    """Call the user's `setup` now and `teardown` in the end."""
    if parameters["setup"]:
        imported(str(parameters["setup"]))()

    def teardown() -> int:
        if parameters["teardown"]:
            imported(str(parameters["teardown"]))()
        return 0

    return parameters, teardown


def items(parameters: Parameters, tasks: int | None) -> Sequence[object]:
    """Inputs as declared, or as many Nones as there are tasks."""
    if parameters["inputs"] is None:
        return [None] * (tasks or 1)
    return read(parameters["inputs"], tasks)


def body(parameters: Parameters) -> Body | None:
    """`call`, if it is a plain function."""
    call = imported(str(parameters["call"])) if parameters["call"] else None
    return None if call is None or is_coroutine_function(call) else bound(call, parameters)


def async_body(parameters: Parameters, library: str) -> AsyncBody | None:
    """`async_call`, or `call` if that is a coroutine function; for which library only its author knows."""
    name = parameters["async_call"] or parameters["call"]
    call = imported(str(name))
    if not is_coroutine_function(call):
        return None
    awaited: Callable[..., Awaitable[object]] = bound(call, parameters)  # type: ignore[assignment]
    return awaited


def bound(call: Callable[..., object], parameters: Parameters) -> Body:
    """`call(**args)`, or `call(input, **args)`, with this worker's own `worker=` where there is a `worker_setup`."""
    arguments = dict(parameters["args"])  # type: ignore[call-overload]
    if parameters["worker_setup"]:
        arguments["worker"] = imported(str(parameters["worker_setup"]))()
    if parameters["inputs"] is None:
        return lambda item: call(**arguments)
    return lambda item: call(item, **arguments)


def is_coroutine_function(call: object) -> bool:
    """Whether calling it gives a coroutine; a `functools.partial` or a callable object is looked into."""
    call = getattr(call, "func", call)
    code = getattr(call, "__code__", None) or getattr(getattr(call, "__call__", None), "__code__", None)  # noqa: B004
    return bool(code and code.co_flags & CO_COROUTINE)
