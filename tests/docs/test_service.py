"""What the pages say about keeping BotArmy, done as they say it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2

from botarmy.client import Client
from tests.acceptance.servers import ServerProcess
from tests.docs.pages import DOCS, blocks
from tests.docs.shell import run_shell

PAGE = DOCS / "how-to" / "run-as-a-service.md"


def typed(number: int, folder: Path) -> None:
    """Carry out one of the page's scripts on folders of the test; the test itself stops and starts the server."""
    script = blocks(PAGE, "sh")[number].text
    lines = [line for line in script.splitlines() if not line.startswith("systemctl ")]
    assert lines
    here = "\n".join(lines).replace("/var/lib", str(folder)).replace("/var/backups", f"{folder}/backups")
    run_shell(here, None, folder)


def epoch_of(server: ServerProcess) -> str:
    return str(httpx2.get(f"{server.url}/api/status").json()["epoch"])


def titles(server: ServerProcess) -> list[str]:
    return [run["title"] for run in httpx2.get(f"{server.url}/api/runs").json()["runs"]]


async def start_run(server: ServerProcess, brief: str) -> None:
    async with Client(server.url) as client:
        run_id = await client.start(brief)
        async for _ in client.follow(run_id):
            pass


def test_a_backup_brings_the_projects_back_under_a_new_epoch(folder: Path) -> None:
    (folder / "backups").mkdir()
    server = ServerProcess(folder / "botarmy")
    server.start()
    try:
        asyncio.run(start_run(server, "The first"))
        before = epoch_of(server)
        server.stop()
        typed(0, folder)
        server.start()
        assert (epoch_of(server), titles(server)) == (before, ["The first"])
        asyncio.run(start_run(server, "The second"))
        server.stop()
        typed(1, folder)
        server.start()
        assert titles(server) == ["The first"]
        assert epoch_of(server) != before
    finally:
        server.stop()


async def test_a_pause_holds_over_a_killed_server(folder: Path) -> None:
    server = ServerProcess(folder / "botarmy", {"BOTARMY_DEMO_SPEED": "1"})
    server.start()
    try:
        async with Client(server.url) as client:
            run_id = await client.start("Wait for me")
            await client.pause(run_id)
        server.kill()
        server.start()
        async with Client(server.url) as client:
            assert (await client.run(run_id)).status == "paused"
            await client.resume(run_id)
            assert (await client.run(run_id)).status == "running"
    finally:
        server.stop()
