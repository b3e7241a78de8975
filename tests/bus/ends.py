"""A server's end of a bus, at work for as long as a context lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from botarmy.bus.carried import CarriedBus, Line

SECONDS: Final = 30
"""For what takes milliseconds, but on a busy machine."""


class End(CarriedBus):
    """A bus that can be waited for."""

    def __init__(self, line: Line) -> None:
        self.is_up: Final = asyncio.Event()
        self.is_down: Final = asyncio.Event()
        super().__init__(line, lambda: 0.0, self._turn)

    def _turn(self, up: bool) -> None:
        now, before = (self.is_up, self.is_down) if up else (self.is_down, self.is_up)
        now.set()
        before.clear()

    async def up(self) -> None:
        await asyncio.wait_for(self.is_up.wait(), SECONDS)

    async def down(self) -> None:
        await asyncio.wait_for(self.is_down.wait(), SECONDS)


@asynccontextmanager
async def running(line: Line) -> AsyncIterator[End]:
    """Whether the line can be had or not."""
    end = End(line)
    task = asyncio.create_task(end.run())
    try:
        yield end
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def carrying(line: Line) -> AsyncIterator[End]:
    """Once the line is there."""
    async with running(line) as end:
        await end.up()
        yield end
