"""Nothing committed is lost, whatever is killed whenever: a run goes on where it was, and ends well."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import httpx2
import pytest

from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import VIEW, Follower
from tests.acceptance.servers import ServerProcess

KILLS_OF_A_RUN = 6


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_a_run_survives_any_number_of_kills_at_any_moment(seed: int, start_server: StartServer) -> None:
    moments = random.Random(seed)
    server = start_server(BOTARMY_DEMO_SPEED="0.02")
    started = httpx2.post(f"{server.url}/api/runs", json={"brief": "Track my reading list"}).json()
    follower = Follower(started["run_id"])
    for _ in range(KILLS_OF_A_RUN):
        await follow(follower, server, enough=moments.randint(1, 25))
        assert follower.view.ended_at is None, "the kill comes while the run is under way"
        server.kill()
        server.start()
    await follow(follower, server, enough=None)

    log = all_events(server, started["run_id"])
    fresh = VIEW.validate_python(httpx2.get(f"{server.url}/api/runs/{started['run_id']}").json())
    assert fresh.status == "completed"
    assert fresh.outcome == "succeeded"
    assert follower.view == fresh
    assert follower.snapshots == 1
    versions = [event["version"] for event in log if event["version"] is not None]
    assert versions == list(range(1, len(versions) + 1))
    assert all(event in log for event in follower.seen.values()), "what a client saw is in the log"
    completed = Counter(e["metadata"]["step"] for e in log if is_status(e, "agent_status", "completed"))
    assert completed == {step.step: 1 for step in fresh.steps}
    jobs = Counter(e["metadata"]["job_id"] for e in log if is_status(e, "job_status", "completed"))
    assert set(jobs.values()) == {1}
    assert all(message.finish for step in fresh.steps for message in step.messages)


async def follow(follower: Follower, server: ServerProcess, enough: int | None) -> None:
    """Take so many events; with None, all until the run has ended."""
    if follower.snapshots and follower.view.ended_at:
        return
    async with follower.connected(server.socket_url) as events:
        async for event in events:
            if event["type"] == "run_status" and event["metadata"]["status"] in ("completed", "failed"):
                return
            if enough is not None:
                enough -= 1
                if enough <= 0:
                    return


def all_events(server: ServerProcess, run_id: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = httpx2.get(f"{server.url}/api/runs/{run_id}/events?after={after}&limit=1000").json()
        events += page["events"]
        after = page["next"]
    return events


def is_status(event: dict[str, Any], type_: str, status: str) -> bool:
    return bool(event["type"] == type_ and event["metadata"]["status"] == status)


async def test_the_reader_is_told_why_a_step_begins_again(start_server: StartServer) -> None:
    server = start_server(BOTARMY_DEMO_SPEED="0.2")
    started = httpx2.post(f"{server.url}/api/runs", json={"brief": "Track my reading list"}).json()
    follower = Follower(started["run_id"])
    async with follower.connected(server.socket_url) as events:
        async for event in events:
            if event["type"] == "agent_delta" and event["metadata"]["channel"] == "text":
                break
    server.kill()
    server.start()
    async with follower.connected(server.socket_url) as events:
        async for event in events:
            if is_status(event, "agent_status", "started"):
                break
    analyst = follower.view.steps[0]
    interrupted, *anew = analyst.messages
    assert interrupted.finish == "interrupted"
    assert [message.finish for message in anew] in ([], [None]), "the second start may be writing already"
    assert analyst.attempt == 1, "what was interrupted from outside uses no attempt up"
    (error,) = follower.view.errors
    assert error.code == "worker_lost"
    assert error.message == "The server stopped while Analyst was working. Analyst starts this part again."
