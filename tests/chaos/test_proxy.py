"""The proxy does what it is told to: else a storm over it would prove nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from tests.chaos.proxy import Proxy, Weather


@dataclass
class Echo:
    """A proxy before a server that says back what it hears."""

    proxy: Proxy
    heard: list[bytes]
    """What the server has heard, piece by piece."""
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.port)
        self.writers.append(writer)
        return reader, writer

    async def greeted(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await self.connect()
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        return reader, writer


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                heard.append(data)
                writer.write(data)
        await closed(writer)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        async with Proxy(lambda: server.sockets[0].getsockname()[1]).running() as proxy:
            made = Echo(proxy, heard)
            yield made
        for writer in made.writers:
            await closed(writer)


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def test_a_cut_lets_so_many_bytes_pass_and_no_more(echo: Echo) -> None:
    reader, writer = await echo.greeted()
    echo.proxy.cut("to server", 3)
    writer.write(b"abcdef")
    with suppress(ConnectionResetError):
        assert await reader.read() in (b"", b"abc")
    assert b"".join(echo.heard) in (b"helloabc", b"hello")


async def test_what_vanished_stays_open_and_carries_nothing(echo: Echo) -> None:
    reader, writer = await echo.greeted()
    echo.proxy.vanish()
    writer.write(b"lost")
    await echo.greeted()
    assert b"lost" not in b"".join(echo.heard)
    assert not reader.at_eof()


async def test_nothing_passes_a_freeze_until_it_thaws(echo: Echo) -> None:
    reader, writer = await echo.greeted()
    echo.proxy.freeze()
    writer.write(b"later")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await reader.readexactly(5)
    assert b"".join(echo.heard) == b"hello"
    echo.proxy.thaw()
    assert await reader.readexactly(5) == b"later"


async def test_bytes_come_in_other_pieces_and_late(echo: Echo) -> None:
    echo.proxy.weather = Weather(chunk=2, delay=0.01)
    began = time.monotonic()
    await echo.greeted()
    assert time.monotonic() - began >= 3 * 0.01
    assert b"".join(echo.heard) == b"hello"
    assert len(echo.heard) > 1


async def test_a_double_says_the_same_to_the_server_again(echo: Echo) -> None:
    reader, writer = await echo.greeted()
    echo.proxy.double()
    while b"".join(echo.heard) != b"hellohello":
        writer.write(b"")
        await asyncio.sleep(0)
    assert not reader.at_eof()


async def test_one_that_refuses_closes_at_once(echo: Echo) -> None:
    echo.proxy.refusing = True
    reader, _ = await echo.connect()
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    assert echo.heard == []
