"""Server-sent events: the same as over the socket, in the same order, from any event on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from botarmy.delivery.snapshots import Snapshots
from botarmy.delivery.topics import ALL, LogFilter
from botarmy.delivery.visits import Visit
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Note
from botarmy.domain.users import LOCAL, User
from botarmy.gateway import Limits
from botarmy.gateway.stream import Shared
from botarmy.gateway.streams import Streams
from botarmy.telemetry import Metrics, render_metrics
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import Clock, World, world


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world() as made:
        made.start_run("r1")
        await made.feed.reached(1)
        yield made


@dataclass
class Message:
    """As a browser takes it in."""

    name: str
    data: dict[str, Any]


@dataclass
class Page:
    """A client's end: reads at once until it is told not to."""

    last_id: str | None = None
    """As a browser keeps it, and sends it when it comes back."""
    retry: int | None = None
    messages: list[Message] = field(default_factory=list)
    text: str = ""
    readable: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool | None = None

    def __post_init__(self) -> None:
        self.readable.set()

    async def send(self, data: bytes) -> None:
        await self.readable.wait()
        self.text += data.decode()
        *blocks, rest = self.text.split("\n\n")
        assert rest == "", "what is sent ends with a whole message"
        self.text = ""
        for block in blocks:
            self._take(dict(line.split(": ", 1) for line in block.split("\n")))
        await asyncio.sleep(0)

    def _take(self, fields: dict[str, str]) -> None:
        self.last_id = fields.get("id", self.last_id)
        self.retry = int(fields["retry"]) if "retry" in fields else self.retry
        if "data" in fields:
            self.messages.append(Message(fields.get("event", "message"), json.loads(fields["data"])))

    def names(self) -> list[str]:
        return [message.name for message in self.messages]

    def events(self) -> list[dict[str, Any]]:
        return [message.data for message in self.messages if message.name == "message"]

    def of(self, name: str) -> list[dict[str, Any]]:
        return [message.data for message in self.messages if message.name == name]


def streams(here: World, **limits: Any) -> Streams:
    ids = count(1)
    snapshots = Snapshots(here.log, here.feed, here.desk, here.gateway.figures)
    made = Streams(
        Shared(
            store=here.log,
            feed=here.feed,
            snapshots=snapshots,
            clock=Clock(),
            new_id=lambda: f"s-{next(ids)}",
            limits=Limits(**limits),
            metrics=Metrics(),
            watching=here.gateway.figures.watching,
        )
    )
    here.gateway.figures.also(made.standings)
    return made


async def follow(
    here: World,
    *topics: str,
    over: Streams | None = None,
    user: User = LOCAL,
    last_id: str | None = None,
    log: LogFilter = ALL,
) -> Page:
    page = Page(last_id=last_id)
    visit = Visit(user=user, topics=topics, last_id=last_id, log=log, address="127.0.0.1", user_agent="a browser")
    opened = await (over or streams(here)).open(visit)

    async def serve() -> None:
        page.ended = await opened.serve(page)

    here.tasks.start_soon(serve)
    await asyncio.sleep(0.1)
    return page


async def test_a_stream_begins_with_a_welcome_and_the_snapshots_and_goes_on_with_events(here: World) -> None:
    page = await follow(here, "runs", "run:r1")
    here.note("r1", "first")
    here.note("r1", "second")
    await asyncio.sleep(0.1)

    assert page.names() == ["welcome", "snapshot", "snapshot", "message", "message"]
    (welcome,) = page.of("welcome")
    assert (welcome["resumed"], welcome["position"], welcome["epoch"]) == (False, 1, "epoch-1")
    assert welcome["topics"] == ["runs", "run:r1"]
    assert [frame["topic"] for frame in page.of("snapshot")] == ["runs", "run:r1"]
    assert [event["content"] for event in page.events()] == ["first", "second"]
    assert page.last_id == "epoch-1:3"


async def test_the_id_comes_after_the_last_snapshot_so_that_half_of_them_is_not_resumed(here: World) -> None:
    class Cut(Page):
        async def send(self, data: bytes) -> None:
            whole = data.decode()
            await super().send(whole[: whole.rindex("event: snapshot")].encode())
            raise ConnectionResetError

    page = Cut()
    opened = await streams(here).open(Visit(user=LOCAL, topics=["runs", "run:r1"], address=""))
    await opened.serve(page)
    assert page.names() == ["welcome", "snapshot"]
    assert page.last_id is None


