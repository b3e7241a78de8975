"""One connection after another: keeps each alive while it stands, and decides what the next begins with."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Final

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from botarmy.client.cursor import Contradiction, Cursor
from botarmy.client.errors import ClientError, Json

SNAPSHOT_SECONDS: Final = 30.0
"""How long a snapshot may take; then the connection is given up."""
_TERMINAL: Final[Mapping[int, tuple[str, str, str]]] = {
    4500: ("bad_frame", "The server did not understand this client.", "Update the client."),
    4501: ("not_authorized", "The server asks for a token.", "Give the client a valid token."),
    4502: ("bad_origin", "The server does not answer this client.", "Use the address that the server printed."),
    4503: ("unsupported_version", "The server has another version than this client.", "Update the client."),
    4504: ("frame_too_large", "The server refused something as too large.", "Update the client."),
}


class Talk:
    """Keeps a connection alive while it listens: acknowledges, sends heartbeats, and notices when nothing comes."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket: Final = socket
        self._begun = self._heard = self._said = time.monotonic()
        self._acknowledged: int | None = None
        self.heartbeat_seconds = 10.0

    async def hear(self, cursor: Cursor) -> Json:
        """The next frame. Raises TimeoutError where the connection is dead, Contradiction for what is no frame."""
        while True:
            await self._say(cursor)
            try:
                # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with a frame.
                async with asyncio.timeout(min(1.0, self.heartbeat_seconds / 2)):
                    text = await self._socket.recv()
            except TimeoutError:
                now = time.monotonic()
                stuck = cursor.position is None and now - self._begun > SNAPSHOT_SECONDS
                if stuck or now - self._heard > 2 * self.heartbeat_seconds:
                    raise
                continue
            self._heard = time.monotonic()
            try:
                frame = json.loads(text)
            except ValueError:
                raise Contradiction("not JSON") from None
            if not isinstance(frame, dict):
                raise Contradiction("not an object")
            return frame

    async def _say(self, cursor: Cursor) -> None:
        silent = time.monotonic() - self._said
        frame: Json | None = None
        if cursor.welcomed and cursor.position not in (None, self._acknowledged) and silent >= 1:
            self._acknowledged = cursor.position
            frame = {"type": "ack", "position": cursor.position}
        elif silent >= self.heartbeat_seconds:
            frame = {"type": "heartbeat"}
        if frame is not None:
            self._said = time.monotonic()
            await self._socket.send(json.dumps(frame))


def after_loss(cursor: Cursor, error: Exception) -> None:
    """Decide what the next connection begins with. Raises ClientError where there is none."""
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        if error.rcvd.code in _TERMINAL:
            raise ClientError(*_TERMINAL[error.rcvd.code]) from None
        if error.rcvd.code == 4005:
            cursor.forget()
    elif isinstance(error, InvalidStatus):
        if error.response.status_code < 500:
            raise ClientError("unexpected_answer", "What answers there is not BotArmy.", "Check the address.") from None
    elif isinstance(error, InvalidHandshake) and not isinstance(error, InvalidMessage):
        raise ClientError(*_TERMINAL[4503]) from None
    elif isinstance(error, Contradiction):
        cursor.forget()
