"""The WebSocket under the gateway: uvicorn's own, with a way past ASGI for frames that are ready to be written.

uvicorn keeps the handshake, the websockets library the rules of RFC 6455. What is ours: whole frames go to the
transport as they are, messages come from it without a detour, a client that does not read is noticed by the byte, and a
frame that is too large gets the protocol's own code and a goodbye that arrives.

What is used of uvicorn's inside is in `USED`, which a test compares with what is installed. On a server that offers no
such way `botarmy.api.socket` sends text through ASGI.
"""

from __future__ import annotations

import asyncio
import fcntl
import socket
import sys
import termios
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol, cast

from uvicorn.config import Config
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from botarmy.api.socket import DIRECT
from botarmy.bootstrap.compression import Compression
from botarmy.bootstrap.reception import Reception
from botarmy.gateway.protocol import Code

UNSENT_BYTES: Final = 128 * 1024
"""What the kernel takes of a connection beyond what is on its way: more would only hide that the client is slow."""
WAITING_MESSAGES: Final = 16
WAITING_BYTES: Final = 64 * 1024
"""Messages not yet looked at; beyond either bound nothing more is read from this client."""
PIECES: Final = 1_024
"""Of a message in fragments, kept apart; beyond it they are joined."""
CLOSE_SECONDS: Final = 5.0
"""How long a client may take to answer a goodbye, before the connection is cut."""

USED: Final = (
    "app", "close_sent", "close_timer", "config", "conn", "curr_msg_data_type", "frames", "loop", "scope", "transport",
    "connection_lost", "connection_made", "data_received", "handle_close", "handle_connect", "handle_cont",
    "handle_events", "handle_parser_exception", "handle_ping", "handshake_complete", "pause_writing", "queue",
    "resume_writing", "run_asgi", "send_receive_event_to_app", "shutdown",
)  # fmt: skip


class Written(Protocol):
    """A frame ready to be written."""

    @property
    def wire(self) -> bytes: ...
    @property
    def payload(self) -> bytes: ...


def direct_socket(compression: Compression) -> type[DirectSocket]:
    """What uvicorn makes its WebSockets of."""
    return cast("type[DirectSocket]", partial(DirectSocket, compression=compression, reception=Reception()))


class DirectSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which also offers itself to the application as a `DirectWire` (ASGI extension `DIRECT`)."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        compression: Compression | None = None,
        reception: Reception | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._compression: Final = compression or Compression(0)
        self._reception: Final = reception or Reception()
        self.conn = _Connection(max_size=config.ws_max_size, extensions=self._compression.offer())
        self.is_compressed = False
        self.wire: DirectWire | None = None
        self.paused = False
        """Whether the transport still holds something of what was written."""
        self._owed_pong = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)
        own = transport.get_extra_info("socket")
        if hasattr(socket, "TCP_NOTSENT_LOWAT") and own.family != getattr(socket, "AF_UNIX", None):
            own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)

    async def run_asgi(self) -> None:
        extensions = cast("dict[str, Any]", self.scope["extensions"])
        extensions[DIRECT] = self.hand_over
        self.app = self._run_app
        try:
            await self._reception.turn()
            await super().run_asgi()
        finally:
            del extensions[DIRECT], self.app

    async def _run_app(self, scope: Any, receive: Any, send: Any) -> None:
        """One that ended before it was let in, when the server stops, say, is no fault of the application's."""
        await self.config.loaded_app(scope, receive, send)
        if not self.handshake_complete and self.transport.is_closing():
            raise ClientDisconnected

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.conn.extensions:
            self._compression.taken()
            self.is_compressed = True

    def hand_over(self) -> DirectWire:
        """From now on messages go by this wire alone. To be called once, the handshake being done."""
        self.wire = DirectWire(self)
        self.queue = _NoQueue()  # the real one weighs more than all that is ours
        return self.wire

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.is_compressed:
            self._compression.given_back()
        self._no_more_messages()
        # Each of these goes round in a circle, and the collector may be long in coming: a compression is some 40 KB.
        self.conn.extensions = []
        self.wire = None

    def compressed(self, payload: bytes) -> bytes:
        """As a whole frame of text. Each has to be written, and in this order: the next one builds on it."""
        return Frame(Opcode.TEXT, payload).serialize(mask=False, extensions=self.conn.extensions)

    # --- Writing ---------------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        self.paused = True

    def resume_writing(self) -> None:
        super().resume_writing()
        self.paused = False
        owed, self._owed_pong = self._owed_pong, b""
        if owed and not self.close_sent:
            self.transport.write(owed)
        if self.wire is not None and not self.paused:
            self.wire.listener()

    def handle_ping(self) -> None:
        """A client that does not read is owed one pong, for its newest ping: more would be kept for ever."""
        pongs = self.conn.data_to_send()
        if self.close_sent or not pongs:
            return
        if self.paused:
            self._owed_pong = pongs[-1]
        else:
            self.transport.write(b"".join(pongs))

    # --- Reading ---------------------------------------------------------------------------------------------

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= PIECES:
            self.frames = [b"".join(self.frames)]
        super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        if self.wire is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type == "bytes":
            self.wire.put(bytes(data))
            return
        try:
            self.wire.put(data.decode())
        except UnicodeDecodeError:
            self.conn.fail(CloseCode.INVALID_DATA, "text is UTF-8")
            self.handle_parser_exception()

    # --- The end ---------------------------------------------------------------------------------------------

    def goodbye(self, code: int, reason: str) -> None:
        """Close, and give the client some time to answer."""
        if self.close_sent or self.transport.is_closing() or self.conn.state is not State.OPEN:
            return
        self.conn.send_close(code, reason)
        self._say_last_words()

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._no_more_messages()

    def handle_parser_exception(self) -> None:
        """The library has said goodbye. What the client still sends is read, or the kernel would throw that away."""
        if not self.close_sent:
            self._say_last_words()
            if self.conn.eof_sent and self.transport.can_write_eof():
                self.transport.write_eof()

    def _say_last_words(self) -> None:
        self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)
        self._no_more_messages()

    def shutdown(self) -> None:
        super().shutdown()
        if self.paused:
            self.transport.abort()

    def _no_more_messages(self) -> None:
        if self.wire is not None:
            self.wire.end()


