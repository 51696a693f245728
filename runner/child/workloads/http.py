"""delay, payload → bodies fetched from an HTTP server on this machine that runs in a process of its own."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .contract import AsyncBody, Body, Parameters


def imports(parameters: Parameters) -> None:
    """What the plain body needs; the other one's asyncio comes with the model."""
    __import__("http.client")


def setup(parameters: Parameters, scratch: str) -> tuple[Parameters, Callable[[], int]]:
    """Start the server and wait until it listens. It exits by itself when its standard input closes."""
    import subprocess

    serve = f"from {__package__} import http_server; http_server.main()"
    server = subprocess.Popen(
        [sys.executable, "-P", "-c", serve, str(parameters["delay"]), str(parameters["payload"])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line:
        raise OSError(f"the HTTP server did not start: exit code {server.wait()}")
    return {**parameters, "port": int(line), "server": server.pid}, lambda: _end(server)


def _end(server: object) -> int:
    """CPU time of the server in ns, once it is gone."""
    server.stdin.close()  # type: ignore[attr-defined]
    server.stdout.close()  # type: ignore[attr-defined]
    _, status, usage = os.wait4(server.pid, 0)  # type: ignore[attr-defined]
    server.returncode = os.waitstatus_to_exitcode(status)  # type: ignore[attr-defined]
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


def body(parameters: Parameters) -> Body:
    """GET over this worker's own connection, opened with its first task and kept."""
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", int(str(parameters["port"])))

    def get(item: object) -> bytes:
        connection.request("GET", "/")
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise OSError(f"the server answered {answer.status}")
        return content

    return get


def async_body(parameters: Parameters, library: str) -> AsyncBody | None:
    """GET over this slot's own stream, opened with its first task and kept as long as its event loop: one of asyncio's."""
    if library != "asyncio":
        return None
    import asyncio

    port = int(str(parameters["port"]))
    streams: dict[asyncio.AbstractEventLoop, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    async def get(item: object) -> bytes:
        loop = asyncio.get_running_loop()
        if loop not in streams:
            streams.clear()
            streams[loop] = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        reader, writer = streams[loop]
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n\r\n")
        return await _read_answer(reader)

    return get


async def _read_answer(reader: asyncio.StreamReader) -> bytes:
    """The body of one answer with a Content-Length."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, *fields = head.split(b"\r\n")
    if status.split()[1] != b"200":
        raise OSError(f"the server answered {status.decode()}")
    lengths = [field.partition(b":")[2] for field in fields if field.lower().startswith(b"content-length:")]
    return await reader.readexactly(int(lengths[0]))
