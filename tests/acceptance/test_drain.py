"""A server that is told to stop sees its clients off: in time, with all that was committed, and to come back."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from itertools import pairwise
from typing import Any

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.acceptance.conftest import StartServer

SOCKETS = 50
SECONDS = 10


async def until_closed(url: str, run_id: str, ready: asyncio.Semaphore) -> tuple[int | None, list[dict[str, Any]]]:
    """What a client hears until the server closes, and the code that it closes with."""
    heard: list[dict[str, Any]] = []
    async with connect(url, subprotocols=[Subprotocol("botarmy.v1")], max_size=None) as socket:
        await socket.send(json.dumps({"type": "hello", "topics": [f"run:{run_id}"]}))
        with suppress(ConnectionClosed):
            while True:
                heard.append(json.loads(await socket.recv()))
                if len(heard) == 2:
                    ready.release()
        return socket.close_code, heard


async def test_fifty_clients_of_a_run_under_way_are_sent_away_within_ten_seconds(start_server: StartServer) -> None:
    server = start_server(BOTARMY_DEMO_SPEED="0.5")
    run_id = httpx2.post(f"{server.url}/api/runs", json={"brief": "Track my reading list"}).json()["run_id"]
    ready = asyncio.Semaphore(0)
    clients = [asyncio.create_task(until_closed(server.socket_url, run_id, ready)) for _ in range(SOCKETS)]
    for _ in clients:
        await ready.acquire()

    began = time.monotonic()
    code = await asyncio.to_thread(server.stop)
    ended = await asyncio.gather(*clients)

    assert code == 0
    assert time.monotonic() - began < SECONDS
    assert {close for close, _ in ended} == {4000}
    hints = [heard[-1] for _, heard in ended]
    assert {hint["type"] for hint in hints} == {"drain"}
    assert len({hint["reconnect_after_ms"] for hint in hints}) > SOCKETS // 2, "not all come back at once"
    for _, heard in ended:
        assert not [frame for frame in heard if frame["type"] in ("error", "resync")]
        moves = [ends(frame) for frame in heard if frame["type"] == "events"]
        assert all(one[1] <= next_[0] for one, next_ in pairwise(moves)), "nothing comes twice"


def ends(frame: dict[str, Any]) -> tuple[int, int]:
    return frame["from"], frame["to"]
