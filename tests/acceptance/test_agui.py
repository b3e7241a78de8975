"""AG-UI against a real server: its own npm client, and what a client may do wrong."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ag_ui_validate.pytest_plugin import assert_valid_agui

from botarmy.llm.server import play
from tests.acceptance.conftest import StartServer
from tests.acceptance.servers import ServerProcess
from tests.api.agui_client import Client
from tests.llm.openai_server import serve

ROOT = Path(__file__).parents[2]
AGENTS = ["Analyst", "Architect", "Developer", "Tester", "Deployer"]


def asked(thread: str, run: str, *said: str, **more: Any) -> dict[str, Any]:
    messages = [{"id": f"{thread}-{n}", "role": "user", "content": text} for n, text in enumerate(said)]
    return {"threadId": thread, "runId": run, "messages": messages, **more}


def events_in(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event with its id."""
    id_ = ""
    for line in lines:
        if line.startswith("id: "):
            id_ = line[4:]
        elif line.startswith("data: "):
            yield id_, json.loads(line[6:])


def looked(server: ServerProcess, body: dict[str, Any], **headers: str) -> list[tuple[str, dict[str, Any]]]:
    with httpx2.stream("POST", f"{server.url}/agui", json=body, headers=headers, timeout=30) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        return list(events_in(response.iter_lines()))


def applied(events: list[tuple[str, dict[str, Any]]]) -> Client:
    client = Client()
    for _, event in events:
        client.apply(event)
    return client


def ran_by_npm(server: ServerProcess, *words: str) -> dict[str, Any]:
    """What AG-UI's own client made of a run; `words` are the brief and the answers to its interrupts."""
    script = ["node", "web/scripts/agui-run.mjs", f"{server.url}/agui", "thread-npm", *words]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_the_official_client_follows_five_agents_to_the_end(start_server: StartServer) -> None:
    said = ran_by_npm(start_server(), "A tip calculator")
    assert said["runs"] == [{"type": "success"}]
    project = said["state"]["botarmy"]
    assert [step["status"] for step in project["steps"]] == ["completed"] * 5
    assert [artifact["path"] for artifact in project["artifacts"]]
    assert (
        list(dict.fromkeys(m["name"] for m in said["messages"] if m["role"] == "assistant" and "name" in m)) == AGENTS
    )
    assert said["events"].count("SUBAGENT_STARTED") == said["events"].count("SUBAGENT_FINISHED") == 5


def test_a_question_interrupts_the_official_client_which_goes_on_with_its_answer(start_server: StartServer) -> None:
    answers = [f"Answer {n}" for n in range(len(AGENTS))]
    server = start_server(BOTARMY_MODEL="demo:question")
    said = ran_by_npm(server, "A tip calculator", *answers)
    *interrupted, ended = said["runs"]
    for outcome in interrupted:
        (interrupt,) = outcome["interrupts"]
        assert "How far should this go?" in interrupt["message"]
    assert ended == {"type": "success"}
    view = httpx2.get(f"{server.url}/api/runs/{said['state']['botarmy']['run_id']}").json()
    assert [request["answer"] for request in view["requests"]] == answers


async def test_a_used_up_budget_interrupts_a_look_and_the_next_goes_on_with_the_decision(
    start_server: StartServer,
) -> None:
    prices = {"BOTARMY_LLM_PRICES": "openai-chat:gpt-5-mini=1/10", "BOTARMY_BUDGET_RUN_USD": "0.01"}
    async with serve(play) as served:
        server = await asyncio.to_thread(start_server, **served.env, **prices)
        first = await asyncio.to_thread(looked, server, asked("t", "r1", "A tip calculator"))
        (interrupt,) = first[-1][1]["outcome"]["interrupts"]
        resume = [{"interruptId": interrupt["id"], "status": "resolved", "payload": {"answer": "5.00"}}]
        rest = await asyncio.to_thread(looked, server, asked("t", "r2", "A tip calculator", resume=resume))
    assert "budget is used up" in interrupt["message"]
    for look in (first, rest):
        assert_valid_agui([event for _, event in look], max_warnings=0)
    assert rest[-1][1]["outcome"] == {"type": "success"}


def test_a_stream_is_valid_and_its_files_can_be_fetched(start_server: StartServer) -> None:
    server = start_server()
    events = looked(server, asked("t", "r1", "A pomodoro timer"))
    assert_valid_agui([event for _, event in events], max_warnings=0)
    for artifact in applied(events).state["botarmy"]["artifacts"]:
        assert httpx2.get(f"{server.url}{artifact['url']}").status_code == 200


def test_the_same_request_again_starts_nothing_new(start_server: StartServer) -> None:
    server = start_server()
    first = looked(server, asked("t", "r1", "A pomodoro timer"))
    again = looked(server, asked("t", "r2", "A pomodoro timer"))
    assert applied(again).state == applied(first).state
    assert len(httpx2.get(f"{server.url}/api/runs").json()["runs"]) == 1


