"""A server that asks for tokens, and people who have one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from botarmy.bootstrap.ownership import published
from tests.acceptance.servers import ServerProcess

HELD_TEAM: Final = """
name: held
steps:
  - name: Tester
    instructions: Nobody does this, because no worker has what it takes.
    requires: [patience]
"""
"""A team whose runs stay under way for as long as a test needs them."""


_NUMBERS: Final = count()


def elsewhere() -> str:
    """An address that nobody else has."""
    number = next(_NUMBERS)
    return f"10.0.{number // 250}.{number % 250 + 1}"


@dataclass(frozen=True)
class Person:
    """Somebody at a server, with a token or without."""

    server: ServerProcess
    token: str | None = None
    token_id: str = ""
    address: str = field(default_factory=elsewhere)
    """Where they are, for a server that takes this machine for a reverse proxy."""

    def asks(self, method: str, path: str, **arguments: Any) -> httpx2.Response:
        headers = {"x-forwarded-for": self.address, **arguments.pop("headers", {})}
        if self.token is not None:
            headers["authorization"] = f"Bearer {self.token}"
        return httpx2.request(method, f"{self.server.url}{path}", headers=headers, timeout=30, **arguments)

    def starts(self) -> str:
        """The id of a run that stays under way."""
        answer = self.asks("POST", "/api/runs", json={"brief": "Wait", "team": "held"})
        return str(answer.json()["run_id"])

    @asynccontextmanager
    async def connected(self, *topics: str, **more: object) -> AsyncIterator[Talk]:
        hello = {"type": "hello", "topics": topics, **({"token": self.token} if self.token else {}), **more}
        async with talking(self.server, hello) as talk:
            yield talk


class Talk:
    """One connection, frame by frame."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket: Final = socket

    async def hear(self, *types: str) -> dict[str, Any]:
        """The next frame of these types; the ones before it are passed over."""
        while True:
            frame: dict[str, Any] = json.loads(await self._socket.recv())
            if frame["type"] in types:
                return frame

    async def command(self, name: str, args: Mapping[str, object]) -> dict[str, Any]:
        """The reply."""
        id_ = f"{name}-{json.dumps(args)}"[:90]
        await self._socket.send(json.dumps({"type": "command", "id": id_, "name": name, "args": args}))
        return await self.hear("reply")

    async def say(self, frame: Mapping[str, object]) -> None:
        await self._socket.send(json.dumps(frame))

    async def closed(self) -> int:
        """The code, once the server has closed."""
        with suppress(ConnectionClosed):
            while True:
                await self._socket.recv()
        assert self._socket.close_code is not None
        return self._socket.close_code


@asynccontextmanager
async def talking(
    server: ServerProcess, hello: Mapping[str, object], *, cookie: str | None = None, origin: str | None = None
) -> AsyncIterator[Talk]:
    async with connect(
        server.socket_url,
        subprotocols=[Subprotocol("botarmy.v1")],
        additional_headers={"x-forwarded-for": elsewhere(), **({} if cookie is None else {"cookie": cookie})},
        origin=None if origin is None else Origin(origin),
        max_size=None,
    ) as socket:
        with suppress(ConnectionClosed):  # who is not let in may hear so before having said a word
            await socket.send(json.dumps(hello))
        yield Talk(socket)


def owner_of_the_machine(server: ServerProcess) -> Person:
    """Who may read the server's folder."""
    known = published(server.folder)
    assert known is not None
    return Person(server, known.secret)


def somebody(server: ServerProcess, user: str, role: str, expires_in: int | None = None) -> Person:
    """Who was just given a token."""
    body = {"user": user, "role": role, **({"expires_in": expires_in} if expires_in else {})}
    issued = owner_of_the_machine(server).asks("POST", "/api/tokens", json=body).json()
    return Person(server, issued["token"], issued["token_id"])
