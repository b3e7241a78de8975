"""Topics that live by a timer, over a real socket and the server's own event loop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.acceptance.servers import ServerProcess

V1 = [Subprotocol("botarmy.v1")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "data")
    process.start()
    yield process
    process.stop()


def test_connections_keep_coming_while_clients_come_and_go(server: ServerProcess) -> None:
    with connect(server.socket_url, subprotocols=V1) as watching:
        watching.send(json.dumps({"type": "hello", "topics": ["connections"]}))
        seen: set[str] = set()
        for name in ("one", "two"):
            with connect(server.socket_url, subprotocols=V1) as other:
                other.send(json.dumps({"type": "hello", "client_id": name}))
                while name not in seen:
                    frame = json.loads(watching.recv(timeout=10))
                    if frame["type"] == "snapshot":
                        seen |= {one["client_id"] for one in frame["data"]["connections"]}