async def test_who_comes_back_with_the_last_id_gets_what_was_missed_and_no_snapshot(here: World) -> None:
    here.note("r1", "seen")
    here.note("r1", "missed")
    page = await follow(here, "run:r1", last_id="epoch-1:2")
    here.note("r1", "new")
    await asyncio.sleep(0.1)

    assert page.names() == ["welcome", "message", "message"]
    assert page.of("welcome")[0]["resumed"]
    assert [event["content"] for event in page.events()] == ["missed", "new"]


async def test_an_idle_log_is_resumed_too(here: World) -> None:
    page = await follow(here, "run:r1", last_id="epoch-1:1")
    assert page.names() == ["welcome"]
    assert page.of("welcome")[0]["resumed"]


@pytest.mark.parametrize(
    "last_id",
    ["epoch-0:1", "epoch-1:99", "epoch-1:", "epoch-1", "epoch-1:-1", "epoch-1:٣", f"epoch-1:{9**40}", "", ":"],
)
async def test_an_id_that_is_not_of_this_log_begins_anew(here: World, last_id: str) -> None:
    page = await follow(here, "run:r1", last_id=last_id)
    assert page.names() == ["welcome", "snapshot"]
    assert page.last_id == "epoch-1:1"


async def test_a_silent_stream_gets_an_id_that_moves_with_the_log(here: World) -> None:
    page = await follow(here, "run:r1", over=streams(here, heartbeat_seconds=10))
    here.start_run("r2")
    await asyncio.sleep(9)
    assert page.last_id == "epoch-1:1", "of the other run nothing was sent"
    await asyncio.sleep(2)
    assert page.last_id == "epoch-1:2"
    assert page.names() == ["welcome", "snapshot"]


async def test_only_what_is_selected_and_the_users_is_sent(here: World) -> None:
    here.start_run("r2", owner="ada")
    await here.feed.reached(2)
    page = await follow(here, "run:r1", "run:r2", "run:none", "nonsense", user=User("ada", "member"))
    here.note("r1", "not ada's")
    here.note("r2", "ada's")
    await asyncio.sleep(0.1)

    refused = [frame["topic"] for frame in page.of("error")]
    assert sorted(refused) == ["nonsense", "run:none", "run:r1"]
    assert {frame["error"]["code"] for frame in page.of("error")} == {"unknown_topic"}
    assert [event["content"] for event in page.events()] == ["ada's"]


async def test_so_many_topics_are_refused_before_anything_is_sent(here: World) -> None:
    with pytest.raises(DomainError, match="many"):
        await streams(here, topics=2).open(Visit(user=LOCAL, topics=["a", "b", "c"], address=""))


async def test_who_is_far_behind_gets_a_resync_with_fresh_snapshots(here: World) -> None:
    page = await follow(here, "run:r1", over=streams(here, behind=5, stall_seconds=60))
    page.readable.clear()
    for number in range(20):
        here.note("r1", str(number))
        await asyncio.sleep(0.1)
    page.readable.set()
    await asyncio.sleep(1)
    here.note("r1", "after")
    await asyncio.sleep(1)

    assert page.names()[-3:] == ["resync", "snapshot", "message"]
    (resync,) = page.of("resync")
    assert (resync["reason"], resync["topics"], resync["position"]) == ("behind", ["run:r1"], 21)
    assert page.last_id == "epoch-1:22"


async def test_a_resumed_stream_is_not_behind_for_what_it_had_missed(here: World) -> None:
    for number in range(20):
        here.note("r1", str(number))
    await here.feed.reached(21)
    page = await follow(here, "run:r1", over=streams(here, behind=5), last_id="epoch-1:1")
    assert page.names() == ["welcome", *["message"] * 20]


async def test_who_reads_nothing_at_all_is_cut_off_and_nobody_else_waits(here: World) -> None:
    over = streams(here, stall_seconds=10)
    slow, other = await follow(here, "run:r1", over=over), await follow(here, "run:r1", over=over)
    slow.readable.clear()
    here.note("r1", "x" * 1_000)
    await asyncio.sleep(1)
    assert len(other.events()) == 1
    await asyncio.sleep(12)
    assert slow.ended is False
    assert other.ended is None


async def test_large_pieces_of_the_log_are_sent_in_bounded_chunks(here: World) -> None:
    sizes: list[int] = []

    class Measuring(Page):
        async def send(self, data: bytes) -> None:
            sizes.append(len(data))
            await super().send(data)

    for _ in range(20):
        here.log.append("r1", Note(by="local"), "x" * 50_000)
    await here.feed.reached(21)
    page = Measuring()
    opened = await streams(here).open(Visit(user=LOCAL, topics=["run:r1"], last_id="epoch-1:1", address=""))
    here.tasks.start_soon(opened.serve, page)
    await asyncio.sleep(1)

    assert len(page.events()) == 20
    assert max(sizes) <= 256 * 1024


