"""Hints that are lost, doubled or late: who follows the log has all of it all the same, in order and once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, Literal, TypeAlias

import pytest

from botarmy.delivery import feed as following
from botarmy.delivery.feed import Feed
from botarmy.ports import Bus, Commit, Hint, Store, Subscription
from botarmy.store.sql import MEMORY, SqlStore
from tests.bus.ends import SECONDS
from tests.contracts.conftest import Connect
from tests.contracts.samples import new_id, worker_came

Fate: TypeAlias = Literal["passed", "lost", "doubled", "late"]
EVENTS: Final = 60


class Unreliable:
    """A `ports.Bus` around another one, which does to each publishing what fate says."""

    def __init__(self, bus: Bus, fate: Callable[[], Fate]) -> None:
        self._bus: Final = bus
        self._fate: Final = fate

    def publish(self, *hints: Hint) -> None:
        match self._fate():
            case "passed":
                self._bus.publish(*hints)
            case "doubled":
                self._bus.publish(*hints)
                self._bus.publish(*hints)
            case "late":
                asyncio.get_running_loop().call_later(0.05, self._bus.publish, *hints)
            case "lost":
                return

    def subscribe(self, *hints: Hint) -> Subscription:
        return self._bus.subscribe(*hints)


@asynccontextmanager
async def followed(store: Store, bus: Bus) -> AsyncIterator[Feed]:
    feed = Feed(store, bus)
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        task.cancel()
        await asyncio.wait([task])


async def wrote(store: Store, bus: Bus) -> int:
    """Appends as a server does, a hint after each; returns the last position."""
    position = 0
    for _ in range(EVENTS):
        (entry,) = await store.commit(Commit(events=(worker_came(),)))
        bus.publish("log")
        position = entry.position
    return position


async def seen(feed: Feed, position: int) -> list[int]:
    moved = asyncio.Event()
    feed.listen(moved.set)
    async with asyncio.timeout(SECONDS):
        while feed.head < position:
            moved.clear()
            await moved.wait()
    return [entry.position for entry in (await feed.read(0)).entries]


@pytest.mark.parametrize("fate", ["passed", "lost", "doubled", "late"])
async def test_a_follower_has_the_whole_log_whatever_becomes_of_hints(connect: Connect, fate: Fate) -> None:
    async with await SqlStore.open(MEMORY, new_id=new_id) as store, followed(store, await connect()) as feed:
        last = await wrote(store, Unreliable(await connect(), lambda: fate))
        assert await seen(feed, last) == list(range(1, last + 1))


@pytest.mark.parametrize("seed", range(5))
async def test_a_follower_has_the_whole_log_where_every_hint_fares_differently(connect: Connect, seed: int) -> None:
    chance = random.Random(seed)
    fates: tuple[Fate, ...] = ("passed", "lost", "doubled", "late")
    async with await SqlStore.open(MEMORY, new_id=new_id) as store, followed(store, await connect()) as feed:
        last = await wrote(store, Unreliable(await connect(), lambda: chance.choice(fates)))
        assert await seen(feed, last) == list(range(1, last + 1))


async def test_a_follower_is_told_at_once_where_hints_arrive(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "POLL_SECONDS", 3_600.0)
    async with await SqlStore.open(MEMORY, new_id=new_id) as store, followed(store, await connect()) as feed:
        last = await wrote(store, await connect())
        assert await seen(feed, last) == list(range(1, last + 1))
