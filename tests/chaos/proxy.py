"""A way between clients and a server that is as bad as a network can be: bytes pass as they are told to, or do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Way: TypeAlias = Literal["to client", "to server"]
READ_BYTES: Final = 64 * 1024
GOODBYE_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Weather:
    """How bytes pass, as long as they do."""

    chunk: int = READ_BYTES
    """At most so many bytes at once, however they came."""
    delay: float = 0.0
    """Seconds that each chunk takes."""
    rate: float | None = None
    """Bytes a second to the client; None: as fast as it goes."""


class Link:
    """One client's connection, and the one to the server behind it."""

    def __init__(self) -> None:
        self.writers: list[asyncio.StreamWriter] = []
        self.left: dict[Way, int | None] = {"to client": None, "to server": None}
        """How many bytes may still pass before both connections are cut; None: any number."""
        self.vanished = False
        """Nothing passes any more, and nobody is told."""
        self.said = bytearray()
        """What the client has sent; what is kept of it is bounded by `READ_BYTES`."""
        self._ended: Final = asyncio.Event()

    def reset(self) -> None:
        self._ended.set()
        for writer in self.writers:
            writer.transport.abort()

    async def ended(self) -> None:
        await self._ended.wait()


class Proxy:
    """Answers at `url`, for whoever stands at `target` then: a server that starts again has another address.

    Args:
        target: the port on loopback, asked for each connection.
    """

    def __init__(self, target: Callable[[], int]) -> None:
        self._target: Final = target
        self._links: Final[set[Link]] = set()
        self._tasks: Final[set[asyncio.Task[None]]] = set()
        self._thawed: Final = asyncio.Event()
        self._thawed.set()
        self.weather = Weather()
        self.refusing = False
        """New connections are closed at once."""
        self.accepted = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- What goes wrong -------------------------------------------------------------------------------------

    def cut(self, way: Way, after: int) -> None:
        """End all connections that there are, each after so many more bytes, without a goodbye."""
        for link in list(self._links):
            if after <= 0:
                link.reset()
            else:
                link.left[way] = after

    def vanish(self) -> None:
        """All connections that there are stay open, and carry nothing any more."""
        for link in self._links:
            link.vanished = True

    def freeze(self) -> None:
        """Nothing passes until `thaw`, then everything does."""
        self._thawed.clear()

    def thaw(self) -> None:
        self._thawed.set()

    def double(self) -> None:
        """Connect once more to the server, and say what the client has said; nobody reads the answer to its end."""
        for link in list(self._links):
            if not link.vanished:
                self._own(asyncio.create_task(self._said_again(bytes(link.said))))

    def clear(self) -> None:
        """From now on all is well; connections that vanished stay so."""
        self.weather, self.refusing = Weather(), False
        for link in self._links:
            link.left = {"to client": None, "to server": None}
        self.thaw()

    # --- Connections -----------------------------------------------------------------------------------------

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Proxy]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for link in list(self._links):
                link.reset()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _own(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._own(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link()
        link.writers.append(writer)
        self._links.add(link)
        try:
            if not self.refusing:
                await self._join(link, reader, writer)
        except OSError:
            return
        finally:
            link.reset()
            self._links.discard(link)

    async def _join(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, to_server = await asyncio.open_connection("127.0.0.1", self._target())
        link.writers.append(to_server)
        up = asyncio.create_task(self._pump(link, reader, to_server, "to server"))
        down = asyncio.create_task(self._pump(link, behind, writer, "to client"))
        self._own(up)
        self._own(down)
        await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
        for each in link.writers:
            each.close()
        await asyncio.wait([up, down], timeout=GOODBYE_SECONDS)
        link.reset()
        await asyncio.wait([up, down])

    async def _pump(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        """Until either side ends it. What one side says last still arrives, unless the link is cut."""
        with suppress(OSError):
            while data := await reader.read(self.weather.chunk):
                if way == "to server":
                    link.said += data[: READ_BYTES - len(link.said)]
                await self._thawed.wait()
                if self.weather.delay:
                    await asyncio.sleep(self.weather.delay)
                if link.vanished:
                    await link.ended()
                    return
                await self._pass(link, data, writer, way)
            if link.vanished:
                await link.ended()

    async def _pass(self, link: Link, data: bytes, writer: asyncio.StreamWriter, way: Way) -> None:
        left = link.left[way]
        some = data if left is None else data[:left]
        writer.write(some)
        await writer.drain()
        if self.weather.rate and way == "to client":
            await asyncio.sleep(len(some) / self.weather.rate)
        if left is not None:
            link.left[way] = left - len(some)
            if left == len(some):
                link.reset()

    async def _said_again(self, said: bytes) -> None:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._target())
            try:
                writer.write(said)
                await writer.drain()
                with suppress(TimeoutError):
                    async with asyncio.timeout(2):
                        while await reader.read(READ_BYTES):
                            pass
            finally:
                writer.transport.abort()
