"""The topics that are lists, and the log with its filter, over wires without sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from botarmy.domain import events as e
from botarmy.domain.users import LOCAL, User
from tests.gateway.test_session import contents, greeted
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import Wire, World, world


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world() as made:
        made.users = {None: LOCAL, "ada": User("ada", "member")}
        made.start_run("r1", owner="ada")
        yield made


async def filtered(wire: Wire, filter_: Any, *topics: str) -> dict[str, Any]:
    """Ask for a filter, and hear what comes of it."""
    wire.say({"type": "subscribe", "id": "f", "topics": topics, "filter": filter_})
    return await wire.hear_type("subscribed", "error")


async def until(wire: Wire, position: int) -> list[str]:
    """All contents up to a position."""
    heard: list[str] = []
    while True:
        frame = await wire.hear_type("events", "heartbeat")
        if frame["type"] == "events":
            heard += contents(frame)
        if frame["to" if frame["type"] == "events" else "position"] >= position:
            return heard


async def test_workers_and_jobs_begin_with_their_lists_and_go_on_with_their_events(here: World) -> None:
    here.worker("w1", "registered")
    here.job("r1", "j1", "queued")
    wire = here.connect()
    wire.hello("workers", "jobs")
    welcome = await wire.hear()
    workers, jobs = await wire.hear(), await wire.hear()
    assert {welcome["position"], workers["position"], jobs["position"]} == {3}
    assert [worker["worker_id"] for worker in workers["data"]["workers"]] == ["w1"]
    assert [job["job_id"] for job in jobs["data"]["jobs"]] == ["j1"]

    here.note("r1", "not for this client")
    here.job("r1", "j1", "claimed")
    last = here.worker("w1", "busy")
    assert await until(wire, last) == ["Work was claimed", "Worker w1 is busy"]


async def test_a_member_follows_own_jobs_and_is_told_of_no_others_topics(here: World) -> None:
    here.start_run("r2", owner="bob")
    here.job("r1", "own", "queued")
    here.job("r2", "foreign", "queued")
    wire = here.connect()
    wire.hello("jobs", "workers", "log", token="ada")
    welcome = await wire.hear()
    refused = [await wire.hear(), await wire.hear()]
    assert welcome["topics"] == ["jobs"]
    assert [(one["topic"], one["error"]["code"]) for one in refused] == [
        ("workers", "unknown_topic"),
        ("log", "unknown_topic"),
    ]
    assert [job["job_id"] for job in (await wire.hear())["data"]["jobs"]] == ["own"]

    here.job("r2", "foreign", "claimed")
    here.worker("w1", "registered")
    here.job("r1", "own", "claimed")
    frame = await wire.hear_type("events")
    assert [event["metadata"]["job_id"] for event in frame["events"]] == ["own"]


async def test_the_log_brings_everything_once_whatever_else_is_followed(here: World) -> None:
    wire = await greeted(here, "log", "runs", "run:r1")
    here.worker("w1", "registered")
    here.status("r1", "running")
    last = here.note("r1", "hello")
    assert await until(wire, last) == ["Worker w1 is registered", "The project is running", "hello"]


async def test_a_filter_holds_from_its_answer_on_and_what_it_leaves_out_moves_the_cursor(here: World) -> None:
    wire = await greeted(here, "log")
    here.note("r1", "before")
    answer = await filtered(wire, {"types": ["run_status"]})
    assert (answer["topics"], answer["position"]) == ([], 2)
    here.note("r1", "left out")
    status = here.status("r1", "running")
    last = here.note("r1", "left out too")
    assert await until(wire, status) == ["The project is running"]
    assert await until(wire, last) == []


async def test_what_was_pending_when_a_filter_came_is_sent_under_the_one_before(here: World) -> None:
    wire = await greeted(here, "log")
    await filtered(wire, {"types": ["note"]})
    here.note("r1", "wanted then")
    wire.say({"type": "subscribe", "id": "g", "topics": [], "filter": {"types": []}})
    frame = await wire.hear_type("events")
    assert contents(frame) == ["wanted then"]
    assert (await wire.hear())["type"] == "subscribed"


async def test_the_last_filter_sent_holds_and_an_empty_one_lets_everything_pass(here: World) -> None:
    wire = await greeted(here, "log")
    await filtered(wire, {"types": ["run_status"], "agents": ["Analyst"]})
    await filtered(wire, {"types": ["note"]})
    here.status("r1", "running")
    last = here.note("r1", "one")
    assert await until(wire, last) == ["one"]
    await filtered(wire, {})
    here.status("r1", "running")
    assert await until(wire, here.note("r1", "two")) == ["The project is running", "two"]


async def test_a_filter_stays_when_log_is_subscribed_to_without_one_and_may_come_before_it(here: World) -> None:
    wire = await greeted(here, "runs")
    await filtered(wire, {"types": ["note"]})
    wire.say({"type": "subscribe", "id": "2", "topics": ["log"]})
    await wire.hear_type("subscribed")
    here.worker("w1", "registered")
    assert await until(wire, here.note("r1", "hello")) == ["hello"]


async def test_a_filter_leaves_other_topics_alone(here: World) -> None:
    wire = await greeted(here, "log", "runs")
    await filtered(wire, {"types": []})
    here.note("r1", "left out")
    assert await until(wire, here.status("r1", "running")) == ["The project is running"]


async def test_agents_and_levels_are_looked_at_where_an_event_has_them(here: World) -> None:
    wire = await greeted(here, "log")
    await filtered(wire, {"agents": ['Ana"lyst'], "levels": ["error"]})
    for agent in ('Ana"lyst', "Other", None):
        here.log.append("r1", e.SystemNotice(level="warning"), f"{agent} warns", agent)
        for severity in ("warning", "error"):
            shown = e.ErrorShown(code="c", severity=severity, retryable=False, action="")
            here.log.append("r1", shown, f"{agent} said {severity}", agent)
    here.start_run("r3")
    last = here.log.append("r1", e.Note(by="ada"), "a note", 'Ana"lyst')
    assert await until(wire, last) == ['Ana"lyst said error', "a note"]


@pytest.mark.parametrize(
    "filter_",
    [
        {"types": "note"},
        {"types": [1]},
        {"types": [""]},
        {"types": ["x"] * 101},
        {"agents": {"a": 1}},
        {"agents": ["x" * 101]},
        {"levels": ["fatal"]},
        {"kinds": ["note"]},
        [],
        "note",
        7,
    ],
)
async def test_a_wrong_filter_is_refused_and_changes_nothing(here: World, filter_: Any) -> None:
    wire = await greeted(here, "log")
    refused = await filtered(wire, filter_, "runs")
    assert (refused["type"], refused["id"], refused["error"]["code"]) == ("error", "f", "bad_arguments")
    assert await until(wire, here.note("r1", "hello")) == ["hello"]


async def test_a_new_connection_begins_without_a_filter(here: World) -> None:
    wire = await greeted(here, "log")
    answer = await filtered(wire, {"types": []})
    wire.leave()
    await wire.ended()
    last = here.note("r1", "hello")
    again = await greeted(here, "log", resume={"epoch": "epoch-1", "position": answer["position"]})
    assert await until(again, last) == ["hello"]
