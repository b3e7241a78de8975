"""Carries a conversation over one socket after another, for as long as somebody listens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Final, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from botarmy.client.conversation import TERMINAL, Conversation
from botarmy.client.cursor import Contradiction
from botarmy.client.errors import ClientError
from botarmy.client.items import Heard

SUBPROTOCOL: Final = Subprotocol("botarmy.v1")
FRAME_BYTES: Final = 128 * 1024 * 1024
"""Of a snapshot, the largest frame there is."""

LOOK_SECONDS: Final = 2.0
"""How often it is looked whether a server that was not there is there again."""

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Look: TypeAlias = Callable[[], Awaitable[bool]]
"""Whether the server can be reached."""
OnLink: TypeAlias = Callable[[bool], None]
"""Is told True when the connection stands, False when it was lost and is tried again."""


class Line:
    """One conversation's. `direct`: no proxy is asked, because none stands between a machine and itself."""

    def __init__(
        self, url: str, conversation: Conversation, *, direct: bool, sleep: Sleep, look: Look, tell: OnLink
    ) -> None:
        self._url: Final = url
        self._conversation: Final = conversation
        self._direct: Final = direct
        self._sleep: Final = sleep
        self._look: Final = look
        self._tell: Final = tell
        self._sending: Final = asyncio.Lock()
        self._socket: ClientConnection | None = None
        self._away = False
        """Whether the server could not be reached since it was last heard."""

    async def frames(self) -> AsyncGenerator[tuple[Heard, ...], None]:
        """What each frame brings, for ever. Raises ClientError where trying again cannot help."""
        cancelled = _cancellations()
        while True:
            try:
                async with aclosing(self._connected()) as frames:
                    async for frame in frames:
                        yield frame
            except (Contradiction, ConnectionClosed, InvalidHandshake, OSError, TimeoutError) as error:
                if _cancellations() > cancelled:  # closing the socket failed on the way out: still on the way out
                    raise asyncio.CancelledError from error
                self._tell(False)
                self._away = self._away or isinstance(error, OSError)
                await self._rest(self._after(error))

    async def flush(self) -> None:
        """Send what the conversation has to say, in its order. What a broken connection loses is said on the next."""
        async with self._sending:
            if self._socket is None:
                return
            with suppress(ConnectionClosed, OSError):  # who listens notices as well
                for frame in self._conversation.outgoing(time.monotonic()):
                    await self._socket.send(frame)

    async def _connected(self) -> AsyncGenerator[tuple[Heard, ...], None]:
        """What one connection brings. Raises why it is over."""
        async with connect(
            self._url,
            subprotocols=[SUBPROTOCOL],
            compression=None,
            proxy=None if self._direct else True,
            ping_interval=None,
            close_timeout=1,
            max_size=FRAME_BYTES,
        ) as socket:
            self._socket = socket
            try:
                self._conversation.opened(time.monotonic())
                while True:
                    for frame in await self._heard(socket):
                        yield frame
            finally:
                self._socket = None

    async def _heard(self, socket: ClientConnection) -> list[tuple[Heard, ...]]:
        """What the next frame brings; nothing where there was none for a while."""
        self._conversation.tick(time.monotonic())
        await self.flush()
        try:
            # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with a frame.
            async with asyncio.timeout(self._conversation.patience):
                text = await socket.recv()
        except TimeoutError:
            return []
        self._away = False
        before = self._conversation.status
        heard = self._conversation.heard(text, time.monotonic())
        await self.flush()
        if before != self._conversation.status:
            self._tell(True)
        return [heard] if heard else []

    async def _rest(self, seconds: float) -> None:
        """Until the next attempt. A server that was away is not kept waiting once it is back; one that answers all the
        time and still refuses the connection is."""
        while seconds > LOOK_SECONDS:
            await self._sleep(LOOK_SECONDS)
            seconds -= LOOK_SECONDS
            reachable = await self._look()
            if reachable and self._away:
                self._away = False
                return
            self._away = self._away or not reachable
        await self._sleep(seconds)

    def _after(self, error: Exception) -> float:
        """Seconds to wait before the next connection. Raises ClientError where there is none."""
        now = time.monotonic()
        if isinstance(error, Contradiction):
            return self._conversation.contradicted(now)
        if isinstance(error, InvalidStatus):
            if error.response.status_code < 500:
                raise ClientError("unexpected_answer", "What answers there is not BotArmy.", "Check the address.")
        elif isinstance(error, InvalidHandshake) and not isinstance(error, InvalidMessage):
            raise ClientError(*TERMINAL[4503])
        code = error.rcvd.code if isinstance(error, ConnectionClosed) and error.rcvd is not None else None
        return self._conversation.closed(code, now)


def _cancellations() -> int:
    """How often the current task was asked to stop."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()
