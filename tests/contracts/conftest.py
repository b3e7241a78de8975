"""The stores and buses that every contract test is run with. A new one is a new parameter here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from botarmy.bus.local import LocalBus
from botarmy.ports import Bus, Store
from botarmy.store.sql import MEMORY, SqlStore
from tests.contracts.samples import new_id

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


@pytest.fixture(params=["local"])
async def bus() -> Bus:
    return LocalBus()
