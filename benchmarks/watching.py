"""How many bytes it takes to watch a project: over the live connection, beside asking for it every two seconds.

    .venv/bin/python -m benchmarks.watching

A real `botarmy serve` and its offline demo, which types as a model does; all ways watch the same project from its start
to its end. Counted is what the server sends, with the heads of HTTP and of frames. Prints a table; judges nothing.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.crowd import HEARTBEAT_SECONDS, READ_BYTES, Crowd, hello, masked
from benchmarks.server import served

EVERY_SECONDS: Final = 2.0
BRIEF: Final = "A tip calculator for groups"


class Poller:
    """Asks for the whole project again and again, as a page without a live connection would."""

    def __init__(self, port: int, run_id: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._path = f"/api/runs/{run_id}"
        self._due = time.monotonic()
        self.answers = 0
        self.plain = 0
        self.compressed = 0
        """As if the answers were compressed with gzip, which costs the server's time."""
        self.over = False

    def ask_if_due(self) -> None:
        if time.monotonic() < self._due:
            return
        self._due += EVERY_SECONDS
        self._connection.request("GET", self._path)
        response = self._connection.getresponse()
        body = response.read()
        head = len("HTTP/1.1 200 OK\r\n\r\n") + sum(
            len(f"{name}: {value}\r\n") for name, value in response.getheaders()
        )
        self.answers += 1
        self.plain += head + len(body)
        self.compressed += head + len(gzip.compress(body))
        self.over = json.loads(body)["ended_at"] is not None


class Compressed:
    """A live connection as browsers ask for it. What comes is counted, not read."""

    def __init__(self, port: int, words: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.sendall(
            f"GET /ws HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n".encode()
        )
        answer = self._socket.recv(4_096)
        if b"permessage-deflate" not in answer:
            raise SystemExit("the server compresses nothing")
        self.size = len(answer)
        self._socket.setblocking(False)
        self._beaten = time.monotonic()
        self._socket.sendall(masked(words))

    def read(self) -> None:
        with suppress(BlockingIOError):
            while data := self._socket.recv(READ_BYTES):
                self.size += len(data)
        if time.monotonic() - self._beaten > HEARTBEAT_SECONDS:
            self._beaten = time.monotonic()
            self._socket.sendall(masked('{"type":"heartbeat"}'))


@contextmanager
def started(port: int) -> Iterator[str]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = json.dumps({"brief": BRIEF})
    connection.request("POST", "/api/runs", body, {"content-type": "application/json"})
    yield json.loads(connection.getresponse().read())["run_id"]
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", default="1", help="of the demo: 1 types like a model")
    speed = parser.parse_args().speed
    with TemporaryDirectory() as folder, served(Path(folder), demo_speed=speed) as (url, _):
        port = int(url.rsplit(":", 1)[1])
        with started(port) as run_id:
            begun = time.monotonic()
            words = hello([f"run:{run_id}"])
            live = Crowd(port, first_words=lambda _: words)
            live.join(1)
            compressed = Compressed(port, words)
            poller = Poller(port, run_id)
            while not poller.over:
                poller.ask_if_due()
                live.listen(0.05)
                compressed.read()
            seconds = time.monotonic() - begun
        (member,) = live.members
        print(f"A project of {seconds:.0f} s, {member.cursor} events:\n")
        print("| | messages | bytes | of polling |\n| --- | ---: | ---: | ---: |")
        for name, count, size in (
            (f"polling every {EVERY_SECONDS:.0f} s", poller.answers, poller.plain),
            ("the same, compressed", poller.answers, poller.compressed),
            ("the live connection", member.frames, member.size),
            ("the same, compressed as for a browser", member.frames, compressed.size),
        ):
            print(f"| {name} | {count:,} | {size:,} | {size / poller.plain:.1%} |")
        live.close()


if __name__ == "__main__":
    main()
