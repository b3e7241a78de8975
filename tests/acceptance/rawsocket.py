"""A WebSocket client that can be as wrong as it likes: every bit of a frame is its caller's."""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
PATIENCE_SECONDS: Final = 20


class Heard(NamedTuple):
    opcode: int
    payload: bytes

    @property
    def code(self) -> int | None:
        """Of a close frame; None where it has none."""
        assert self.opcode == CLOSE, self
        return int.from_bytes(self.payload[:2]) if self.payload else None


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0, mask: bytes | None = b"\x37\xfa\x21\x3d"
) -> bytes:
    """As on the wire; `reserved` are the bits RSV1 (4), RSV2 (2) and RSV3 (1)."""
    size = len(payload)
    masked = 0x80 if mask is not None else 0
    if size < 126:
        head = bytes([masked | size])
    elif size < 2**16:
        head = bytes([masked | 126]) + size.to_bytes(2)
    else:
        head = bytes([masked | 127]) + size.to_bytes(8)
    if mask is not None:
        payload = bytes(one ^ mask[at % 4] for at, one in enumerate(payload)) if any(mask) else payload
    return bytes([(0x80 if fin else 0) | reserved << 4 | opcode]) + head + (mask or b"") + payload


def padded(size: int, id_: str = "x") -> bytes:
    """A JSON object of that many bytes, which the server answers with an error that names its id."""
    words = json.dumps({"type": "nonsense", "id": id_}).encode()
    return words + b" " * (size - len(words))


class RawSocket:
    """Connected, its handshake done."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.sock: Final = socket.create_connection(("127.0.0.1", parts.port or 80), PATIENCE_SECONDS)
        self._unread = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._unread:
            assert self._read_some()
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")

    def __enter__(self) -> RawSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.sock.sendall(piece)

    def send_octets(self, data: bytes) -> None:
        """Each in a segment of its own, as far as the kernel goes along."""
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in data:
            self.sock.sendall(bytes([octet]))

    def hear(self) -> Heard | None:
        """The next frame; None where the server has hung up."""
        while True:
            if len(self._unread) >= 2:
                size, head = self._unread[1], 2
                if size == 126:
                    size, head = int.from_bytes(self._unread[2:4]), 4
                elif size == 127:
                    size, head = int.from_bytes(self._unread[2:10]), 10
                if len(self._unread) >= head + size:
                    heard = Heard(self._unread[0] & 15, self._unread[head : head + size])
                    assert self._unread[0] & 0xF0 == 0x80, "a fragment, or a reserved bit"
                    self._unread = self._unread[head + size :]
                    return heard
            if not self._read_some():
                assert not self._unread, "half a frame"
                return None

    def hear_json(self) -> dict[str, Any]:
        heard = self.hear()
        assert heard is not None
        assert heard.opcode == TEXT, heard
        words: dict[str, Any] = json.loads(heard.payload)
        return words

    def hear_close(self) -> int | None:
        """The code of the goodbye, after which the server has to hang up."""
        heard = self.hear()
        assert heard is not None, "hung up without a goodbye"
        code = heard.code
        assert self.hear() is None
        return code

    def is_alive(self) -> bool:
        """Whether a ping gets its pong."""
        self.send(frame(PING, b"there?"))
        return self.hear() == Heard(PONG, b"there?")

    def _read_some(self) -> bool:
        data = self.sock.recv(2**20)
        self._unread += data
        return bool(data)


def in_pieces(opcode: int, pieces: Iterable[bytes]) -> bytes:
    """One message in as many fragments."""
    rest = list(pieces)
    return b"".join(frame(opcode if at == 0 else CONT, piece, fin=at == len(rest) - 1) for at, piece in enumerate(rest))
