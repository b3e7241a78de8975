"""The gateway over real sockets: the server's own way past ASGI, and the way of any other server."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from botarmy.api.parts import Wire
from botarmy.api.socket import SocketWire, wire_of
from botarmy.bootstrap.compression import Compression
from botarmy.bootstrap.websocket import USED, DirectSocket, DirectWire, direct_socket
from botarmy.gateway import Limits
from botarmy.gateway.protocol import Code
from botarmy.gateway.session import Session
from tests.acceptance.rawsocket import PING, TEXT, RawSocket, frame
from tests.gateway.world import World, world

STALL_SECONDS = 0.5
EVENT = "x" * 20_000
SOCKET_BYTES = 64 * 1024
"""What the sockets of a test hold at most, so that it does not take megabytes to fill them."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Served:
    here: World
    port: int
    server: uvicorn.Server
    wires: list[Wire] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"ws://localhost:{self.port}/ws"

    @asynccontextmanager
    async def following(self, **hello: object) -> AsyncIterator[ClientConnection]:
        async with connect(self.url, max_size=None) as connection:
            await connection.send(json.dumps({"type": "hello", "topics": ["run:r1"], **hello}))
            assert json.loads(await connection.recv())["type"] == "welcome"
            if not hello:
                assert json.loads(await connection.recv())["type"] == "snapshot"
            yield connection


@pytest.fixture(
    params=[direct_socket(Compression(0)), direct_socket(Compression(1_000)), "websockets-sansio"],
    ids=["direct", "compressed", "ASGI"],
)
async def served(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BYTES)
    async with world(Limits(stall_seconds=STALL_SECONDS, events_bytes=100_000)) as here:

        async def serve(websocket: WebSocket) -> None:
            await websocket.accept()
            wire = wire_of(websocket)
            made.wires.append(wire)
            await here.gateway.serve(wire, here.user, "127.0.0.1", "a test")

        app = Starlette(routes=[WebSocketRoute("/ws", serve)])
        config = uvicorn.Config(
            app, ws=request.param, ws_per_message_deflate=False, lifespan="off", log_config=None, loop="asyncio"
        )
        server = uvicorn.Server(config)
        made = Served(here, listener.getsockname()[1], server)
        serving = asyncio.create_task(server._serve([listener]))
        here.start_run()
        yield made
        await here.gateway.drain()
        server.should_exit = True
        await serving


@pytest.fixture
def deaf(served: Served) -> Iterator[socket.socket]:
    """A client's socket that takes little, unless it is read from."""
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BYTES)
    own.connect(("127.0.0.1", served.port))
    own.setblocking(False)
    yield own
    own.close()


