"""Calls of an MCP server's tools that wait for a person: each decision, over HTTP and a WebSocket, and what follows."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

import pytest

from botarmy.llm.server import Asked, Call, Reply
from tests.acceptance.rooms import BOTH, Json, Room, answer
from tests.acceptance.servers import ServerProcess
from tests.llm.openai_server import Served, serve

TOOLS: Final = Path(__file__).parent.parent / "agents" / "tool_server.py"
TEAM: Final = """
name: guarded
steps:
  - name: Clerk
    instructions: Add up.
    mcp:
      - name: maths
        url: http://127.0.0.1:{port}/mcp
        approval: [add]
"""
ADD: Final = Reply(text="One moment.", calls=(Call(name="maths_add", arguments='{"a": 2, "b": 3}'),))
DONE: Final = Reply(text="Added up.")


def plays(asked: Asked) -> Reply:
    """Asks for the tool once, whatever became of it."""
    return DONE if result_of(asked) is not None else ADD


def result_of(asked: Asked) -> str | None:
    return next((str(message["content"]) for message in asked.messages if message["role"] == "tool"), None)


@pytest.fixture(scope="module")
def tools() -> Iterator[int]:
    """The port of a server of tools."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with subprocess.Popen([sys.executable, TOOLS, str(port)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("running on" in line for line in process.stderr), "the server ended"
        yield port
        process.terminate()


@asynccontextmanager
async def guarded(tmp_path: Path, port: int) -> AsyncIterator[tuple[Room, Served]]:
    (tmp_path / "guarded.yaml").write_text(TEAM.format(port=port), encoding="utf-8")
    async with serve(plays) as provider:
        settings = {"BOTARMY_TEAMS_DIR": str(tmp_path), "BOTARMY_MODEL": "openai-chat:gpt-5-mini", "BOTARMY_AUTH": "on"}
        server = ServerProcess(tmp_path / "data", settings | provider.env)
        await asyncio.to_thread(server.start)
        try:
            yield await asyncio.to_thread(Room, server), provider
        finally:
            await asyncio.to_thread(server.stop)


async def call_asked(room: Room) -> tuple[str, Json]:
    """The run, and the request about the call."""
    run_id = await asyncio.to_thread(room.starts, "guarded")
    request = await room.asked(run_id)
    assert (request["kind"], request["gate"]["when"]) == ("approval", "tool")
    assert json.loads(request["gate"]["excerpt"]) == {"a": 2, "b": 3}
    return run_id, request


CASES: Final = [
    ("approve", None, "5"),
    ("edit", '{"a": 20, "b": 3}', 'The person changed the arguments to {"a": 20, "b": 3}\n23'),
    ("reject", "Too small", "This was not done: the person did not approve it and says: Too small."),
    ("reject", None, "This was not done: the person did not approve it."),
    ("respond", "Why?", "This was not done: the person did not approve it and says: Why?."),
]


@BOTH
async def test_a_tool_is_called_as_a_person_decides_and_the_model_is_told(
    tmp_path: Path, tools: int, transport: str
) -> None:
    async with guarded(tmp_path, tools) as (room, provider), room.desk(transport) as desk:
        for decision, words, told in CASES:
            run_id, request = await call_asked(room)
            assert (await desk.command("answer_request", **answer(run_id, request, decision, words)))["ok"]
            view = await room.ended(run_id)
            (decided,) = view["requests"]
            assert (view["outcome"], decided["decision"], decided["by"]) == ("succeeded", decision, "anna")
            assert result_of(provider.server.asked[-1]) == told


@BOTH
async def test_what_no_tool_can_be_called_with_and_old_answers_are_refused_and_the_call_goes_on_waiting(
    tmp_path: Path, tools: int, transport: str
) -> None:
    async with guarded(tmp_path, tools) as (room, _), room.desk(transport) as desk:
        run_id, request = await call_asked(room)
        for words in ("{", "[1]", '"a"', None):
            refusal = await desk.command("answer_request", **answer(run_id, request, "edit", words))
            assert refusal["error"]["code"] == "bad_arguments"
        refusal = await desk.command("answer_request", **answer(run_id, request | {"subject": "0" * 64}, "approve"))
        assert (refusal["error"]["code"], refusal["error"]["subject"]) == ("request_stale", request["subject"])
        assert await room.asked(run_id) == request
        assert (await desk.command("answer_request", **answer(run_id, request, "approve")))["ok"]
        late = await desk.command("answer_request", **answer(run_id, request, "reject", "No"))
        assert late["error"]["code"] == "request_closed"
        assert (await room.ended(run_id))["outcome"] == "succeeded"


async def test_a_call_waits_over_a_power_cut(tmp_path: Path, tools: int) -> None:
    async with guarded(tmp_path, tools) as (room, provider):
        run_id, request = await call_asked(room)
        await asyncio.to_thread(room.server.kill)
        await asyncio.to_thread(room.server.start)
        assert await room.asked(run_id) == request
        async with room.desk("http") as desk:
            assert (await desk.command("answer_request", **answer(run_id, request, "approve")))["ok"]
        assert (await room.ended(run_id))["outcome"] == "succeeded"
        assert result_of(provider.server.asked[-1]) == "5"
