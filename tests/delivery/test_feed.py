"""The feed: the newest of the log in memory, the rest from the store, and its bounds."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from botarmy.bus.local import LocalBus
from botarmy.delivery.feed import Feed
from botarmy.delivery.owners import Owners
from botarmy.delivery.snapshots import Snapshots
from botarmy.delivery.topics import Topic
from botarmy.domain.events import Note, SystemNotice
from botarmy.domain.run import Run
from botarmy.domain.users import LOCAL, User
from botarmy.ports import LogEntry, StoreUnavailable
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import Desk, Log, World, world

Entries = list[LogEntry]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world() as made:
        yield made


@asynccontextmanager
async def followed(log: Log, **ring: int) -> AsyncIterator[Feed]:
    feed = Feed(log, log.bus, **ring)
    async with anyio.create_task_group() as tasks:
        await tasks.start(feed.run)
        yield feed
        tasks.cancel_scope.cancel()


def positions(feed: Feed, after: int) -> list[int] | None:
    recent = feed.recent(after)
    return None if recent is None else [entry.position for entry in recent.entries]


async def test_entries_are_kept_as_clients_see_them(here: World) -> None:
    here.start_run("r1", owner="ada")
    here.log.append(None, SystemNotice(level="info"), "Grüße 😀")
    await here.feed.reached(2)

    stretch = here.feed.recent(0)

    assert stretch is not None
    assert stretch.to == 2
    assert [(entry.run_id, entry.type, entry.owner) for entry in stretch.entries] == [
        ("r1", "run_status", "ada"),
        (None, "system", None),
    ]
    assert json.loads(stretch.entries[1].wire) == {
        "position": 2,
        "version": None,
        "id": "id-2",
        "run_id": None,
        "type": "system",
        "timestamp": "2026-11-20T09:30:00.000Z",
        "agent_name": None,
        "content": "Grüße 😀",
        "metadata": {"level": "info"},
        "requires_ack": False,
    }


async def test_a_feed_begins_with_the_newest_of_a_log_that_was_there_before() -> None:
    log = Log(LocalBus())
    for _ in range(1_500):
        log.append(None, SystemNotice(level="info"))

    async with followed(log) as feed:
        assert (feed.floor, feed.head) == (500, 1_500)
        assert positions(feed, 1_498) == [1_499, 1_500]
        assert positions(feed, 499) is None


async def test_memory_holds_so_many_entries_and_the_store_has_those_before() -> None:
    log = Log(LocalBus())
    async with followed(log, entries=10) as feed:
        for _ in range(25):
            log.append(None, SystemNotice(level="info"))
        await feed.reached(25)

        assert (feed.floor, feed.head) == (15, 25)
        assert positions(feed, 14) is None
        assert positions(feed, 15) == list(range(16, 26))
        assert [entry.position for entry in (await feed.read(3)).entries] == list(range(4, 26))


async def test_memory_holds_so_many_bytes_and_always_the_newest_entry() -> None:
    log = Log(LocalBus())
    async with followed(log, size=1_500) as feed:
        for _ in range(20):
            log.append(None, SystemNotice(level="info"), "x" * 100)
        await feed.reached(20)
        held = feed.recent(feed.floor)
        assert held is not None
        assert 0 < sum(len(entry.wire) for entry in held.entries) <= 1_500
        assert len(held.entries) == 20 - feed.floor > 1

        log.append(None, SystemNotice(level="info"), "x" * 5_000)
        await feed.reached(21)
        assert positions(feed, 20) == [21]
        assert feed.floor == 20


async def test_what_lies_in_the_store_is_read_in_pages_up_to_the_head() -> None:
    log = Log(LocalBus())
    async with followed(log, entries=5) as feed:
        for _ in range(2_200):
            log.append(None, SystemNotice(level="info"))
        await feed.reached(2_200)

        first = await feed.read(0)
        second = await feed.read(first.to)

        assert (len(first.entries), first.to) == (1_000, 1_000)
        assert (len(second.entries), second.to) == (1_000, 2_000)


async def test_a_stretch_whose_events_are_gone_is_empty_and_still_leads_on(here: World) -> None:
    async with followed(here.log, entries=2) as feed:
        here.start_run()
        for number in range(5):
            here.delta("r1", "m", number, "x")
        here.response("r1", "m", "xxxxx")
        here.log.compact_run("r1")
        await feed.reached(7)
        here.note("r1")
        await feed.reached(8)

        stretch = await feed.read(1)

        assert [entry.position for entry in stretch.entries] == [7, 8]
        assert stretch.to == 8


async def test_a_page_says_nothing_of_what_was_appended_while_it_was_read() -> None:
    class Busy(Log):
        async def read(self, after: int, limit: int, *, run_id: str | None = None, up_to: int | None = None) -> Entries:
            page = await super().read(after, limit, run_id=run_id, up_to=up_to)
            if up_to is not None:
                for _ in range(20):
                    self.append(None, SystemNotice(level="info"))
                await anyio.sleep(1)
            return page

    log = Busy(LocalBus())
    async with followed(log, entries=2) as feed:
        for _ in range(10):
            log.append(None, SystemNotice(level="info"))
        await feed.reached(10)

        stretch = await feed.read(0)

        assert feed.head == 30
        assert [entry.position for entry in stretch.entries] == list(range(1, stretch.to + 1))


async def test_a_store_that_is_away_is_waited_for_and_nothing_is_lost(here: World) -> None:
    here.start_run()
    here.log.available = False
    for number in range(3):
        here.note("r1", str(number))
        await anyio.sleep(3)
    here.log.available = True

    await here.feed.reached(4)

    assert positions(here.feed, 1) == [2, 3, 4]


async def test_a_feed_over_a_store_that_cannot_be_read_does_not_start() -> None:
    log = Log(LocalBus())
    log.available = False

    with pytest.raises(StoreUnavailable):
        await Feed(log, log.bus).run()


async def test_listeners_are_told_until_they_stop_listening(here: World) -> None:
    heads: list[int] = []
    stop = here.feed.listen(lambda: heads.append(here.feed.head))
    here.log.append(None, SystemNotice(level="info"))
    await here.feed.reached(1)
    stop()
    here.log.append(None, SystemNotice(level="info"))
    await here.feed.reached(2)

    assert heads == [1]


# --- Owners -----------------------------------------------------------------------------------------------------


async def test_an_owner_is_asked_for_once_and_one_who_does_not_exist_yet_again(here: World) -> None:
    owners = Owners(here.log)
    assert await owners.of("r1") is None
    here.start_run("r1", owner="ada")
    assert await owners.of("r1") == "ada"
    here.log.available = False

    assert await owners.of("r1") == "ada"


async def test_only_so_many_owners_are_remembered_the_lately_asked_ones(here: World) -> None:
    owners = Owners(here.log, remembered=2)
    for run_id in ("r1", "r2", "r3"):
        here.start_run(run_id)
    for run_id in ("r1", "r2", "r1", "r3"):
        await owners.of(run_id)
    here.log.available = False

    assert await owners.of("r1") == "local"
    with pytest.raises(StoreUnavailable):
        await owners.of("r2")


# --- Snapshots --------------------------------------------------------------------------------------------------


async def test_all_topics_are_taken_at_one_position_though_the_log_grows_meanwhile(here: World) -> None:
    here.start_run("r1")
    here.start_run("r2")

    class Growing(Desk):
        async def run_at(self, run_id: str, position: int) -> Run | None:
            self.log.append("r1", Note(by="local"), "meanwhile")
            self.log.append("r2", Note(by="local"), "meanwhile")
            return await super().run_at(run_id, position)

    snapshots = Snapshots(here.log, here.feed, Growing(here.log))
    taken = await snapshots.take([Topic("run", "r1"), Topic("runs"), Topic("run", "r2")], LOCAL)

    assert taken.position == 2
    assert [str(topic) for topic in taken.data] == ["run:r1", "runs", "run:r2"]
    views = [json.loads(text) for topic, text in taken.data.items() if topic.kind == "run"]
    assert [view["notes"] for view in views] == [[], []]


async def test_those_who_ask_for_the_same_run_at_once_share_its_fold(here: World) -> None:
    here.start_run("r1")
    folded: list[str] = []

    class Counting(Desk):
        async def run_at(self, run_id: str, position: int) -> Run | None:
            folded.append(run_id)
            return await super().run_at(run_id, position)

    snapshots, texts = Snapshots(here.log, here.feed, Counting(here.log)), []

    async def take() -> None:
        texts.append((await snapshots.take([Topic("run", "r1")], LOCAL)).data[Topic("run", "r1")])

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(take)

    assert folded == ["r1"]
    assert len({id(text) for text in texts}) == 1


async def test_foreign_runs_are_not_even_folded(here: World) -> None:
    here.start_run("r1", owner="bob")

    class Forbidden(Desk):
        async def run_at(self, run_id: str, position: int) -> Run | None:
            raise AssertionError(run_id)

    taken = await Snapshots(here.log, here.feed, Forbidden(here.log)).take([Topic("run", "r1")], User("ada", "member"))

    assert taken.data == {}
