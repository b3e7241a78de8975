"""A real server whose AI service may be asked once a minute: who waits is told, holds nobody up, and can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from botarmy.llm.server import play
from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import Follower
from tests.llm.openai_server import serve


async def statuses(events: AsyncIterator[dict[str, Any]], status: str) -> dict[str, Any]:
    """The next `agent_status` event with this status."""
    async for event in events:
        if event["type"] == "agent_status" and event["metadata"]["status"] == status:
            return event
    raise AssertionError("the connection ended before it")


async def started(http: httpx2.AsyncClient, brief: str, model: str | None = None) -> str:
    body = {"brief": brief, **({"options": {"model": model}} if model else {})}
    run_id: str = (await http.post("/api/runs", json=body)).json()["run_id"]
    return run_id


async def limits(http: httpx2.AsyncClient) -> dict[str, Any]:
    stats: dict[str, Any] = (await http.get("/api/stats")).raise_for_status().json()
    return stats["rate_limits"]["openai"]  # type: ignore[no-any-return]  # JSON


async def nobody_waits(http: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(5):
        while (await limits(http))["waiting"]:
            pass


async def test_a_wait_is_told_holds_no_place_and_ends_with_a_pause_or_a_cancel(start_server: StartServer) -> None:
    async with serve(play) as provider:
        server = start_server(**provider.env, BOTARMY_LLM_REQUESTS_PER_MINUTE="1", BOTARMY_CONCURRENCY="1")
        async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http, asyncio.timeout(50):
            run_id = await started(http, "A word counter")
            follower = Follower(run_id)
            async with follower.connected(server.socket_url) as events:
                waiting = await statuses(events, "waiting")
                assert waiting["metadata"]["retry_at"] > waiting["timestamp"]
                assert waiting["content"] == "Waiting until the AI service may be asked again"
                assert (await limits(http))["waiting"] == 1

                other = Follower(await started(http, "A tip calculator", "demo"))
                async with other.connected(server.socket_url) as its_events:
                    async for _ in its_events:
                        if other.view.ended_at:
                            break
                assert other.view.outcome == "succeeded"
                assert follower.view.steps[0].status == "waiting"

                await http.post(f"/api/runs/{run_id}/pause")
                await nobody_waits(http)
                await http.post(f"/api/runs/{run_id}/resume")
                await statuses(events, "waiting")
                await http.post(f"/api/runs/{run_id}/cancel")
                await nobody_waits(http)
            stats = (await http.get("/api/stats")).text
            figures = (await http.get("/metrics")).text
        assert len(provider.server.asked) == 1
    assert 'botarmy_llm_limit{key="openai",unit="requests"} 1.0' in figures
    assert 'botarmy_llm_used{key="openai",unit="requests"} 1.0' in figures
    assert 'botarmy_llm_waiting{key="openai"} 0.0' in figures
    assert provider.env["OPENAI_API_KEY"] not in stats + figures
