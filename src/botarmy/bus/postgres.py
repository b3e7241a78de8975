"""Hints through PostgreSQL: NOTIFY to all servers of one database.

Two connections beside the store's: one listens, one tells. A notification never shares a transaction with anything,
for those that notify commit one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, NoReturn

from psycopg import AsyncConnection, Error, sql
from sqlalchemy import make_url

from botarmy.bus.carried import Heard, LineBroken, heeding_cancellation

CHANNEL: Final = "botarmy"
SECONDS: Final = 10.0
"""How long the database may take to pass a hint on."""
LISTEN_SECONDS: Final = 2.0
"""How long a cancellation can go unnoticed."""
_OPTIONS: Final = "-c synchronous_commit=off -c default_transaction_read_only=off"
"""A hint need not be on the disk."""
_CONNECTING: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "application_name": "botarmy bus",
    "client_encoding": "utf8",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class PostgresLine:
    """Args: url: of the database, as the store has it."""

    place: Final = "the database"

    def __init__(self, url: str) -> None:
        self._connecting: Final = _arguments(url)

    @asynccontextmanager
    async def open(self, heard: Heard) -> AsyncIterator[PostgresWire]:
        with _translated():
            listening = await AsyncConnection.connect(**self._connecting, autocommit=True)
        try:
            with _translated():
                telling = await AsyncConnection.connect(**self._connecting, autocommit=True)
            try:
                with _translated():
                    await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                yield PostgresWire(listening, telling, heard)
            finally:
                await telling.close()
        finally:
            await listening.close()


class PostgresWire:
    def __init__(self, listening: AsyncConnection[Any], telling: AsyncConnection[Any], heard: Heard) -> None:
        self._listening: Final = listening
        self._telling: Final = telling
        self._heard: Final = heard

    async def send(self, message: bytes) -> None:
        try:
            with _translated():
                async with asyncio.timeout(SECONDS):
                    await self._telling.execute("SELECT pg_notify(%s, %s)", (CHANNEL, message.decode()))
        except TimeoutError as error:
            raise LineBroken("the database does not pass notifications on") from error

    async def lost(self) -> NoReturn:
        own = self._telling.info.backend_pid
        while True:
            with _translated():
                async for notified in self._listening.notifies(timeout=LISTEN_SECONDS):
                    if notified.pid != own:
                        self._heard(notified.payload.encode())


@contextmanager
def _translated() -> Iterator[None]:
    try:
        with heeding_cancellation():
            yield
    except Error as error:
        raise LineBroken(" ".join(str(error).split()) or type(error).__name__) from error


def _arguments(url: str) -> dict[str, Any]:
    """Of the driver, read from the URL as the store does."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    _, given = address.get_dialect()().create_connect_args(address)
    options = f"{given.pop('options', '')} {_OPTIONS}".strip()
    return {**_CONNECTING, **given, "options": options}
