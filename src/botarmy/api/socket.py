"""The WebSocket's door: who may come in, and what carries the frames."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from botarmy.api.guard import host_allowed, origin_allowed
from botarmy.api.identity import COOKIE, address_of
from botarmy.api.parts import Parts, Text, Wire

SUBPROTOCOL: Final = "botarmy.v1"
DIRECT: Final = "botarmy.direct"
"""ASGI extension of a server that can do without ASGI here: a function that hands over a `Wire`."""
SLOWEST: Final = 64 * 1024
"""Bytes a second that the slowest client is taken to read."""
ORIGIN_NOT_ALLOWED: Final = 4502
UNSUPPORTED_VERSION: Final = 4503


async def serve(websocket: WebSocket, parts: Parts) -> None:
    """Complete the handshake, so that a browser sees the code of a refusal; then hand over."""
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
    wire = wire_of(websocket)
    if not (host_allowed(websocket.headers, parts.hosts) and origin_allowed(websocket.headers, parts.origins)):
        await wire.close(ORIGIN_NOT_ALLOWED, "origin not allowed")
    elif offered and SUBPROTOCOL not in offered:
        await wire.close(UNSUPPORTED_VERSION, "unsupported version")
    else:
        user_agent = websocket.headers.get("user-agent", "")[:300]
        await parts.serve_socket(wire, address_of(websocket), user_agent, websocket.cookies.get(COOKIE))


def wire_of(websocket: WebSocket) -> Wire:
    """What carries the frames of an accepted WebSocket: the server's own way where it has one, else ASGI."""
    hand_over: Callable[[], Wire] | None = websocket.scope.get("extensions", {}).get(DIRECT)
    return SocketWire(websocket) if hand_over is None else hand_over()


class SocketWire:
    """An accepted WebSocket as the gateway wants it, on any ASGI server.

    Such a server does not show how much of a frame has gone. It is taken to go at `SLOWEST`, so that a large one gets
    longer before its client is too slow.
    """

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket: Final = websocket
        self._listener: Callable[[], None] = _nobody
        self._unsent: deque[str] = deque()
        self._size = 0
        self._begun = 0.0
        self._sending: asyncio.Task[None] | None = None

    async def receive(self) -> str | bytes | None:
        """The next frame; None once the client is gone."""
        try:
            message = await self._websocket.receive()
        except (WebSocketDisconnect, RuntimeError):
            return None
        if message["type"] == "websocket.disconnect":
            return None
        text: str | bytes | None = message.get("text")
        return message.get("bytes", b"") if text is None else text

    def write(self, frame: Text) -> bool:
        """Always False: the server says when it takes more."""
        text = frame.text
        self._unsent.append(text)
        self._size += len(text)
        if self._sending is None:
            self._begun = asyncio.get_running_loop().time()
            self._sending = asyncio.create_task(self._send())
        return False

    def on_writable(self, listener: Callable[[], None]) -> None:
        self._listener = listener

    def unsent(self) -> int:
        passed = asyncio.get_running_loop().time() - self._begun
        return max(1, self._size - int(passed * SLOWEST)) if self._unsent else 0

    async def close(self, code: int, reason: str) -> None:
        if self._sending is not None:
            self._sending.cancel()
        if self._websocket.application_state is WebSocketState.CONNECTED:
            try:
                await self._websocket.close(code, reason)
            except RuntimeError:
                return

    async def _send(self) -> None:
        try:
            while self._unsent:
                await self._websocket.send_text(self._unsent[0])
                self._unsent.popleft()
        except (WebSocketDisconnect, RuntimeError):
            return  # the client is gone; whoever receives is told
        finally:
            self._sending = None
        self._size = 0
        self._listener()


def _nobody() -> None:
    """Nobody writes yet."""
