"""The offline demo shows what can go wrong on a real server, as real events."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest

from botarmy.agents.demo import MISHAPS
from botarmy.domain.views import RunView
from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import Follower
from tests.acceptance.servers import ServerProcess

TEAM = """
name: mishaps
title: Mishaps
steps:
  - id: analyst
    name: Analyst
    title: Requirements
    model: demo:cut_off
    instructions: Write the requirements.
  - id: architect
    name: Architect
    title: Architecture
    model: openai-chat:never-called
    instructions: Write the architecture.
"""


async def shown(server: ServerProcess, http: httpx2.AsyncClient, **options: object) -> tuple[RunView, Follower]:
    """A run until it has ended, or waits for a person."""
    run_id = (await http.post("/api/runs", json={"brief": "A tip calculator", **options})).json()["run_id"]
    follower = Follower(run_id)
    async with follower.connected(server.socket_url) as events:
        async for _ in events:
            if follower.view.ended_at or any(request.status == "open" for request in follower.view.requests):
                break
    return follower.view, follower


async def test_each_mishap_of_the_demo_is_seen_as_what_it_stands_for(start_server: StartServer) -> None:
    server = start_server(BOTARMY_MODEL="demo")
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:
        runs = await asyncio.gather(
            *(shown(server, http, options={"model": f"demo:{name}"}) for name in MISHAPS),
        )
    seen = dict(zip(MISHAPS, runs, strict=True))
    statuses = {
        name: {event["metadata"].get("status") for event in follower.seen.values() if event["type"] == "agent_status"}
        for name, (_, follower) in seen.items()
    }
    finishes = {name: {m.finish for step in view.steps for m in step.messages} for name, (view, _) in seen.items()}
    outcomes = {name: view.outcome or view.status for name, (view, _) in seen.items()}
    assert outcomes == {
        "rate_limited": "succeeded",
        "retrying": "succeeded",
        "stall": "succeeded",
        "cut_off": "succeeded",
        "fallback": "partial",
        "error": "failed",
        "error_once": "succeeded",
        "question": "waiting",
        "slow": "succeeded",
    }
    assert "waiting" in statuses["rate_limited"]
    assert "retrying" in statuses["retrying"] & statuses["stall"] & statuses["cut_off"]
    assert "interrupted" in finishes["cut_off"] & finishes["stall"]
    assert finishes["fallback"] == {"fallback"}
    assert seen["error"][0].errors[0].message == "The demo failed, as it was asked to."
    assert [request.kind for request in seen["question"][0].requests] == ["question"]


async def test_one_agent_of_a_team_shows_a_mishap_and_nobody_is_called(
    start_server: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams" / "mishaps.yaml").write_text(TEAM, encoding="utf-8")
    server = start_server(BOTARMY_MODEL="demo", BOTARMY_TEAMS_DIR=str(tmp_path / "teams"))
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:
        view, _ = await shown(server, http, team="mishaps")
    assert view.outcome == "succeeded"
    assert [next(m.finish for m in step.messages) for step in view.steps] == ["interrupted", "complete"]


@pytest.mark.parametrize("model", ["demo:fire"])
async def test_a_mishap_that_there_is_not_fails_the_run_with_those_that_there_are(
    model: str, start_server: StartServer
) -> None:
    server = start_server()
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:
        view, _ = await shown(server, http, options={"model": model})
    assert view.status == "failed"
    assert {error.message for error in view.errors if error.code.startswith("demo")} == {"The demo cannot show “fire”."}
    assert "rate_limited" in view.errors[0].action
