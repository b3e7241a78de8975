"""Topics followed live, and commands sent, over one connection that comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Final, Self
from uuid import uuid4

from botarmy.client.conversation import Conversation, Status
from botarmy.client.errors import ClientError, Json
from botarmy.client.items import Fact, Heard, Item, Replied
from botarmy.client.line import Line
from botarmy.domain.views import RunView

ITEMS_KEPT: Final = 1_000
"""Items that wait for the program. Then nothing more is read, and the server keeps its place in the log for it …"""
ITEMS_MOST: Final = 10_000
"""… unless the program waits for a reply, which comes behind them: then so many may wait."""
OVERRUN: Final = (
    "overrun",
    "Too much arrived while this waited for its reply. It may have been done.",
    "Read what has arrived, then look at what became of it.",
    True,
)


class Live:
    """Made by `Client.live`. Inside `async with` it is connected, or trying to be.

    Iterating gives, in the order of the log, a Snapshot of each topic and then every event after it; Refused for a
    topic that there is not. After a long disconnect a Snapshot comes again, and replaces what was before.
    """

    def __init__(self, line: Line, conversation: Conversation) -> None:
        self._line: Final = line
        self._conversation: Final = conversation
        self._items: Final[asyncio.Queue[Item | None]] = asyncio.Queue()
        self._room: Final = asyncio.Event()
        self._replies: Final[dict[str, asyncio.Future[Json]]] = {}
        self._failure: Exception | None = None
        self._left = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._left = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._end(ClientError("disconnected", "This connection was left.", "Open a new one."))

    @property
    def status(self) -> Status:
        """`connecting`, `connected`, `lost` (trying again) or `error` (ten attempts in a row failed, or it is over)."""
        return self._conversation.status

    @property
    def runs(self) -> Mapping[str, RunView]:
        """Each run whose topic is followed, as of what has arrived; that may be ahead of what was iterated over."""
        return self._conversation.runs

    def __aiter__(self) -> AsyncIterator[Item]:
        return self

    async def __anext__(self) -> Item:
        """Raises ClientError where the connection has ended for good."""
        item = None if self._failure is not None and self._items.empty() else await self._items.get()
        self._room.set()
        if item is not None:
            return item
        if self._failure is None or self._left:
            raise StopAsyncIteration
        raise self._failure

    async def follow(self, topic: str, filter: Json | None = None) -> None:  # noqa: A002 - the protocol's word
        """One more topic, from now on: its Snapshot comes first. `filter` belongs to `log` (see the protocol)."""
        self._conversation.follow(topic, filter)
        await self._line.flush()

    async def unfollow(self, topic: str) -> None:
        self._conversation.unfollow(topic)
        await self._line.flush()

    async def command(self, name: str, args: Mapping[str, object], command_id: str | None = None) -> Json:
        """Do it, and return the result. It waits for a connection, and is sent again until its reply has come.

        Args:
            command_id: of one's own, where a program may come back after a crash and ask again; takes effect once.

        Raises:
            ClientError: the server refused it, or too much waits already (100 commands, or 10,000 items that were not
                iterated over).
        """
        if self._failure is not None:
            raise self._failure
        command_id = command_id or str(uuid4())
        self._conversation.command(command_id, name, args)
        reply: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._replies[command_id] = reply
        self._room.set()
        try:
            await self._line.flush()
            return await reply
        finally:
            self._replies.pop(command_id, None)

    async def _run(self) -> None:
        try:
            async with aclosing(self._line.frames()) as frames:
                async for heard in frames:
                    for one in heard:
                        await self._take(one)
        except Exception as error:  # whoever iterates or awaits a reply is told, instead of waiting for ever
            self._end(error)

    async def _take(self, heard: Heard) -> None:
        if not isinstance(heard, Replied):
            await self._made_room()
            self._items.put_nowait(heard.event if isinstance(heard, Fact) else heard)
            return
        reply = self._replies.get(heard.command_id)
        if reply is None or reply.done():
            return
        if isinstance(heard.outcome, ClientError):
            reply.set_exception(heard.outcome)
        else:
            reply.set_result(heard.outcome)

    async def _made_room(self) -> None:
        while (waiting := self._items.qsize()) >= ITEMS_KEPT:
            if waiting < ITEMS_MOST and any(not reply.done() for reply in self._replies.values()):
                return
            self._fail_replies(ClientError(*OVERRUN))
            self._room.clear()
            await self._room.wait()

    def _end(self, failure: Exception) -> None:
        if self._failure is not None:
            return
        self._failure = failure
        self._fail_replies(failure)
        self._items.put_nowait(None)

    def _fail_replies(self, failure: Exception) -> None:
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(failure)
