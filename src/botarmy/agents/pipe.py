"""Outputs on their way from the task that makes them to the one that reads them: in order, and bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from botarmy.ports import Output


class Pipe:
    """One conversation writes, one reader reads. Neither waits for the other where it need not: pieces are many.

    Args:
        bound: how many outputs the writer may be ahead; then it waits.
    """

    def __init__(self, bound: int) -> None:
        self._bound: Final = bound
        self._held: Final[deque[Output]] = deque()
        self._closed = False
        self._reader: asyncio.Future[None] | None = None
        """While it waits. For each piece an `asyncio.Event` would take longer than all the rest."""
        self._emptied: Final = asyncio.Event()

    async def send(self, output: Output) -> None:
        """Returns once there is room for it. Cancelled, it has sent nothing."""
        while len(self._held) >= self._bound:
            self._emptied.clear()
            await self._emptied.wait()
        self._held.append(output)
        self._wake_reader()

    async def receive(self) -> Output | None:
        """The next output; None where there will be no more. Cancelled, it has taken nothing."""
        while not self._held:
            if self._closed:
                return None
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        output = self._held.popleft()
        self._emptied.set()
        return output

    def close(self) -> None:
        """Nothing more is sent; what was sent can be read."""
        self._closed = True
        self._wake_reader()

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
