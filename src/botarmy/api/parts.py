"""What the routes work with, handed in by the bootstrap."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

from fastapi import Depends
from starlette.requests import HTTPConnection

from botarmy.delivery.feed import Feed
from botarmy.delivery.needs import Figures
from botarmy.delivery.visits import Visit
from botarmy.domain.users import User
from botarmy.ports import Documents, Installation, Store
from botarmy.service import Door, History, Service, TeamDesk

if TYPE_CHECKING:
    from fastapi import FastAPI


class Text(Protocol):
    """A text frame, as the one who sends it has it ready."""

    @property
    def text(self) -> str: ...
    @property
    def wire(self) -> bytes: ...


class Wire(Protocol):
    """An accepted WebSocket: messages in, frames out. The gateway says what each is to do."""

    async def receive(self) -> str | bytes | None: ...

    def write(self, frame: Text) -> bool: ...

    def on_writable(self, listener: Callable[[], None]) -> None: ...

    def unsent(self) -> int: ...

    async def close(self, code: int, reason: str) -> None: ...


ServeSocket: TypeAlias = Callable[[Wire, str, str, str | None], Awaitable[None]]
"""Serves a connection (wire, address, user agent, the session of a browser's cookie) until it is closed."""


class Outlet(Protocol):
    """The body of an answer, written piece by piece."""

    async def send(self, data: bytes) -> None: ...


class OpenedStream(Protocol):
    async def serve(self, outlet: Outlet) -> bool:
        """Until it is over; False where the connection is to be cut off: its client takes nothing more."""
        ...


OpenStream: TypeAlias = Callable[[Visit], Awaitable[OpenedStream]]
"""Opens an event stream. Raises DomainError and StoreUnavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    service: Service
    store: Store
    feed: Feed
    history: History
    door: Door
    teams: TeamDesk
    installation: Installation
    documents: Documents
    serve_socket: ServeSocket
    open_stream: OpenStream
    metrics: Callable[[], Awaitable[bytes]]
    figures: Figures
    draining: Callable[[], bool]
    version: str
    web: Path | None
    """The folder of the built page; None where it was not built."""
    hosts: frozenset[str]
    """Names under which BotArmy answers, without ports."""
    origins: frozenset[str]
    """Origins that may use it, beside its own."""


def parts_of(connection: HTTPConnection) -> Parts:
    app: FastAPI = connection.app
    parts: Parts = app.state.parts
    return parts


def _user(connection: HTTPConnection) -> User:
    user: User = connection.state.user
    return user


PartsOf = Annotated[Parts, Depends(parts_of)]
CurrentUser = Annotated[User, Depends(_user)]
"""Who asks: `identity.known` has found it out."""
