from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.servers import ServerProcess

StartServer = Callable[..., ServerProcess]


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers, each over a folder of its own; what still runs at the end of the test is stopped."""
    servers: list[ServerProcess] = []

    def start(**environ: str) -> ServerProcess:
        server = ServerProcess(tmp_path / f"data-{len(servers)}", environ)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()