class _NoQueue(asyncio.Queue[Any]):
    """For a connection whose messages do not go through ASGI any more."""

    def __init__(self) -> None:
        """Without what a queue has."""

    def put_nowait(self, item: Any) -> None:
        """Nobody will ask for it."""


class _Connection(ServerProtocol):
    """The library's protocol, with our code for what is too large."""

    def fail(self, code: CloseCode | int, reason: str = "") -> None:
        if code == CloseCode.MESSAGE_TOO_BIG:
            code, reason = int(Code.FRAME_TOO_LARGE), "frame too large"
        super().fail(code, reason)


class DirectWire:
    """What the gateway writes to and reads from. See `gateway.transport.Transport`."""

    __slots__ = ("_messages", "_over", "_reading", "_size", "_socket", "_waiter", "listener")

    def __init__(self, socket_: DirectSocket) -> None:
        self._socket: Final = socket_
        self._messages: Final[list[str | bytes]] = []
        self._size = 0
        self._reading = True
        self._over = False
        self._waiter: asyncio.Future[None] | None = None
        self.listener: Callable[[], None] = _nobody

    async def receive(self) -> str | bytes | None:
        """The next message; None once the client is gone, or has been said goodbye to."""
        while not self._messages and not self._over:
            self._waiter = self._socket.loop.create_future()
            await self._waiter
        if not self._messages:
            return None
        message = self._messages.pop(0)
        self._size -= len(message)
        if not self._messages and not self._reading:
            self._reading = True
            self._socket.transport.resume_reading()
        return message

    def write(self, frame: Written) -> bool:
        held = self._socket
        if not held.close_sent and not held.transport.is_closing():
            held.transport.write(held.compressed(frame.payload) if held.is_compressed else frame.wire)
        return not held.paused

    def on_writable(self, listener: Callable[[], None]) -> None:
        self.listener = listener

    def unsent(self) -> int:
        """Counts what the kernel has not been told the arrival of, where it can be asked."""
        transport = self._socket.transport
        if transport.is_closing():
            return 0
        return transport.get_write_buffer_size() + _unconfirmed(transport.get_extra_info("socket"))

    async def close(self, code: int, reason: str) -> None:
        self._socket.goodbye(code, reason)

    # The socket's side.

    def put(self, message: str | bytes) -> None:
        self._messages.append(message)
        self._size += len(message)
        if self._reading and (len(self._messages) > WAITING_MESSAGES or self._size > WAITING_BYTES):
            self._reading = False
            self._socket.transport.pause_reading()
        self._wake()

    def end(self) -> None:
        self._over = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _nobody() -> None:
    """Nobody writes yet."""


def _unconfirmed(own: Any) -> int:
    if sys.platform != "linux":
        return 0
    return int.from_bytes(fcntl.ioctl(own.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
