"""The servers that `fanout.py` measures, each a process of its own: BotArmy's gateway, and three ways to broadcast.

A server prints its port and what clients have to know, then obeys lines of JSON on its standard input: `write` events
at a rate, or tell its `memory`. The peers get what they are best at: the text of all events of 40 ms is made once, and
sent as one message. None of them remembers anything, so what is missed there is lost.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI, WebSocket
from starlette.routing import WebSocketRoute

from benchmarks.crowd import allow_sockets
from botarmy.api.socket import wire_of
from botarmy.bootstrap.compression import Compression
from botarmy.bootstrap.server import tune_interpreter
from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.bootstrap.websocket import direct_socket
from botarmy.bus.local import LocalBus
from botarmy.delivery.feed import Feed
from botarmy.domain.events import NewEvent, Note
from botarmy.domain.users import LOCAL, User
from botarmy.gateway import frames
from botarmy.gateway.gateway import Gateway
from botarmy.gateway.limits import Limits
from botarmy.ports import Commit
from botarmy.service import Service
from botarmy.store.sql import MEMORY, SqlStore
from botarmy.teams import load_teams

Obey: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, object]]]

TEXT: Final = "What an agent says in one breath, about as long as this sentence. " * 2
AGENTS: Final = ("Analyst", "Architect", "Developer", "Tester", "Deployer")
PEERS_PAUSE: Final = 0.04
CROWDED: Final = Limits(connections_per_address=100_000, connections_per_user=100_000)
"""All clients of a benchmark come from one place."""


def say(words: Mapping[str, object]) -> None:
    print(json.dumps(words), flush=True)


def memory() -> int:
    """Bytes that this process has in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def obeying(obey: Obey) -> None:
    """Until standard input ends."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        if order["do"] == "memory":
            say({"bytes": memory()})
        else:
            begun, used = time.monotonic(), cpu()
            result = await obey(order)
            seconds = time.monotonic() - begun
            say({**result, "core": (cpu() - used) / seconds, "seconds": seconds})


@asynccontextmanager
async def listening(app: Any, **more: Any) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=4_000)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", **more)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    tune_interpreter()
    yield listener.getsockname()[1]
    server.should_exit = server.force_exit = True
    await serving


async def paced(rate: float, seconds: float) -> AsyncIterator[int]:
    """Numbers at a rate."""
    begun = time.monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        yield number
    await asyncio.sleep(max(0.0, begun + seconds - time.monotonic()))


# --- BotArmy -----------------------------------------------------------------------------------------------------


class Ours:
    """Real runs in a real store, written to by commits of one event."""

    def __init__(self, store: SqlStore, bus: LocalBus, runs: list[str]) -> None:
        self._store = store
        self._bus = bus
        self._runs = runs
        self._versions = dict.fromkeys(runs, 0)
        self.built: dict[int, float] = {}
        """When the first frame that ends at a position was made."""

    async def prepare(self) -> None:
        for entry in await self._store.read(0, 100_000):
            if entry.run_id in self._versions and entry.version is not None:
                self._versions[entry.run_id] = entry.version

    async def obey(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        if order["do"] == "fill":
            return await self._fill(int(order["count"]))
        committed: dict[int, float] = {}
        self.built.clear()
        async for number in paced(order["rate"], order["seconds"]):
            (position,) = await self._commit(number, 1)
            committed[position] = time.monotonic()
        return {"committed": committed, "built": self.built}

    async def _fill(self, count: int) -> Mapping[str, object]:
        for begin in range(0, count, 100):
            await self._commit(begin // 100, min(100, count - begin))
        return {"head": await self._store.head()}

    async def _commit(self, number: int, count: int) -> list[int]:
        run_id = self._runs[number % len(self._runs)]
        version = self._versions[run_id]
        new = tuple(
            NewEvent(
                id=new_id(),
                run_id=run_id,
                timestamp=SystemClock().now(),
                agent_name=AGENTS[(number + more) % len(AGENTS)],
                content=TEXT,
                metadata=Note(by="local"),
            )
            for more in range(count)
        )
        entries = await self._store.commit(Commit(events=new, run_id=run_id, expected_version=version))
        self._versions[run_id] = version + count
        self._bus.publish("log")
        return [entry.position for entry in entries]


def note_flushes(built: dict[int, float]) -> None:
    """Note when each frame is made, which is when it is first written to a socket."""
    make = frames.events

    def noting(from_: int, to: int, wires: Any) -> Any:
        built.setdefault(to, time.monotonic())
        return make(from_, to, wires)

    frames.events = noting


async def ours(folder: Path | None, runs: int) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    bus, clock = LocalBus(), SystemClock()
    async with await SqlStore.open(folder / "botarmy.db" if folder else MEMORY, new_id=new_id) as store:
        service = Service(store, bus, clock, new_id, load_teams().by_name, "demo")
        feed = Feed(store, bus)
        gateway = Gateway(store, feed, service, clock, new_id, limits=CROWDED)
        following = asyncio.create_task(feed.run())
        app = FastAPI()

        async def anybody(_: str | None) -> User:
            return LOCAL

        async def ws(websocket: WebSocket) -> None:
            await websocket.accept()
            await gateway.serve(wire_of(websocket), anybody, "127.0.0.1", "a benchmark")

        app.routes.append(WebSocketRoute("/ws", ws))

        @app.get("/runs")
        async def some_runs() -> int:
            return len((await store.runs(owner=None, limit=20)).summaries)

        started = [await service.command(LOCAL, new_id(), "start_run", {"brief": "A run"}) for _ in range(runs)]
        served = Ours(store, bus, [str(reply.result["run_id"]) for reply in started])
        await served.prepare()
        note_flushes(served.built)
        direct = direct_socket(Compression(0))
        async with listening(app, ws=direct, ws_per_message_deflate=False, ws_ping_interval=None) as port:
            say({"port": port, "runs": [str(reply.result["run_id"]) for reply in started], "epoch": store.epoch})
            await obeying(served.obey)
        following.cancel()


# --- Others ------------------------------------------------------------------------------------------------------


class Peer:
    """Sends, every 40 ms, what was written in them, as one text."""

    def __init__(self, broadcast: Callable[[str], Awaitable[None] | None]) -> None:
        self._broadcast = broadcast
        self._position = 0

    async def obey(self, order: Mapping[str, Any]) -> Mapping[str, object]:
        built: dict[int, float] = {}
        committed: dict[int, float] = {}
        waiting: list[str] = []
        sent = time.monotonic()
        async for _ in paced(order["rate"], order["seconds"]):
            self._position += 1
            committed[self._position] = time.monotonic()
            waiting.append(self._event())
            if time.monotonic() - sent >= PEERS_PAUSE:
                sent = built[self._position] = time.monotonic()
                begin = self._position - len(waiting)
                text = f'{{"type":"events","from":{begin},"to":{self._position},"events":[{",".join(waiting)}]}}'
                waiting.clear()
                outcome = self._broadcast(text)
                if outcome is not None:
                    await outcome
        return {"committed": committed, "built": built}

    def _event(self) -> str:
        return json.dumps(
            {
                "position": self._position,
                "version": self._position,
                "id": new_id(),
                "run_id": new_id(),
                "type": "note",
                "timestamp": SystemClock().now(),
                "agent_name": AGENTS[self._position % len(AGENTS)],
                "content": TEXT,
                "metadata": {"by": "local"},
                "requires_ack": False,
            }
        )


async def fastapi() -> None:
    """The way of the tutorial: a list of connections, `send_text` to each."""
    app, there = FastAPI(), list[WebSocket]()

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        there.append(websocket)
        while True:
            await websocket.receive_text()

    async def broadcast(text: str) -> None:
        for websocket in there:
            await websocket.send_text(text)

    async with listening(app, ws="websockets-sansio", ws_per_message_deflate=False, ws_ping_interval=None) as port:
        say({"port": port})
        await obeying(Peer(broadcast).obey)


async def websockets() -> None:
    from websockets.asyncio.server import ServerConnection, broadcast, serve  # noqa: PLC0415 - of this peer alone

    there: set[ServerConnection] = set()

    async def handle(connection: ServerConnection) -> None:
        there.add(connection)
        async for _ in connection:
            pass

    listener = socket.create_server(("127.0.0.1", 0), backlog=4_000)
    async with serve(handle, sock=listener, compression=None, ping_interval=None, open_timeout=60):
        tune_interpreter()
        say({"port": listener.getsockname()[1]})
        await obeying(Peer(lambda text: broadcast(there, text)).obey)


async def socketio() -> None:
    import socketio as library  # noqa: PLC0415 - installed for benchmarks alone

    server = library.AsyncServer(async_mode="asgi", http_compression=False)
    app = library.ASGIApp(server)

    async def broadcast(text: str) -> None:
        await server.emit("events", text)

    async with listening(app, ws="websockets-sansio", ws_per_message_deflate=False, ws_ping_interval=None) as port:
        say({"port": port})
        await obeying(Peer(broadcast).obey)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["ours", "fastapi", "websockets", "socketio"])
    parser.add_argument("--folder", type=Path, help="of the database; without one it is in memory")
    parser.add_argument("--runs", type=int, default=1)
    chosen = parser.parse_args()
    allow_sockets()
    if chosen.kind == "ours":
        uvloop.run(ours(chosen.folder, chosen.runs))
    else:
        uvloop.run({"fastapi": fastapi, "websockets": websockets, "socketio": socketio}[chosen.kind]())


if __name__ == "__main__":
    main()
