"""The gateway over the real service and a real database: nothing is played here but the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.bus.local import LocalBus
from botarmy.delivery.feed import Feed
from botarmy.domain.users import LOCAL, User
from botarmy.gateway.gateway import Gateway
from botarmy.service import Service
from botarmy.store.sql import MEMORY, SqlStore
from botarmy.teams import load_teams
from tests.gateway.world import Wire


async def local(_: str | None) -> User:
    return LOCAL


@asynccontextmanager
async def served(database: str | Path) -> AsyncIterator[Wire]:
    bus, clock = LocalBus(), SystemClock()
    async with await SqlStore.open(database, new_id=new_id) as store, anyio.create_task_group() as tasks:
        service = Service(store, bus, clock, new_id, load_teams().by_name, "demo")
        feed = Feed(store, bus)
        await tasks.start(feed.run)
        gateway = Gateway(store, feed, service, clock, new_id)
        wire = Wire()
        tasks.start_soon(gateway.serve, wire, local, "127.0.0.1", "a test")
        yield wire
        await gateway.drain()
        tasks.cancel_scope.cancel()


@pytest.fixture(params=["memory", "file"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    return MEMORY if request.param == "memory" else tmp_path / "botarmy.db"


async def test_a_run_is_started_followed_and_noted_over_one_connection(database: str | Path) -> None:
    async with served(database) as wire:
        wire.hello("runs")
        assert (await wire.hear_type("snapshot"))["data"] == {"runs": []}
        wire.command("c1", "start_run", brief="A timer for teams")
        reply = await wire.hear_type("reply")
        run_id = reply["result"]["run_id"]
        wire.say({"type": "subscribe", "id": "1", "topics": [f"run:{run_id}"]})
        snapshot = await wire.hear_type("snapshot")
        wire.command("c2", "add_note", run_id=run_id, content="blue")
        events = await wire.hear_type("events")

        assert snapshot["data"]["brief"] == "A timer for teams"
        assert snapshot["position"] >= reply["position"]
        assert [(event["type"], event["content"]) for event in events["events"]] == [("note", "blue")]


async def test_the_same_command_again_has_one_effect_and_the_same_reply(database: str | Path) -> None:
    async with served(database) as wire:
        wire.hello()
        for _ in range(2):
            wire.command("c1", "start_run", brief="A timer")
        wire.command("c1", "start_run", brief="Something else")
        replies = [await wire.hear_type("reply") for _ in range(3)]
        wire.say({"type": "subscribe", "id": "1", "topics": ["runs"]})
        listed = (await wire.hear_type("snapshot"))["data"]["runs"]

        assert replies[0] == replies[1]
        assert replies[2]["error"]["code"] == "id_reused"
        assert [run["run_id"] for run in listed] == [replies[0]["result"]["run_id"]]


async def test_a_deleted_run_is_told_to_those_who_follow_it_and_unknown_to_who_comes_later(
    database: str | Path,
) -> None:
    async with served(database) as wire:
        wire.hello()
        wire.command("c1", "start_run", brief="A timer")
        run_id = (await wire.hear_type("reply"))["result"]["run_id"]
        wire.say({"type": "subscribe", "id": "1", "topics": [f"run:{run_id}"]})
        await wire.hear_type("snapshot")
        wire.command("c2", "delete_run", run_id=run_id)
        statuses: list[str] = []
        while "deleted" not in statuses:
            frame = await wire.hear_type("events")
            statuses += [event["metadata"].get("status") for event in frame["events"]]
        wire.say({"type": "subscribe", "id": "2", "topics": [f"run:{run_id}"]})

        assert (await wire.hear_type("error"))["error"]["code"] == "unknown_topic"