async def test_who_was_away_since_before_runs_went_for_their_age_gets_a_resync(here: World) -> None:
    for number in range(5):
        here.note("r1", str(number))
    await here.feed.reached(6)
    here.log.purged = 4
    before, since = await follow(here, "run:r1", last_id="epoch-1:3"), await follow(here, "run:r1", last_id="epoch-1:4")
    assert before.names() == ["welcome", "resync", "snapshot"]
    assert (before.of("resync")[0]["reason"], before.last_id) == ("retention", "epoch-1:6")
    assert since.names() == ["welcome", "message", "message"]


async def test_a_server_that_drains_says_when_to_come_back_and_ends(here: World) -> None:
    over = streams(here)
    page = await follow(here, "run:r1", over=over)
    await over.drain()
    assert page.names()[-1] == "drain"
    assert page.retry == page.of("drain")[0]["reconnect_after_ms"] == 500
    assert page.ended is True

    late = await follow(here, "run:r1", over=over)
    assert late.names() == ["welcome", "snapshot", "drain"]


async def test_whose_rights_are_gone_hears_no_more(here: World) -> None:
    over = streams(here)
    mine, other = (
        await follow(here, "run:r1", over=over),
        await follow(here, "run:r1", over=over, user=User("eve", "admin")),
    )
    over.dismiss(lambda user: user.name == "eve")
    here.note("r1", "secret")
    await asyncio.sleep(0.1)
    assert other.ended is True
    assert other.events() == []
    assert other.of("error")[-1]["error"]["code"] == "not_signed_in"
    assert len(mine.events()) == 1


async def test_a_store_that_is_away_is_waited_for(here: World) -> None:
    async with world(entries=1) as short:
        short.start_run("r1")
        for number in range(5):
            short.note("r1", str(number))
        await short.feed.reached(6)
        opened = await streams(short).open(Visit(user=LOCAL, topics=["run:r1"], last_id="epoch-1:1", address=""))
        page = Page()
        short.log.available = False
        short.tasks.start_soon(opened.serve, page)
        await asyncio.sleep(5)
        assert page.events() == []
        short.log.available = True
        await asyncio.sleep(5)
        assert [event["content"] for event in page.events()] == ["0", "1", "2", "3", "4"]


async def test_the_log_comes_through_a_filter(here: World) -> None:
    page = await follow(here, "log", log=LogFilter(types=frozenset({"note"}), agents=frozenset({"Tester"})))
    here.note("r1", "of nobody")
    here.log.append("r1", Note(by="ada"), "of the tester", agent="Tester")
    here.log.append("r1", Note(by="ada"), "of another", agent="Analyst")
    await asyncio.sleep(0.1)

    assert [event["content"] for event in page.events()] == ["of the tester"]
    await asyncio.sleep(11)
    assert page.last_id == "epoch-1:4", "what is left out moves the cursor too"


async def test_topics_without_events_come_anew_once_a_second_while_they_change_and_move_no_cursor(here: World) -> None:
    over = streams(here)
    page = await follow(here, "connections", "run:r1", over=over)
    await follow(here, "runs", over=over)
    await asyncio.sleep(1)
    assert [one["topic"] for one in page.of("snapshot")] == ["connections", "run:r1", "connections"]

    here.note("r1", "after")
    await asyncio.sleep(2)
    first, *later = [one for one in page.of("snapshot") if one["topic"] == "connections"]
    assert [one["position"] for one in (first, *later)] == [1, 1, 2, 2]
    assert page.last_id == "epoch-1:2"
    assert [one["topics"] for one in later[0]["data"]["connections"]] == [["runs"], ["connections", "run:r1"]]


async def test_streams_are_connections_as_any_other(here: World) -> None:
    over = streams(here)
    page = await follow(here, "run:r1", over=over)
    here.note("r1", "said")
    await asyncio.sleep(2)

    (one,) = json.loads(await here.gateway.figures.connections())["connections"]
    assert (one["user"], one["address"], one["user_agent"]) == ("local", "127.0.0.1", "a browser")
    assert (one["client_id"], one["topics"], one["lag"]) == (page.of("welcome")[0]["client_id"], ["run:r1"], 0)
    assert one["bytes_sent"] > 0
    assert json.loads(await here.gateway.figures.stats())["connections"] == 1
    assert b'botarmy_connections{transport="sse"} 1.0' in render_metrics(over.shared.metrics)

    await over.drain()
    assert json.loads(await here.gateway.figures.connections()) == {"connections": []}
    assert b'botarmy_connections{transport="sse"} 0.0' in render_metrics(over.shared.metrics)
