"""What no client should send, to a real server: it says so with a code, keeps its size, and nobody else notices."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.acceptance.rawsocket import CLOSE, CONT, PING, PONG, TEXT, RawSocket, frame, padded
from tests.acceptance.servers import ServerProcess

GROWTH_MIB = 24.0
"""How much larger the server may get over one abuse, at its worst moment; what is thrown at it is up to 64 MiB."""
NESTED = b"[" * 100_000 + b"]" * 100_000
NINES = b"9" * 5_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    # The one who behaves answers no heartbeat while something is thrown, which takes long on a busy machine.
    settings = {"BOTARMY_DEMO_SPEED": "20", "BOTARMY_HEARTBEAT_SECONDS": "60"}
    process = ServerProcess(tmp_path_factory.mktemp("abuse") / "data", settings)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def run_id(server: ServerProcess) -> str:
    """One that does not end."""
    run_id = str(httpx2.post(f"{server.url}/api/runs", json={"brief": "Watched by others"}).json()["run_id"])
    httpx2.post(f"{server.url}/api/runs/{run_id}/pause").raise_for_status()
    return run_id


@pytest.fixture
def client(server: ServerProcess, run_id: str) -> Iterator[RawSocket]:
    """One that has been welcomed, beside somebody who behaves; afterwards that one is told what is new, as ever."""
    with Bystander(server, run_id) as bystander:
        before = peak_mib(server)
        with RawSocket(server.socket_url) as raw:
            raw.send(text({"type": "hello"}))
            assert raw.hear_json()["type"] == "welcome"
            yield raw
        bystander.has_noticed_nothing()
    assert peak_mib(server) - before <= GROWTH_MIB
    assert "Traceback" not in server.log.read_text()


class Bystander:
    def __init__(self, server: ServerProcess, run_id: str) -> None:
        self._server = server
        self._run_id = run_id
        self._raw = RawSocket(server.socket_url)

    def __enter__(self) -> Bystander:
        self._raw.send(text({"type": "hello", "topics": [f"run:{self._run_id}"]}))
        assert self._raw.hear_json()["type"] == "welcome"
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.sock.close()

    def has_noticed_nothing(self) -> None:
        news = f"note {random.random()}"
        told = httpx2.post(f"{self._server.url}/api/runs/{self._run_id}/notes", json={"content": news})
        assert told.is_success
        while True:
            heard = self._raw.hear()
            assert heard is not None
            assert heard.opcode == TEXT
            if news in heard.payload.decode():
                return


def peak_mib(server: ServerProcess) -> float:
    status = Path(f"/proc/{server.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def text(words: object) -> bytes:
    return frame(TEXT, json.dumps(words).encode(), mask=bytes(4))


def closing_code(client: RawSocket) -> int | None:
    """Of the goodbye, whatever was said before it."""
    while (heard := client.hear()) is not None:
        if heard.opcode == CLOSE:
            return heard.code
    raise AssertionError("hung up without a goodbye")


def code_of(heard: dict[str, Any]) -> str:
    return str(heard["error"]["code"])


# --- What ends the connection ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_end_it(client: RawSocket, seed: int) -> None:
    client.send(b"\xff" + random.Random(seed).randbytes(5_000))

    assert closing_code(client) == 1002


@pytest.mark.parametrize(
    "words",
    [
        b"null", b"7", b"[]", b'"hello"', b"", b"{", b'{"type":"ack"', NESTED,
        b'{"type":"ack","position":' + NESTED + b"}", b'{"type":"ack","position":' + NINES + b"}",
        b'{"type":"ack","position":1e999}', b'{"type":"ack","position":NaN}',
    ],
    ids=lambda words: words[:30].decode(),
)  # fmt: skip
def test_what_is_no_object_that_can_be_read_ends_it_with_4500(client: RawSocket, words: bytes) -> None:
    client.send(frame(TEXT, words, mask=bytes(4)))

    assert closing_code(client) == 4500


def test_sixty_four_megabytes_in_a_frame_end_it_with_4504(client: RawSocket) -> None:
    with suppress(OSError):
        client.send(frame(TEXT, padded(64 * 2**20), mask=bytes(4)))

    assert closing_code(client) == 4504


def test_ten_thousand_subscriptions_end_it_with_4003(client: RawSocket) -> None:
    some = b"".join(text({"type": "subscribe", "id": str(n), "topics": [f"run:{n}"]}) for n in range(10_000))
    with suppress(OSError):
        client.send(some)

    assert closing_code(client) == 4003


def test_a_bomb_is_too_large_before_it_is_unpacked(server: ServerProcess, run_id: str) -> None:
    before = peak_mib(server)
    with Bystander(server, run_id) as bystander:
        with connect(server.socket_url, subprotocols=[Subprotocol("botarmy.v1")], compression="deflate") as socket:
            assert socket.protocol.extensions, "compressed"
            with suppress(ConnectionClosed):
                socket.send("0" * 64 * 2**20)
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4504
        bystander.has_noticed_nothing()
    assert peak_mib(server) - before <= GROWTH_MIB


def test_what_is_compressed_though_nobody_agreed_to_it_ends_it(client: RawSocket) -> None:
    client.send(frame(TEXT, zlib.compress(bytes(2**26), wbits=-15), reserved=4))

    assert closing_code(client) == 1002


# --- What is refused, or left alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        {"type": "hello"},
        {"type": "ack", "position": -1},
        {"type": "ack", "position": "7"},
        {"type": "subscribe", "id": "1", "topics": {"run": "x"}},
        {"type": "subscribe", "id": "1", "topics": ["log"], "filter": {"types": "all"}},
        {"type": "command", "id": "1", "name": 7, "args": {}},
        {"type": "command", "id": "1", "name": "start_run", "args": []},
        {"type": "command", "id": "1", "name": "start_run", "args": {"brief": {"a": []}}},
    ],
    ids=json.dumps,
)
def test_what_has_the_wrong_shape_is_refused_and_it_lives_on(client: RawSocket, words: dict[str, object]) -> None:
    client.send(text(words))

    assert code_of(client.hear_json()) == "bad_arguments"
    assert client.is_alive()


def test_ten_thousand_topics_at_once_are_refused(client: RawSocket) -> None:
    client.send(text({"type": "subscribe", "id": "1", "topics": [f"run:{number}" for number in range(10_000)]}))

    assert code_of(client.hear_json()) == "too_many_topics"
    assert client.is_alive()


def test_halves_of_characters_do_no_harm(client: RawSocket) -> None:
    client.send(frame(TEXT, b'{"type":"command","id":"\\ud800","name":"\\udfff","args":{"\\ud800":"\\udc00"}}'))

    assert code_of(client.hear_json()) == "unknown_command"
    assert client.is_alive()


def test_a_thousand_commands_at_once_are_each_answered_or_too_many(client: RawSocket, run_id: str) -> None:
    args = {"run_id": f"not {run_id}", "content": "x"}
    some = [text({"type": "command", "id": f"c{n}", "name": "add_note", "args": args}) for n in range(1_000)]
    with suppress(OSError):
        client.send(b"".join(some))

    answered = 0
    while (heard := client.hear()) is not None and heard.opcode == TEXT:
        assert code_of(json.loads(heard.payload)) == "unknown_run"
        answered += 1
        if answered == len(some):
            break
    assert answered == len(some) or (heard is not None and heard.code == 4003)


def test_fragments_without_end_are_not_collected(client: RawSocket) -> None:
    client.send(frame(TEXT, b"{", fin=False))
    client.send(*[frame(CONT, b"", fin=False) * 1_000] * 200)

    client.send(frame(CONT, b'"type":"x","id":"y"}'))
    assert code_of(client.hear_json()) == "unknown_frame"


def test_pings_without_end_are_answered_or_left_out(client: RawSocket) -> None:
    client.send(*[frame(PING, b"x" * 125) * 100] * 50)

    client.send(text({"type": "x", "id": "y"}))
    while (heard := client.hear()) is not None and heard.opcode == PONG:
        assert heard.payload == b"x" * 125
    assert heard is not None
    assert code_of(json.loads(heard.payload)) == "unknown_frame"


# --- Before the welcome ----------------------------------------------------------------------------------------------


def test_a_command_before_hello_has_no_effect(server: ServerProcess) -> None:
    with RawSocket(server.socket_url) as raw:
        raw.send(text({"type": "command", "id": "early", "name": "start_run", "args": {"brief": "Too early"}}))

        assert code_of(raw.hear_json()) == "bad_arguments"
        raw.send(text({"type": "hello", "topics": ["runs"]}))
        assert raw.hear_json()["type"] == "welcome"
        assert "Too early" not in json.dumps(raw.hear_json())


@pytest.mark.parametrize("position", [10**9, 10**15, 2**53 - 1])
def test_who_comes_from_the_future_begins_anew(server: ServerProcess, run_id: str, position: int) -> None:
    topic = f"run:{run_id}"
    with RawSocket(server.socket_url) as raw:
        raw.send(text({"type": "hello", "topics": [topic]}))
        epoch = raw.hear_json()["epoch"]
    with RawSocket(server.socket_url) as raw:
        raw.send(text({"type": "hello", "topics": [topic], "resume": {"epoch": epoch, "position": position}}))

        assert raw.hear_json()["resumed"] is False
        assert raw.hear_json()["topic"] == topic


# --- Over HTTP -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b" " * 64 * 2**20, 413), (b'{"brief":' + NESTED + b"}", 400), (b'{"brief":' + NINES + b"}", 400),
        (b"\xff\xfe", 400),
    ],
    ids=["64 MiB", "nested", "a huge number", "no UTF-8"],
)  # fmt: skip
def test_a_body_that_is_none_is_refused(server: ServerProcess, body: bytes, status: int) -> None:
    before = peak_mib(server)

    answer = httpx2.post(f"{server.url}/api/runs", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == status
    assert set(answer.json()) >= {"code", "message"}
    assert peak_mib(server) - before <= GROWTH_MIB
