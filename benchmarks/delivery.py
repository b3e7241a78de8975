"""How long a durable event takes to reach every screen: from the commit's return to the client's socket.

    .venv/bin/python benchmarks/delivery.py [--clients 100] [--rate 50] [--seconds 10]

A server process commits single events of one run to a SQLite file (fsync on) at the rate given, and serves them through
the gateway; this process is its clients, over loopback. Both read the same monotonic clock. Prints, judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import resource
import socket
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from pathlib import Path

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI, WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from botarmy.api.socket import wire_of
from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.bootstrap.websocket import DirectSocket
from botarmy.bus.local import LocalBus
from botarmy.delivery.feed import Feed
from botarmy.domain.events import NewEvent, Note
from botarmy.domain.users import LOCAL, User
from botarmy.gateway.gateway import Gateway
from botarmy.ports import Commit
from botarmy.service import Service
from botarmy.store.sql import SqlStore
from botarmy.teams import load_teams

TEXT = "What an agent says in one breath, about as long as this sentence. " * 2
SPAN = re.compile(r'"from":(\d+),"to":(\d+)')


# --- The server ------------------------------------------------------------------------------------------------------


async def serve(folder: Path, rate: float, seconds: float) -> None:
    """Serve; once told to on standard input, commit, and print when each position was committed."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    bus, clock = LocalBus(), SystemClock()
    async with await SqlStore.open(folder / "botarmy.db", new_id=new_id) as store:
        service = Service(store, bus, clock, new_id, load_teams().by_name, "demo")
        feed = Feed(store, bus)
        gateway = Gateway(store, feed, service, clock, new_id)
        following = asyncio.create_task(feed.run())
        app = FastAPI()

        async def anybody(_: str | None) -> User:
            return LOCAL

        @app.websocket("/ws")
        async def ws(websocket: WebSocket) -> None:
            await websocket.accept()
            await gateway.serve(wire_of(websocket), anybody, "127.0.0.1", "a benchmark")

        listener = socket.create_server(("127.0.0.1", 0), backlog=1_000)
        config = uvicorn.Config(app, log_config=None, ws=DirectSocket, ws_per_message_deflate=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        reply = await service.command(LOCAL, new_id(), "start_run", {"brief": "A benchmark"})
        run_id = str(reply.result["run_id"])
        print(listener.getsockname()[1], run_id, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps(await write(store, bus, run_id, rate, seconds)), flush=True)
        await asyncio.sleep(1)
        await gateway.drain()
        server.should_exit = True
        await serving
        following.cancel()


async def write(store: SqlStore, bus: LocalBus, run_id: str, rate: float, seconds: float) -> dict[str, object]:
    run = await store.read(0, 1_000, run_id=run_id)
    version = max(entry.version or 0 for entry in run)
    committed: dict[int, float] = {}
    begun, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    for number in range(int(rate * seconds)):
        if time.monotonic() > begun + 1.5 * seconds:
            break
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        event = NewEvent(
            id=new_id(),
            run_id=run_id,
            timestamp=SystemClock().now(),
            agent_name="Analyst",
            content=TEXT,
            metadata=Note(by="local"),
        )
        (entry,) = await store.commit(Commit(events=(event,), run_id=run_id, expected_version=version))
        committed[entry.position] = time.monotonic()
        bus.publish("log")
        version += 1
    after, took = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - begun
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return {"committed": committed, "core": cpu / took, "per_second": len(committed) / took}


# --- The clients -----------------------------------------------------------------------------------------------------


async def join(url: str, run_id: str) -> ClientConnection:
    connection = await connect(url, max_size=None, compression=None)
    await connection.send(json.dumps({"type": "hello", "topics": [f"run:{run_id}"]}))
    await connection.recv()
    await connection.recv()
    return connection


async def listen(connection: ClientConnection, arrived: list[tuple[int, float]]) -> None:
    """Note when each position came, until the server drains."""
    with suppress(ConnectionClosed):
        async for text in connection:
            now = time.monotonic()
            span = SPAN.search(str(text)[:100])
            if span is not None:
                arrived.extend((position, now) for position in range(int(span[1]) + 1, int(span[2]) + 1))


async def measure(clients: int, rate: float, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--serve", folder, "--rate", str(rate), "--seconds", str(seconds)]
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=2**24)
        assert process.stdin is not None
        assert process.stdout is not None
        port, run_id = (await process.stdout.readline()).decode().split()
        connections = [await join(f"ws://127.0.0.1:{port}/ws", run_id) for _ in range(clients)]
        arrived: list[tuple[int, float]] = []
        listening = [asyncio.create_task(listen(connection, arrived)) for connection in connections]
        process.stdin.write(b"go\n")
        result = json.loads(await process.stdout.readline())
        await asyncio.gather(*listening)
        await process.wait()
    committed = {int(position): when for position, when in result["committed"].items()}
    waits = sorted((when - committed[position]) * 1000 for position, when in arrived if position in committed)
    missing = clients * len(committed) - len(waits)
    print(
        f"{clients} clients, {result['per_second']:.0f} events/s: commit → client p50 {waits[len(waits) // 2]:.1f} ms, "
        f"p99 {waits[len(waits) * 99 // 100]:.1f} ms, worst {waits[-1]:.1f} ms; "
        f"{missing} missing; server {result['core']:.2f} core"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--rate", type=float, default=50, help="events a second")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        uvloop.run(serve(chosen.serve, chosen.rate, chosen.seconds))
    else:
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}")
        asyncio.run(measure(chosen.clients, chosen.rate, chosen.seconds))


if __name__ == "__main__":
    main()
