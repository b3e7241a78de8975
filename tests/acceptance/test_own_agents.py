"""Agents of people's own at work in a real server: what is bad about one harms that one alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from botarmy.client import Client
from tests.acceptance.servers import ServerProcess

CODE = """
import os, subprocess, sys, threading, time

def good(context):
    yield "Good."

def hangs(context):
    yield "Hanging. "
    threading.Event().wait()

def raises(context):
    raise ValueError("a detail that nobody has to see")

def asks(context):
    return "So it is " + context.ask("Which?", ["a", "b"])
"""
PROGRAM = """
read -r context
sleep 1000 &
echo "{\\"file\\": \\"pids.txt\\", \\"content\\": \\"$$ $!\\"}"
wait
"""
TEAMS = {
    "good": "agent: python:bad_and_good:good",
    "hangs": "agent: python:bad_and_good:hangs",
    "raises": "agent: python:bad_and_good:raises",
    "asks": "agent: python:bad_and_good:asks",
    "sleeps": "agent: {command: [bash, ./sleeps.sh]}",
    "slow": "agent: {command: [bash, ./sleeps.sh], timeout: 1}\n    attempts: 1",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("own")
    teams = folder / "teams"
    teams.mkdir()
    (teams / "bad_and_good.py").write_text(CODE, encoding="utf-8")
    (teams / "sleeps.sh").write_text(PROGRAM, encoding="utf-8")
    for name, agent in TEAMS.items():
        (teams / f"{name}.yaml").write_text(f"name: {name}\nsteps:\n  - name: Worker\n    {agent}\n", encoding="utf-8")
    process = ServerProcess(folder / "data", {"BOTARMY_TEAMS_DIR": str(teams), "BOTARMY_CONCURRENCY": "4"})
    process.start()
    yield process
    process.stop()


async def ended(client: Client, run_id: str) -> str:
    async for _ in client.follow(run_id):
        pass
    run = await client.run(run_id)
    return f"{run.status} {[error.code for error in run.errors]}"


async def until_it_said(client: Client, run_id: str) -> None:
    async for moment in client.follow(run_id):
        if moment.view.artifacts or any(message.text for message in moment.view.steps[0].messages):
            return


def is_running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_agents_that_hang_delay_nobody_and_are_cancelled(server: ServerProcess) -> None:
    async with Client(server.url) as client:
        hanging = [await client.start("Hang", team="hangs") for _ in range(3)]
        for run_id in hanging:
            await until_it_said(client, run_id)
        assert await ended(client, await client.start("Work", team="good")) == "completed []"
        begun = time.perf_counter()
        for run_id in hanging:
            await client.cancel(run_id)
            assert await ended(client, run_id) == "cancelled []"
        assert time.perf_counter() - begun < 5
        again = [await client.start("Work", team="good") for _ in range(4)]
        assert [await ended(client, run_id) for run_id in again] == ["completed []"] * 4


async def test_an_agent_that_raises_fails_with_a_reference_and_no_detail(server: ServerProcess) -> None:
    async with Client(server.url) as client:
        run_id = await client.start("Raise", team="raises")
        assert await ended(client, run_id) == "failed ['agent_failed']"
        (error,) = (await client.run(run_id)).errors
        assert error.reference is not None
        assert "a detail" not in error.message
        assert error.reference in server.log.read_text()


async def test_a_question_is_answered_by_a_person(server: ServerProcess) -> None:
    async with Client(server.url) as client:
        run_id = await client.start("Ask", team="asks")
        async for moment in client.follow(run_id):
            if moment.view.status == "waiting":
                (request,) = moment.view.requests
                assert (request.prompt, request.options) == ("Which?", ("a", "b"))
                await client.answer(run_id, request.request_id, "respond", "b")
                break
        assert await ended(client, run_id) == "completed []"
        assert [m.text for m in (await client.run(run_id)).steps[0].messages] == ["So it is b"]


async def test_a_program_is_killed_with_its_children_at_a_cancellation(server: ServerProcess, tmp_path: Path) -> None:
    async with Client(server.url) as client:
        run_id = await client.start("Sleep", team="sleeps")
        await until_it_said(client, run_id)
        await client.download(run_id, tmp_path)
        pids = (tmp_path / "pids.txt").read_text().split()
        assert all(map(is_running, pids))
        await client.cancel(run_id)
        async with asyncio.timeout(10):
            while any(map(is_running, pids)):
                await asyncio.to_thread(lambda: None)


async def test_a_program_that_hangs_ends_at_its_time_limit(server: ServerProcess) -> None:
    async with Client(server.url) as client:
        run_id = await client.start("Sleep", team="slow")
        assert await ended(client, run_id) == "failed ['agent_timeout']"
