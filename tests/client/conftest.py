"""A scripted server, and a client of it that waits for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from botarmy.client import Client
from tests.client.scripted import Script, Waits, serving


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def client(script: Script, waits: Waits) -> AsyncIterator[Client]:
    async with serving(script) as url, Client(url, random=lambda: 1.0, sleep=waits) as client:
        yield client
