"""delay, payload → an HTTP/1.1 server on loopback, until its standard input closes; no workload by itself."""

from __future__ import annotations

import asyncio
import sys

BACKLOG = 65_535
"""More than any number of workers; the system caps it at its own limit."""


class Connection(asyncio.Protocol):
    """One client's connection, kept alive over any number of GETs."""

    def __init__(self, delay: float, answer: bytes) -> None:
        self._delay = delay
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._received = (self._received + data).split(b"\r\n\r\n")
        for _ in requests:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, self._answer)


async def serve(delay: float, payload: int) -> None:
    """Say the port on standard output, answer until standard input closes."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {payload}\r\n\r\n"
    answer = head.encode() + b"x" * payload
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(delay, answer), "127.0.0.1", 0, backlog=BACKLOG)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = loop.create_future()
    loop.add_reader(sys.stdin.fileno(), lambda: None if ended.done() else ended.set_result(None))
    await ended


def main() -> None:
    """Delay in seconds and payload in bytes are the two arguments."""
    asyncio.run(serve(float(sys.argv[1]), int(sys.argv[2])))
