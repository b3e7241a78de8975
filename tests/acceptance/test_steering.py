"""A person steers an agent at work: over HTTP and over WebSocket, with a real server and a real model server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from botarmy.client import Client
from botarmy.llm.server import Asked, Call, Reply
from botarmy.llm.server.players import agent_of
from tests.acceptance.conftest import StartServer
from tests.acceptance.servers import ServerProcess
from tests.llm.openai_server import serve

TEAM = """
name: pair
steps:
  - {name: Writer, tools: [list_files], instructions: Write.}
  - {name: Reader, instructions: Read.}
"""


@dataclass
class Model:
    """The Writer's first answer is to look at the files. Before it is given, a person says something."""

    speak: Callable[[], None] = field(default=lambda: None)

    def __call__(self, asked: Asked) -> Reply:
        turn = sum(message["role"] == "assistant" for message in asked.messages)
        if agent_of(asked) != "Writer" or turn:
            return Reply(text="Done.")
        self.speak()
        return Reply(text="I look.", calls=(Call(name="list_files", arguments="{}"),))


async def test_a_note_over_http_reaches_the_agent_at_its_next_call_and_the_page_learns_when(
    start_server: StartServer, tmp_path: Path
) -> None:
    model = Model()
    before: list[Any] = []

    async with serve(model) as provider:
        server = start_server(**provider.env, **settings(tmp_path))

        def speak() -> None:
            (run,) = httpx2.get(f"{server.url}/api/runs", timeout=30).json()["runs"]
            path = f"{server.url}/api/runs/{run['run_id']}"
            assert httpx2.post(f"{path}/notes", json={"content": "Amounts are in euros."}, timeout=30).is_success
            before.extend(httpx2.get(path, timeout=30).json()["notes"])

        model.speak = speak
        run_id = await begun(server)
        view = await ended(server, run_id)
        first, second, *_ = provider.server.asked
    assert [one["taken_up"] for one in before] == [[]]
    assert "euros" not in json.dumps(first.messages)
    assert "Amounts are in euros." in json.dumps(second.messages)
    (told,) = view["notes"]
    assert [one["step"] for one in told["taken_up"]] == ["writer", "reader"]
    assert told["timestamp"] <= told["taken_up"][0]["at"] <= told["taken_up"][1]["at"]


async def test_a_note_over_websocket_to_one_agent_is_heard_by_that_one_alone(
    start_server: StartServer, tmp_path: Path
) -> None:
    model = Model()
    events: list[Any] = []
    async with serve(model) as provider:
        server = start_server(**provider.env, **settings(tmp_path))

        def speak() -> None:
            (run,) = httpx2.get(f"{server.url}/api/runs", timeout=30).json()["runs"]
            args = {"run_id": run["run_id"], "content": "Read it aloud.", "step": "reader"}
            assert command(server, "add_note", args)["ok"]

        model.speak = speak
        run_id = await begun(server)
        view = await ended(server, run_id)
        events = (await asyncio.to_thread(read, server, f"/api/runs/{run_id}/events?limit=500"))["events"]
        told = [agent_of(asked) for asked in provider.server.asked if "aloud" in json.dumps(asked.messages)]
        late = await asyncio.to_thread(command, server, "add_note", {"run_id": run_id, "content": "Late"})
    (note,) = view["notes"]
    assert [one["step"] for one in note["taken_up"]] == ["reader"]
    (taken,) = [event for event in events if event["type"] == "note" and event["metadata"]["taken_up_by"]]
    assert taken["metadata"] == {
        "by": "local", "step": "reader", "note_id": note["note_id"], "taken_up_by": "reader",
    }  # fmt: skip
    assert (taken["content"], taken["agent_name"]) == ("Reader has taken up a note of local", "Reader")
    assert set(told) == {"Reader"}
    assert late["error"]["code"] == "run_ended"


@pytest.mark.parametrize(
    ("size", "status", "codes"),
    [(40 * 1024, 422, {"note_too_long"}), (1024 * 1024, 413, {"too_large"})],
)
async def test_what_cannot_be_told_is_refused_in_words(
    waiting: tuple[ServerProcess, str], size: int, status: int, codes: set[str]
) -> None:
    server, run_id = waiting
    refusal = await posted(server, f"/api/runs/{run_id}/notes", {"content": "x" * size})
    assert (refusal.status_code, refusal.json()["code"] in codes) == (status, True), refusal.text


async def test_a_note_to_nobody_to_who_is_done_and_one_too_many_are_refused(
    waiting: tuple[ServerProcess, str],
) -> None:
    server, run_id = waiting
    path = f"/api/runs/{run_id}/notes"
    assert (await posted(server, path, {"content": "Hi", "step": "nobody"})).json()["code"] == "unknown_step"
    skipped = await posted(server, f"/api/runs/{run_id}/steps/tester/skip", {})
    assert skipped.status_code == 200
    done = (await posted(server, path, {"content": "Hi", "step": "tester"})).json()
    assert (done["code"], "Tester" in done["message"]) == ("step_is_done", True)
    answers = [await posted(server, path, {"content": f"Note {number}"}) for number in range(210)]
    assert [answer.status_code for answer in answers] == [200] * 200 + [422] * 10
    assert answers[-1].json()["code"] == "too_many_notes"


@pytest.fixture
def waiting(start_server: StartServer, tmp_path: Path) -> tuple[ServerProcess, str]:
    """A run that stays under way."""
    (tmp_path / "teams").mkdir()
    held = "name: held\nsteps:\n  - {name: Tester, instructions: x, requires: [patience]}\n"
    held += "  - {name: Last, instructions: x, requires: [patience]}\n"
    (tmp_path / "teams" / "held.yaml").write_text(held, encoding="utf-8")
    server = start_server(BOTARMY_TEAMS_DIR=str(tmp_path / "teams"))
    started = httpx2.post(f"{server.url}/api/runs", json={"brief": "Wait", "team": "held"}, timeout=30)
    return server, str(started.json()["run_id"])


def settings(folder: Path) -> dict[str, str]:
    (folder / "teams").mkdir()
    (folder / "teams" / "pair.yaml").write_text(TEAM, encoding="utf-8")
    return {"BOTARMY_TEAMS_DIR": str(folder / "teams"), "BOTARMY_MODEL": "openai-chat:gpt-5-mini"}


async def begun(server: ServerProcess) -> str:
    started = await posted(server, "/api/runs", {"brief": "Notes", "team": "pair"})
    return str(started.json()["run_id"])


async def posted(server: ServerProcess, path: str, body: object) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
        return await client.post(path, json=body)


def read(server: ServerProcess, path: str) -> Any:
    return httpx2.get(f"{server.url}{path}", timeout=30).json()


def command(server: ServerProcess, name: str, args: dict[str, str]) -> Any:
    """The reply to a command over a connection of its own."""
    with connect(server.socket_url, subprotocols=[Subprotocol("botarmy.v1")]) as socket:
        socket.send(json.dumps({"type": "hello"}))
        socket.send(json.dumps({"type": "command", "id": f"{name}-{args}"[:90], "name": name, "args": args}))
        while True:
            frame = json.loads(socket.recv(timeout=30))
            if frame["type"] == "reply":
                return frame


async def ended(server: ServerProcess, run_id: str) -> Any:
    async with asyncio.timeout(30), Client(server.url) as client, aclosing(client.follow(run_id)) as moments:
        async for moment in moments:
            if moment.view.ended_at:
                break
    return await asyncio.to_thread(read, server, f"/api/runs/{run_id}")
