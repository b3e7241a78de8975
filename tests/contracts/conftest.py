"""The stores and buses that every contract test is run with. A new one is a new parameter here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from botarmy.bus.carried import Line
from botarmy.bus.local import LocalBus
from botarmy.bus.nats import NatsLine
from botarmy.bus.postgres import PostgresLine
from botarmy.ports import Bus, Store
from botarmy.settings import nats_address
from botarmy.store.sql import MEMORY, SqlStore
from tests.bus.ends import carrying
from tests.contracts.samples import new_id
from tests.nats_server import NatsServer

Open: TypeAlias = Callable[[], Awaitable[Store]]
"""Opens the test's own database: for those that are kept, the same at every call."""


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    place = MEMORY if request.param == "memory" else _kept(request, tmp_path)
    return lambda: SqlStore.open(place, new_id=new_id)


@pytest.fixture(params=["sqlite", "postgres"])
def kept_at(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that outlives its store."""
    return _kept(request, tmp_path)


def _kept(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{folder / 'botarmy.db'}"


@pytest.fixture
def open_kept_store(kept_at: str) -> Open:
    return lambda: SqlStore.open(kept_at, new_id=new_id)


@pytest.fixture
async def store(open_store: Open) -> AsyncIterator[Store]:
    opened = await open_store()
    yield opened
    await opened.close()


Connect: TypeAlias = Callable[[], Awaitable[Bus]]
"""Gives one more server its end of the test's own bus."""


@pytest.fixture(params=["local", "postgres", "nats"])
def line(request: pytest.FixtureRequest) -> Callable[[], Line] | None:
    """What carries hints from one server to another; None where there is one server alone."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return lambda: PostgresLine(url)
    if request.param == "nats":
        server: NatsServer = request.getfixturevalue("nats")
        address, subject = nats_address(server.url), f"test.{new_id()}"
        return lambda: NatsLine(address, subject)
    return None


@pytest.fixture
async def connect(line: Callable[[], Line] | None) -> AsyncIterator[Connect]:
    alone = LocalBus()
    async with AsyncExitStack() as stack:

        async def connected() -> Bus:
            return alone if line is None else await stack.enter_async_context(carrying(line()))

        yield connected
