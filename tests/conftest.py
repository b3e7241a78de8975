from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import nats_server
from tests.nats_server import NatsServer
from tests.postgres import PostgresServer, running

# A busy machine is slow, not wrong: how long an example takes is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One for all tests of a process, started for the first that asks. It forgets what a power cut would take."""
    with running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a database of the test's own, with tables and nothing in them."""
    name = postgres.ready_database()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def nats() -> Iterator[NatsServer]:
    """One for all tests of a process, started for the first that asks. Anybody may say anything there."""
    with nats_server.running() as server:
        yield server
