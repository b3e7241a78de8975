"""Sessions over wires without sockets, in virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import World, world


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world() as made:
        yield made


async def test_a_client_is_welcomed_gets_a_snapshot_and_then_what_happens(here: World) -> None:
    begun = here.start_run()
    wire = here.connect()
    wire.hello("run:r1")

    welcome = await wire.hear()
    snapshot = await wire.hear()
    noted = here.note("r1", "make it blue")
    events = await wire.hear()

    assert welcome["type"] == "welcome"
    assert welcome["position"] == begun
    assert welcome["topics"] == ["run:r1"]
    assert welcome["resumed"] is False
    assert snapshot["topic"] == "run:r1"
    assert snapshot["data"]["title"] == "Project r1"
    assert (events["from"], events["to"]) == (begun, noted)
    assert [event["content"] for event in events["events"]] == ["make it blue"]
