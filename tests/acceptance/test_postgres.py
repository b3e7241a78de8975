"""A server over PostgreSQL: the whole program, with nothing but its database elsewhere."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests import nats_server
from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import VIEW, Follower
from tests.acceptance.servers import ServerProcess
from tests.acceptance.test_kill import follow
from tests.postgres import GUARDED, PASSWORD, PostgresServer, running


@pytest.fixture
def guarded_url(postgres: PostgresServer) -> str:
    """Of an empty database, whose owner has a password."""
    name = postgres.database()
    postgres.execute(f"ALTER DATABASE {name} OWNER TO {GUARDED}")
    return postgres.url(name, GUARDED, PASSWORD)


@pytest.fixture
def restartable() -> Iterator[PostgresServer]:
    with running(durable=True) as server:
        yield server


async def test_a_run_goes_on_over_postgresql_after_a_kill_and_ends_well(
    start_server: StartServer, guarded_url: str
) -> None:
    server = start_server(BOTARMY_DATABASE_URL=guarded_url, BOTARMY_DEMO_SPEED="0.02")
    started = httpx2.post(f"{server.url}/api/runs", json={"brief": "Track my reading list"}).json()
    follower = Follower(started["run_id"])
    for enough in (3, 40):
        await follow(follower, server, enough=enough)
        assert follower.view.ended_at is None, "the kill comes while the run is under way"
        server.kill()
        server.start()
    await follow(follower, server, enough=None)
    fresh = VIEW.validate_python(httpx2.get(f"{server.url}/api/runs/{started['run_id']}").json())
    assert (fresh.status, fresh.outcome) == ("completed", "succeeded")
    assert follower.view == fresh
    assert follower.snapshots == 1
    assert [path.name for path in server.folder.iterdir() if path.suffix == ".db"] == []
    assert server.stop() == 0
    assert PASSWORD not in server.log.read_text()


async def test_while_the_database_is_away_commands_are_refused_and_work_goes_on_when_it_is_back(
    start_server: StartServer, restartable: PostgresServer
) -> None:
    url = restartable.url(restartable.database())
    server = start_server(BOTARMY_DATABASE_URL=url, BOTARMY_DEMO_SPEED="0.1")
    started = httpx2.post(f"{server.url}/api/runs", json={"brief": "Track my reading list"}).json()
    follower = Follower(started["run_id"])
    await follow(follower, server, enough=3)
    restartable.stop()
    refused = httpx2.post(f"{server.url}/api/runs", json={"brief": "A timer"}, timeout=30)
    assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
    restartable.start()
    await follow(follower, server, enough=None)
    assert follower.view.status == "completed"
    assert follower.snapshots == 1


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Not-The-Right-1", "the database refuses this user or this password"),
        (PASSWORD, "another BotArmy server uses this database: stop it first"),
    ],
)
def test_a_server_that_cannot_have_its_database_says_why_and_ends(
    start_server: StartServer, guarded_url: str, tmp_path: Path, password: str, words: str
) -> None:
    first = start_server(BOTARMY_DATABASE_URL=guarded_url)
    environ = {"BOTARMY_DATABASE_URL": guarded_url.replace(PASSWORD, password), "BOTARMY_DATA_DIR": f"{tmp_path}/2"}
    done = subprocess.run(
        [sys.executable, "-m", "botarmy", "serve", "--port", "0"],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert password not in done.stdout + done.stderr
    assert httpx2.get(f"{first.url}/readyz").status_code == 200


def bus_is_connected(server: ServerProcess) -> bool:
    return "botarmy_bus_connected 1.0" in httpx2.get(f"{server.url}/metrics").text


async def test_a_server_starts_without_its_bus_works_without_it_and_takes_it_once_it_is_there(
    start_server: StartServer, guarded_url: str
) -> None:
    with nats_server.running() as nats:
        nats.stop()
        server = start_server(
            BOTARMY_DATABASE_URL=guarded_url,
            BOTARMY_BUS_URL=f"nats://ada:{PASSWORD}@127.0.0.1:{nats.port}",
            BOTARMY_DEMO_SPEED="0",
        )
        assert not bus_is_connected(server)
        started = httpx2.post(f"{server.url}/api/runs", json={"brief": "Track my reading list"}).json()
        follower = Follower(started["run_id"])
        await follow(follower, server, enough=None)
        assert follower.view.status == "completed"
        nats.start()
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(bus_is_connected, server):  # noqa: ASYNC110 - a process tells nobody
                await asyncio.sleep(0.1)
    said = server.log.read_text()
    assert "bus_lost" in said
    assert PASSWORD not in said
