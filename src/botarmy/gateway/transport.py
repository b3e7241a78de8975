"""What a session needs of a WebSocket, after its handshake."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from botarmy.domain.users import User


class Transport(Protocol):
    """One reader and one writer at a time; `close` may come while either waits."""

    async def receive(self) -> str | bytes | None:
        """The next text or binary frame; None when the peer is gone. Safe to cancel."""
        ...

    async def send(self, text: str) -> None:
        """Send a text frame; return when the wire can take more. After a cancelled one only `close` follows.

        Raises:
            ConnectionError: the peer is gone.
        """
        ...

    async def close(self, code: int, reason: str) -> None:
        """Close, without an error where the peer is gone already."""
        ...


UserForToken: TypeAlias = Callable[[str | None], Awaitable[User | None]]
"""Who holds the token of a hello (None: it brought none). None: nobody who may come in."""
