"""The connections of the local model server: a stream can be closed, and a request be reset, as scripted.

An application knows requests and answers only; what a network does to them takes the connection itself.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CONNECTION: Final = "botarmy.connection"
_RESET: Final = struct.pack("ii", 1, 0)
"""To linger for no time at all: what closes the socket then tells the other side that it was reset."""
SHUTDOWN_SECONDS: Final = 1
"""For streams that are under way, or stalled on purpose, when the server ends."""


class _Protocol(HttpToolsProtocol):
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope.setdefault("state", {})[_CONNECTION] = self.transport


class _Listener(uvicorn.Server):
    """Signals stay the caller's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving: Final = asyncio.Event()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()


def hang_up(request: Request, *, at_once: bool = False) -> None:
    """Close the connection of a request: after what was sent, or `at_once`, as a reset."""
    connection: asyncio.Transport = request.scope["state"][_CONNECTION]
    if not at_once:
        connection.close()
        return
    connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.abort()


@asynccontextmanager
async def listening(app: ASGIApp, listener: socket.socket) -> AsyncIterator[str]:
    """The application behind a bound socket of 127.0.0.1 for as long as the context lasts; gives its base address."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    running = _Listener(config)
    task = asyncio.create_task(running.serve([listener]))
    try:
        await running.serving.wait()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        running.should_exit = True
        await task
