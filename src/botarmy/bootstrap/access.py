"""Who may come in: the door of a server, and the tokens, be there a server or not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

from botarmy import telemetry
from botarmy.api import ServeSocket, Wire
from botarmy.bootstrap.database import opened_store
from botarmy.bootstrap.ownership import Published, is_owned, owned, published
from botarmy.bootstrap.system import SystemClock, new_secret
from botarmy.client import Client
from botarmy.domain.errors import DomainError
from botarmy.domain.tokens import Token
from botarmy.domain.users import Role, User
from botarmy.gateway import Gateway
from botarmy.ports import TokenStore
from botarmy.service import Attempts, Door, Keyring, Shown
from botarmy.settings import Settings

LOOK_SECONDS: Final = 0.4
"""How often connections are held against the tokens in force: a revoked one is closed within a second."""


async def door(settings: Settings, store: TokenStore) -> Door:
    """Raises StoreUnavailable."""
    attempts = Attempts(time.monotonic)
    return Door(await _keyring(store), attempts, required=settings.asks_for_tokens, own=new_secret())


async def _keyring(store: TokenStore) -> Keyring:
    keyring = Keyring(store, SystemClock(), telemetry.reference, new_secret)
    await keyring.open()
    return keyring


Dismiss: TypeAlias = Callable[[Callable[[User], bool]], None]


async def watch(of: Door, *dismiss: Dismiss) -> None:
    """Close, until cancelled, the connections of those whose token is revoked or has expired."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for each in dismiss:
            each(of.has_closed_on)


def socket_server(gateway: Gateway, of: Door, metrics: telemetry.Metrics) -> ServeSocket:
    async def serve_socket(wire: Wire, address: str, user_agent: str, session: str | None) -> None:
        async def user(token: str | None) -> User | None:
            try:
                return await of.user(Shown(address=address, token=token, session=session))
            except DomainError:
                return None

        with metrics.connections.labels("websocket").track_inprogress():
            await gateway.serve(wire, user, address, user_agent)

    return serve_socket


# --- From another process ---------------------------------------------------------------------------------------


def running_server(settings: Settings) -> Published | None:
    """The server that owns the data folder; None where nobody owns it."""
    return published(settings.data_dir) if not settings.memory and is_owned(settings.data_dir) else None


def client(server: Published) -> Client:
    return Client(server.url, server.secret)


class TokenBook:
    """The tokens of a data folder that no server owns."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring: Final = keyring

    async def create_token(self, user: str, role: Role, expires_in: int | None = None) -> tuple[str, Token]:
        issued = await self._keyring.create(user, role, expires_in)
        return issued.secret, issued.token

    async def tokens(self) -> tuple[Token, ...]:
        return self._keyring.listed()

    async def revoke_token(self, token_id: str) -> Token:
        return await self._keyring.revoke(token_id)


@asynccontextmanager
async def token_book(settings: Settings) -> AsyncIterator[TokenBook | Client]:
    """Where a server runs, it keeps the tokens; else the data folder is owned for as long as the context lasts.

    Raises:
        FolderTaken, FolderUnusable: the folder cannot be used.
        StoreError, DomainError: the database cannot be used.
    """
    server = running_server(settings)
    if server is not None:
        async with client(server) as through:
            yield through
        return
    with owned(settings.data_dir):
        async with opened_store(settings) as store:
            yield TokenBook(await _keyring(store))
