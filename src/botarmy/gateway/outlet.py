"""The writing end of a connection: whether it takes more, and whether its client takes anything at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from botarmy.gateway.textframe import TextFrame
from botarmy.gateway.transport import Transport


class Outlet:
    """Frames go in while it is `ready`; `on_ready` is called when it is so again.

    Args:
        patience: seconds without any progress after which a client is stuck.
    """

    __slots__ = ("_loop", "_moved_at", "_on_ready", "_patience", "_transport", "_unsent", "_waiter", "ready")

    def __init__(self, transport: Transport, patience: float, on_ready: Callable[[], None]) -> None:
        self._transport: Final = transport
        self._patience: Final = patience
        self._on_ready: Final = on_ready
        self._loop: Final = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._unsent = 0
        self._moved_at = 0.0
        """When it was last seen that the client takes something. Means something while not ready."""
        self.ready = True
        transport.on_writable(self._writable)

    def write(self, frame: TextFrame) -> None:
        if not self._transport.write(frame):
            self.ready = False
            self._moved_at = self._loop.time()
            self._unsent = self._transport.unsent()

    async def until_ready(self) -> None:
        """For one at a time."""
        if not self.ready:
            self._waiter = self._loop.create_future()
            await self._waiter

    def stuck_at(self) -> float:
        """When, of the loop's clock, patience is over unless the client takes something before. While not ready."""
        unsent = self._transport.unsent()
        if unsent < self._unsent:
            self._unsent = unsent
            self._moved_at = self._loop.time()
        return self._moved_at + self._patience

    def end(self) -> None:
        """Call nobody any more."""
        self._transport.on_writable(_nobody)

    def _writable(self) -> None:
        self.ready = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        self._waiter = None
        self._on_ready()


def _nobody() -> None:
    """It is over."""
