"""RFC 6455, bit by bit, over real sockets: what a client may send, what it may not, and how the server answers both."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.acceptance.rawsocket import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    Heard,
    RawSocket,
    frame,
    in_pieces,
    padded,
)
from tests.acceptance.servers import ServerProcess

FRAME_BYTES = 256 * 1024
HELLO = b'{"type":"hello"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder: Path = tmp_path_factory.mktemp("websocket") / "data"
    process = ServerProcess(folder)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def client(server: ServerProcess) -> Iterator[RawSocket]:
    """One that has been welcomed."""
    with RawSocket(server.socket_url) as raw:
        raw.send(frame(TEXT, HELLO))
        assert raw.hear_json()["type"] == "welcome"
        yield raw


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, code.to_bytes(2) + reason)


# --- Messages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [60, 125, 126, 127, 128, 65_535, 65_536, 65_537, FRAME_BYTES])
def test_a_message_of_any_size_up_to_the_bound_is_read(client: RawSocket, size: int) -> None:
    client.send(frame(TEXT, padded(size)))

    assert client.hear_json()["id"] == "x"
    assert client.is_alive()


def test_a_message_is_read_octet_by_octet(client: RawSocket) -> None:
    client.send_octets(frame(TEXT, padded(200)))

    assert client.hear_json()["id"] == "x"


def test_messages_that_come_together_are_answered_in_order(client: RawSocket) -> None:
    client.send(b"".join(frame(TEXT, padded(60, str(number))) for number in range(100)))

    assert [client.hear_json()["id"] for _ in range(100)] == [str(number) for number in range(100)]


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"abcd"])
def test_any_mask_will_do(client: RawSocket, mask: bytes) -> None:
    client.send(frame(TEXT, padded(70), mask=mask))

    assert client.hear_json()["id"] == "x"


@pytest.mark.parametrize(
    "pieces",
    [
        [padded(100)[:50], padded(100)[50:]],
        [bytes([octet]) for octet in padded(100)],
        [b"", padded(100), b""],
        [b"", b"", padded(100)],
        [padded(60), *[b" "] * 3_000],
        [*[b""] * 3_000, padded(60)],
    ],
    ids=["two", "octets", "empty around", "empty before", "thousands", "thousands of empty ones"],
)
def test_a_message_in_fragments_is_put_together(client: RawSocket, pieces: list[bytes]) -> None:
    client.send(in_pieces(TEXT, pieces))

    assert client.hear_json()["id"] == "x"
    assert client.is_alive()


def test_a_ping_between_fragments_is_answered_at_once(client: RawSocket) -> None:
    client.send(frame(TEXT, padded(60)[:30], fin=False), frame(PING, b"now"))
    assert client.hear() == Heard(PONG, b"now")
    client.send(frame(CONT, padded(60)[30:]))

    assert client.hear_json()["id"] == "x"


def test_a_binary_message_is_none_of_ours(client: RawSocket) -> None:
    client.send(frame(BINARY, padded(60)))

    heard = client.hear()
    assert heard is not None
    assert heard.code == 4500


# --- Pings and pongs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [b"", b"hello", b"\0\xff\xfe\xfd", b"x" * 125])
def test_a_ping_gets_a_pong_with_what_it_held(client: RawSocket, payload: bytes) -> None:
    client.send(frame(PING, payload))

    assert client.hear() == Heard(PONG, payload)


def test_pings_are_answered_in_order_however_they_come(client: RawSocket) -> None:
    client.send(b"".join(frame(PING, str(number).encode()) for number in range(50)))
    heard = [client.hear() for _ in range(50)]
    client.send_octets(frame(PING, b"octets"))

    assert heard == [Heard(PONG, str(number).encode()) for number in range(50)]
    assert client.hear() == Heard(PONG, b"octets")


@pytest.mark.parametrize("payload", [b"", b"unasked"])
def test_a_pong_that_nobody_asked_for_changes_nothing(client: RawSocket, payload: bytes) -> None:
    client.send(frame(PONG, payload))

    assert client.is_alive()


# --- What no client may send --------------------------------------------------------------------------------------

WRONG = {
    **{f"reserved bits {bits}": frame(TEXT, padded(60), reserved=bits) for bits in range(1, 8)},
    **{f"ping with reserved bits {bits}": frame(PING, b"x", reserved=bits) for bits in range(1, 8)},
    **{f"opcode {opcode}": frame(opcode, b"x") for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f"empty, opcode {opcode}": frame(opcode) for opcode in (3, 7, 11, 15)},
    "a frame that is not masked": frame(TEXT, padded(60), mask=None),
    "a ping that is not masked": frame(PING, b"x", mask=None),
    "a ping of 126 bytes": frame(PING, b"x" * 126),
    "a pong of 126 bytes": frame(PONG, b"x" * 126),
    "a ping in fragments": frame(PING, b"x", fin=False) + frame(CONT, b"x"),
    "a pong in fragments": frame(PONG, b"x", fin=False) + frame(CONT, b"x"),
    "a continuation of nothing": frame(CONT, b"x"),
    "a fragment that continues nothing": frame(CONT, b"x", fin=False),
    "a message within a message": frame(TEXT, b"{", fin=False) + frame(TEXT, padded(60)),
    "a binary message within a text": frame(TEXT, b"{", fin=False) + frame(BINARY, b"x"),
    "a close of one byte": frame(CLOSE, b"\x03"),
    "a close of 126 bytes": frame(CLOSE, (1000).to_bytes(2) + b"x" * 124),
    "a close in fragments": frame(CLOSE, (1000).to_bytes(2), fin=False) + frame(CONT, b"x"),
    "a close within a message": frame(TEXT, b"{", fin=False) + close(1000),
}


@pytest.mark.parametrize("sent", WRONG.values(), ids=WRONG.keys())
def test_what_breaks_the_protocol_ends_it_with_1002(client: RawSocket, sent: bytes) -> None:
    client.send(sent)

    assert client.hear_close() == 1002


NOT_UTF8 = {
    "a lone continuation byte": b"\x80",
    "a byte that never occurs": b"\xff",
    "a sequence that stops": b"\xe2\x82",
    "an overlong slash": b"\xc0\xaf",
    "an overlong nothing": b"\xf0\x80\x80\x80",
    "half a surrogate pair": b"\xed\xa0\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
}


@pytest.mark.parametrize("sent", NOT_UTF8.values(), ids=NOT_UTF8.keys())
def test_text_that_is_not_utf8_ends_it_with_1007(client: RawSocket, sent: bytes) -> None:
    client.send(frame(TEXT, b'{"type":"' + sent + b'"}'))

    assert client.hear_close() == 1007


@pytest.mark.parametrize("sent", NOT_UTF8.values(), ids=NOT_UTF8.keys())
def test_so_does_text_that_is_not_utf8_over_fragments(client: RawSocket, sent: bytes) -> None:
    client.send(in_pieces(TEXT, [b'{"type":"', *[bytes([octet]) for octet in sent], b'"}']))

    assert client.hear_close() == 1007


def test_a_character_may_be_spread_over_fragments(client: RawSocket) -> None:
    text = '{"type":"nonsense","id":"κόσμε €𝄞"}'.encode()
    client.send(in_pieces(TEXT, [bytes([octet]) for octet in text]))

    assert client.hear_json()["id"] == "κόσμε €𝄞"


# --- Goodbyes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_a_goodbye_is_returned(client: RawSocket, code: int) -> None:
    client.send(close(code, b"that is all"))

    assert client.hear() == Heard(CLOSE, code.to_bytes(2) + b"that is all")
    assert client.hear() is None


@pytest.mark.parametrize("payload", [b"", (1000).to_bytes(2), (1000).to_bytes(2) + b"x" * 123])
def test_a_goodbye_with_or_without_a_reason_is_returned_as_it_is(client: RawSocket, payload: bytes) -> None:
    client.send(frame(CLOSE, payload))

    assert client.hear() == Heard(CLOSE, payload)
    assert client.hear() is None


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
def test_a_goodbye_with_a_code_that_is_none_ends_it_with_1002(client: RawSocket, code: int) -> None:
    client.send(close(code))

    assert client.hear_close() == 1002


def test_a_goodbye_whose_reason_is_not_utf8_ends_it_with_1007(client: RawSocket) -> None:
    client.send(close(1000, b"\xce\xba\xff"))

    assert client.hear_close() == 1007


@pytest.mark.parametrize("after", [frame(TEXT, padded(60)), frame(PING, b"x"), close(1001), frame(3)])
def test_what_comes_after_a_goodbye_is_not_looked_at(client: RawSocket, after: bytes) -> None:
    client.send(close(1000) + after)

    assert client.hear_close() == 1000


@pytest.mark.parametrize("after", [b"", frame(TEXT, padded(60)), frame(PONG, b"x"), frame(TEXT, b"x" * 100_000)])
def test_the_servers_own_goodbye_waits_for_the_clients(client: RawSocket, after: bytes) -> None:
    client.send(frame(TEXT, b"not JSON") + after)
    heard = client.hear()
    assert heard is not None
    assert heard.code == 4500
    client.send(frame(CLOSE, heard.payload))

    assert client.hear() is None


# --- Bounds -------------------------------------------------------------------------------------------------------

TOO_LARGE = {
    "by one byte": frame(TEXT, padded(FRAME_BYTES + 1), mask=bytes(4)),
    "by far": frame(TEXT, padded(3 * 2**20), mask=bytes(4)),
    "by what it announces": b"\x81\xff" + (2**40).to_bytes(8) + b"abcd" + b"x" * 100,
    "by a length of which the first bit is set": b"\x81\xff" + (2**63 + 5).to_bytes(8) + b"abcd" + b"x" * 100,
    "in fragments": in_pieces(TEXT, [padded(60), *[b" " * 65_536] * 4]),
    "in a binary": frame(BINARY, bytes(FRAME_BYTES + 1), mask=bytes(4)),
}


@pytest.mark.parametrize("sent", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_what_is_too_large_is_told_so_with_4504(client: RawSocket, sent: bytes) -> None:
    client.send(sent)

    assert client.hear_close() == 4504


def test_too_much_before_hello_is_no_different(server: ServerProcess) -> None:
    with RawSocket(server.socket_url) as raw:
        raw.send(frame(TEXT, padded(2 * 2**20), mask=bytes(4)))

        assert raw.hear_close() == 4504


def test_a_client_that_hangs_up_in_the_middle_of_a_frame_leaves_nothing_behind(server: ServerProcess) -> None:
    for end in range(1, 12):
        with RawSocket(server.socket_url) as raw:
            raw.send(frame(TEXT, HELLO))
            raw.hear()
            raw.send(frame(TEXT, padded(60))[:end])
    with RawSocket(server.socket_url) as raw:
        assert raw.is_alive()
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize(
    "sent",
    [b"", frame(TEXT, HELLO), frame(TEXT, HELLO) + close(1000), close(1000), b"\xff" * 20, padded(300_000)],
    ids=["nothing", "hello", "hello and goodbye", "goodbye", "nonsense", "too much"],
)
@pytest.mark.parametrize("abruptly", [True, False])
def test_who_does_not_wait_to_be_let_in_and_hangs_up_is_nobodys_fault(
    server: ServerProcess, sent: bytes, abruptly: bool
) -> None:
    parts = urlsplit(server.socket_url)
    request = (
        f"GET /ws HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", parts.port or 80)) as hasty:
            hasty.sendall(request.encode() + sent)
            if abruptly:
                hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                hasty.shutdown(socket.SHUT_WR)
                with suppress(OSError):
                    while hasty.recv(65_536):
                        pass
    with RawSocket(server.socket_url) as raw:
        assert raw.is_alive()
    assert '"level": "error"' not in server.log.read_text()