async def until(condition: Callable[[], bool]) -> None:
    """Sockets of the kernel's tell nobody when they are full."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - nobody could set an event
            await asyncio.sleep(0.002)


async def hello(served: Served, own: socket.socket) -> None:
    """Handshake and hello by hand; what the server answers is left unread."""
    loop = asyncio.get_running_loop()
    request = (
        f"GET /ws HTTP/1.1\r\nHost: localhost:{served.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await loop.sock_sendall(own, request.encode())
    await until(lambda: bool(served.wires))
    await loop.sock_sendall(own, frame(TEXT, b'{"type":"hello","topics":["run:r1"]}'))
    await until(lambda: any(session.standing.client_id for session in served.here.gateway._sessions))


async def texts(connection: ClientConnection, until: str) -> list[str]:
    """The contents of all events up to the one with these words."""
    seen: list[str] = []
    while until not in seen:
        words = json.loads(await connection.recv())
        seen += [event["content"] for event in words.get("events", ())]
    return seen


def test_all_that_is_used_of_uvicorns_inside_is_there() -> None:
    app = Starlette()
    config = uvicorn.Config(app, ws=DirectSocket, log_config=None)
    config.load()
    made = DirectSocket(config, uvicorn.server.ServerState(), {}, asyncio.new_event_loop())
    made.loop.close()
    base = WebSocketsSansIOProtocol

    inside = {*vars(base), *vars(made)}
    assert set(USED) - inside <= {"scope"}, "uvicorn has changed: see botarmy.bootstrap.websocket"
    assert "scope" in base.run_asgi.__code__.co_names


async def test_messages_go_both_ways(served: Served, request: pytest.FixtureRequest) -> None:
    async with served.following() as connection:
        served.here.note("r1", "κόσμε")
        seen = await texts(connection, "κόσμε")
        await connection.send(json.dumps({"type": "command", "id": "c1", "name": "add_note", "args": {}}))
        kinds = {json.loads(await connection.recv())["type"] for _ in range(2)}

    assert seen == ["κόσμε"]
    assert kinds == {"reply", "events"}
    direct = request.node.callspec.id != "ASGI"
    assert isinstance(served.wires[0], DirectWire if direct else SocketWire)


@pytest.mark.parametrize("size", [1, 100, 126, 65_000, 70_000, 300_000])
async def test_frames_of_every_size_arrive_whole(served: Served, size: int) -> None:
    async with served.following() as connection:
        served.here.note("r1", "é" * size)
        served.here.note("r1", "end")

        assert (await texts(connection, "end"))[-2:] == ["é" * size, "end"]


async def test_who_does_not_read_is_cut_off_and_comes_back_to_everything(served: Served, deaf: socket.socket) -> None:
    here = served.here
    async with served.following() as reader:
        await hello(served, deaf)
        for number in range(100):
            here.note("r1", f"{number} {EVENT}")
        here.note("r1", "end")
        seen = await texts(reader, "end")
        await until(lambda: len(here.gateway._sessions) == 1)
        here.note("r1", "others go on")
        assert await texts(reader, "others go on") == ["others go on"]
    async with served.following(resume={"epoch": "epoch-1", "position": 1}) as back:
        again = await texts(back, "others go on")

    assert len(seen) == 101
    assert again == [*seen, "others go on"]


@pytest.mark.parametrize("served", [direct_socket(Compression(0))], indirect=True, ids=["direct"])
async def test_who_reads_slowly_but_reads_is_not_cut_off(served: Served, deaf: socket.socket) -> None:
    wire = await connected(served, deaf)
    loop, size, until = asyncio.get_running_loop(), 0, asyncio.get_running_loop().time() + 4 * STALL_SECONDS
    for number in range(200):
        served.here.note("r1", f"{number} {EVENT}")
    while loop.time() < until:
        size += len(await loop.sock_recv(deaf, 40_000))
        await asyncio.sleep(STALL_SECONDS / 5)

    assert len(served.here.gateway._sessions) == 1
    assert wire.unsent() > 0
    assert size < 4_000_000


async def connected(served: Served, own: socket.socket) -> Wire:
    await hello(served, own)
    return served.wires[0]


async def test_no_more_than_a_frame_is_kept_for_who_does_not_read(served: Served, deaf: socket.socket) -> None:
    wire = await connected(served, deaf)
    for number in range(300):
        served.here.note("r1", f"{number} {EVENT}")
        if number % 30 == 0:
            await asyncio.sleep(0.01)
        assert wire.unsent() < 100_000 + 4 * SOCKET_BYTES


@pytest.mark.parametrize("served", [direct_socket(Compression(0))], indirect=True, ids=["direct"])
async def test_pings_of_a_client_that_does_not_read_are_not_collected(served: Served, deaf: socket.socket) -> None:
    wire = await connected(served, deaf)
    for number in range(50):
        served.here.note("r1", f"{number} {EVENT}")
    await until(lambda: wire.unsent() > 0)
    loop = asyncio.get_running_loop()
    before = wire.unsent()
    for _ in range(100):
        await loop.sock_sendall(deaf, frame(PING, b"p" * 125) * 100)

    assert wire.unsent() <= before + 150_000


@pytest.mark.parametrize("served", [direct_socket(Compression(0))], indirect=True, ids=["direct"])
async def test_a_client_that_is_cut_off_leaves_no_connection(
    served: Served, deaf: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botarmy.bootstrap.websocket.CLOSE_SECONDS", STALL_SECONDS)
    await hello(served, deaf)
    for number in range(100):
        served.here.note("r1", f"{number} {EVENT}")
    await until(lambda: not served.here.gateway._sessions)
    await until(lambda: not served.server.server_state.connections)


@contextmanager
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def there_are(*kinds: type) -> int:
    return sum(issubclass(type(each), kinds) for each in gc.get_objects())


@pytest.mark.parametrize("served", [direct_socket(Compression(9))], indirect=True, ids=["compressed"])
async def test_what_a_connection_held_goes_with_it_and_waits_for_no_collector(served: Served) -> None:
    with no_collector():
        hellos: tuple[dict[str, object], ...] = ({}, {"topics": ["run:r1", "connections"], "resume": None})
        for words in hellos:
            async with served.following(**words) as connection:
                served.here.note("r1", "said")
                await texts(connection, "said")
                assert there_are(Session) == there_are(DirectSocket) == 1
                wire: object = served.wires.pop()
                assert isinstance(wire, DirectWire)
                spoken = wire._socket.conn
            del wire
            await until(lambda: not served.here.gateway._sessions and not served.server.server_state.connections)
            await until(lambda: there_are(Session, DirectSocket, DirectWire) == 0)
            assert spoken.extensions == []


async def test_a_goodbye_has_its_code(served: Served) -> None:
    def talk() -> list[Any]:
        with RawSocket(served.url) as raw:
            raw.send(frame(TEXT, b"not JSON"))
            heard = raw.hear()
            assert heard is not None
            raw.send(frame(8, heard.payload))
            return [heard.code, raw.hear()]

    assert await asyncio.to_thread(talk) == [4500, None]


@pytest.mark.parametrize("served", [direct_socket(Compression(1))], indirect=True, ids=["one compressed"])
async def test_connections_are_compressed_as_long_as_there_is_room(served: Served) -> None:
    async with served.following() as first, served.following() as second:
        assert [len(each.protocol.extensions) for each in (first, second)] == [1, 0]
        for number in range(20):
            served.here.note("r1", f"{number} {EVENT}")
        served.here.note("r1", "end")
        assert await texts(first, "end") == await texts(second, "end")
    await until(lambda: not served.server.server_state.connections)
    async with served.following() as third:
        assert len(third.protocol.extensions) == 1


@pytest.mark.parametrize("served", [direct_socket(Compression(9))], indirect=True, ids=["compressed"])
async def test_a_little_that_unpacks_to_a_lot_is_too_large(served: Served) -> None:
    async with served.following() as other, served.following() as hostile:
        await hostile.send("0" * (64 * 1024 * 1024))
        with pytest.raises(ConnectionClosedError) as closed:
            await hostile.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == Code.FRAME_TOO_LARGE
        served.here.note("r1", "others go on")
        assert await texts(other, "others go on") == ["others go on"]


async def test_who_is_not_let_in_yet_when_the_server_stops_is_nobodys_fault() -> None:
    entered, may_go_on = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        entered.set()
        await may_go_on.wait()
        await send({"type": "websocket.accept"})

    config = uvicorn.Config(app, ws=DirectSocket, log_config=None, lifespan="off")
    config.load()
    state, made = uvicorn.server.ServerState(), []

    def protocol() -> DirectSocket:
        made.append(DirectSocket(config, state, {}))
        return made[0]

    server = await asyncio.get_running_loop().create_server(protocol, "localhost", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        coming = asyncio.create_task(refusal(f"ws://localhost:{port}/ws"))
        await entered.wait()
        (task,) = state.tasks
        may_go_on.set()
        made[0].shutdown()
        await task
        assert await coming == 500


async def refusal(url: str) -> int:
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, compression=None)
    return refused.value.response.status_code
