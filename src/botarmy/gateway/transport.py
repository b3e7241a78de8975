"""What a session needs of a WebSocket, after its handshake."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from botarmy.domain.users import User
from botarmy.gateway.textframe import TextFrame


class Transport(Protocol):
    """One reader and one writer, of one event loop. Writing never waits: who writes asks whether there is room."""

    async def receive(self) -> str | bytes | None:
        """The next text or binary message; None when the peer is gone. Safe to cancel."""
        ...

    def write(self, frame: TextFrame) -> bool:
        """Take a frame. Does nothing where the peer is gone: `receive` says so.

        Returns:
            Whether the wire can take more at once. After False it keeps what it could not pass on, and takes more all
            the same, but who writes is to wait for the listener first: then no more than one frame is ever kept.
        """
        ...

    def on_writable(self, listener: Callable[[], None]) -> None:
        """Call the listener each time that the wire can take more again, after a `write` that returned False."""
        ...

    def unsent(self) -> int:
        """Bytes taken and, as far as can be seen, not yet with the peer. That it falls shows that the peer reads."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Close, without an error where the peer is gone already."""
        ...


UserForToken: TypeAlias = Callable[[str | None], Awaitable[User | None]]
"""Who holds the token of a hello (None: it brought none). None: nobody who may come in."""