def test_a_cut_stream_goes_on_where_it_was_from_any_of_its_events(start_server: StartServer) -> None:
    server = start_server()
    whole = looked(server, asked("t", "r1", "A pomodoro timer"))
    ended = applied(whole)
    spoken = applied(looked(server, asked("t", "r2", "A pomodoro timer"))).spoken()
    for cut in range(0, len(whole), len(whole) // 12):
        id_ = whole[cut][0]
        rest = looked(server, asked("t", "r3", "A pomodoro timer"), **{"Last-Event-ID": id_})
        assert_valid_agui([event for _, event in rest], max_warnings=0)
        client = applied(rest)
        assert client.state == ended.state
        assert client.spoken() == spoken


def test_leaving_stops_nothing_and_a_note_reaches_the_team(start_server: StartServer) -> None:
    server = start_server(BOTARMY_DEMO_SPEED="0.02")
    with httpx2.stream("POST", f"{server.url}/agui", json=asked("t", "r1", "A budget planner"), timeout=30) as response:
        kinds = (event["type"] for _, event in events_in(response.iter_lines()))
        assert "TEXT_MESSAGE_CONTENT" in kinds
    rest = looked(server, asked("t", "r2", "A budget planner", "Please make it blue"))
    assert rest[-1][1]["outcome"] == {"type": "success"}
    assert ("user", "Please make it blue") in [(role, text) for _, role, text in applied(rest).spoken()]
    (run,) = httpx2.get(f"{server.url}/api/runs").json()["runs"]
    assert run["status"] == "completed"


def test_a_paused_project_ends_the_look_and_goes_on_with_its_answer(start_server: StartServer) -> None:
    server = start_server(BOTARMY_DEMO_SPEED="0.2")
    with httpx2.stream("POST", f"{server.url}/agui", json=asked("t", "r1", "A quiz game"), timeout=30) as response:
        events = events_in(response.iter_lines())
        seen = [next(events)[1], next(events)[1]]
        run_id = seen[1]["snapshot"]["botarmy"]["run_id"]
        httpx2.post(f"{server.url}/api/runs/{run_id}/pause").raise_for_status()
        seen += [event for _, event in events]
    assert_valid_agui(seen, max_warnings=0)
    (interrupt,) = seen[-1]["outcome"]["interrupts"]
    without = looked(server, asked("t", "r2", "A quiz game"))
    assert without[-1][1]["type"] == "RUN_ERROR"
    assert httpx2.get(f"{server.url}/api/runs/{run_id}").json()["status"] == "paused"
    resume = [{"interruptId": interrupt["id"], "status": "resolved"}]
    rest = looked(server, asked("t", "r3", "A quiz game", resume=resume))
    assert rest[-1][1]["outcome"] == {"type": "success"}


def test_cancelling_ends_the_look_as_cancelled(start_server: StartServer) -> None:
    server = start_server(BOTARMY_DEMO_SPEED="1")
    with httpx2.stream("POST", f"{server.url}/agui", json=asked("t", "r1", "A quiz game"), timeout=30) as response:
        events = events_in(response.iter_lines())
        seen = [next(events)[1], next(events)[1]]
        run_id = seen[1]["snapshot"]["botarmy"]["run_id"]
        httpx2.post(f"{server.url}/api/runs/{run_id}/cancel").raise_for_status()
        seen += [event for _, event in events]
    assert_valid_agui(seen, max_warnings=0)
    assert seen[-1]["outcome"] == {"type": "cancelled"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"[]", 422, "bad_arguments"),
        (b'{"threadId":"t","runId":"r"}', 422, "bad_arguments"),
        (b'{"threadId":"","runId":"r","messages":[]}', 422, "bad_arguments"),
        (b'{"threadId":"t","runId":"r","messages":[{"role":"nobody","id":"1"}]}', 422, "bad_arguments"),
        (b" " * (4 * 1024 * 1024 + 1), 413, "too_large"),
    ],
)
def test_what_is_no_request_is_refused_in_words(server: ServerProcess, body: bytes, status: int, code: str) -> None:
    answer = httpx2.post(f"{server.url}/agui", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (asked("nothing-said", "r"), "empty_brief"),
        (asked("empty", "r", "  "), "empty_brief"),
        (asked("team", "r", "A timer", forwardedProps={"botarmy": {"team": "no-such"}}), "unknown_team"),
        (asked("props", "r", "A timer", forwardedProps={"botarmy": 3}), "bad_arguments"),
        (asked("long", "r", "x" * 40_000), "brief_too_long"),
    ],
)
def test_what_cannot_be_done_ends_the_run_in_words(server: ServerProcess, body: dict[str, Any], code: str) -> None:
    events = [event for _, event in looked(server, body)]
    assert [event["type"] for event in events] == ["RUN_STARTED", "RUN_ERROR"]
    assert events[-1]["code"] == code
    assert_valid_agui(events, max_warnings=0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("agui") / "data")
    server.start()
    yield server
    server.stop()
