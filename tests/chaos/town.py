"""A world whose server dies and comes back, and whose bus is as bad as a bus may be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Literal, TypeAlias

import anyio
from anyio.abc import TaskGroup, TaskStatus

from botarmy.bus.local import LocalBus
from botarmy.delivery.feed import Feed
from botarmy.gateway import Gateway, Limits
from botarmy.ports import Hint, StoreUnavailable
from botarmy.service import Compaction
from tests.gateway.world import Clock, Desk, Log, Wire, World

Hints: TypeAlias = Literal["sent", "lost", "doubled", "late"]
LATE_SECONDS = 2.5


class FickleBus(LocalBus):
    """Loses hints, repeats them, or lets them wait, as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.manner: Hints = "sent"

    def publish(self, *hints: Hint) -> None:
        if self.manner == "lost":
            return
        loop = asyncio.get_running_loop()
        if self.manner == "late":
            loop.call_later(LATE_SECONDS, super().publish, *hints)
            return
        super().publish(*hints)
        if self.manner == "doubled":
            loop.call_soon(super().publish, *hints)


class Town(World):
    """One log, and one server after another over it. Between `kill` and `start` nobody answers.

    Args:
        ring: how many entries of the log a server holds in memory.
    """

    def __init__(self, outer: TaskGroup, limits: Limits, ring: int) -> None:
        self.bus = FickleBus()
        log = Log(self.bus)
        super().__init__(log, Desk(log), Feed(log, self.bus), None, outer)  # type: ignore[arg-type] # made by `start`
        self._outer = outer
        self._limits = limits
        self._ring = ring
        self._ids = count(1)
        self._life: anyio.CancelScope | None = None
        self._dead = asyncio.Event()
        self.wires: list[Wire] = []
        self.compacting = asyncio.Lock()
        self.compaction: Compaction | None = None

    @property
    def up(self) -> bool:
        return self._life is not None

    async def start(self) -> None:
        """Raises nothing: where the store cannot be read, the server does not come up."""
        if not self.up:
            self._dead = asyncio.Event()
            await self._outer.start(self._live)

    async def kill(self) -> None:
        """As a power cut does. What is on its way to clients is not touched: see `Wire.cut`."""
        if self._life is not None:
            self._life.cancel()
            await self._dead.wait()

    def connect(self, window: int | None = None) -> Wire:
        self.wires = [wire for wire in self.wires if not wire.over.is_set()]
        if self.up:
            wire = super().connect(window)
            self.wires.append(wire)
            return wire
        wire = Wire(window)
        wire.cut(0, 0)
        wire.over.set()
        return wire

    async def compact(self) -> None:
        """Delete the deltas of all finished messages, unless the server dies over it."""
        async with self.compacting:
            with suppress(StoreUnavailable):
                if self.compaction is not None:
                    await self.compaction.run()

    async def drain(self) -> None:
        """As a server does that is asked to stop: everyone is told to come back, and then it is gone."""
        await self.gateway.drain()
        if self._life is not None:
            self._life.cancel()

    async def _live(self, *, task_status: TaskStatus[None]) -> None:
        try:
            async with anyio.create_task_group() as tasks:
                self.tasks = tasks
                self.feed = Feed(self.log, self.bus, entries=self._ring)
                self.compaction = Compaction(self.log, self.feed, Clock(), 0)
                self.compacting = asyncio.Lock()
                self.gateway = Gateway(
                    self.log, self.feed, self.desk, Clock(), lambda: f"id-{next(self._ids)}", self._limits
                )
                await tasks.start(self.feed.run)
                self._life = tasks.cancel_scope
                task_status.started()
                await anyio.sleep_forever()
        except* StoreUnavailable:
            task_status.started()
        finally:
            self._life = None
            self._dead.set()


@asynccontextmanager
async def town(limits: Limits, ring: int) -> AsyncIterator[Town]:
    async with anyio.create_task_group() as outer:
        here = Town(outer, limits, ring)
        await here.start()
        yield here
        outer.cancel_scope.cancel()
