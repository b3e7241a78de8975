"""A team that works in phases, on a real server: what each leaves, what a crash repeats, who works at once."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import VIEW, Follower
from tests.acceptance.servers import ServerProcess
from tests.acceptance.test_kill import all_events, follow, is_status

PHASES = ["research", "planning", "implementation"]


def start(server: ServerProcess, **more: object) -> str:
    body = {"brief": "Track my reading list", "team": "research-plan-implement", **more}
    return str(httpx2.post(f"{server.url}/api/runs", json=body).raise_for_status().json()["run_id"])


async def reach(follower: Follower, server: ServerProcess, phase: str, status: str) -> None:
    """Follows until a phase is in this state."""
    async with follower.connected(server.socket_url) as events:
        async for event in events:
            if event["type"] == "phase_status" and (event["metadata"]["phase"], event["metadata"]["status"]) == (
                phase,
                status,
            ):
                return


def phases_of(log: list[dict[str, Any]], step: str, status: str) -> list[str]:
    ended = (e["metadata"] for e in log if is_status(e, "phase_status", status))
    return [m["phase"] for m in ended if m["step"] == step]


async def test_a_kill_between_two_phases_repeats_none_and_a_kill_within_one_repeats_that_one(
    start_server: StartServer,
) -> None:
    server = start_server(BOTARMY_DEMO_SPEED="0.05")
    run_id = start(server)
    follower = Follower(run_id)
    await reach(follower, server, "research", "completed")
    server.kill()
    server.start()
    saved = httpx2.get(f"{server.url}/api/runs/{run_id}").json()["steps"][0]["phases"][0]
    await reach(follower, server, "planning", "started")
    server.kill()
    server.start()
    await follow(follower, server, enough=None)

    log = all_events(server, run_id)
    fresh = httpx2.get(f"{server.url}/api/runs/{run_id}").json()
    assert VIEW.validate_python(fresh) == follower.view
    assert (fresh["status"], fresh["outcome"]) == ("completed", "succeeded")
    developer = fresh["steps"][0]
    assert phases_of(log, "developer", "completed") == PHASES
    begun = phases_of(log, "developer", "started")
    assert begun.count("research") == 1
    assert begun.count("planning") >= 2, "the kill hit it"
    assert developer["phases"][0] == saved
    results = [phase["result"] for phase in developer["phases"]]
    assert [(r["phase"], r["status"], r["attempt"]) for r in results] == [(p, "completed", 1) for p in PHASES]
    assert [r["artifacts"] for r in results[:2]] == [["docs/requirements.md"], ["docs/architecture.md"]]
    assert "app/index.html" in results[2]["artifacts"]
    assert all(r["started_at"] <= r["ended_at"] and r["usage"]["output_tokens"] > 0 for r in results)


async def test_steps_that_need_nothing_of_each_other_work_at_the_same_time(start_server: StartServer) -> None:
    server = start_server(BOTARMY_DEMO_SPEED="0.02", BOTARMY_CONCURRENCY="2")
    run_id = start(server)
    await follow(Follower(run_id), server, enough=None)
    log = all_events(server, run_id)

    def position(step: str, status: str) -> int:
        return next(
            int(e["position"]) for e in log if is_status(e, "agent_status", status) and e["metadata"]["step"] == step
        )

    begun = max(position(step, "started") for step in ("tester", "deployer"))
    assert position("developer", "completed") < begun
    assert begun < min(position(step, "completed") for step in ("tester", "deployer"))
