from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from botarmy.client import Client
from tests.acceptance.servers import ServerProcess

HELD_TEAM = """
name: held
steps:
  - name: Tester
    instructions: Nobody does this, because no worker has what it takes.
    requires: [patience]
  - name: Deployer
    instructions: The same.
    requires: [patience]
"""
"""A team whose runs stay under way for as long as a test needs them."""


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("docs")
    (folder / "teams").mkdir()
    (folder / "teams" / "held.yaml").write_text(HELD_TEAM, encoding="utf-8")
    process = ServerProcess(folder / "data", {"BOTARMY_TEAMS_DIR": str(folder / "teams")})
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="package")
def finished(server: ServerProcess) -> str:
    """The id of a run that has ended well."""
    return ended_well(server)


@pytest.fixture
def server_of_one_run(tmp_path: Path) -> Iterator[ServerProcess]:
    """For what is told of all runs together: one has ended well, and no other example has left anything."""
    process = ServerProcess(tmp_path / "data", {})
    process.start()
    ended_well(process)
    yield process
    process.stop()


def ended_well(server: ServerProcess) -> str:
    async def to_its_end() -> str:
        async with Client(server.url) as client:
            run_id = await client.start("A tip calculator for groups")
            async for _ in client.follow(run_id):
                pass
            return run_id

    return asyncio.run(to_its_end())


@pytest.fixture
def held(server: ServerProcess) -> str:
    """The id of a run that is under way and stays so."""

    async def start() -> str:
        async with Client(server.url) as client:
            return await client.start("Wait", team="held")

    return asyncio.run(start())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an example runs: whatever it writes stays there."""
    return tmp_path
