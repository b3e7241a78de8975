"""What is deleted behind the feed's head: no reader gets a later piece of something without the ones before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from botarmy.bus.local import LocalBus
from botarmy.delivery.feed import Feed
from botarmy.domain.events import Note, RunStatus
from botarmy.ports import StoreUnavailable
from botarmy.service import Compaction
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import Clock, Log, World, world


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def here() -> AsyncIterator[World]:
    """A run whose only message has its deltas at 2 to 6, and its response at 7."""
    async with world() as made:
        made.start_run("r1")
        for number in range(5):
            made.delta("r1", "m", number, "x")
        made.response("r1", "m", "xxxxx")
        await made.feed.reached(7)
        yield made


@asynccontextmanager
async def followed(log: Log, **ring: int) -> AsyncIterator[Feed]:
    feed = Feed(log, log.bus, **ring)
    async with anyio.create_task_group() as tasks:
        await tasks.start(feed.run)
        yield feed
        tasks.cancel_scope.cancel()


def compaction(here: World, seconds: float = 0) -> Compaction:
    return Compaction(here.log, here.feed, Clock(), seconds)


async def read(feed: Feed, after: int) -> list[int]:
    return [entry.position for entry in (await feed.read(after)).entries]


async def test_the_deltas_leave_memory_with_the_store(here: World) -> None:
    assert await compaction(here).run() == 5
    assert await read(here.feed, 0) == [1, 7]
    assert [entry.position for entry in here.log.entries] == [1, 7]


async def test_who_has_read_a_part_of_it_gets_the_whole_message_next(here: World) -> None:
    await compaction(here).run()
    assert await read(here.feed, 3) == [7]


async def test_from_the_first_moment_on_no_delta_is_given_from_memory_or_the_store(here: World) -> None:
    async with followed(here.log, entries=3) as short:
        here.feed.hide([2, 3, 4, 5, 6])
        short.hide([2, 3, 4, 5, 6])
        assert await read(here.feed, 3) == [7]
        assert short.recent(1) is None
        assert await read(short, 1) == [7]


async def test_what_was_being_read_while_it_went_is_read_again(here: World) -> None:
    async with followed(here.log, entries=1) as feed, anyio.create_task_group() as tasks:
        pages: list[list[int]] = []

        async def reading() -> None:
            pages.append(await read(feed, 1))

        feed.hide([2, 3, 4, 5, 6])
        tasks.start_soon(reading)
        await anyio.lowlevel.checkpoint()
        here.log.compact_run("r1")
        feed.uncover()
    assert pages == [[7]]


async def test_what_was_made_of_the_log_before_is_known_to_be_out_of_date(here: World) -> None:
    revisions = {here.feed.revision}
    here.feed.hide([2])
    revisions.add(here.feed.revision)
    here.feed.uncover()
    revisions.add(here.feed.revision)
    assert len(revisions) == 3


async def test_a_message_that_is_still_being_written_keeps_its_deltas(here: World) -> None:
    here.delta("r1", "open", 0, "y")
    await here.feed.reached(8)
    await compaction(here).run()
    assert await read(here.feed, 0) == [1, 7, 8]


async def test_a_message_that_is_too_young_keeps_its_deltas_and_goes_later(here: World) -> None:
    class Later(Clock):
        def now(self) -> str:
            return "2026-11-20T09:31:00.000Z"

    assert await compaction(here, seconds=60).run() == 0
    assert await Compaction(here.log, here.feed, Later(), 60).run() == 5


async def test_what_failed_is_done_the_next_time_and_is_not_given_meanwhile(here: World) -> None:
    work = compaction(here)
    here.log.failing = "compact"
    with pytest.raises(StoreUnavailable):
        await work.run()
    assert await read(here.feed, 0) == [1, 7]
    here.log.failing = None
    assert await work.run() == 5


async def test_what_the_feed_has_not_reached_is_left_for_the_next_time(here: World) -> None:
    feed = Feed(here.log, LocalBus())
    assert await Compaction(here.log, feed, Clock(), 0).run() == 0


async def test_the_events_of_a_deleted_run_leave_memory_when_its_tombstone_comes(here: World) -> None:
    here.log.append("r2", Note(by="local"), "another's")
    here.log.append("r1", RunStatus(status="deleted"), "The project was deleted")
    await here.feed.reached(9)
    assert await read(here.feed, 0) == [8, 9]
    assert here.feed.floor == 0


async def test_a_run_that_only_ends_stays_in_memory(here: World) -> None:
    here.status("r1", "completed")
    await here.feed.reached(8)
    assert await read(here.feed, 0) == [1, 2, 3, 4, 5, 6, 7, 8]
