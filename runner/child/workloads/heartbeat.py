"""period, offender, seconds → a beat that is due after the period, beside a call that may hold up its event loop.

A task takes a period, and longer by as much as the beat was late.
"""

from __future__ import annotations

import time

from ..work import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .contract import AsyncBody, Body, Parameters

    Offend = Callable[[float], Awaitable[object]]


def body(parameters: Parameters) -> Body | None:
    """None: without an event loop there is nothing to hold up."""
    return None


def async_body(parameters: Parameters, library: str) -> AsyncBody:
    """Start the offender in this loop and sleep for a period. What the offender has left to do then is called off; a
    thread that it has begun ends by itself."""
    period, seconds = parameters["period"], parameters["seconds"]
    assert isinstance(period, (int, float))
    assert isinstance(seconds, (int, float))
    offend = _offender(str(parameters["offender"]), library)
    beat = _beat_in_trio if library == "trio" else _beat_in_asyncio
    return lambda item: beat(period, offend, seconds)


def _offender(name: str, library: str) -> Offend:
    if name == "time.sleep":
        return _block
    if name == "to_thread":
        return _offload_from_trio if library == "trio" else _offload_from_asyncio
    sleep: Offend = load(library).sleep
    return sleep


async def _block(seconds: float) -> None:
    time.sleep(seconds)


async def _offload_from_asyncio(seconds: float) -> None:
    await load("asyncio").to_thread(time.sleep, seconds)


async def _offload_from_trio(seconds: float) -> None:
    await load("trio").to_thread.run_sync(time.sleep, seconds, abandon_on_cancel=True)


async def _beat_in_asyncio(period: float, offend: Offend, seconds: float) -> None:
    asyncio = load("asyncio")
    offender = asyncio.ensure_future(offend(seconds))
    await asyncio.sleep(period)
    offender.cancel()


async def _beat_in_trio(period: float, offend: Offend, seconds: float) -> None:
    trio = load("trio")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(offend, seconds)
        await trio.sleep(period)
        nursery.cancel_scope.cancel()
