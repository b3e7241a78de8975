"""A pause and a cancel reach an agent whose model is in the midst of its answer, and the service it streams from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Final

from botarmy.client import Client
from botarmy.llm.server import Reply
from tests.acceptance.rooms import BOTH, Room
from tests.acceptance.servers import ServerProcess
from tests.llm.openai_server import Served, serve

ENDLESS: Final = Reply(text="The rain falls on the roof, and on. " * 4_000, pace=0.02)
SOON: Final = 5.0
"""Seconds that a very busy machine may take; `benchmarks/control.py` prints how long it is on yours."""


@asynccontextmanager
async def writing(tmp_path: Path) -> AsyncIterator[tuple[Room, Served, str]]:
    """A run whose agent writes and does not come to an end."""
    async with serve(lambda _: ENDLESS) as provider:
        settings = {"BOTARMY_MODEL": "openai-chat:gpt-5-mini", "BOTARMY_AUTH": "on", **provider.env}
        server = ServerProcess(tmp_path / "data", settings)
        await asyncio.to_thread(server.start)
        try:
            room = await asyncio.to_thread(Room, server)
            run_id = await asyncio.to_thread(room.starts, "software")
            await room.until(run_id, lambda view: any(step.messages for step in view.steps))
            yield room, provider, run_id
        finally:
            await asyncio.to_thread(server.stop)


@BOTH
async def test_a_pause_stops_the_text_closes_the_connection_and_keeps_what_was_written(
    tmp_path: Path, transport: str
) -> None:
    async with writing(tmp_path) as (room, provider, run_id), room.desk(transport) as desk:
        assert (await desk.command("pause_run", run_id=run_id))["ok"]
        await asyncio.wait_for(provider.server.left.wait(), SOON)
        view = await room.until(run_id, lambda view: view.steps[0].messages[-1].finish)
        (message,) = view["steps"][0]["messages"]
        assert (view["status"], message["finish"]) == ("paused", "interrupted")
        assert message["text"].startswith("The rain falls")
        await asyncio.to_thread(room.server.kill)
        await asyncio.to_thread(room.server.start)
        after = room.view(run_id)
        assert (after["status"], after["steps"][0]["messages"]) == ("paused", [message])


@BOTH
async def test_a_cancel_closes_the_connection_to_the_service(tmp_path: Path, transport: str) -> None:
    async with writing(tmp_path) as (room, provider, run_id), room.desk(transport) as desk:
        assert (await desk.command("cancel_run", run_id=run_id))["ok"]
        await asyncio.wait_for(provider.server.left.wait(), SOON)
        view = await room.ended(run_id)
        assert (view["status"], len(provider.server.asked)) == ("cancelled", 1)


async def test_what_is_paused_goes_on_when_it_is_resumed(tmp_path: Path) -> None:
    async with writing(tmp_path) as (room, provider, run_id), room.desk("http") as desk:
        assert (await desk.command("pause_run", run_id=run_id))["ok"]
        await asyncio.wait_for(provider.server.left.wait(), SOON)
        provider.server.answer = lambda _: Reply(text="It has stopped raining.")
        assert (await desk.command("resume_run", run_id=run_id))["ok"]
        view = await room.ended(run_id)
        assert view["steps"][0]["messages"][-1]["text"] == "It has stopped raining."


async def test_who_follows_hears_of_the_pause_and_no_text_after_it(tmp_path: Path) -> None:
    async with writing(tmp_path) as (room, provider, run_id):
        async with Client(room.server.url, token=room.anna.token) as client:
            async with aclosing(client.follow(run_id)) as moments:
                await anext(moments)
                await client.pause(run_id)
                async with asyncio.timeout(SOON):
                    async for moment in moments:
                        if moment.view.steps[0].messages[-1].finish is not None:
                            break
                    await provider.server.left.wait()
            written = (await client.run(run_id)).steps[0].messages[-1].text
            await client.note(run_id, "Is anybody there?")
            run = await client.run(run_id)
        assert run.steps[0].messages[-1].text == written
        assert run.notes[-1].content == "Is anybody there?"
