"""What recovery rules do on a real server, asked for and followed over HTTP and over the WebSocket."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from botarmy.domain.views import RunView
from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import VIEW, Follower
from tests.acceptance.people import Person, owner_of_the_machine
from tests.acceptance.servers import ServerProcess

NOTICE: Final = "Agent Maker encountered an issue. Continuing with workflow..."
MAKER: Final = """
name: {name}
steps:
  - name: Maker
    instructions: Make it.
    model: {model}
    phases: [plan, work]
    artifacts: [docs/made.md]
    recovery:
      - on: [demo_failure, demo_failure_once]
        do: {do}
  - name: Checker
    instructions: Check it.
    artifacts: [docs/checked.md]
"""
HELPER: Final = """
name: helper
steps:
  - {name: Helper, instructions: Help., artifacts: [docs/helped.md]}
"""
ALWAYS: Final = "demo:error"
ONCE: Final = "demo:error_once"
TEAMS: Final = {
    "retry": (ONCE, "[{retry: {times: 2, backoff: 0.01}}]"),
    "another-model": (ALWAYS, "[{fall_back: {model: demo}}]"),
    "a-message": (ALWAYS, "[{fall_back: {message: I could not do my part.}}]"),
    "another-agent": (ALWAYS, "[{fall_back: {agent: checker}}]"),
    "another-team": (ONCE, "[{fall_back: {team: helper}}]"),
    "roll-back": (ONCE, "[{roll_back: {to: plan}}]"),
    "skip": (ALWAYS, "[skip]"),
    "ask": (ONCE, "[ask]"),
    "stop": (ALWAYS, "[stop]"),
    "nothing": (ALWAYS, "[{retry: {times: 1, backoff: 0.01}}]"),
}


def with_teams(start_server: StartServer, tmp_path: Path) -> ServerProcess:
    folder = tmp_path / "teams"
    folder.mkdir()
    (folder / "helper.yaml").write_text(HELPER)
    for name, (model, do) in TEAMS.items():
        (folder / f"{name}.yaml").write_text(MAKER.format(name=name, model=model, do=do))
    return start_server(BOTARMY_MODEL="demo", BOTARMY_TEAMS_DIR=str(folder))


async def start(person: Person, way: str, team: str) -> str:
    args = {"brief": "A tip calculator", "team": team}
    if way == "http":
        return str(person.asks("POST", "/api/runs", json=args).raise_for_status().json()["run_id"])
    async with person.connected() as talk:
        return str((await talk.command("start_run", args))["result"]["run_id"])


async def answer(person: Person, way: str, run_id: str, request_id: str, words: str) -> None:
    args = {"decision": "respond", "answer": words}
    if way == "http":
        path = f"/api/runs/{run_id}/requests/{request_id}"
        person.asks("POST", path, json=args).raise_for_status()
        return
    async with person.connected() as talk:
        reply = await talk.command("answer_request", {"run_id": run_id, "request_id": request_id, **args})
        assert reply["ok"], reply


async def followed(server: ServerProcess, follower: Follower, until: Callable[[RunView], bool]) -> RunView:
    async with follower.connected(server.socket_url) as events:
        async for _ in events:
            if until(follower.view):
                break
    return follower.view


def ended(view: RunView) -> bool:
    return view.ended_at is not None


async def carried_out(server: ServerProcess, way: str, team: str) -> tuple[RunView, list[dict[str, Any]]]:
    """The run at its end, the same over both ways, and its events."""
    person = owner_of_the_machine(server)
    run_id = await start(person, way, team)
    follower = Follower(run_id)
    view = await followed(server, follower, ended)
    assert VIEW.validate_python(person.asks("GET", f"/api/runs/{run_id}").json()) == view
    return view, person.asks("GET", f"/api/runs/{run_id}/events?limit=1000").json()["events"]


def remedies(events: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    found = [event["metadata"].get("remedy") for event in events if event["type"] == "phase_status"]
    return [(one["action"], one["target"]) for one in found if one is not None]


def said(view: RunView, step: int) -> str:
    return "\n".join(message.text for message in view.steps[step].messages)


def phases(view: RunView) -> dict[str, str]:
    return {phase.phase: phase.status for phase in view.steps[0].phases}


@pytest.mark.parametrize("way", ["http", "websocket"])
async def test_each_action_is_carried_out(way: str, start_server: StartServer, tmp_path: Path) -> None:
    server = with_teams(start_server, tmp_path)
    seen = {team: await carried_out(server, way, team) for team in TEAMS if team != "ask"}

    outcome = {team: (view.status, view.outcome, view.steps[0].status) for team, (view, _) in seen.items()}
    assert outcome == {
        "retry": ("completed", "succeeded", "completed"),
        "another-model": ("completed", "succeeded", "completed"),
        "a-message": ("completed", "partial", "completed"),
        "another-agent": ("completed", "succeeded", "completed"),
        "another-team": ("completed", "succeeded", "completed"),
        "roll-back": ("completed", "succeeded", "completed"),
        "skip": ("completed", "succeeded", "skipped"),
        "stop": ("failed", None, "error"),
        "nothing": ("completed", "partial", "error"),
    }
    done = {team: remedies(events) for team, (_, events) in seen.items()}
    assert done["retry"] == [("retry", None)]
    assert set(done["another-model"]) == {("fall_back", "model:demo")}
    assert set(done["another-agent"]) == {("fall_back", "agent:checker")}
    assert done["roll-back"] == [("roll_back", "plan")]
    assert done["skip"] == [("skip", None)]
    assert done["stop"] == [("stop", None)]
    assert done["nothing"] == [("retry", None), ("go_on", None)]

    view, _ = seen["another-team"]
    assert phases(view) == {"plan": "completed", "work": "error", "helper/helper": "completed"}
    assert any(artifact.path == "docs/helped.md" for artifact in view.artifacts)
    view, _ = seen["roll-back"]
    assert [phase.attempt for phase in view.steps[0].phases] == [2, 2]
    assert "The phase “work” failed: The demo failed once, as it was asked to." in said(view, 0)
    assert seen["stop"][0].steps[1].status == "skipped"


@pytest.mark.parametrize("way", ["http", "websocket"])
async def test_the_sentence_stands_in_the_conversation_and_the_next_agent_is_told(
    way: str, start_server: StartServer, tmp_path: Path
) -> None:
    server = with_teams(start_server, tmp_path)
    view, events = await carried_out(server, way, "nothing")
    assert [event["content"] for event in events if event["type"] == "system"] == [NOTICE]
    assert view.steps[1].status == "completed"
    assert "Maker did not finish" in said(view, 1)


@pytest.mark.parametrize("way", ["http", "websocket"])
@pytest.mark.parametrize(
    ("words", "first", "outcome"),
    [
        ("Try again", "completed", "succeeded"),
        ("Keep it short this time.", "completed", "succeeded"),
        ("Skip this step", "skipped", "succeeded"),
        ("Stop the project", "error", None),
    ],
)
async def test_a_person_decides_also_after_a_kill(
    way: str, words: str, first: str, outcome: str | None, start_server: StartServer, tmp_path: Path
) -> None:
    server = with_teams(start_server, tmp_path)
    person = owner_of_the_machine(server)
    run_id = await start(person, way, "ask")
    follower = Follower(run_id)
    view = await followed(server, follower, lambda view: view.status == "waiting")
    server.kill()
    server.start()
    person = owner_of_the_machine(server)
    (request,) = person.asks("GET", f"/api/runs/{run_id}").json()["requests"]
    assert request["kind"] == "question"
    assert request["trouble"] == {
        "code": "demo_failure_once",
        "phase": "work",
        "attempt": 1,
        "reference": request["trouble"]["reference"],
    }
    assert request["options"] == ["Try again", "Skip this step", "Stop the project"]
    await answer(person, way, run_id, view.requests[0].request_id, words)
    view = await followed(server, follower, ended)
    assert (view.steps[0].status, view.outcome) == (first, outcome)
    assert view.requests[0].answer == words
    assert (words in said(view, 0)) is (words == "Keep it short this time.")


async def test_a_critical_phase_ends_in_the_hands_of_another_team(start_server: StartServer) -> None:
    server = start_server(BOTARMY_MODEL="demo")
    person = owner_of_the_machine(server)
    body = {"brief": "A tip calculator", "team": "research-plan-implement", "options": {"model": "demo:error_once"}}
    run_id = person.asks("POST", "/api/runs", json=body).json()["run_id"]
    view = await followed(server, Follower(run_id), ended)
    assert (view.outcome, view.steps[0].phases[2].attempt) == ("succeeded", 2)


async def test_a_wrong_recovery_file_is_named_at_the_start_and_the_others_hold(
    start_server: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "recovery.yaml").write_text("rules:\n  - on: [model_timout]\n    do: [ask]\n")
    server = start_server(BOTARMY_MODEL="demo", BOTARMY_TEAMS_DIR=str(tmp_path))
    log = [json.loads(line) for line in server.log.read_text().splitlines() if "team_left_out" in line]
    assert "recovery.yaml is wrong in line 2" in log[0]["detail"]
    run_id = httpx2.post(f"{server.url}/api/runs", json={"brief": "A tip calculator"}).json()["run_id"]
    assert (await followed(server, Follower(run_id), ended)).outcome == "succeeded"
