"""Who is let in when: thousands who come back at once hold up nobody who is there."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

AT_ONCE: Final = 2
"""How many newcomers are let in before the event loop has a turn: a handshake takes some 0.5 ms, a greeting as much."""


class Reception:
    """Newcomers wait here, in order, for a turn of the event loop that has room for them. For one event loop."""

    def __init__(self) -> None:
        self._waiting: Final[deque[asyncio.Future[None]]] = deque()
        self._let_in = 0
        """In this turn of the loop."""

    async def turn(self) -> None:
        """Return when it is this one's turn: at once, where few come."""
        loop = asyncio.get_running_loop()
        if not self._let_in:
            loop.call_soon(self._next_turn, loop)
        if self._let_in < AT_ONCE:
            self._let_in += 1
            return
        waiting = loop.create_future()
        self._waiting.append(waiting)
        await waiting

    def _next_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._let_in = 0
        while self._waiting and self._let_in < AT_ONCE:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                self._let_in += 1
        if self._let_in:
            loop.call_soon(self._next_turn, loop)
