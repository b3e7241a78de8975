"""Topics followed live, and commands sent, by programs without asyncio."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping
from typing import Any, Final, Protocol, Self, TypeVar

from botarmy.client.conversation import Status
from botarmy.client.errors import Json
from botarmy.client.items import Item
from botarmy.client.live import Live
from botarmy.domain.views import RunView

T = TypeVar("T")


class Loop(Protocol):
    """An event loop in another thread."""

    @property
    def closed(self) -> bool: ...

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Until it is done there."""
        ...


class SyncLive:
    """Made by `SyncClient.live`; as Live, with `with` and a plain `for`. Threads may share it: one that iterates, say,
    and one that commands. Results and errors are those of Live.
    """

    def __init__(self, live: Live, loop: Loop) -> None:
        self._live: Final = live
        self._loop: Final = loop

    def __enter__(self) -> Self:
        self._loop.wait(self._live.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        if not self._loop.closed:
            self._loop.wait(self._live.__aexit__())

    @property
    def status(self) -> Status:
        return self._live.status

    @property
    def runs(self) -> Mapping[str, RunView]:
        """As they are now: what is looked at stays as it is."""
        return self._loop.wait(self._runs())

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        """Waits for the next one, however long; StopIteration after `with` was left in another thread."""
        item = self._loop.wait(self._next())
        if item is None:
            raise StopIteration
        return item

    def follow(self, topic: str, filter: Json | None = None) -> None:  # noqa: A002 - the protocol's word
        self._loop.wait(self._live.follow(topic, filter))

    def unfollow(self, topic: str) -> None:
        self._loop.wait(self._live.unfollow(topic))

    def command(self, name: str, args: Mapping[str, object], command_id: str | None = None) -> Json:
        return self._loop.wait(self._live.command(name, args, command_id))

    async def _next(self) -> Item | None:
        return await anext(self._live, None)

    async def _runs(self) -> Mapping[str, RunView]:
        return dict(self._live.runs)
