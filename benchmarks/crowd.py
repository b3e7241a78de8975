"""Many WebSocket clients in one process, as cheap as Python can have them: sockets, an epoll loop, counted frames.

A client that took every frame apart would be what is measured. This one counts them, and reads of an events frame the
two numbers at its beginning; what is between them is looked at by the tests, not here.
"""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Final

POSITION: Final = re.compile(rb'\{"position":(\d+)')
SPAN: Final = re.compile(rb'"from":(\d+),"to":(\d+)')
READ_BYTES: Final = 256 * 1024
HEARTBEAT_SECONDS: Final = 9.0
HANDSHAKES_AT_ONCE: Final = 256


class Gone(Exception):
    """The server has closed a connection that was to stay."""


class Member:
    """One client."""

    __slots__ = ("beaten", "closed", "cursor", "frames", "number", "opened", "size", "sock", "tail", "welcomed")

    def __init__(self, sock: socket.socket, number: int) -> None:
        self.sock = sock
        self.number = number
        self.opened = False
        self.welcomed = False
        self.closed: int | None = None
        self.tail = b""
        self.frames = 0
        self.size = 0
        self.cursor = 0
        self.beaten = 0.0


def allow_sockets() -> None:
    """As many open files as this process may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def masked(text: str, opcode: int = 1) -> bytes:
    """A frame as a client has to send it, its mask being nought."""
    data = text.encode()
    head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(data)) if len(data) < 126 else None
    head = head or struct.pack("!BBH", 0x80 | opcode, 0xFE, len(data))
    return head + bytes(4) + data


class Crowd:
    """Connects, says hello, and listens until told to stop.

    Args:
        port: of a server on this machine.
        path: where its WebSocket is.
        first_words: what each client says once connected, by its number; None: nothing.
        welcome: a client has been let in once a frame holds these bytes.
        pong: answers Engine.IO's pings.
        all_selected: whether every event between a frame's two positions is in it.
    """

    def __init__(
        self,
        port: int,
        path: str = "/ws",
        *,
        first_words: Callable[[int], str | None] | None = None,
        welcome: bytes = b'"type":"welcome"',
        beat: str | None = '{"type":"heartbeat"}',
        pong: bool = False,
        all_selected: bool = True,
    ) -> None:
        self._port = port
        self._path = path
        self._first_words = first_words
        self._welcome = welcome
        self._beat = masked(beat) if beat else None
        self._pong = pong
        self._all_selected = all_selected
        self._poll = select.epoll()
        self.members: list[Member] = []
        self._by_number: dict[int, Member] = {}
        self.arrived: list[tuple[int, int, float]] = []
        """(from, to, when) of each events frame that comes to one of the first `noting` members."""
        self.noting = 0
        self.lost = 0

    def join(self, count: int) -> None:
        """Connect so many more, and return when all have been let in."""
        begin = len(self.members)
        for number in range(begin, begin + count):
            self._open(number)
            self.beat()
            while sum(not member.opened for member in self.members[-HANDSHAKES_AT_ONCE:]) >= HANDSHAKES_AT_ONCE:
                self.turn(0.1)
                self.beat()
        while not all(member.welcomed for member in self.members[begin:]):
            self.turn(0.1)
            self.beat()

    def _open(self, number: int) -> None:
        sock = socket.create_connection(("127.0.0.1", self._port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        sock.sendall(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost:{self._port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        sock.setblocking(False)
        member = Member(sock, number)
        member.welcomed = self._first_words is None
        self.members.append(member)
        self._by_number[sock.fileno()] = member
        self._poll.register(sock.fileno(), select.EPOLLIN)

    def deaf(self, members: Sequence[Member]) -> None:
        """These read nothing more until `hear`."""
        for member in members:
            self._poll.unregister(member.sock.fileno())

    def hear(self, members: Sequence[Member]) -> None:
        for member in members:
            self._poll.register(member.sock.fileno(), select.EPOLLIN)

    def say(self, member: Member, text: str) -> None:
        member.sock.sendall(masked(text))

    def turn(self, seconds: float) -> None:
        """Read what there is; wait for it, at most so long."""
        for number, _ in self._poll.poll(seconds):
            member = self._by_number[number]
            try:
                data = member.sock.recv(READ_BYTES)
            except BlockingIOError:
                continue
            except ConnectionError:
                data = b""
            if data:
                self._take(member, data, time.monotonic())
            else:
                self._gone(member)

    def listen(self, seconds: float) -> None:
        """Read for so long, saying from time to time that one is there."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.turn(min(left, 0.05))
            self.beat()

    def beat(self) -> None:
        if self._beat is None:
            return
        now = time.monotonic()
        for member in self.members:
            if now - member.beaten > HEARTBEAT_SECONDS:
                spread = (member.sock.fileno() % 64) / 64 * HEARTBEAT_SECONDS if not member.beaten else 0
                member.beaten = now - spread
                if member.closed is None:
                    member.sock.send(self._beat)

    def close(self) -> None:
        for member in self.members:
            member.sock.close()
        self._poll.close()

    def _gone(self, member: Member) -> None:
        self._poll.unregister(member.sock.fileno())
        member.closed = member.closed or 1006
        self.lost += 1
        if not member.welcomed:
            raise Gone(f"closed with {member.closed} before the welcome")

    def _take(self, member: Member, data: bytes, now: float) -> None:
        member.size += len(data)
        if member.tail:
            data = member.tail + data
        begin = 0 if member.opened else self._open_at(member, data)
        count = len(data)
        while count - begin >= 2:
            length, head = data[begin + 1] & 127, 2
            if length == 126:
                length, head = int.from_bytes(data[begin + 2 : begin + 4]), 4
            elif length == 127:
                length, head = int.from_bytes(data[begin + 2 : begin + 10]), 10
            end = begin + head + length
            if end > count or count - begin < head:
                break
            self._frame(member, data, begin, begin + head, end, now)
            begin = end
        member.tail = data[begin:] if begin < count else b""

    def _open_at(self, member: Member, data: bytes) -> int:
        """Where the frames begin, behind the handshake's answer."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            raise Gone("the handshake's answer came in pieces")
        if b" 101 " not in data[:16]:
            raise Gone(data[:100].decode(errors="replace"))
        member.opened = True
        words = self._first_words(member.number) if self._first_words else None
        if words is not None:
            member.sock.sendall(masked(words))
        return end + 4

    def _note(self, begin: int, end: int, payload: bytes, now: float) -> None:
        if self._all_selected:
            self.arrived.append((begin, end, now))
        else:
            at = [int(position) for position in POSITION.findall(payload)]
            self.arrived += [(one - 1, one, now) for one in at[:-1]]
            self.arrived.append((at[-1] - 1, at[-1], now))

    def _frame(self, member: Member, data: bytes, begin: int, payload: int, end: int, now: float) -> None:
        opcode = data[begin] & 15
        if opcode == 8:
            member.closed = int.from_bytes(data[payload : payload + 2])
            return
        member.frames += 1
        if not member.welcomed:
            member.welcomed = self._welcome in data[payload:end]
        span = SPAN.search(data, payload, min(end, payload + 80))
        if span is not None:
            member.cursor = int(span[2])
            if member.number < self.noting:
                self._note(int(span[1]), member.cursor, data[payload:end], now)
        elif self._pong and data[payload:end] == b"2":
            member.sock.send(masked("3"))


def hello(topics: Sequence[str], resume: tuple[str, int] | None = None) -> str:
    words: dict[str, object] = {"type": "hello", "topics": list(topics)}
    if resume is not None:
        words["resume"] = {"epoch": resume[0], "position": resume[1]}
    return json.dumps(words)
