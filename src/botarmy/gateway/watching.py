"""Who has a run open, on this server: counted by user, and told to those who ask whenever it changes.

Whoever follows a run's events has it open, with as many connections as they like. A connection that ends is missed
only after a moment, so that a reload does not look like going and coming back.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

NAMED: Final = 20
"""Of those who watch, by name: who came first."""
EVERY_SECONDS: Final = 1.0
"""They are told at most so often …"""
SOON_SECONDS: Final = 0.1
"""… and so soon after a first change: those who come together are told of together."""
MISSED_SECONDS: Final = 2.0
"""After which who went away is gone."""
AT_ONCE: Final = 100
"""How many are told before the event loop has a turn."""

Hear: TypeAlias = Callable[[], None]


class Watching:
    """Costs a connection nothing until somebody comes or goes."""

    def __init__(self) -> None:
        self._rooms: Final[dict[str, _Room]] = {}

    @property
    def rooms(self) -> int:
        """How many runs somebody has open, or asks about."""
        return len(self._rooms)

    def text(self, run_id: str) -> str:
        """`{"count", "users"}` as JSON: how many people, and the names of the first of them."""
        room = self._rooms.get(run_id)
        return _NOBODY if room is None else room.text

    def came(self, run_id: str, user: str) -> None:
        """With one more connection."""
        self._room(run_id).came(user)

    def went(self, run_id: str, user: str) -> None:
        """With one of the connections it came with."""
        self._room(run_id).went(user)

    def listen(self, run_id: str, hear: Hear) -> None:
        """`hear` is called when it has changed, until `leave`."""
        self._room(run_id).listeners[hear] = None

    def leave(self, run_id: str, hear: Hear) -> None:
        room = self._room(run_id)
        room.listeners.pop(hear, None)
        room.tidy()

    def _room(self, run_id: str) -> _Room:
        room = self._rooms.get(run_id)
        if room is None:
            room = self._rooms[run_id] = _Room(lambda: self._rooms.pop(run_id, None))
        return room


class _Room:
    """One run's."""

    def __init__(self, emptied: Callable[[], object]) -> None:
        self._emptied: Final = emptied
        self._users: Final[dict[str, int]] = {}
        """Their connections; 0 for one who may be back in a moment."""
        self._leaving: Final[dict[str, asyncio.TimerHandle]] = {}
        self.listeners: Final[dict[Hear, None]] = {}
        self._text: str | None = None
        self._told_at = float("-inf")
        self._telling: asyncio.Handle | None = None

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = _written(self._users)
        return self._text

    def came(self, user: str) -> None:
        if user not in self._users:
            self._changed()
        if (leaving := self._leaving.pop(user, None)) is not None:
            leaving.cancel()
        self._users[user] = self._users.get(user, 0) + 1

    def went(self, user: str) -> None:
        self._users[user] -= 1
        if not self._users[user]:
            self._leaving[user] = asyncio.get_running_loop().call_later(MISSED_SECONDS, self._miss, user)

    def tidy(self) -> None:
        if not self._users and not self.listeners:
            if self._telling is not None:
                self._telling.cancel()
            self._emptied()

    def _miss(self, user: str) -> None:
        del self._leaving[user], self._users[user]
        self._changed()
        self.tidy()

    def _changed(self) -> None:
        self._text = None
        if self._telling is None and self.listeners:
            loop = asyncio.get_running_loop()
            when = max(loop.time() + SOON_SECONDS, self._told_at + EVERY_SECONDS)
            self._telling = loop.call_at(when, self._tell)

    def _tell(self) -> None:
        self._telling = None
        self._told_at = asyncio.get_running_loop().time()
        self._tell_some(list(self.listeners))

    def _tell_some(self, left: list[Hear]) -> None:
        for hear in left[:AT_ONCE]:
            if hear in self.listeners:
                hear()
        if len(left) > AT_ONCE:
            asyncio.get_running_loop().call_soon(self._tell_some, left[AT_ONCE:])


def _written(users: Iterable[str]) -> str:
    names = list(users)
    return json.dumps({"count": len(names), "users": names[:NAMED]}, separators=(",", ":"))


_NOBODY: Final = _written(())
