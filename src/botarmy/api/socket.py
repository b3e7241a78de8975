"""The WebSocket's door: who may come in, and what carries the frames."""

from __future__ import annotations

from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from botarmy.api.guard import host_allowed, origin_allowed
from botarmy.api.parts import Parts

SUBPROTOCOL: Final = "botarmy.v1"
ORIGIN_NOT_ALLOWED: Final = 4502
UNSUPPORTED_VERSION: Final = 4503


async def serve(websocket: WebSocket, parts: Parts) -> None:
    """Complete the handshake, so that a browser sees the code of a refusal; then hand over."""
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
    wire = SocketWire(websocket)
    if not (host_allowed(websocket.headers, parts.hosts) and origin_allowed(websocket.headers, parts.origins)):
        await wire.close(ORIGIN_NOT_ALLOWED, "origin not allowed")
    elif offered and SUBPROTOCOL not in offered:
        await wire.close(UNSUPPORTED_VERSION, "unsupported version")
    else:
        await parts.serve_socket(wire, address_of(websocket), websocket.headers.get("user-agent", "")[:300])


def address_of(websocket: WebSocket) -> str:
    return websocket.client.host if websocket.client else ""


class SocketWire:
    """An accepted WebSocket as the gateway wants it."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket: Final = websocket

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

    async def send(self, text: str) -> None:
        """Waits while the socket takes no more. Raises ConnectionError where the client is gone."""
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise ConnectionResetError("the client is gone") from error

    async def close(self, code: int, reason: str) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            try:
                await self._websocket.close(code, reason)
            except RuntimeError:
                return
