"""Topics without events, the bounds on connections, and what is sent before a drain, in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from botarmy.domain.users import LOCAL, User
from botarmy.gateway import Limits
from tests.gateway.test_session import contents, greeted
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import World, world


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world(Limits(connections_per_address=3, connections_per_user=2)) as made:
        made.users = {None: LOCAL, "ada": User("ada", "member"), "bob": User("bob", "member")}
        made.start_run("r1")
        yield made


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_connections_come_anew_once_a_second_while_they_change_and_move_no_cursor(here: World) -> None:
    watching = await greeted(here, "connections", "run:r1")
    other = await greeted(here, "runs", client_id="tab-7", token=None)
    began = now()
    seen = await watching.hear_type("snapshot")
    assert now() - began <= 1
    assert seen["position"] == 1
    assert {one["client_id"] for one in seen["data"]["connections"]} >= {"tab-7"}
    (tab,) = (one for one in seen["data"]["connections"] if one["client_id"] == "tab-7")
    assert (tab["user"], tab["address"], tab["user_agent"]) == ("local", "127.0.0.1", "a test")
    assert (tab["topics"], tab["lag"]) == (["runs"], 0)
    assert tab["bytes_sent"] > 0

    at = now()
    assert (await watching.hear_type("snapshot"))["topic"] == "connections"
    assert now() - at == pytest.approx(1)
    here.note("r1", "after")
    frame = await watching.hear_type("events")
    assert (frame["from"], frame["to"]) == (1, 2)
    assert (await watching.hear_type("snapshot"))["position"] == 2
    other.leave()


async def test_stats_that_stay_the_same_are_not_sent_again(here: World) -> None:
    wire = await greeted(here, "stats")
    heard: list[str] = []
    while (kind := (await wire.hear())["type"]) != "heartbeat":
        heard.append(kind)
    assert heard in ([], ["snapshot"]), "once it is connected, and then nothing changes"
    wire.leave()


async def test_a_client_that_lets_go_of_a_live_topic_hears_no_more_of_it(here: World) -> None:
    wire = await greeted(here, "connections")
    await wire.hear_type("snapshot")
    wire.say({"type": "unsubscribe", "id": "1", "topics": ["connections"]})
    await wire.hear_type("unsubscribed")
    assert (await wire.hear())["type"] == "heartbeat"
    wire.leave()


async def test_lag_is_what_a_client_has_not_acknowledged(here: World) -> None:
    wire = await greeted(here, "run:r1")
    here.note("r1")
    here.note("r1")
    while (await wire.hear_type("events"))["to"] < 3:
        pass
    assert here.gateway.figures.lag().max == 2
    wire.say({"type": "ack", "position": 3})
    await asyncio.sleep(0.1)
    assert here.gateway.figures.lag().max == 0
    (shown,) = json.loads(await here.gateway.figures.connections())["connections"]
    assert shown["lag"] == 0
    wire.leave()


async def test_stats_have_every_figure(here: World) -> None:
    stats = json.loads(await here.gateway.figures.stats())
    assert list(stats) == [
        "jobs", "events_per_second", "connections", "lag",
        "connected_share", "delivery_ms", "command_ms", "seen", "rate_limits",
    ]  # fmt: skip


async def test_one_address_holds_only_so_many_connections(here: World) -> None:
    wires = [await greeted(here, "runs"), await greeted(here, "runs", token="ada"), here.connect()]
    await asyncio.sleep(0)
    refused = here.connect()
    assert await refused.ended() == (1013, "too many connections")
    wires[0].leave()
    await wires[0].ended()
    await greeted(here, "runs")


async def test_one_user_holds_only_so_many_connections(here: World) -> None:
    first = await greeted(here, "runs", token="ada")
    await greeted(here, "runs", token="ada")
    refused = here.connect()
    refused.hello("runs", token="ada")
    assert await refused.ended() == (1013, "too many connections")
    first.leave()
    await first.ended()
    await greeted(here, "runs", token="ada")


async def test_what_is_pending_is_sent_before_the_drain(here: World) -> None:
    wire = await greeted(here, "run:r1")
    here.note("r1", "just before")
    await here.feed.reached(2)
    wire.command("c1", content="a command's own")
    await asyncio.sleep(0.5)
    here.note("r1", "and another")
    await here.feed.reached(4)
    await here.gateway.drain()
    heard: list[str] = []
    while (frame := await wire.hear())["type"] != "drain":
        heard += contents(frame) if frame["type"] == "events" else [frame["type"]]
    assert sorted(heard) == ["a command's own", "and another", "just before", "reply"]
    assert await wire.ended() == (4000, "server draining")


async def test_the_end_of_a_connection_is_logged_with_what_it_was(here: World) -> None:
    with capture_logs() as logs:
        wire = await greeted(here, "runs", "run:r1")
        wire.say("{")
        await wire.ended()
    (line,) = (line for line in logs if line["event"] == "connection_closed")
    assert (line["code"], line["reason"], line["topics"]) == (4500, "not a JSON object", 2)
    assert line["bytes_sent"] > 100
    assert line["seconds"] >= 0
