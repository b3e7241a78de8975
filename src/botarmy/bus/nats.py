"""Hints through NATS: core publish and subscribe, on one subject.

One connection at a time, made anew by the bus itself: the library's own way of reconnecting stays off, so that there
is one place that waits, says so, and has everybody look afterwards.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol

from nats import errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from botarmy.bus.carried import Heard, LineBroken, heeding_cancellation

CONNECT_SECONDS: Final = 5
SEND_SECONDS: Final = 5
"""How long a server may take to confirm what it was sent."""
CLOSE_SECONDS: Final = 1
PING_SECONDS: Final = 10
PINGS: Final = 2
"""A connection over which so many pings in turn were not answered is lost."""
WAITING_MESSAGES: Final = 1_000
WAITING_BYTES: Final = 1024 * 1024
"""Messages not looked at yet, of all senders; beyond either bound they are dropped, as hints may be."""


class Address(Protocol):
    """Where NATS is, and what it wants to see: `settings.buses.NatsAddress` is one."""

    @property
    def servers(self) -> tuple[str, ...]:
        """Each `host:port`; any of them does."""
        ...

    @property
    def encrypted(self) -> bool:
        """Whether nothing may be said over a connection that is not encrypted."""
        ...

    @property
    def user(self) -> str | None: ...
    @property
    def password(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...

    @property
    def credentials(self) -> Path | None:
        """A file with a user's JWT and seed."""
        ...

    @property
    def ca(self) -> Path | None:
        """The authorities to trust, in PEM; None: the system's."""
        ...

    @property
    def cert(self) -> Path | None: ...
    @property
    def key(self) -> Path | None: ...


class NatsLine:
    """Args: subject: the one that the servers of one log share."""

    def __init__(self, address: Address, subject: str) -> None:
        self._address: Final = address
        self._subject: Final = subject
        scheme = "tls" if address.encrypted else "nats"
        self._servers: Final = [f"{scheme}://{server}" for server in address.servers]
        self.place: Final = ", ".join(self._servers)

    @asynccontextmanager
    async def open(self, heard: Heard) -> AsyncIterator[NatsWire]:
        ending = _Ending()
        client = _Client(encrypted=self._address.encrypted)
        try:
            with _translated(ending):
                async with asyncio.timeout(CONNECT_SECONDS):
                    await client.connect(
                        self._servers, error_cb=ending.erred, closed_cb=ending.closed, **self._options()
                    )

            async def hear(message: Msg) -> None:
                heard(message.data)

            with _translated(ending):
                await client.subscribe(
                    self._subject, cb=hear, pending_msgs_limit=WAITING_MESSAGES, pending_bytes_limit=WAITING_BYTES
                )
                await _passed_on(client, CONNECT_SECONDS)
            yield NatsWire(client, self._subject, ending)
        finally:
            with suppress(Exception):  # it is given up either way
                async with asyncio.timeout(CLOSE_SECONDS):  # after a failed handshake the library would wait for ever
                    await client.close()

    def _options(self) -> dict[str, Any]:
        """Raises OSError where a file cannot be read: one of credentials the library asks for only where it has to."""
        at = self._address
        if at.credentials is not None:
            at.credentials.read_bytes()
        return {
            "name": "botarmy",
            "no_echo": True,
            "allow_reconnect": False,
            "max_reconnect_attempts": 1,
            "reconnect_time_wait": 0,
            "connect_timeout": CONNECT_SECONDS,
            "ping_interval": PING_SECONDS,
            "max_outstanding_pings": PINGS,
            "user": at.user,
            "password": at.password,
            "token": at.token,
            "user_credentials": None if at.credentials is None else str(at.credentials),
            "tls": self._tls(),
        }

    def _tls(self) -> ssl.SSLContext | None:
        """Used where the server asks for it too. None: the library's default, which trusts the system's authorities."""
        at = self._address
        if at.ca is None and at.cert is None:
            return None
        context = ssl.create_default_context(cafile=at.ca)
        if at.cert is not None:
            context.load_cert_chain(at.cert, at.key)
        return context


class NatsWire:
    def __init__(self, client: Client, subject: str, ending: _Ending) -> None:
        self._client: Final = client
        self._subject: Final = subject
        self._ending: Final = ending

    async def send(self, message: bytes) -> None:
        with _translated(self._ending):
            await self._client.publish(self._subject, message)
            await _passed_on(self._client, SEND_SECONDS)

    async def lost(self) -> NoReturn:
        await self._ending.over.wait()
        raise LineBroken(self._ending.words)


class _Ending:
    """Why a connection is over, as the library tells it piece by piece."""

    def __init__(self) -> None:
        self.over: Final = asyncio.Event()
        self.words = "the server has ended the connection"

    async def erred(self, error: Exception) -> None:
        if isinstance(error, errors.SlowConsumerError):
            return
        self.words = _told(error)
        if "permissions violation" in self.words.lower():  # it stays connected, and hears or says nothing
            self.over.set()

    async def closed(self) -> None:
        self.over.set()


class _Client(Client):
    """The library's, which says nothing in the clear where that is not wanted, be the server content with it or not."""

    def __init__(self, *, encrypted: bool) -> None:
        super().__init__()
        self._must_be_encrypted: Final = encrypted

    def _connect_command(self) -> bytes:
        if self._must_be_encrypted and not self._server_info.get("tls_required"):
            raise errors.SecureConnWantedError
        command: bytes = super()._connect_command()
        return command


async def _passed_on(client: Client, seconds: int) -> None:
    """Until the server has all that was said. The library's first ping overtakes what is still to be written."""
    await client.flush(seconds)
    await client.flush(seconds)


@contextmanager
def _translated(ending: _Ending) -> Iterator[None]:
    """What the library raises, in our words."""
    try:
        with heeding_cancellation():
            yield
    except errors.NoServersError as error:
        raise LineBroken(ending.words) from error
    except (errors.Error, OSError, TimeoutError) as error:
        raise LineBroken(_told(error)) from error


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return " ".join(str(error).removeprefix("nats: ").strip("'").split()) or type(error).__name__
